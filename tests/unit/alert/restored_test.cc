// A registry that is restored goes its own way under the numbers of the revisions before: nothing
// that was known by the one journal counts in the other.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "alert-svc/domain/ids.h"
#include "tests/unit/alert/engine_fixture.h"

namespace vigil::alert {
namespace {

using registry::v1::Receipt;

class Restored : public EngineTest {
 protected:
  static v1::Policy Leading(int days) {
    v1::Policy policy;
    policy.set_name("policies/held");
    policy.add_kinds(registry::v1::DEADLINE_KIND_CUSTODY_LIMIT);
    policy.add_lead_days(days);
    policy.set_channel(v1::Policy::CHANNEL_AT_ONCE);
    policy.set_escalate_after_hours(-1);
    policy.set_any_day(true);
    return policy;
  }
  bool RunUntil(const std::function<bool()>& there) {
    for (int i = 0; i < 40'000 && !there(); ++i) Run(absl::Milliseconds(1));
    return there();
  }
  const int shard_ = ShardOf(kCase, kShardCount);
};

TEST_F(Restored, WhoStoodStillSendsNothingByARevisionThatTheJournalsShare) {
  Replica other(queue_, redis_, registry_, sink_, weather_, days_, -1);
  PutDeadline(100);
  Run(absl::Seconds(10));
  registry_.Save();
  replica_->executor.FreezeUntil(queue_.wall() + absl::Seconds(60));
  Put(Leading(118));
  const std::int64_t last = registry_.revision();
  // It wakes up with that revision, and with nothing that came after it.
  ASSERT_TRUE(RunUntil([&] { return !other.engine.core().world.unjournaled().empty(); }));
  replica_->feed.Cut();
  other.feed.Cut();
  registry_.Restore();
  ASSERT_TRUE(RunUntil([&] { return Journaled(Receipt::KIND_SENT) == 1; }));
  Run(absl::Seconds(4));
  ASSERT_EQ(registry_.revision(), last) << "it holds the receipt now";
  replica_->executor.FreezeUntil(queue_.wall());
  Run(absl::Seconds(20));
  EXPECT_EQ(sink_.taken().size(), 1u);
}

TEST_F(Restored, NothingIsForgottenForAReceiptInAJournalThatTheShardDoesNotFollow) {
  registry_.Save();
  PutDeadline(-1);
  ASSERT_TRUE(RunUntil([&] { return !replica_->engine.core().world.unjournaled().empty(); }));
  const Receipt receipt = replica_->engine.core().world.unjournaled().begin()->second.receipt;
  Member sent;
  sent.deadline = DeadlineNumber(receipt.deadline());
  sent.parent = ParentNumber(receipt.parent());
  sent.receiver = ReceiverNumber(receipt.receiver());
  sent.earliest = *civil::ParseDay(receipt.earliest());
  sent.step = static_cast<std::int16_t>(receipt.step());
  ASSERT_EQ(redis_.applied(shard_), registry_.revision());
  replica_->feed.Cut();
  registry_.Restore();
  ASSERT_TRUE(RunUntil([&] { return Journaled(Receipt::KIND_SENT) == 1; }));
  ASSERT_EQ(redis_.applied(shard_), registry_.revision()) << "of the journal before";
  Run(absl::Milliseconds(100));
  // Somebody has not heard of it.
  Tamper(shard_, {{sent, queue_.now() + absl::Hours(1)}});
  const auto listed = redis_.List(shard_).members;
  EXPECT_TRUE(std::none_of(listed.begin(), listed.end(), [&](const ListedMember& member) {
    return member.member.Identity() == sent.Identity();
  }));
}

TEST_F(Restored, WhatEndsInAShardThatIsToBeRebuiltIsToldThoughItsStreamIsLostMeanwhile) {
  PutDeadline(1);
  Run(absl::Seconds(2));
  registry_.Save();
  weather_.slow = 1;
  ASSERT_TRUE(RunUntil([&] { return !sink_.attempts().empty(); }));
  const int losses = replica_->losses;
  replica_->feed.Cut();
  registry_.Restore();
  redis_.set_mood(sim::RedisModel::Mood::kFull);  // nothing can be rebuilt yet
  ASSERT_TRUE(RunUntil([&] { return replica_->losses == losses + kShardCount; }));
  ASSERT_TRUE(replica_->engine.core().world.unjournaled().empty());
  redis_.set_streams_away(true);
  ASSERT_TRUE(RunUntil([&] { return !replica_->engine.core().world.unjournaled().empty(); }));
  Run(absl::Milliseconds(100));
  redis_.set_mood(sim::RedisModel::Mood::kWell);
  ASSERT_TRUE(
      RunUntil([&] { return redis_.Heads().heads[shard_]->state == ShardState::kRebuilding; }));
  redis_.Wipe();
  redis_.set_streams_away(false);
  Run(absl::Seconds(20));
  EXPECT_EQ(Journaled(Receipt::KIND_SENT), 1);
}

TEST_F(Restored, WhatAPersonDidIsNotAnsweredWhereTheJournalLostIt) {
  PutDeadline(100);
  Run(absl::Seconds(2));
  registry_.Save();
  Receipt receipt;
  receipt.set_id("act-1");
  receipt.set_kind(Receipt::KIND_ACKNOWLEDGED);
  receipt.set_alert("a-1");
  receipt.set_parent(kCase);
  receipt.set_deadline(std::string(kCase) + "/deadlines/d-1");
  replica_->feed.has_bookmarks = false;
  registry_.on_receipt = [&](const Receipt&) {
    registry_.on_receipt = nullptr;
    queue_.At(queue_.wall(), [&] {
      replica_->feed.Cut();
      registry_.Restore();
    });
  };
  std::optional<absl::Status> answer;
  replica_->executor.Post(
      [&] { replica_->engine.Act(receipt, [&](absl::Status status) { answer = status; }); });
  ASSERT_TRUE(RunUntil([&] { return answer.has_value(); }));
  EXPECT_TRUE(absl::IsUnavailable(*answer)) << *answer;
}

}  // namespace
}  // namespace vigil::alert
