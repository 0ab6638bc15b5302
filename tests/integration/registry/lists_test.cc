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

TEST_F(ReceiptLists, KnownThen_GoOnWithTheRevisionOfTheFirstPage) {
  const auto record = [&](const char* id) {
    v1::RecordReceiptsRequest request;
    request.add_receipts()->set_id(id);
    request.mutable_receipts(0)->set_kind(v1::Receipt::KIND_SENT);
    ASSERT_THAT(Call(*journal_, &v1::JournalService::Stub::RecordReceipts, request), IsOk());
  };
  const std::string then = std::to_string(app_->book().Present()->revision());
  record("r6");
  for (const auto& [order, last] : {std::pair("", "r6"), std::pair("id", "z")}) {
    v1::ListReceiptsRequest request;
    request.set_known_at(then);
    request.set_order_by(order);
    EXPECT_THAT(
        All(*journal_, &v1::JournalService::Stub::ListReceipts, &v1::ListReceiptsResponse::receipts,
            request, [](const v1::Receipt& receipt) { return receipt.id(); }),
        ElementsAre("r1", "r2", "r3", "r4", "r5"));
    // The clock stands still: a later page by the time alone would be of a later revision.
    request.set_known_at("2018-04-28T09:00:00+06:00");
    request.set_page_size(4);
    ASSERT_OK_AND_ASSIGN(const auto first,
                         Call(*journal_, &v1::JournalService::Stub::ListReceipts, request));
    record((std::string("z") + order).c_str());
    request.set_page_token(first.next_page_token());
    ASSERT_OK_AND_ASSIGN(const auto second,
                         Call(*journal_, &v1::JournalService::Stub::ListReceipts, request));
    EXPECT_EQ(second.receipts(second.receipts_size() - 1).id(), last);
    EXPECT_EQ(second.next_page_token(), "");
  }
  v1::ListReceiptsRequest odd;
  odd.set_known_at("yesterday");
  EXPECT_EQ(ReasonOf(*journal_, &v1::JournalService::Stub::ListReceipts, odd), "BAD_KNOWN_AT");
}

TEST_F(ListsTest, Records_AreReadAsTheyWereKnown) {
  const auto put = [&](const std::string& id, const char* what) {
    v1::PutRecordRequest request;
    request.mutable_record()->set_name("records/tests/" + id);
    request.mutable_record()->mutable_body()->set_type_url(what);
    ASSERT_THAT(Call(*journal_, &v1::JournalService::Stub::PutRecord, request), IsOk());
  };
  for (const char* id : {"a", "b", "c"}) put(id, "before");
  const int64_t then = app_->book().Present()->revision();
  put("a", "after");
  put("d", "after");
  v1::DeleteRecordRequest deletion;
  deletion.set_name("records/tests/b");
  ASSERT_THAT(Call(*journal_, &v1::JournalService::Stub::DeleteRecord, deletion), IsOk());

  v1::ListRecordsRequest list;
  list.set_type("tests");
  list.set_known_at(std::to_string(then));
  EXPECT_THAT(
      All(*journal_, &v1::JournalService::Stub::ListRecords, &v1::ListRecordsResponse::records,
          list,
          [](const v1::Record& record) { return record.name() + " " + record.body().type_url(); }),
      ElementsAre("records/tests/a before", "records/tests/b before", "records/tests/c before"));
  ASSERT_OK_AND_ASSIGN(const auto all,
                       Call(*journal_, &v1::JournalService::Stub::ListRecords, list));
  EXPECT_EQ(all.revision(), then);
  v1::GetRecordRequest get;
  get.set_known_at(list.known_at());
  get.set_name("records/tests/b");
  EXPECT_THAT(Call(*journal_, &v1::JournalService::Stub::GetRecord, get), IsOk());
  get.set_name("records/tests/d");
  EXPECT_EQ(ReasonOf(*journal_, &v1::JournalService::Stub::GetRecord, get), "RECORD_NOT_FOUND");
  get.set_known_at("1000000");
  EXPECT_EQ(ReasonOf(*journal_, &v1::JournalService::Stub::GetRecord, get), "KNOWN_AT_AHEAD");
}

TEST_F(ListsTest, Vocabularies_AreReadAsTheyWereKnown) {
  const auto vocabularies = v1::VocabularyService::NewStub(channel_);
  v1::ListVocabulariesRequest list;
  v1::ListEntriesRequest entries;
  entries.set_parent("vocabularies/courts");
  ASSERT_OK_AND_ASSIGN(const auto all,
                       Call(*vocabularies, &v1::VocabularyService::Stub::ListVocabularies, list));
  ASSERT_OK_AND_ASSIGN(const auto courts,
                       Call(*vocabularies, &v1::VocabularyService::Stub::ListEntries, entries));
  const std::string then = std::to_string(app_->book().Present()->revision());
  list.set_known_at(then);
  entries.set_known_at(then);
  ASSERT_OK_AND_ASSIGN(const auto known,
                       Call(*vocabularies, &v1::VocabularyService::Stub::ListVocabularies, list));
  EXPECT_EQ(known.SerializeAsString(), all.SerializeAsString());
  ASSERT_OK_AND_ASSIGN(v1::ListEntriesResponse page,
                       Call(*vocabularies, &v1::VocabularyService::Stub::ListEntries, entries));
  page.clear_next_page_token();  // which holds the revision
  v1::ListEntriesResponse now = courts;
  now.clear_next_page_token();
  EXPECT_EQ(page.SerializeAsString(), now.SerializeAsString());
  entries.set_parent("vocabularies/none");
  EXPECT_EQ(ReasonOf(*vocabularies, &v1::VocabularyService::Stub::ListEntries, entries),
            "VOCABULARY_NOT_FOUND");
  list.set_known_at("0");
  EXPECT_EQ(ReasonOf(*vocabularies, &v1::VocabularyService::Stub::ListVocabularies, list),
            "VOCABULARY_NOT_KEPT");
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
