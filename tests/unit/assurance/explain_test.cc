#include "alert-svc/assurance/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/assurance/world_fixture.h"

namespace vigil::alert {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using Code = v1::Reason;
using registry::v1::Receipt;

class ExplainTest : public WorldFixture {
 protected:
  ExplainTest() { Add("limit", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05"); }

  v1::Explanation At(const std::string& now, const std::string& receiver = kDesk) {
    return Explain(view_, ViewOf("limit"), receiver, Context(now),
                   [this](const Planned&) { return held_; });
  }
  static std::vector<Code::Code> Codes(const v1::Explanation& explanation) {
    std::vector<Code::Code> codes;
    for (const v1::Reason& reason : explanation.reasons()) codes.push_back(reason.code());
    return codes;
  }
  static std::string TextOf(const v1::Explanation& explanation, Code::Code code) {
    for (const v1::Reason& reason : explanation.reasons()) {
      if (reason.code() == code) return reason.text();
    }
    return "";
  }
  v1::Subscription Desk() const { return *settings_.FindSubscription(kDeskSubscription); }
  void Subscribe(const v1::Subscription& subscription) {
    ASSERT_TRUE(settings_.Put(subscription).ok());
  }
  v1::Receiver AddReceiver(const std::string& name) {
    v1::Receiver receiver;
    receiver.set_name(name);
    receiver.mutable_email()->set_address("a@example.org");
    EXPECT_TRUE(settings_.Put(receiver).ok());
    return receiver;
  }

  bool held_ = false;
};

TEST_F(ExplainTest, WhoIsGoingToBeToldHearsByWhichSubscriptionAndPolicyAndWhen) {
  const v1::Explanation told = At("2018-05-01T09:00");
  EXPECT_EQ(told.verdict(), v1::Explanation::VERDICT_WILL_BE_TOLD);
  EXPECT_FALSE(told.told());
  EXPECT_THAT(Codes(told),
              ElementsAre(Code::CODE_SUBSCRIBED, Code::CODE_POLICY, Code::CODE_PLANNED));
  EXPECT_EQ(TimeOf(told.next_time()), PlanFixture::At("2018-05-16T09:00"));
  EXPECT_THAT(TextOf(told, Code::CODE_POLICY),
              HasSubstr("20, 15, 10, 7, 3, 1 days before; at once"));
  EXPECT_THAT(TextOf(told, Code::CODE_PLANNED), HasSubstr("20 days before"));
}

TEST_F(ExplainTest, WhatIsDueAndHeldByTheBreakerSaysBoth) {
  held_ = true;
  const v1::Explanation told = At("2018-05-16T09:01");
  EXPECT_EQ(told.verdict(), v1::Explanation::VERDICT_DUE);
  EXPECT_THAT(Codes(told), Contains(Code::CODE_HELD));
}

TEST_F(ExplainTest, ASubscriptionThatDoesNotMatchSaysByWhichFilters) {
  v1::Subscription desk = Desk();
  desk.add_cases("cases/c-other");
  desk.add_kinds(registry::v1::DEADLINE_KIND_CUSTODY_LIMIT);
  desk.add_tags("writers");
  Subscribe(desk);
  const v1::Explanation told = At("2018-05-01T09:00");
  EXPECT_EQ(told.verdict(), v1::Explanation::VERDICT_NOTHING_AHEAD);
  EXPECT_THAT(Codes(told), ElementsAre(Code::CODE_FILTERED));
  EXPECT_THAT(TextOf(told, Code::CODE_FILTERED), HasSubstr("by cases, tags"));
}

TEST_F(ExplainTest, TwoSubscriptionsOfOneReceiverMakeOneMessageAndSaySo) {
  v1::Subscription second = Desk();
  second.set_name("subscriptions/z-second");
  Subscribe(second);
  EXPECT_THAT(Codes(At("2018-05-01T09:00")),
              ElementsAre(Code::CODE_SUBSCRIBED, Code::CODE_OTHER_SUBSCRIPTION, Code::CODE_POLICY,
                          Code::CODE_PLANNED));
}

TEST_F(ExplainTest, WhoIsNotThereOrInNoSubscriptionSaysSo) {
  EXPECT_THAT(Codes(At("2018-05-01T09:00", "receivers/nobody")),
              ElementsAre(Code::CODE_NO_RECEIVER, Code::CODE_NO_SUBSCRIPTION));
}

TEST_F(ExplainTest, AStandInHearsOnlyWhenNobodyAcknowledges) {
  const v1::Receiver counsel = AddReceiver("receivers/counsel");
  v1::Subscription desk = Desk();
  desk.set_stand_in(counsel.name());
  Subscribe(desk);
  EXPECT_THAT(Codes(At("2018-05-01T09:00", counsel.name())), ElementsAre(Code::CODE_STAND_IN));
  Tell(PlanAt("2018-05-16T09:00")[0], "2018-05-16T09:00");
  const v1::Explanation passed_on = At("2018-05-16T20:00", counsel.name());
  EXPECT_EQ(passed_on.verdict(), v1::Explanation::VERDICT_DUE);
  EXPECT_THAT(TextOf(passed_on, Code::CODE_PLANNED), HasSubstr("nobody acknowledged"));
}

TEST_F(ExplainTest, ReceiptsAreToldInTheOrderTheyCame) {
  const Planned first = PlanAt("2018-05-16T09:00")[0];
  Tell(first, "2018-05-16T09:00");
  Act(first, Receipt::KIND_ACKNOWLEDGED);
  const v1::Explanation told = At("2018-05-17T09:00");
  EXPECT_TRUE(told.told());
  EXPECT_THAT(Codes(told), ElementsAre(Code::CODE_SUBSCRIBED, Code::CODE_POLICY, Code::CODE_TOLD,
                                       Code::CODE_ACKNOWLEDGED, Code::CODE_PLANNED));
}

TEST_F(ExplainTest, ASilenceThatCustodyDoesNotHeedSaysThatASecondPersonIsMissing) {
  v1::Silence silence;
  silence.set_name("silences/hearing");
  silence.add_cases(kCase);
  silence.set_owner("maria");
  silence.set_reason("the hearing is prepared");
  *silence.mutable_end_time() = ToProto(PlanFixture::At("2018-05-20T09:00"));
  ASSERT_TRUE(settings_.Put(silence).ok());
  EXPECT_THAT(Codes(At("2018-05-01T09:00")), Contains(Code::CODE_SILENCE_NOT_APPROVED));
  silence.set_approved_by("ivan");
  ASSERT_TRUE(settings_.Put(silence).ok());
  const v1::Explanation told = At("2018-05-01T09:00");
  EXPECT_THAT(Codes(told), Contains(Code::CODE_SILENCED));
  EXPECT_THAT(Codes(told), Not(Contains(Code::CODE_SILENCE_NOT_APPROVED)));
  EXPECT_THAT(TextOf(told, Code::CODE_SILENCED), HasSubstr("maria"));
}

TEST_F(ExplainTest, WhatASilenceHeldBackIsToldWhenTheSilenceIsOver) {
  const Planned first = PlanAt("2018-05-16T09:00")[0];
  receipts_[first.deadline].push_back(
      ReceiptOf(first, kCase, registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, Receipt::KIND_MUTED,
                PlanFixture::At("2018-05-16T09:00")));
  const v1::Explanation told = At("2018-05-17T09:00");
  EXPECT_FALSE(told.told());
  EXPECT_THAT(TextOf(told, Code::CODE_SILENCED), HasSubstr("20 days before"));
  EXPECT_EQ(told.verdict(), v1::Explanation::VERDICT_DUE) << "it is owed still";
}

TEST_F(ExplainTest, WhatIsMetSaysThatNothingIsLeft) {
  deadlines_[0].set_state(registry::v1::DEADLINE_STATE_MET);
  const v1::Explanation told = At("2018-05-01T09:00");
  EXPECT_EQ(told.verdict(), v1::Explanation::VERDICT_NOTHING_AHEAD);
  EXPECT_THAT(Codes(told), ElementsAre(Code::CODE_SUBSCRIBED, Code::CODE_POLICY, Code::CODE_CLOSED,
                                       Code::CODE_NOTHING_LEFT));
}

TEST_F(ExplainTest, QuietHoursThatPutAMessageOffAreNamed) {
  Add("review", registry::v1::DEADLINE_KIND_MEDICAL_REVIEW, "2018-06-05");
  v1::Subscription desk = Desk();
  desk.set_no_digest(true);
  desk.set_quiet_from(8);
  desk.set_quiet_until(11);
  Subscribe(desk);
  const v1::Explanation told = Explain(view_, ViewOf("review"), kDesk, Context("2018-05-15T09:00"),
                                       [](const Planned&) { return false; });
  EXPECT_THAT(Codes(told), Contains(Code::CODE_QUIET_HOURS));
  EXPECT_THAT(Codes(At("2018-05-16T09:00")), Not(Contains(Code::CODE_QUIET_HOURS)))
      << "custody knows no quiet hours";
}

TEST_F(ExplainTest, APolicyThatSaysNeverSaysSo) {
  deadlines_[0].set_kind(registry::v1::DEADLINE_KIND_CUSTODY_EXTENSION_MOTION);
  EXPECT_THAT(Codes(At("2018-05-01T09:00")),
              ElementsAre(Code::CODE_SUBSCRIBED, Code::CODE_POLICY_NEVER, Code::CODE_NOTHING_LEFT));
}

}  // namespace
}  // namespace vigil::alert
