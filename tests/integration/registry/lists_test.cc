// The lists that are read neither from an index nor from one case, over the API.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/rpc/errors.h"
#include "tests/integration/registry/registry_fixture.h"
#include "vigil/registry/v1/vocabulary.grpc.pb.h"

namespace vigil::registry {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class ListsTest : public RegistryTest {
 protected:
  // What `id_of` says of the elements of all pages.
  template <class Stub, class Request, class Response, class Element, class IdOf>
  std::vector<std::string> All(
      Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
      const google::protobuf::RepeatedPtrField<Element>& (Response::*elements)() const,
      Request request, IdOf id_of) {
    std::vector<std::string> ids;
    request.set_page_size(2);
    do {
      const auto page = Call(stub, method, request);
      EXPECT_THAT(page, IsOk());
      if (!page.ok()) break;
      for (const Element& element : ((*page).*elements)()) ids.push_back(id_of(element));
      EXPECT_LE(((*page).*elements)().size(), 2);
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return ids;
  }

  template <class Stub, class Request, class Response>
  std::string ReasonOf(Stub& stub,
                       grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                    Response*),
                       const Request& request) {
    return rpc::ReasonOf(Call(stub, method, request).status());
  }
};

class ReceiptLists : public ListsTest {
 protected:
  void SetUp() override {
    ListsTest::SetUp();
    ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
    v1::RecordReceiptsRequest request;
    for (const char* id : {"r1", "r2", "r3", "r4", "r5"}) {
      v1::Receipt& receipt = *request.add_receipts();
      receipt.set_id(id);
      receipt.set_kind(id[1] == '3' ? v1::Receipt::KIND_DEAD : v1::Receipt::KIND_SENT);
      receipt.set_parent("cases/c-test");
      receipt.set_attempts(id[1] == '4' ? 2 : 1);
    }
    ASSERT_THAT(Call(*journal_, &v1::JournalService::Stub::RecordReceipts, request), IsOk());
  }

  std::vector<std::string> Ids(const std::string& filter, const std::string& order,
                               const std::string& parent = "") {
    v1::ListReceiptsRequest request;
    request.set_filter(filter);
    request.set_order_by(order);
    request.set_parent(parent);
    return All(*journal_, &v1::JournalService::Stub::ListReceipts,
               &v1::ListReceiptsResponse::receipts, request,
               [](const v1::Receipt& receipt) { return receipt.id(); });
  }
};

TEST_F(ReceiptLists, AreFilteredAndOrdered) {
  EXPECT_THAT(Ids("", ""), ElementsAre("r1", "r2", "r3", "r4", "r5"));
  EXPECT_THAT(Ids("kind = KIND_SENT", ""), ElementsAre("r1", "r2", "r4", "r5"));
  EXPECT_THAT(Ids("", "attempts desc"), ElementsAre("r4", "r1", "r2", "r3", "r5"));
  EXPECT_THAT(Ids("kind = KIND_SENT", "id desc", "cases/c-test"),
              ElementsAre("r5", "r4", "r2", "r1"));
  EXPECT_THAT(Ids("", "id desc", "cases/c-nobody"), IsEmpty());
  v1::ListReceiptsRequest request;
  request.set_order_by("no_such");
  EXPECT_EQ(ReasonOf(*journal_, &v1::JournalService::Stub::ListReceipts, request), "ORDER_INVALID");
  request.set_order_by("id");
  request.set_page_token("bm9uc2Vuc2U");
  EXPECT_EQ(ReasonOf(*journal_, &v1::JournalService::Stub::ListReceipts, request),
            "PAGE_TOKEN_INVALID");
}

TEST_F(ListsTest, Vocabularies_ArePagedFilteredAndOrdered) {
  const auto vocabularies = v1::VocabularyService::NewStub(channel_);
  const auto names = [&](const std::string& filter, const std::string& order) {
    v1::ListVocabulariesRequest request;
    request.set_filter(filter);
    request.set_order_by(order);
    return All(*vocabularies, &v1::VocabularyService::Stub::ListVocabularies,
               &v1::ListVocabulariesResponse::vocabularies, request,
               [](const v1::Vocabulary& vocabulary) { return vocabulary.name(); });
  };
  EXPECT_THAT(names("", ""), ElementsAre("vocabularies/articles", "vocabularies/courts",
                                         "vocabularies/institutions", "vocabularies/places"));
  EXPECT_THAT(names("", "name desc"), SizeIs(4));
  EXPECT_EQ(names("", "name desc").front(), "vocabularies/places");
  EXPECT_THAT(names("name = \"*courts\"", ""), ElementsAre("vocabularies/courts"));
  EXPECT_THAT(names("entries:*", ""), IsEmpty()) << "entries are not shown, and tell nothing";
  v1::ListVocabulariesRequest request;
  request.set_page_size(-1);
  EXPECT_EQ(ReasonOf(*vocabularies, &v1::VocabularyService::Stub::ListVocabularies, request),
            "PAGE_SIZE_NEGATIVE");
  request.set_page_size(1);
  ASSERT_OK_AND_ASSIGN(
      const auto page,
      Call(*vocabularies, &v1::VocabularyService::Stub::ListVocabularies, request));
  EXPECT_EQ(page.total_size(), 4);
}

class DossierLists : public ListsTest {
 protected:
  void SetUp() override {
    ListsTest::SetUp();
    for (const char* id : {"d-one", "d-two", "d-three"}) {
      v1::CreateDossierRequest request;
      request.set_dossier_id(id);
      request.mutable_dossier()->set_display_name(id);
      ASSERT_THAT(Call(*cases_, &v1::CaseService::Stub::CreateDossier, request, kStaff), IsOk());
    }
    known_ = app_->book().Present()->revision();
    v1::DeleteDossierRequest request;
    request.set_name("dossiers/d-two");
    EXPECT_THAT(Call(*cases_, &v1::CaseService::Stub::DeleteDossier, request, kReader),
                StatusIs(absl::StatusCode::kPermissionDenied));
    ASSERT_THAT(Call(*cases_, &v1::CaseService::Stub::DeleteDossier, request, kStaff), IsOk());
  }

  std::vector<std::string> Names(const v1::ListDossiersRequest& request) {
    return All(*cases_, &v1::CaseService::Stub::ListDossiers, &v1::ListDossiersResponse::dossiers,
               request, [](const v1::Dossier& dossier) { return dossier.display_name(); });
  }

  int64_t known_ = 0;
};

TEST_F(DossierLists, DeletedOnes_AreShownOnDemand) {
  v1::ListDossiersRequest request;
  for (const char* order : {"", "display_name"}) {
    for (const int64_t known_at : {int64_t{0}, app_->book().Present()->revision()}) {
      request.Clear();
      request.set_order_by(order);
      if (known_at > 0) request.set_known_at(std::to_string(known_at));
      EXPECT_THAT(Names(request), ElementsAre("d-one", "d-three")) << order << known_at;
      request.set_show_deleted(true);
      EXPECT_THAT(Names(request), ElementsAre("d-one", "d-three", "d-two")) << order << known_at;
    }
  }
  request.Clear();
  request.set_known_at(std::to_string(known_));
  EXPECT_THAT(Names(request), ElementsAre("d-one", "d-three", "d-two")) << "as it was known before";
}

TEST_F(DossierLists, Several_AreReadInTheOrderAskedFor) {
  v1::BatchGetDossiersRequest request;
  for (const char* name : {"dossiers/d-two", "dossiers/d-one"}) request.add_names(name);
  ASSERT_OK_AND_ASSIGN(const auto found,
                       Call(*cases_, &v1::CaseService::Stub::BatchGetDossiers, request, kReader));
  ASSERT_THAT(found.dossiers(), SizeIs(2));
  EXPECT_EQ(found.dossiers(0).name(), "dossiers/d-two");
  EXPECT_TRUE(found.dossiers(0).has_delete_time());
  const auto reason = [&] {
    return ReasonOf(*cases_, &v1::CaseService::Stub::BatchGetDossiers, request);
  };
  request.add_names("dossiers/d-nobody");
  EXPECT_EQ(reason(), "DOSSIER_NOT_FOUND");
  request.set_names(2, "cases/c-test");
  EXPECT_EQ(reason(), "BAD_NAME");
  request.clear_names();
  EXPECT_EQ(reason(), "REQUIRED");
}

TEST_F(DossierLists, ADeletedOne_IsNotExported) {
  v1::ExportFilesRequest request;
  request.set_format(v1::FILE_FORMAT_JSON);
  const auto files = [&]() -> absl::StatusOr<std::string> {
    grpc::ClientContext context;
    Admit(context, kAdmin);
    const auto reader = exchange_->ExportFiles(&context, request);
    v1::ExportFilesResponse part;
    std::string all;
    while (reader->Read(&part)) all += part.data();
    const grpc::Status status = reader->Finish();
    return status.ok() ? absl::StatusOr<std::string>(all) : rpc::FromGrpcStatus(status);
  };
  ASSERT_OK_AND_ASSIGN(const std::string all, files());
  EXPECT_THAT(all, testing::HasSubstr("d-one"));
  EXPECT_THAT(all, testing::Not(testing::HasSubstr("d-two")));
  request.add_names("dossiers/d-two");
  EXPECT_EQ(rpc::ReasonOf(files().status()), "DOSSIER_DELETED");
}

TEST_F(ListsTest, FilesHeldReady_AreAMetric) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  EXPECT_THAT(app_->metrics().Text(), testing::HasSubstr("vigil_file_cache_bytes "));
  EXPECT_THAT(app_->metrics().Text(),
              testing::Not(testing::HasSubstr("vigil_file_cache_bytes 0\n")));
}

}  // namespace
}  // namespace vigil::registry
