// Which digests there are to be, and what one says that is told late.
#include "alert-svc/domain/addressee.h"
#include "tests/unit/alert/planner_fixture.h"

namespace vigil::alert {
namespace {

TEST_F(PlannerFixture, ADateThatMovedAfterTheDigestWasSealedIsToldAsMoved) {
  Put("2018-09-06", "2018-06-10T06:16");
  const auto items =
      SealedThen([this] { Put("2018-09-25", "2018-08-31T17:09"); }, "2018-09-01T00:21");
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items[0].form, PlannedForm::kMoved);
  EXPECT_EQ(items[0].earliest, "2018-09-25");
  EXPECT_EQ(items[0].sealed_earliest, "2018-09-06");
  EXPECT_EQ(items[0].id, first_[0].id) << "the member of the set is the same reminder";
  EXPECT_NE(items[0].alert, first_[0].alert);
}

TEST_F(PlannerFixture, ADeadlineThatWentAfterTheDigestWasSealedIsToldAsWithdrawn) {
  Put("2018-09-06", "2018-06-10T06:16");
  const auto items = SealedThen([this] { Put("", "2018-08-31T17:09"); }, "2018-09-01T00:21");
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items[0].form, PlannedForm::kWithdrawn);
  EXPECT_EQ(items[0].id, first_[0].id);
}

TEST_F(PlannerFixture, ADateThatStoodStillIsToldAsItWasSealed) {
  Put("2018-09-06", "2018-06-10T06:16");
  const auto items = SealedThen([] {}, "2018-09-01T00:21");
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items[0].form, PlannedForm::kReminder);
  EXPECT_EQ(items[0].earliest, "2018-09-06");
  EXPECT_EQ(items[0].alert, first_[0].alert);
}

TEST_F(PlannerFixture, ADateThatMovedWhileTheDigestWasBeingSealedIsToldAsMoved) {
  Put("2018-09-06", "2018-06-10T06:16");
  const Member digest = DigestAt("2018-08-30T08:00");
  const Work work = planner_.WorkFor(digest, At("2018-08-30T09:01")).value();
  Put("2018-09-25", "2018-08-30T09:02");
  planner_.Replan(At("2018-08-30T09:02"));
  const auto items = planner_.Sealed(work, {planner_.MemberOf(work.items[0])});
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items[0].form, PlannedForm::kMoved);
  EXPECT_EQ(items[0].earliest, "2018-09-25") << "the date that is true now";
  EXPECT_EQ(items[0].step, kMovedStep) << "and not under the lead of the other one";
}

TEST_F(PlannerFixture, ADateThatCameBackAfterAWithdrawalWasSealedIsToldAgain) {
  Put("2018-09-06", "2018-06-10T06:16");
  Work work;
  work.receiver.set_name("receivers/desk");
  work.subscription = "subscriptions/desk";
  Member gone = planner_.MemberOf(PlanOfTheCase("2018-08-30T08:00").at(0));
  gone.form = MemberForm::kWithdrawn;
  const auto items = planner_.Sealed(work, {gone});
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items[0].form, PlannedForm::kMoved);
  EXPECT_EQ(items[0].earliest, "2018-09-06");
}

TEST_F(PlannerFixture, ADigestThatKeepsFailingStaysTheSame) {
  SubscribedLongAgo();
  Put("2018-09-06", "2018-06-10T06:16");
  const Member digest = DigestAt("2018-08-30T08:00");
  const Work work = planner_.WorkFor(digest, At("2018-08-30T09:01")).value();
  FailDigest(work.id, "2018-08-30T12:30");
  EXPECT_EQ(DigestAt("2018-08-30T12:00"), digest) << "tried, and not out";
  const auto again = planner_.WorkFor(digest, At("2018-08-30T12:31"));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->id, work.id);
  EXPECT_EQ(again->attempts, 1);
}

TEST_F(PlannerFixture, ADigestThatKeepsFailingHoldsUpNoLaterOne) {
  Put("2018-09-06", "2018-06-10T06:16");
  const Member digest = DigestAt("2018-08-30T08:00");
  FailDigest(planner_.WorkFor(digest, At("2018-08-30T09:01"))->id, "2018-09-01T09:00");
  Put("2018-09-07", "2018-08-30T15:00");
  std::set<std::string> days;
  planner_.Replan(At("2018-08-30T15:00"));
  for (int shard = 0; shard < kShardCount; ++shard) {
    for (const Op& op : planner_.TakeOps(shard)) {
      if (op.due && IsDigest(op.member)) days.insert(civil::FormatDay(op.member.earliest));
    }
  }
  EXPECT_TRUE(days.contains("2018-08-31")) << "the change is told the next morning";
}

TEST_F(PlannerFixture, ASummaryIsDueWhenItsReceiversQuietHoursEnd) {
  registry::v1::Change change = QuietAtNight();
  Fold(std::move(change), "2018-01-01T09:00");
  Put("2018-01-15", "2018-02-01T23:30");
  std::vector<absl::Time> due;
  for (const char* now : {"2018-02-01T23:30", "2018-02-02T02:00"}) {
    planner_.Replan(At(now));
    world_.MarkAllDirty();
    for (int shard = 0; shard < kShardCount; ++shard) {
      for (const Op& op : planner_.TakeOps(shard)) {
        if (op.due && op.member.form == MemberForm::kSummary) due.push_back(*op.due);
      }
    }
  }
  ASSERT_EQ(due, std::vector<absl::Time>{At("2018-02-02T07:00")}) << "set once";
}

TEST_F(PlannerFixture, ADigestThatIsLateKeepsToItsReceiversQuietHours) {
  registry::v1::Change change = QuietAtNight();
  change.mutable_items(0)
      ->mutable_record_changed()
      ->mutable_record()
      ->mutable_update_time()
      ->set_seconds(1);
  Fold(std::move(change), "2018-01-01T09:00");
  Put("2018-08-29", "2018-08-29T08:00");
  const Member digest = DigestAt("2018-08-29T08:00");
  ASSERT_EQ(civil::FormatDay(digest.earliest), "2018-08-29");
  EXPECT_TRUE(planner_.WorkFor(digest, At("2018-08-29T21:30")).has_value());
  EXPECT_FALSE(planner_.WorkFor(digest, At("2018-08-29T22:30")).has_value());
}

TEST_F(PlannerFixture, ADigestThatNobodyWasThereToSendGoesOutTheSameDayAndOnce) {
  SubscribedLongAgo();
  Put("2018-09-06", "2018-06-10T06:16");
  const Member digest = DigestAt("2018-08-30T11:00");
  EXPECT_EQ(civil::FormatDay(digest.earliest), "2018-08-30")
      << "planned for nine, while it was down";
  const auto work = planner_.WorkFor(digest, At("2018-08-30T11:00"));
  ASSERT_TRUE(work.has_value());
  ASSERT_EQ(work->items.size(), 1u);
  registry::v1::Receipt whole;
  whole.set_kind(registry::v1::Receipt::KIND_SENT);
  whole.set_id("sent");
  whole.set_reminder(work->id);
  whole.set_digest(work->id);
  whole.set_receiver("receivers/desk");
  world_.AddOwn(whole);
  registry::v1::Receipt item =
      ReceiptOf(work->items[0], kCase, registry::v1::DEADLINE_KIND_SENTENCE_END,
                registry::v1::Receipt::KIND_IN_DIGEST, At("2018-08-30T11:00"));
  item.set_digest(work->id);
  world_.AddOwn(item);
  const Member next = DigestAt("2018-08-30T11:01");
  EXPECT_EQ(civil::FormatDay(next.earliest), "2018-09-05") << "the next step, a day before";
}

TEST_F(PlannerFixture, ADigestThatNothingBelongsIntoAnyMoreIsStillAskedFor) {
  Put("2018-09-06", "2018-06-10T06:16");
  const Member digest = DigestAt("2018-08-30T08:00");
  const auto work = planner_.WorkFor(digest, At("2018-09-02T08:00"));
  ASSERT_TRUE(work.has_value()) << "whoever sealed it may have sent it, and died of it";
  EXPECT_TRUE(work->items.empty());
}

TEST_F(PlannerFixture, AfterASnapshotTheSameDigestIsDue) {
  Put("2018-09-06", "2018-08-30T09:05");
  const Member followed = DigestAt("2018-08-30T09:20");
  registry::v1::Change change;
  auto& changed = *change.add_items()->mutable_deadlines_changed();
  changed.set_parent(kCase);
  *changed.add_after() = deadline_;
  World fresh;
  fresh.Fold(settings_, true);
  fresh.Fold(change, true);
  fresh.Reach(revision_, "");
  Planner planner(fresh, days_);
  EXPECT_EQ(DigestOf(planner, "2018-08-30T09:20"), followed);
}

}  // namespace
}  // namespace vigil::alert
