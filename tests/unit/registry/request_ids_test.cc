// Writes with a request id: made once, however often they are sent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/rpc/errors.h"
#include "tests/unit/registry/book_fixture.h"

namespace vigil::registry {
namespace {

using testing::HasSubstr;

constexpr char kId[] = "8f14e45f-ceea-467f-9a1b-0242ac120002";

class RequestIds : public BookTest {
 protected:
  // The call again, here and after a restart: nothing more is done.
  template <class Request, class Response>
  void ExpectMadeOnce(void (Casebook::*method)(Origin, Request, Done<Response>),
                      const Request& request, const Response& first) {
    const int64_t made = revision();
    for (int round = 0; round < 2; ++round) {
      ASSERT_OK_AND_ASSIGN(const Response again, Call(method, request));
      EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
      EXPECT_EQ(revision(), made);
      Open();
    }
  }

  // Another request under the same id.
  template <class Request, class Response>
  void ExpectReused(void (Casebook::*method)(Origin, Request, Done<Response>),
                    const Request& request) {
    const int64_t before = revision();
    const absl::Status status = Call(method, request).status();
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("request_id")));
    EXPECT_EQ(rpc::ReasonOf(status), "REQUEST_ID_REUSED");
    EXPECT_EQ(revision(), before);
  }

  static v1::PutRecordRequest Putting(const std::string& etag) {
    v1::PutRecordRequest request;
    request.mutable_record()->set_name("records/tests/one");
    request.mutable_record()->set_etag(etag);
    request.set_request_id(kId);
    return request;
  }
};

TEST_F(RequestIds, UpdateOfACase_IsMadeOnceThoughItsEtagIsStaleByThen) {
  ASSERT_OK_AND_ASSIGN(const v1::Case record, CreateCase("c-test", "Somebody"));
  v1::UpdateCaseRequest request;
  request.mutable_case_()->set_name(record.name());
  request.mutable_case_()->set_display_name("Another");
  request.mutable_case_()->set_etag(record.etag());
  request.set_request_id(kId);
  ASSERT_OK_AND_ASSIGN(const v1::Case updated, Call(&Casebook::UpdateCase, request));
  EXPECT_EQ(updated.display_name(), "Another");
  ExpectMadeOnce(&Casebook::UpdateCase, request, updated);
  request.mutable_case_()->set_display_name("A third");
  ExpectReused(&Casebook::UpdateCase, request);
}

TEST_F(RequestIds, UpdateOfADossier_IsMadeOnceThoughItsEtagIsStaleByThen) {
  v1::CreateDossierRequest creation;
  creation.set_dossier_id("d-test");
  creation.mutable_dossier()->set_display_name("Practice");
  ASSERT_OK_AND_ASSIGN(const v1::Dossier dossier, Call(&Casebook::CreateDossier, creation));
  v1::UpdateDossierRequest request;
  request.mutable_dossier()->set_name(dossier.name());
  request.mutable_dossier()->set_display_name("Law");
  request.mutable_dossier()->set_etag(dossier.etag());
  request.set_request_id(kId);
  ASSERT_OK_AND_ASSIGN(const v1::Dossier updated, Call(&Casebook::UpdateDossier, request));
  ExpectMadeOnce(&Casebook::UpdateDossier, request, updated);
  request.mutable_dossier()->set_display_name("Custom");
  ExpectReused(&Casebook::UpdateDossier, request);
}

TEST_F(RequestIds, Record_IsPutOnceThoughItsEtagIsStaleByThen) {
  v1::PutRecordRequest first;
  first.mutable_record()->set_name("records/tests/one");
  ASSERT_OK_AND_ASSIGN(const v1::Record made, Call(&Casebook::PutRecord, first));
  v1::PutRecordRequest request = Putting(made.etag());
  ASSERT_OK_AND_ASSIGN(const v1::Record put, Call(&Casebook::PutRecord, request));
  ExpectMadeOnce(&Casebook::PutRecord, request, put);
  request.mutable_record()->mutable_body()->set_type_url("other");
  ExpectReused(&Casebook::PutRecord, request);
}

TEST_F(RequestIds, PutOfARecordThatWasDeletedSince_DoesNotBringItBack) {
  const v1::PutRecordRequest request = Putting("");
  ASSERT_THAT(Call(&Casebook::PutRecord, request), IsOk());
  v1::DeleteRecordRequest deletion;
  deletion.set_name(request.record().name());
  ASSERT_THAT(Call(&Casebook::DeleteRecord, deletion), IsOk());
  const int64_t before = revision();
  EXPECT_EQ(rpc::ReasonOf(Call(&Casebook::PutRecord, request).status()), "RECORD_NOT_FOUND");
  EXPECT_EQ(revision(), before);
}

TEST_F(RequestIds, Record_IsDeletedOnce) {
  v1::PutRecordRequest put;
  put.mutable_record()->set_name("records/tests/one");
  ASSERT_THAT(Call(&Casebook::PutRecord, put), IsOk());
  v1::DeleteRecordRequest request;
  request.set_name("records/tests/one");
  request.set_request_id(kId);
  ASSERT_OK_AND_ASSIGN(const auto deleted, Call(&Casebook::DeleteRecord, request));
  ASSERT_THAT(Call(&Casebook::PutRecord, put), IsOk()) << "of the same name, made anew";
  ExpectMadeOnce(&Casebook::DeleteRecord, request, deleted);
  EXPECT_EQ(book_->Present()->settings().records.size(), 1u);
}

TEST_F(RequestIds, Erasure_IsMadeOnceAndAnswersWithWhatItErased) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  v1::Fact fact = Custody("2018-04-20");
  fact.set_confidential(true);
  ASSERT_THAT(CreateFact("cases/c-test", fact, "f1"), IsOk());
  v1::EraseCaseRequest request;
  request.set_name("cases/c-test");
  request.set_reason("asked for");
  request.set_request_id(kId);
  ASSERT_OK_AND_ASSIGN(const auto erased, Call(&Casebook::EraseCase, request));
  EXPECT_EQ(erased.erased_facts(), 1);
  EXPECT_EQ(erased.revision(), revision());
  ASSERT_THAT(CreateFact("cases/c-test", fact, "f2"), IsOk()) << "which stays";
  ExpectMadeOnce(&Casebook::EraseCase, request, erased);
  EXPECT_FALSE(book_->Present()
                   ->Find("cases/c-test")
                   ->FindOwn("cases/c-test/facts/f2")
                   ->message->has_erase_time());
  request.set_reason("asked for again");
  ExpectReused(&Casebook::EraseCase, request);
}

TEST_F(RequestIds, BadId_IsRefusedWithItsField) {
  v1::EraseCaseRequest request;
  request.set_name("cases/c-test");
  request.set_reason("asked for");
  request.set_request_id("no uuid");
  EXPECT_EQ(rpc::ReasonOf(Call(&Casebook::EraseCase, request).status()), "BAD_REQUEST_ID");
}

}  // namespace
}  // namespace vigil::registry
