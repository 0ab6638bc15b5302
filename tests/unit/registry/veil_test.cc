#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/shard/shard.h"
#include "registry-svc/rpc/parts.h"
#include "tests/unit/registry/all_rows.h"
#include "tests/unit/registry/book_fixture.h"

namespace vigil::registry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// A case whose one fact is confidential.
class VeilTest : public BookTest {
 protected:
  void SetUp() override {
    BookTest::SetUp();
    ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
    v1::Fact fact = Custody("2018-04-20");
    fact.set_confidential(true);
    ASSERT_THAT(CreateFact("cases/c-test", fact, "f1"), IsOk());
  }
  // What the casebook keeps is not veiled, so there is something to hide.
  void TearDown() override {
    const FilePtr file = book_->Present()->Find("cases/c-test");
    for (const v1::Deadline& deadline : file->present->derived.deadlines) {
      EXPECT_THAT(deadline.explanation(), testing::Not(ElementsAre(HasSubstr("confidential"))));
    }
  }
  template <class Deadlines>
  static int ExpectVeiled(const Deadlines& deadlines) {
    for (const v1::Deadline& deadline : deadlines) {
      if (deadline.facts().empty()) continue;
      EXPECT_THAT(deadline.explanation(), ElementsAre(HasSubstr("confidential")));
      EXPECT_EQ(deadline.citation(), "");
      EXPECT_EQ(deadline.eligibility_reason(), "");
    }
    return deadlines.size();
  }
  static int ExpectVeiled(const v1::Change& change) {
    int count = 0;
    for (const v1::ChangeItem& item : change.items()) {
      count += ExpectVeiled(item.deadlines_changed().before());
      count += ExpectVeiled(item.deadlines_changed().after());
    }
    return count;
  }
};

TEST_F(VeilTest, JournalOfAConfidentialFact_HoldsNoReasoning) {
  EXPECT_GT(ExpectVeiled(ChangeOf(revision())), 0);
  v1::RetractFactRequest request;
  request.set_name("cases/c-test/facts/f1");
  request.set_reason("typo");
  ASSERT_THAT(Call(&Casebook::RetractFact, request), IsOk());
  EXPECT_GT(ExpectVeiled(ChangeOf(revision())), 0) << "nor does what was before";
}

TEST_F(VeilTest, RestartAfterAConfidentialFact_JournalsNothing) {
  const int64_t before = revision();
  Open();
  EXPECT_EQ(revision(), before);
}

TEST_F(VeilTest, Snapshot_HoldsNoReasoning) {
  SnapshotParts parts(book_->Present(), {});
  v1::Change part;
  int count = 0;
  while (parts.Next(part)) count += ExpectVeiled(part);
  EXPECT_GT(count, 0);
}

TEST_F(VeilTest, ShardStream_HoldsNoReasoning) {
  const int shards = Snapshot::kShards;
  ShardParts parts(book_->Present(), ShardOf("cases/c-test", shards), shards);
  v1::StreamShardResponse part;
  int count = 0;
  while (parts.Next(part)) count += ExpectVeiled(part.deadlines());
  EXPECT_GT(count, 0);
}

TEST_F(VeilTest, JournalAndRows_TellTheSituationOfTheOpenFacts) {
  ASSERT_EQ(book_->Present()->Find("cases/c-test")->present->rendered.situation(),
            v1::SITUATION_IN_DETENTION)
      << "or nothing is hidden";
  for (const auto& change : changes_) {
    for (const v1::ChangeItem& item : change->change.items()) {
      EXPECT_NE(item.case_changed().case_().situation(), v1::SITUATION_IN_DETENTION);
    }
  }
  // A change of the case writes its row anew.
  v1::UpdateCaseRequest request;
  request.mutable_case_()->set_name("cases/c-test");
  request.mutable_case_()->set_display_name("Somebody else");
  ASSERT_THAT(Call(&Casebook::UpdateCase, request), IsOk());
  EXPECT_EQ(ChangeOf(revision()).items(0).case_changed().case_().situation(),
            v1::SITUATION_NOT_STATED);
  AllRows rows;
  ASSERT_THAT(store_->Load(rows), IsOk());
  ASSERT_EQ(rows.cases.size(), 1u);
  EXPECT_EQ(rows.cases[0].situation(), v1::SITUATION_NOT_STATED);
  EXPECT_EQ(rows.cases[0].situation_since(), "");
}

TEST_F(VeilTest, Erasure_TellsNothingOfTheSituationBefore) {
  v1::EraseCaseRequest request;
  request.set_name("cases/c-test");
  request.set_reason("asked for");
  ASSERT_THAT(Call(&Casebook::EraseCase, request), IsOk());
  for (const v1::ChangeItem& item : ChangeOf(revision()).items()) {
    EXPECT_NE(item.case_changed().before().situation(), v1::SITUATION_IN_DETENTION);
  }
}

// What rests on open facts can still be told otherwise by a confidential one: "met by a later
// fact".
TEST_F(VeilTest, DeadlineThatAConfidentialFactEnds_HoldsNoReasoning) {
  ASSERT_THAT(CreateCase("c-other", "Somebody else"), IsOk());
  ASSERT_THAT(CreateFact("cases/c-other", Custody("2018-03-20"), "open"), IsOk());
  v1::Fact release;
  release.set_date("2018-04-11");
  release.set_confidential(true);
  release.mutable_source()->set_title("a guard");
  release.mutable_release()->set_from(v1::Release::FROM_REMAND);
  ASSERT_THAT(CreateFact("cases/c-other", release, "f1"), IsOk());
  EXPECT_THAT(ChangeOf(revision()).ShortDebugString(), testing::Not(HasSubstr("2018-04-11")));
  const auto kept = book_->Present()->Find("cases/c-other")->present->derived.deadlines;
  EXPECT_TRUE(std::any_of(kept.begin(), kept.end(), [](const v1::Deadline& deadline) {
    return deadline.state() == v1::DEADLINE_STATE_WITHDRAWN &&
           deadline.ShortDebugString().find("2018-04-11") != std::string::npos;
  })) << "or nothing is hidden";
}

TEST_F(VeilTest, ConfidentialFactThatChangesNothing_VeilsNothing) {
  ASSERT_THAT(CreateCase("c-other", "Somebody else"), IsOk());
  ASSERT_THAT(CreateFact("cases/c-other", Custody("2018-03-20"), "open"), IsOk());
  v1::Fact contact;
  contact.set_confidential(true);
  contact.mutable_source()->set_title("family");
  contact.mutable_contact()->set_name("Her Brother");
  ASSERT_THAT(CreateFact("cases/c-other", contact, "f1"), IsOk());
  EXPECT_EQ(book_->Present()->Find("cases/c-other")->present->open, nullptr);
}

}  // namespace
}  // namespace vigil::registry
