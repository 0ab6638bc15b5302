#include "alert-svc/engine/alert_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/rpc/times.h"
#include "tests/unit/alert/plan_fixture.h"

namespace vigil::alert {
namespace {

using registry::v1::Receipt;

class AlertView : public PlanFixture {
 protected:
  AlertView() {
    Add("limit", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
    state_.about.set_name(kCase);
  }
  std::vector<v1::Alert> View(const std::string& now) {
    World::DeadlineState& own = state_.deadlines[deadlines_[0].name()];
    own.deadline = deadlines_[0];
    own.receipts = receipts_[deadlines_[0].name()];
    return AlertsOf(state_, PlanAt(now), At(now));
  }
  v1::Alert Of(const std::string& now, int step) {
    for (v1::Alert& alert : View(now)) {
      if (alert.step() == step) return alert;
    }
    ADD_FAILURE() << "no alert of step " << step;
    return {};
  }

  World::CaseState state_;
};

TEST_F(AlertView, NotYetDue_IsScheduledWithItsTime) {
  const v1::Alert alert = Of("2018-05-01T09:00", 20);
  EXPECT_EQ(alert.state(), v1::ALERT_STATE_SCHEDULED);
  EXPECT_EQ(TimeOf(alert.fire_time()), At("2018-05-16T09:00"));
  ASSERT_EQ(alert.reminders_size(), 1);
  EXPECT_EQ(alert.reminders(0).state(), v1::Reminder::STATE_PENDING);
}

TEST_F(AlertView, Told_IsSentUntilTheNextStepIsTold) {
  Tell(PlanAt("2018-05-16T09:00")[0], "2018-05-16T09:00");
  EXPECT_EQ(Of("2018-05-17T09:00", 20).state(), v1::ALERT_STATE_SENT);
  Tell(PlanAt("2018-05-21T09:00")[0], "2018-05-21T09:00");
  EXPECT_EQ(Of("2018-05-21T10:00", 20).state(), v1::ALERT_STATE_CLOSED);
  EXPECT_EQ(Of("2018-05-21T10:00", 15).state(), v1::ALERT_STATE_SENT);
}

TEST_F(AlertView, AcknowledgedSnoozedAndMet_SaySo) {
  const Planned first = PlanAt("2018-05-16T09:00")[0];
  Tell(first, "2018-05-16T09:00");
  Act(first, Receipt::KIND_SNOOZED, "2018-05-18T09:00");
  EXPECT_EQ(Of("2018-05-17T09:00", 20).state(), v1::ALERT_STATE_SNOOZED);
  Act(first, Receipt::KIND_ACKNOWLEDGED);
  EXPECT_EQ(Of("2018-05-17T09:00", 20).state(), v1::ALERT_STATE_ACKNOWLEDGED);
  deadlines_[0].set_state(registry::v1::DEADLINE_STATE_MET);
  EXPECT_EQ(Of("2018-05-17T09:00", 20).state(), v1::ALERT_STATE_CLOSED);
}

TEST_F(AlertView, AcknowledgedUntil_IsOpenAgainAfterIt) {
  const Planned first = PlanAt("2018-05-16T09:00")[0];
  Tell(first, "2018-05-16T09:00");
  Act(first, Receipt::KIND_ACKNOWLEDGED, "2018-05-18T09:00");
  receipts_[first.deadline].back().set_note("motion filed");
  const v1::Alert alert = Of("2018-05-18T08:59", 20);
  EXPECT_EQ(alert.state(), v1::ALERT_STATE_ACKNOWLEDGED);
  EXPECT_EQ(alert.acknowledge_note(), "motion filed");
  EXPECT_EQ(TimeOf(alert.acknowledge_expire_time()), At("2018-05-18T09:00"));
  EXPECT_EQ(Of("2018-05-18T09:00", 20).state(), v1::ALERT_STATE_SENT);
  Act(first, Receipt::KIND_ACKNOWLEDGED);
  EXPECT_EQ(Of("2018-05-19T09:00", 20).state(), v1::ALERT_STATE_ACKNOWLEDGED) << "for good now";
  EXPECT_FALSE(Of("2018-05-19T09:00", 20).has_acknowledge_expire_time());
}

TEST_F(AlertView, EndThatJsonCannotSay_IsShownAsOneThatItCan) {
  const Planned first = PlanAt("2018-05-16T09:00")[0];
  Tell(first, "2018-05-16T09:00");
  const auto shown = [&](Receipt::Kind kind, std::int64_t seconds, int nanos) {
    Act(first, kind, "2018-05-18T09:00");
    google::protobuf::Timestamp& until = *receipts_[first.deadline].back().mutable_until();
    until.set_seconds(seconds);
    until.set_nanos(nanos);
    return Of("2018-05-17T09:00", 20);
  };
  const std::int64_t end = absl::ToUnixSeconds(At("2018-05-18T09:00"));
  for (const auto& [seconds, nanos] :
       {std::pair(end, -1), std::pair(end, 2'000'000'000), std::pair(std::int64_t{1} << 60, 0)}) {
    const v1::Alert later = shown(Receipt::KIND_SNOOZED, seconds, nanos);
    EXPECT_TRUE(rpc::CheckTime(later.snooze_until(), "").ok()) << seconds << " " << nanos;
    EXPECT_EQ(later.state(), v1::ALERT_STATE_SNOOZED);
    const v1::Alert over = shown(Receipt::KIND_ACKNOWLEDGED, seconds, nanos);
    EXPECT_TRUE(rpc::CheckTime(over.acknowledge_expire_time(), "").ok());
    EXPECT_EQ(over.state(), v1::ALERT_STATE_ACKNOWLEDGED);
    receipts_[first.deadline].pop_back();
  }
}

TEST_F(AlertView, HandedOver_SaysToWhomByWhomAndWhy) {
  const Planned first = PlanAt("2018-05-16T09:00")[0];
  Tell(first, "2018-05-16T09:00");
  Act(first, Receipt::KIND_HANDED_OVER);
  Receipt& receipt = receipts_[first.deadline].back();
  receipt.set_receiver("receivers/second");
  receipt.set_actor("aigul");
  receipt.set_note("on leave");
  const v1::Alert alert = Of("2018-05-17T09:00", 20);
  EXPECT_EQ(alert.state(), v1::ALERT_STATE_SENT) << "somebody is to answer it still";
  EXPECT_EQ(alert.handed_over_to(), "receivers/second");
  EXPECT_EQ(alert.handed_over_by(), "aigul");
  EXPECT_EQ(alert.hand_over_note(), "on leave");
  EXPECT_EQ(TimeOf(alert.hand_over_time()), TimeOf(receipt.time()));
}

TEST_F(AlertView, ToldInADigest_NamesTheDigest) {
  Tell(PlanAt("2018-05-16T09:00")[0], "2018-05-16T09:00");
  EXPECT_EQ(Of("2018-05-17T09:00", 20).digests_size(), 0);
  receipts_[deadlines_[0].name()].back().set_kind(Receipt::KIND_IN_DIGEST);
  receipts_[deadlines_[0].name()].back().set_digest("d-1");
  ASSERT_EQ(Of("2018-05-17T09:00", 20).digests_size(), 1);
  EXPECT_EQ(Of("2018-05-17T09:00", 20).digests(0), "d-1");
}

TEST_F(AlertView, AcceptedAndSentBackLater_IsBounced) {
  Tell(PlanAt("2018-05-16T09:00")[0], "2018-05-16T09:00");
  Receipt bounce = receipts_[deadlines_[0].name()].back();
  bounce.set_id("bounce");
  bounce.set_kind(Receipt::KIND_DEAD);
  bounce.set_bounced(true);
  receipts_[deadlines_[0].name()].push_back(bounce);
  EXPECT_EQ(Of("2018-05-17T09:00", 20).reminders(0).state(), v1::Reminder::STATE_BOUNCED);
}

TEST_F(AlertView, HeldBackByWhatIsJournaledAfterItWasSent_IsSentStill) {
  const Planned first = PlanAt("2018-05-16T09:00")[0];
  Tell(first, "2018-05-16T09:00");
  receipts_[first.deadline].push_back(ReceiptOf(first, kCase,
                                                registry::v1::DEADLINE_KIND_CUSTODY_LIMIT,
                                                Receipt::KIND_MUTED, At("2018-05-16T08:00")));
  EXPECT_EQ(Of("2018-05-17T09:00", 20).reminders(0).state(), v1::Reminder::STATE_SENT);
}

TEST_F(AlertView, HeldBackAfterAnAttemptThatFailed_IsMuted) {
  const Planned first = PlanAt("2018-05-16T09:00")[0];
  for (const Receipt::Kind kind : {Receipt::KIND_FAILED, Receipt::KIND_MUTED}) {
    receipts_[first.deadline].push_back(ReceiptOf(
        first, kCase, registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, kind, At("2018-05-16T09:00")));
  }
  EXPECT_EQ(Of("2018-05-16T09:01", 20).reminders(0).state(), v1::Reminder::STATE_MUTED);
}

}  // namespace
}  // namespace vigil::alert
