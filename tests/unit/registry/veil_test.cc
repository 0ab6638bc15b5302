#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/shard/shard.h"
#include "registry-svc/rpc/parts.h"
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
    for (const v1::Deadline& deadline :
         book_->Present()->Find("cases/c-test")->present->derived.deadlines) {
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

}  // namespace
}  // namespace vigil::registry
