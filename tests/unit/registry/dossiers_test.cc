#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/rpc/errors.h"
#include "registry-svc/casebook/past.h"
#include "tests/unit/registry/book_fixture.h"

namespace vigil::registry {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Property;

constexpr char kMission[] = "dossiers/d-mission";

class Dossiers : public BookTest {
 protected:
  static void ExpectRefused(const absl::Status& status, const std::string& reason,
                            const std::string& field) {
    EXPECT_EQ(rpc::ReasonOf(status), reason) << status.message();
    auto metadata = rpc::MetadataOf(status);
    EXPECT_EQ(metadata["field"], field);
  }

  void CreateMission() {
    v1::CreateDossierRequest request;
    request.set_dossier_id("d-mission");
    request.mutable_dossier()->set_display_name("Mission");
    ASSERT_THAT(Call(&Casebook::CreateDossier, request), IsOk());
    ASSERT_THAT(CreateFact(kMission, Event("2018-06-02"), "f1"), IsOk());
  }

  static v1::Fact Event(const std::string& date) {
    v1::Fact fact = Custody(date);
    fact.mutable_planned_event()->set_what("a mission");
    return fact;
  }

  absl::StatusOr<v1::Dossier> Delete(const std::string& etag = "") {
    v1::DeleteDossierRequest request;
    request.set_name(kMission);
    request.set_etag(etag);
    return Call(&Casebook::DeleteDossier, request);
  }
  absl::StatusOr<v1::Dossier> Undelete(const std::string& etag = "") {
    v1::UndeleteDossierRequest request;
    request.set_name(kMission);
    request.set_etag(etag);
    return Call(&Casebook::UndeleteDossier, request);
  }
  absl::Status Rename() {
    v1::UpdateDossierRequest request;
    request.mutable_dossier()->set_name(kMission);
    request.mutable_dossier()->set_display_name("Second mission");
    return Call(&Casebook::UpdateDossier, request).status();
  }

  size_t Deadlines() const {
    return book_->Present()->Find(kMission)->present->derived.deadlines.size();
  }
};

TEST_F(Dossiers, One_IsCreatedAndChangedByItsMask) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  v1::CreateDossierRequest creation;
  creation.mutable_dossier()->set_display_name("Mission");
  creation.mutable_dossier()->add_cases("cases/c-test");
  ASSERT_OK_AND_ASSIGN(v1::Dossier dossier, Call(&Casebook::CreateDossier, creation));
  EXPECT_TRUE(dossier.name().starts_with("dossiers/d-")) << dossier.name();
  creation.mutable_dossier()->add_cases("cases/c-nobody");
  ExpectRefused(Call(&Casebook::CreateDossier, creation).status(), "UNKNOWN_CASE", "dossier.cases");

  v1::UpdateDossierRequest update;
  *update.mutable_dossier() = dossier;
  update.mutable_dossier()->set_display_name("Second mission");
  update.mutable_dossier()->clear_cases();
  update.mutable_update_mask()->add_paths("display_name");
  ASSERT_OK_AND_ASSIGN(const v1::Dossier updated, Call(&Casebook::UpdateDossier, update));
  EXPECT_EQ(updated.display_name(), "Second mission");
  EXPECT_EQ(updated.cases_size(), 1);
  EXPECT_EQ(rpc::ReasonOf(Call(&Casebook::UpdateDossier, update).status()), "ETAG_MISMATCH");
  update.mutable_dossier()->set_etag(updated.etag());
  update.mutable_update_mask()->set_paths(0, "uid");
  ExpectRefused(Call(&Casebook::UpdateDossier, update).status(), "BAD_MASK", "update_mask");
}

TEST_F(Dossiers, OneThatIsDeleted_HasNoDeadlinesUntilItIsBroughtBack) {
  CreateMission();
  ASSERT_EQ(Deadlines(), 1u);
  ASSERT_OK_AND_ASSIGN(const v1::Dossier deleted, Delete());
  EXPECT_TRUE(deleted.has_delete_time());
  EXPECT_EQ(Deadlines(), 0u);
  const v1::Change& change = ChangeOf(revision());
  EXPECT_TRUE(change.items(0).dossier_changed().dossier().has_delete_time());
  EXPECT_FALSE(change.items(0).dossier_changed().before().has_delete_time());
  EXPECT_EQ(change.items(1).deadlines_changed().before_size(), 1) << "whoever was told is told";
  EXPECT_THAT(change.items(1).deadlines_changed().after(), IsEmpty());
  Open();
  EXPECT_EQ(Deadlines(), 0u) << "after a restart";
  EXPECT_EQ(book_->index().Counts().deleted_dossiers, 1);

  ASSERT_OK_AND_ASSIGN(const v1::Dossier back, Undelete());
  EXPECT_FALSE(back.has_delete_time());
  EXPECT_EQ(Deadlines(), 1u);
  EXPECT_EQ(book_->index().Counts().live_dossiers, 1);
}

TEST_F(Dossiers, OneThatIsDeleted_TakesNoChange) {
  CreateMission();
  const std::string etag = book_->Present()->Find(kMission)->etag();
  EXPECT_EQ(rpc::ReasonOf(Delete("yesterday").status()), "ETAG_MISMATCH");
  EXPECT_EQ(rpc::ReasonOf(Undelete().status()), "DOSSIER_NOT_DELETED");
  ASSERT_THAT(Delete(etag), IsOk());
  const int64_t before = revision();
  EXPECT_EQ(rpc::ReasonOf(Delete().status()), "DOSSIER_DELETED");
  EXPECT_EQ(rpc::ReasonOf(Rename()), "DOSSIER_DELETED");
  EXPECT_EQ(rpc::ReasonOf(CreateFact(kMission, Event("2018-06-03")).status()), "DOSSIER_DELETED");
  v1::RetractFactRequest retraction;
  retraction.set_name(std::string(kMission) + "/facts/f1");
  retraction.set_reason("an error");
  EXPECT_EQ(rpc::ReasonOf(Call(&Casebook::RetractFact, retraction).status()), "DOSSIER_DELETED");
  EXPECT_EQ(rpc::ReasonOf(Undelete(etag).status()), "ETAG_MISMATCH");
  EXPECT_EQ(revision(), before);
  ASSERT_THAT(Undelete(), IsOk());
  EXPECT_THAT(Rename(), IsOk());
}

TEST_F(Dossiers, NamesOfNoDossier_AreRefused) {
  v1::DeleteDossierRequest request;
  request.set_name("cases/c-test");
  ExpectRefused(Call(&Casebook::DeleteDossier, request).status(), "BAD_NAME", "name");
  request.set_name("dossiers/d-nobody");
  EXPECT_EQ(rpc::ReasonOf(Call(&Casebook::DeleteDossier, request).status()), "DOSSIER_NOT_FOUND");
}

TEST_F(Dossiers, FactsOfOneThatIsDeleted_StillCountWhereTheyConcern) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  CreateMission();
  v1::Fact fact = Event("2018-06-09");
  fact.add_concerns("cases/c-test");
  ASSERT_THAT(CreateFact(kMission, fact), IsOk());
  ASSERT_THAT(Delete(), IsOk());
  EXPECT_THAT(book_->Present()->Find("cases/c-test")->present->derived.deadlines,
              Contains(Property(&v1::Deadline::earliest, "2018-06-09")));
}

TEST_F(Dossiers, ThePastOfOne_IsWhatItWas) {
  CreateMission();
  const int64_t live = revision();
  ASSERT_THAT(Delete(), IsOk());
  const int64_t deleted = revision();
  ASSERT_THAT(Undelete(), IsOk());
  Past past(*store_, *book_);
  const auto at = [&](int64_t then) {
    const auto file = past.Find(*book_->Present(), kMission, then);
    EXPECT_THAT(file, IsOk());
    return file.ok() && *file && (*file)->deleted();
  };
  EXPECT_FALSE(at(live));
  EXPECT_TRUE(at(deleted));
  EXPECT_FALSE(at(revision()));
}

TEST_F(Dossiers, Several_AreCreatedInOneRevisionOrNotAtAll) {
  v1::BatchCreateDossiersRequest request;
  for (const char* id : {"d-two", "d-one"}) {
    v1::CreateDossierRequest& one = *request.add_requests();
    one.set_dossier_id(id);
    one.mutable_dossier()->set_display_name(id);
  }
  const int64_t before = revision();
  ASSERT_OK_AND_ASSIGN(const auto made, Call(&Casebook::BatchCreateDossiers, request));
  ASSERT_EQ(made.dossiers_size(), 2);
  EXPECT_EQ(made.dossiers(0).name(), "dossiers/d-two");
  EXPECT_EQ(revision(), before + 1);

  request.mutable_requests(0)->set_dossier_id("d-three");
  request.mutable_requests(1)->mutable_dossier()->clear_display_name();
  ExpectRefused(Call(&Casebook::BatchCreateDossiers, request).status(), "REQUIRED",
                "requests[1].dossier.display_name");
  ExpectRefused(Call(&Casebook::BatchCreateDossiers, v1::BatchCreateDossiersRequest()).status(),
                "REQUIRED", "requests");
  EXPECT_EQ(book_->Present()->Find("dossiers/d-three"), nullptr);
}

}  // namespace
}  // namespace vigil::registry
