// The record as it was known at an earlier revision.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/rpc/errors.h"
#include "registry-svc/casebook/ids.h"
#include "registry-svc/casebook/veil.h"
#include "tests/unit/registry/past_fixture.h"

namespace vigil::registry {
namespace {

using testing::IsEmpty;
using testing::NotNull;
using testing::SizeIs;

const std::string kCase = "cases/c-test";

TEST_F(PastTest, RevisionBeforeACase_DoesNotKnowIt) {
  const int64_t before = revision();
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  EXPECT_EQ(*Find(kCase, before), nullptr);
  EXPECT_EQ(*Find("cases/c-none", revision()), nullptr);
}

TEST_F(PastTest, FileWithoutLaterChanges_IsThePresentOne) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  const int64_t then = revision();
  ASSERT_THAT(CreateCase("c-other", "Somebody else"), IsOk());
  EXPECT_EQ(*Find(kCase, then), book_->Present()->Find(kCase));
}

TEST_F(PastTest, RecordThatWasUpdated_ReadsAsBefore) {
  ASSERT_OK_AND_ASSIGN(const v1::Case created, CreateCase("c-test", "Somebody"));
  const int64_t then = revision();
  ASSERT_THAT(UpdateCase("c-test", "Somebody else"), IsOk());
  const CaseFile file = At(kCase, then);
  EXPECT_EQ(file.record->display_name(), "Somebody");
  EXPECT_EQ(file.record->etag(), created.etag());
}

TEST_F(PastTest, FactThatWasRetracted_CountsBefore) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  ASSERT_THAT(CreateFact(kCase, Custody("2018-04-20"), "f1"), IsOk());
  const int64_t then = revision();
  ASSERT_THAT(Retract(kCase + "/facts/f1"), IsOk());
  const auto fact = At(kCase, then).FindOwn(kCase + "/facts/f1");
  ASSERT_THAT(fact, NotNull());
  EXPECT_FALSE(fact->message->has_retract_time());
  EXPECT_EQ(fact->message->retract_reason(), "");
  EXPECT_EQ(At(kCase, revision()).FindOwn(kCase + "/facts/f1")->message->retract_reason(),
            "another person");
}

TEST_F(PastTest, FactThatWasCorrected_StandsAloneBefore) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  ASSERT_THAT(CreateFact(kCase, Custody("2018-04-20"), "f1"), IsOk());
  const int64_t then = revision();
  v1::Fact corrected = Custody("2018-04-18");
  corrected.set_lineage("f1");
  ASSERT_THAT(CreateFact(kCase, corrected, "f2"), IsOk());
  EXPECT_THAT(*At(kCase, then).own, SizeIs(1));
  EXPECT_THAT(*At(kCase, revision()).own, SizeIs(2));
}

TEST_F(PastTest, CaseThatWasDeletedAndBroughtBack_IsDeletedInBetween) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  const int64_t live = revision();
  ASSERT_THAT(SetDeleted(kCase, true), IsOk());
  const int64_t deleted = revision();
  ASSERT_THAT(SetDeleted(kCase, false), IsOk());
  EXPECT_FALSE(At(kCase, live).deleted());
  EXPECT_TRUE(At(kCase, deleted).deleted());
  EXPECT_FALSE(At(kCase, revision()).deleted());
}

TEST_F(PastTest, FactOfAnotherFile_CountsFromItsRevisionOn) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  ASSERT_THAT(CreateCase("c-other", "Somebody else"), IsOk());
  const int64_t before = revision();
  v1::Fact shared = Custody("2018-04-20");
  shared.add_concerns(kCase);
  ASSERT_THAT(CreateFact("cases/c-other", shared, "f1"), IsOk());
  const int64_t then = revision();
  const std::string etag = book_->Present()->Find(kCase)->etag();
  ASSERT_THAT(Retract("cases/c-other/facts/f1"), IsOk());
  EXPECT_THAT(*At(kCase, before).foreign, IsEmpty());
  const CaseFile file = At(kCase, then);
  ASSERT_THAT(*file.foreign, SizeIs(1));
  EXPECT_FALSE(file.foreign->front()->message->has_retract_time());
  EXPECT_EQ(file.etag(), etag) << "a fact renews the stamps of whom it concerns";
}

TEST_F(PastTest, ConfidentialFact_IsOpenedAndOnceErasedAShell) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  ASSERT_THAT(CreateFact(kCase, Confidential("2018-04-20"), "f1"), IsOk());
  const int64_t then = revision();
  ASSERT_THAT(CreateFact(kCase, Custody("2018-04-22"), "f2"), IsOk());
  EXPECT_EQ(At(kCase, then).own->front()->message->note(), "told by a guard");
  v1::EraseCaseRequest request;
  request.set_name(kCase);
  request.set_reason("asked for");
  ASSERT_THAT(Call(&Casebook::EraseCase, request), IsOk());
  const CaseFile past = At(kCase, then);
  const v1::Fact& erased = *past.own->front()->message;
  EXPECT_EQ(erased.note(), "");
  EXPECT_EQ(erased.erase_time().seconds(), absl::ToUnixSeconds(clock_.Now()));
  EXPECT_FALSE(past.record->has_erase_time()) << "the record knew of no erasure then";
}

// Builds before the vault journaled of a confidential fact the shell alone.
TEST_F(PastTest, ConfidentialFactOfAnOldEntry_IsFilledFromItsRow) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  v1::Fact fact = Confidential("2018-04-20");
  fact.set_name(kCase + "/facts/f1");
  v1::Change change;
  change.set_revision(revision() + 1);
  change.set_prev_hash(book_->Present()->hash());
  *change.add_items()->mutable_fact_changed()->mutable_fact() = Veiled(fact);
  Batch batch;
  batch.entries.push_back(MakeEntry(change));
  batch.facts.push_back(
      {.open = Veiled(fact),
       .sealed = store_->vault().Seal(kCase, fact.name(), fact.SerializeAsString())});
  ASSERT_THAT(store_->Commit(batch), IsOk());
  Reopen();
  ASSERT_THAT(Retract(fact.name()), IsOk());
  const CaseFile past = At(kCase, change.revision());
  EXPECT_EQ(past.own->front()->message->note(), "told by a guard");
  EXPECT_FALSE(past.own->front()->message->has_retract_time());
}

TEST_F(PastTest, Import_IsKnownFromItsRevisionOn) {
  const int64_t before = revision();
  std::vector<Document> documents;
  for (const char* id : {"c-one", "c-two"}) {
    Document& document = documents.emplace_back();
    document.content.mutable_case_()->set_name(id);
    document.content.mutable_case_()->set_display_name("Somebody");
    *document.content.add_facts() = Custody("2018-04-20");
    document.content.mutable_facts(0)->set_name("f1");
    document.place_of = [](const std::string&) { return Place(); };
  }
  documents[0].content.mutable_facts(0)->add_concerns("c-two");
  ASSERT_THAT(Call(&Casebook::ImportFiles,
                   Casebook::Import{.documents = std::move(documents), .problems = {}}),
              IsOk());
  const int64_t then = revision();
  ASSERT_THAT(CreateFact("cases/c-two", Custody("2018-04-22"), "f2"), IsOk());
  EXPECT_EQ(*Find("cases/c-two", before), nullptr);
  const CaseFile file = At("cases/c-two", then);
  EXPECT_THAT(*file.own, SizeIs(1));
  EXPECT_THAT(*file.foreign, SizeIs(1)) << "a fact that waited for its case";
}

TEST_F(PastTest, RulesThatChanged_AreThoseOfTheTime) {
  const std::string first = rules_.version();
  const int64_t then = revision();
  rules_ = *RuleBook::Compile({}, {});
  Reopen();
  EXPECT_EQ(past_->RulesAt(then)->version(), first);
  EXPECT_EQ(past_->RulesAt(revision())->version(), rules_.version());
  ASSERT_NE(first, rules_.version());
}

TEST_F(PastTest, RulesThatWereNotKept_AreRefusedAndNotReplacedByTodays) {
  const std::string first = rules_.version();
  const int64_t then = revision();
  past_.reset();
  book_.reset();
  store_.reset();
  {
    ASSERT_OK_AND_ASSIGN(Database old, Database::Open(dir_.File("registry.db")));
    ASSERT_THAT(old.Execute("DELETE FROM rule_archives"), IsOk());
  }
  rules_ = *RuleBook::Compile({}, {});
  Reopen();
  const auto refused = past_->RulesAt(then);
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(rpc::ReasonOf(refused.status()), "RULES_NOT_KEPT");
  EXPECT_EQ(rpc::ReasonOf(past_->RulesAt(0).status()), "RULES_NOT_KEPT");
}

TEST_F(PastTest, RulesThatWereSlippedIn_AreRefused) {
  const int64_t then = revision();
  rules_ = *RuleBook::Compile({}, {});
  Reopen();
  ASSERT_THAT(past_->RulesAt(then), IsOk());
  {
    ASSERT_OK_AND_ASSIGN(Database database, Database::Open(dir_.File("registry.db")));
    ASSERT_THAT(database.Execute("UPDATE rule_archives SET body = x''"), IsOk());
  }
  Reopen();
  EXPECT_EQ(rpc::ReasonOf(past_->RulesAt(then).status()), "RULES_NOT_KEPT");
}

TEST_F(PastTest, RulesOfABuildThatKeptNone_AreKeptAtTheFirstStartOfThisOne) {
  past_.reset();
  book_.reset();
  store_.reset();
  {
    ASSERT_OK_AND_ASSIGN(Database old, Database::Open(dir_.File("registry.db")));
    ASSERT_THAT(old.Execute("DELETE FROM rule_archives"), IsOk());
  }
  Reopen();
  ASSERT_OK_AND_ASSIGN(const auto kept, store_->FindRules(rules_.version()));
  EXPECT_TRUE(kept.has_value());
}

class MomentTest : public PastTest {
 protected:
  // Commits, and tells when.
  absl::Time Commit(const std::string& id) {
    clock_.Advance(absl::Minutes(1));
    EXPECT_THAT(CreateCase(id, "Somebody"), IsOk());
    return clock_.Now();
  }
  absl::StatusOr<Past::Moment> MomentOf(absl::Time time) {
    return past_->MomentOf(absl::FormatTime(absl::RFC3339_full, time, absl::UTCTimeZone()));
  }
  static std::string Refusal(const absl::StatusOr<Past::Moment>& moment) {
    EXPECT_THAT(moment, StatusIs(absl::StatusCode::kInvalidArgument));
    return rpc::ReasonOf(moment.status());
  }
};

TEST_F(MomentTest, Revision_IsTheTimeOfItsCommit) {
  const absl::Time committed = Commit("c-one");
  const int64_t then = revision();
  Commit("c-two");
  ASSERT_OK_AND_ASSIGN(const auto moment, past_->MomentOf(std::to_string(then)));
  EXPECT_EQ(moment.revision, then);
  EXPECT_EQ(moment.time, committed);
}

TEST_F(MomentTest, Time_IsTheLastRevisionAtOrBeforeIt) {
  const absl::Time first = Commit("c-one");
  const int64_t then = revision();
  const absl::Time second = Commit("c-two");
  EXPECT_EQ(MomentOf(first)->revision, then);
  EXPECT_EQ(MomentOf(second - absl::Nanoseconds(1))->revision, then);
  EXPECT_EQ(MomentOf(second)->revision, then + 1);
  EXPECT_EQ(MomentOf(second - absl::Seconds(30))->time, second - absl::Seconds(30));
}

TEST_F(MomentTest, TimeBeforeTheFirstRevision_KnewNothing) {
  EXPECT_EQ(past_->MomentOf("1917-11-07T00:00:00Z")->revision, 0);
  EXPECT_EQ(past_->MomentOf("0")->revision, 0);
}

TEST_F(MomentTest, Future_IsRefused) {
  EXPECT_EQ(Refusal(MomentOf(clock_.Now() + absl::Nanoseconds(1))), "KNOWN_AT_AHEAD");
  EXPECT_EQ(Refusal(past_->MomentOf(std::to_string(revision() + 1))), "KNOWN_AT_AHEAD");
  EXPECT_EQ(Refusal(past_->MomentOf("99999999999999999999")), "KNOWN_AT_AHEAD");
}

TEST_F(MomentTest, WhatIsNeitherATimeNorARevision_IsRefused) {
  for (const char* text : {"yesterday", "-1", "1.5", "2018-04-28", "2018-04-28T09:00:00 06:00",
                           "infinite-past", "infinite-future"}) {
    EXPECT_EQ(Refusal(past_->MomentOf(text)), "BAD_KNOWN_AT") << text;
  }
}

}  // namespace
}  // namespace vigil::registry
