#include "alert-svc/engine/planner.h"

#include <gtest/gtest.h>

#include <set>

#include "alert-svc/domain/addressee.h"
#include "alert-svc/domain/history.h"
#include "alert-svc/domain/local_time.h"
#include "alert-svc/engine/plan_version.h"
#include "common/shard/shard.h"

namespace vigil::alert {
namespace {

constexpr char kCase[] = "cases/c-7f3k9q2m";
constexpr char kDeadline[] = "cases/c-7f3k9q2m/deadlines/d-1";

template <class Setting>
void AddSetting(const std::string& name, Setting setting, registry::v1::Change& change) {
  setting.set_name(name);
  auto& record = *change.add_items()->mutable_record_changed()->mutable_record();
  record.set_name("records/" + name);
  record.mutable_body()->PackFrom(setting);
}

// One case, one receiver who gets a daily digest at nine in Almaty.
class PlannerFixture : public ::testing::Test {
 protected:
  PlannerFixture() : planner_(world_, days_) {
    registry::v1::Change settings;
    v1::Policy ending;
    ending.add_kinds(registry::v1::DEADLINE_KIND_SENTENCE_END);
    for (int lead : {30, 7, 1}) ending.add_lead_days(lead);
    ending.set_channel(v1::Policy::CHANNEL_DAILY);
    AddSetting("policies/ending", ending, settings);
    v1::Receiver desk;
    desk.mutable_email()->set_address("desk@vigil.example");
    AddSetting("receivers/desk", desk, settings);
    v1::Subscription subscription;
    subscription.set_receiver("receivers/desk");
    subscription.set_time_zone("Asia/Almaty");
    AddSetting("subscriptions/desk", subscription, settings);
    settings_ = settings;
    Fold(std::move(settings), "2018-01-01T09:00");
  }

  static absl::Time At(const std::string& text) {
    absl::Time time;
    std::string error;
    EXPECT_TRUE(absl::ParseTime("%Y-%m-%d%ET%H:%M", text, Zone("Asia/Almaty"), &time, &error));
    return time;
  }

  void Fold(registry::v1::Change change, const std::string& when) {
    change.set_revision(++revision_);
    *change.mutable_time() = ToProto(At(when));
    world_.Fold(change, false);
    world_.Reach(revision_, "");
  }

  // The subscription is so old that nothing is owed in the summary of what was past before it.
  void SubscribedLongAgo() {
    registry::v1::Change change = settings_;
    for (auto& item : *change.mutable_items()) {
      item.mutable_record_changed()->mutable_record()->mutable_update_time()->set_seconds(1);
    }
    Fold(std::move(change), "2018-01-01T09:00");
  }

  // An attempt of a digest failed; the next may start at `until`.
  void FailDigest(const std::string& id, const std::string& until) {
    registry::v1::Receipt receipt;
    receipt.set_kind(registry::v1::Receipt::KIND_FAILED);
    receipt.set_id("failed");
    receipt.set_reminder(id);
    receipt.set_digest(id);
    receipt.set_receiver("receivers/desk");
    receipt.set_attempts(1);
    *receipt.mutable_until() = ToProto(At(until));
    world_.AddOwn(receipt);
  }

  // Many cases with a deadline each, in one revision.
  void PutCases(int count, const std::string& when) {
    registry::v1::Change change;
    for (int i = 0; i < count; ++i) {
      auto& changed = *change.add_items()->mutable_deadlines_changed();
      changed.set_parent("cases/c-" + std::to_string(i));
      registry::v1::Deadline& deadline = *changed.add_after();
      deadline.set_name(changed.parent() + "/deadlines/d-1");
      deadline.set_kind(registry::v1::DEADLINE_KIND_SENTENCE_END);
      deadline.set_earliest("2018-09-06");
      deadline.set_latest("2018-09-06");
      *deadline.mutable_known_time() = ToProto(At(when));
    }
    Fold(std::move(change), when);
  }

  std::vector<Planned> PlanOfTheCase(const std::string& when) {
    planner_.Replan(At(when));
    return planner_.PlanOf(kCase);
  }

  // The deadline becomes this one; an empty date: it goes.
  void Put(const std::string& date, const std::string& when) {
    registry::v1::Change change;
    auto& changed = *change.add_items()->mutable_deadlines_changed();
    changed.set_parent(kCase);
    if (!deadline_.name().empty()) *changed.add_before() = deadline_;
    deadline_.set_name(kDeadline);
    deadline_.set_kind(registry::v1::DEADLINE_KIND_SENTENCE_END);
    deadline_.set_earliest(date);
    deadline_.set_latest(date);
    *deadline_.mutable_known_time() = ToProto(At(when));
    if (!date.empty()) *changed.add_after() = deadline_;
    Fold(std::move(change), when);
  }

  // The digest that is due at a moment: its member among the ops.
  Member DigestAt(const std::string& when) { return DigestOf(planner_, when); }

  static Member DigestOf(Planner& planner, const std::string& when) {
    planner.Replan(At(when));
    for (int shard = 0; shard < kShardCount; ++shard) {
      for (const Op& op : planner.TakeOps(shard)) {
        if (op.due && op.member.form == MemberForm::kDigest) return op.member;
      }
    }
    ADD_FAILURE() << "no digest is planned";
    return {};
  }

  // The digest's items as they were sealed, and as they are said some time later.
  std::vector<Planned> SealedThen(const std::function<void()>& change, const std::string& later) {
    const Member digest = DigestAt("2018-08-30T08:00");
    const Work first = planner_.WorkFor(digest, At("2018-08-30T09:01")).value();
    std::vector<Member> sealed;
    for (const Planned& planned : first.items) sealed.push_back(planner_.MemberOf(planned));
    change();
    planner_.Replan(At(later));
    Work again;
    again.receiver = first.receiver;
    again.subscription = first.subscription;
    first_ = first.items;
    return planner_.Sealed(again, sealed);
  }

  registry::v1::Change settings_;
  World world_;
  civil::WorkingDays days_;
  Planner planner_;
  registry::v1::Deadline deadline_;
  std::int64_t revision_ = 0;
  std::vector<Planned> first_;
};

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
  v1::Subscription quiet;
  quiet.set_receiver("receivers/desk");
  quiet.set_time_zone("Asia/Almaty");
  quiet.set_quiet_from(22);
  quiet.set_quiet_until(7);
  registry::v1::Change change;
  AddSetting("subscriptions/desk", quiet, change);
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
  v1::Subscription quiet;
  quiet.set_receiver("receivers/desk");
  quiet.set_time_zone("Asia/Almaty");
  quiet.set_quiet_from(22);
  quiet.set_quiet_until(7);
  registry::v1::Change change;
  AddSetting("subscriptions/desk", quiet, change);
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

// The policy says nothing of escalation any more; a replica that begins with a snapshot never saw
// the one that did.
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
