#include "alert-svc/engine/planner.h"

#include <gmock/gmock.h>

#include <set>

#include "alert-svc/domain/addressee.h"
#include "alert-svc/engine/plan_version.h"
#include "tests/testing/manual_clock.h"
#include "tests/unit/alert/planner_fixture.h"

namespace vigil::alert {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(PlannerFixture, OpsThatCameToNothingAreReturnedAsTheirMembersAreToBeByNow) {
  SubscribedLongAgo();
  Put("2018-09-06", "2018-05-01T09:00");
  planner_.Replan(At("2018-05-01T09:00"));
  const int shard = ShardOf("subscriptions/desk", kShardCount);
  std::vector<Op> taken = planner_.TakeOps(shard);
  ASSERT_FALSE(taken.empty());
  ASSERT_TRUE(taken.back().due.has_value());
  const std::string digest = taken.back().member.Identity();
  Put("2018-10-06", "2018-05-02T09:00");
  planner_.Replan(At("2018-05-02T09:00"));
  planner_.Rebuild(shard);  // a sweep brings the shard to what is owed
  planner_.ReturnOps(shard, std::move(taken));
  for (const Op& op : planner_.TakeOps(shard)) {
    EXPECT_FALSE(op.member.Identity() == digest && op.due)
        << "the digest of the day before is back";
  }
}

TEST_F(PlannerFixture, WhatIsDueAndWasPutBackIsInOrder) {
  SubscribedLongAgo();
  Put("2018-09-06", "2018-05-01T09:00");
  const Member digest = DigestAt("2018-05-01T09:00");
  const int shard = ShardOf("subscriptions/desk", kShardCount);
  const std::vector<Op> owed = planner_.Rebuild(shard);
  const auto repaired = [&](absl::Time due, absl::Time now) {
    std::vector<ListedMember> found;
    for (const Op& op : owed) found.push_back({op.member, *op.due});
    for (ListedMember& listed : found) {
      if (listed.member == digest) listed.due = due;
    }
    return planner_.Repair(shard, found, ManualClock(now)).size();
  };
  const absl::Time due = At("2018-08-07T09:00");
  EXPECT_EQ(repaired(due, due), 0u);
  EXPECT_EQ(repaired(due + kPutBackMost, due), 0u);
  const absl::Duration allowed = kPutBackMost + 2 * kMostSkew;
  EXPECT_EQ(repaired(due + allowed, due), 0u);
  EXPECT_EQ(repaired(due + allowed + absl::Seconds(1), due), 1u);
  EXPECT_EQ(repaired(due + absl::Seconds(1), due - absl::Seconds(1)), 1u) << "it is not due yet";
}

TEST_F(PlannerFixture, WhatTheJournalHasTakenBackIsTakenOutThoughMoreIsOwedAboutItsDeadline) {
  v1::Subscription alone;
  alone.set_receiver("receivers/desk");
  alone.set_time_zone("Asia/Almaty");
  alone.set_no_digest(true);
  AddSetting("subscriptions/desk", alone, settings_);
  SubscribedLongAgo();
  Put("2018-09-06", "2018-05-01T09:00");
  planner_.Replan(At("2018-05-01T09:00"));
  const int shard = ShardOf(kCase, kShardCount);
  const std::vector<Op> owed = planner_.Rebuild(shard);
  ASSERT_EQ(owed.size(), 1u);
  const auto taken_out = [&](const Member& extra) {
    const std::vector<ListedMember> found = {{owed[0].member, *owed[0].due}, {extra, *owed[0].due}};
    const std::vector<Op> ops = planner_.Repair(shard, found, ManualClock(At("2018-05-01T09:00")));
    return ops.size() == 1 && ops[0].member == extra && !ops[0].due;
  };
  Member moved = owed[0].member;
  moved.earliest += std::chrono::days(1);
  EXPECT_TRUE(taken_out(moved)) << "it has another date by now";
  Member gone = owed[0].member;
  gone.form = MemberForm::kWithdrawn;
  EXPECT_TRUE(taken_out(gone)) << "it stands";
  Member step = owed[0].member;
  step.step = 7;
  EXPECT_FALSE(taken_out(step)) << "another replica may know of a receipt";
}

TEST_F(PlannerFixture, CaseThatWasLookedAtIsChangedOnlyWhereItsPlanIs) {
  registry::v1::Change settings;
  v1::Policy ending;
  ending.add_kinds(registry::v1::DEADLINE_KIND_SENTENCE_END);
  for (int lead : {30, 7, 1}) ending.add_lead_days(lead);
  ending.set_channel(v1::Policy::CHANNEL_AT_ONCE);
  AddSetting("policies/ending", ending, settings);
  Fold(std::move(settings), "2018-01-01T09:00");
  Put("2018-09-06", "2018-05-01T09:00");
  planner_.Replan(At("2018-05-01T09:00"));
  const std::vector<Op> ops = planner_.TakeOps(ShardOf(kCase, kShardCount));
  ASSERT_FALSE(ops.empty());
  const Member member = ops.back().member;
  ASSERT_TRUE(planner_.WorkFor(member, At("2018-08-08T09:00")));
  planner_.TakeChanged();
  ASSERT_TRUE(planner_.WorkFor(member, At("2018-08-08T09:01")));
  EXPECT_THAT(planner_.TakeChanged(), IsEmpty());
  EXPECT_FALSE(planner_.WorkFor(member, At("2018-09-01T09:00"))) << "another step is the newest";
  EXPECT_THAT(planner_.TakeChanged(), ElementsAre(kCase));
}

TEST(PlanVersion, CodeComesBeforeTzdata) {
  EXPECT_TRUE(IsNewerPlan("2/2024a", "1/2025b"));
  EXPECT_TRUE(IsNewerPlan("2/2025b", "2/2025a"));
  EXPECT_FALSE(IsNewerPlan("2/2025b", "2/2025b"));
  EXPECT_TRUE(IsNewerPlan("10/", "9/2025b"));
  EXPECT_FALSE(IsNewerPlan("1", "1/2025b")) << "as it was written before versions had two parts";
  EXPECT_FALSE(IsNewerPlan(PlanVersion("2025a", ""), PlanVersion("2025b", "")));
  EXPECT_TRUE(IsNewerPlan(PlanVersion("2025b", ""), PlanVersion("2025a", "9-bb")));
}

TEST(PlanVersion, OtherCalendarsAreNewerWhereTheyWereChangedLater) {
  EXPECT_NE(PlanVersion("2025a", "7-aa"), PlanVersion("2025a", "7-bb"));
  EXPECT_TRUE(IsNewerPlan("3/2025a/10-aa", "3/2025a/9-bb")) << "by the moment, as a number";
  EXPECT_FALSE(IsNewerPlan("3/2025a/9-bb", "3/2025a/10-aa"));
  EXPECT_FALSE(IsNewerPlan("3/2025a/10-aa", "3/2025a/9-aa")) << "the same ones, copied later";
  EXPECT_FALSE(IsNewerPlan("3/2025a/9-bb", "3/2025a/9-aa")) << "nobody is to stand still for ever";
  EXPECT_FALSE(IsNewerPlan("3/2025a", "3/2025a/9-aa")) << "as it was written before it named them";
  EXPECT_TRUE(IsNewerPlan("3/2025a/9-aa", "3/2025a"));
}

TEST_F(PlannerFixture, SnoozesBeyondWhatAMemberCountsDoNotCollide) {
  Planned last;
  last.repeat = kSnoozeRepeat + 124;
  Planned next = last;
  ++next.repeat;
  EXPECT_NE(planner_.MemberOf(last).repeat, planner_.MemberOf(next).repeat);
  EXPECT_GE(planner_.MemberOf(next).repeat, kSnoozeRepeat);
}

TEST_F(PlannerFixture, WhatChangesDoesNotWaitBehindMuchThatChangedBefore) {
  PutCases(500, "2018-06-10T06:16");
  planner_.Replan(At("2018-06-10T06:16"));
  EXPECT_TRUE(planner_.HasStale()) << "it would take too long in one go";
  Put("2018-09-06", "2018-06-10T06:17");
  planner_.Replan(At("2018-06-10T06:17"));
  EXPECT_FALSE(planner_.PlanOf(kCase).empty());
  for (int i = 0; i < 10; ++i) planner_.PlanMore(At("2018-06-10T06:17"));
  EXPECT_FALSE(planner_.HasStale());
  EXPECT_EQ(planner_.plans().size(), 501u);
  for (int shard = 0; shard < kShardCount; ++shard) EXPECT_TRUE(planner_.Settled(shard));
}

// A replica that begins with a snapshot must not find a digest due that the others know to be
// over: the date came in after it.
TEST_F(PlannerFixture, AfterASnapshotAnAlertEscalatesAsItStarted) {
  v1::Receiver second;
  second.mutable_email()->set_address("second@vigil.example");
  AddSetting("receivers/second", second, settings_);
  v1::Subscription subscription;
  subscription.set_receiver("receivers/desk");
  subscription.set_time_zone("Asia/Almaty");
  subscription.set_stand_in("receivers/second");
  AddSetting("subscriptions/desk", subscription, settings_);
  SubscribedLongAgo();
  Put("2018-09-06", "2018-06-10T06:16");
  registry::v1::Change told;
  *told.add_items()->mutable_receipts_recorded()->add_receipts() =
      ReceiptOf(PlanOfTheCase("2018-08-30T09:00").at(0), kCase, deadline_.kind(),
                registry::v1::Receipt::KIND_SENT, At("2018-08-30T09:00"));
  Fold(told, "2018-08-30T09:00");
  v1::Policy never;
  never.add_kinds(registry::v1::DEADLINE_KIND_SENTENCE_END);
  never.set_channel(v1::Policy::CHANNEL_NEVER);
  never.set_escalate_after_hours(-1);
  AddSetting("policies/ending", never, settings_);
  SubscribedLongAgo();
  const auto followed = PlanOfTheCase("2018-08-30T10:00");
  ASSERT_EQ(followed.size(), 1u);
  EXPECT_EQ(followed[0].receiver, "receivers/second");
  EXPECT_EQ(followed[0].due, At("2018-08-31T09:00"));

  registry::v1::Change deadlines;
  auto& changed = *deadlines.add_items()->mutable_deadlines_changed();
  changed.set_parent(kCase);
  *changed.add_after() = deadline_;
  World fresh;
  for (const registry::v1::Change& part : {settings_, deadlines, told}) fresh.Fold(part, true);
  fresh.Reach(revision_, "");
  Planner planner(fresh, days_);
  planner.Replan(At("2018-08-30T10:00"));
  const std::vector<Planned>& begun = planner.PlanOf(kCase);
  ASSERT_EQ(begun.size(), 1u);
  EXPECT_EQ(begun[0].id, followed[0].id);
  EXPECT_EQ(begun[0].due, followed[0].due);
}

TEST_F(PlannerFixture, ADeletedRecordMakesCasesDirtyOnlyWhereItWasASetting) {
  registry::v1::Change about;
  about.add_items()->mutable_case_changed()->mutable_case_()->set_name(kCase);
  Fold(about, "2018-01-01T09:00");
  for (const auto& [name, dirty] :
       {std::pair{"records/somebody/else", false}, std::pair{"records/alert-engine/opened", false},
        std::pair{"records/policies/never-there", false},
        std::pair{"records/subscriptions/desk", true}}) {
    world_.TakeDirty();
    registry::v1::Change change;
    auto& record = *change.add_items()->mutable_record_changed();
    record.mutable_record()->set_name(name);
    record.set_deleted(true);
    Fold(change, "2018-01-02T09:00");
    EXPECT_EQ(world_.TakeDirty().contains(kCase), dirty) << name;
  }
  EXPECT_EQ(world_.settings().FindSubscription("subscriptions/desk"), nullptr);
}

}  // namespace
}  // namespace vigil::alert
