// What a replica folded from the journal is compared with the registry, shard by shard.
#include <gtest/gtest.h>

#include <functional>

#include "tests/unit/alert/engine_fixture.h"

namespace vigil::alert {
namespace {

using registry::v1::StreamShardResponse;

// Each shard is looked at once, and a suspected one again.
constexpr absl::Duration kPass = absl::Seconds(70);

class FoldAuditTest : public EngineTest {
 protected:
  World& Folded() { return const_cast<World&>(world()); }
  // Something happens, and the replica does not take it in.
  void Miss(const std::function<void()>& what) {
    const World before = world();
    what();
    Run(absl::Milliseconds(100));
    Folded() = before;
    Folded().MarkAllDirty();
  }
  Receipt Record(const std::string& deadline) {
    Receipt receipt;
    receipt.set_id("r-" + std::to_string(registry_.revision()));
    receipt.set_kind(Receipt::KIND_ACKNOWLEDGED);
    receipt.set_reminder("reminder");
    if (!deadline.empty()) receipt.set_parent(kCase);
    receipt.set_deadline(deadline);
    registry_.Record({receipt});
    return receipt;
  }
  std::size_t Placed() const { return redis_.List(ShardOf(kCase, kShardCount)).members.size(); }
};

TEST_F(FoldAuditTest, WhatWasMissedIsFoundAndMended) {
  const std::string deadline = std::string(kCase) + "/deadlines/d-1";
  const std::pair<const char*, std::function<void()>> missed[] = {
      {"a deadline", [&] { PutDeadline(500); }},
      {"that it moved", [&] { PutDeadline(510); }},
      {"a receipt", [&] { Record(deadline); }},
      {"that it is gone", [&] { registry_.SetDeadlines(kCase, {}); }},
      {"a receipt of a digest", [&] { Record(""); }},
  };
  for (const auto& [what, happens] : missed) {
    SCOPED_TRACE(what);
    Restart();
    Run(absl::Seconds(10));
    Miss(happens);
    Run(kPass);
    EXPECT_EQ(replica_->folded_wrong, 1);
    EXPECT_EQ(world().life(), 2);
    Run(2 * kPass);
    EXPECT_EQ(replica_->folded_wrong, 1) << "it was put right";
  }
}

TEST_F(FoldAuditTest, MembersThatAWrongFoldTookOutComeBack) {
  PutDeadline(500);
  Run(absl::Seconds(10));
  ASSERT_EQ(Placed(), 1u);
  registry::v1::Change change;
  auto& changed = *change.add_items()->mutable_deadlines_changed();
  changed.set_parent(kCase);
  changed.add_before()->set_name(std::string(kCase) + "/deadlines/d-1");
  Folded().Fold(change, true);
  PutDeadline(500, "cases/c-other");
  Run(absl::Milliseconds(500));
  ASSERT_EQ(Placed(), 0u);
  Run(kPass);
  EXPECT_EQ(replica_->folded_wrong, 1);
  EXPECT_EQ(Placed(), 1u);
}

TEST_F(FoldAuditTest, JournalThatNeverRestsRaisesNoAlarm) {
  for (int i = 0; i < 14'000; ++i) {
    PutDeadline(500 + i % 7);
    Run(absl::Milliseconds(5));
  }
  EXPECT_GE(replica_->fold_audits, kShardCount);
  EXPECT_EQ(replica_->folded_wrong, 0);
  EXPECT_EQ(world().life(), 1);
}

// The registry tells another wrong thing each time: nothing is found twice, and no look is clean.
TEST_F(FoldAuditTest, ShardThatIsNeverTheSameIsNotReported) {
  PutDeadline(500);
  Run(absl::Seconds(10));
  int moving = 0, others = 0;
  const int before = replica_->fold_audits;
  replica_->feed.on_shard = [&](StreamShardResponse& part) {
    if (part.deadlines_size() == 0) {
      ++others;
      return;
    }
    const std::string other = "cases/c-" + std::to_string(++moving);
    part.add_deadlines()->set_name(other + "/deadlines/d-1");
  };
  Run(2 * kPass);
  EXPECT_GE(moving, 10) << "twice as often as one has to differ";
  EXPECT_GE(others, kShardCount) << "they have their turn";
  EXPECT_LE(replica_->fold_audits - before, others);
  EXPECT_EQ(replica_->folded_wrong, 0);
  EXPECT_EQ(world().life(), 1);
}

TEST_F(FoldAuditTest, WhatDifferedBeforeItStartedOverCountsNoMore) {
  PutDeadline(500);
  Run(absl::Seconds(10));
  int wrong = 0;
  replica_->feed.on_shard = [&](StreamShardResponse& part) {
    wrong += part.deadlines_size();
    part.clear_deadlines();
  };
  while (wrong == 0) Run(absl::Milliseconds(10));
  Run(absl::Milliseconds(100));
  replica_->feed.Cut();
  registry_.Save();
  registry_.Restore();
  Run(absl::Milliseconds(800));
  ASSERT_EQ(world().life(), 2);
  ASSERT_EQ(wrong, 1);
  while (wrong == 1) Run(absl::Milliseconds(10));
  Run(absl::Milliseconds(100));
  EXPECT_EQ(replica_->folded_wrong, 0) << "one look";
  while (wrong == 2) Run(absl::Milliseconds(10));
  Run(absl::Milliseconds(100));
  EXPECT_EQ(replica_->folded_wrong, 1) << "and another";
}

TEST_F(FoldAuditTest, OneLookProvesNothing) {
  PutDeadline(500);
  int early = 0;
  replica_->feed.on_shard = [&](StreamShardResponse& part) {
    if (early == 0 && part.deadlines_size() > 0) {
      ++early;
      part.mutable_deadlines(0)->set_title("not told yet");
    }
  };
  Run(2 * kPass);
  EXPECT_EQ(early, 1);
  EXPECT_EQ(replica_->folded_wrong, 0);
  EXPECT_EQ(world().life(), 1);
}

TEST_F(FoldAuditTest, ReceiptThatAnotherMadeTooIsNoDifference) {
  PutDeadline(500);
  const Receipt receipt = Record(std::string(kCase) + "/deadlines/d-1");
  Run(absl::Seconds(1));
  Folded().AddOwn(receipt);
  Run(2 * kPass);
  EXPECT_EQ(replica_->folded_wrong, 0);
}

TEST_F(FoldAuditTest, StateOfTheDayIsNoDifference) {
  PutDeadline(500);
  replica_->feed.on_shard = [&](StreamShardResponse& part) {
    for (auto& deadline : *part.mutable_deadlines()) {
      deadline.set_state(registry::v1::DEADLINE_STATE_DUE);
    }
  };
  Run(2 * kPass);
  EXPECT_EQ(replica_->folded_wrong, 0);
}

TEST_F(FoldAuditTest, AnotherJournalIsNotComparedWith) {
  PutDeadline(500);
  Run(absl::Seconds(10));
  replica_->feed.on_shard = [](StreamShardResponse& part) {
    part.set_hash("another");
    part.clear_deadlines();
  };
  const int before = replica_->fold_audits;
  Run(2 * kPass);
  EXPECT_EQ(replica_->fold_audits, before);
  EXPECT_EQ(world().life(), 1);
}

TEST_F(FoldAuditTest, StartsOverAtMostOnceAnHour) {
  PutDeadline(500);
  replica_->feed.on_shard = [](StreamShardResponse& part) { part.clear_deadlines(); };
  Run(absl::Minutes(55));
  EXPECT_GT(replica_->folded_wrong, 10);
  EXPECT_EQ(world().life(), 2);
  Run(absl::Minutes(10));
  EXPECT_EQ(world().life(), 3);
}

TEST_F(FoldAuditTest, RegistryThatIsAwayChangesNothing) {
  PutDeadline(500);
  Run(absl::Seconds(10));
  replica_->registry_link->up = false;
  const int before = replica_->fold_audits;
  Run(2 * kPass);
  EXPECT_EQ(replica_->fold_audits, before);
  EXPECT_EQ(replica_->folded_wrong, 0);
  replica_->registry_link->up = true;
  Run(kPass);
  EXPECT_GT(replica_->fold_audits, before);
  EXPECT_EQ(world().life(), 1);
}

}  // namespace
}  // namespace vigil::alert
