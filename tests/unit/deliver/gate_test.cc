#include "alert-svc/deliver/gate.h"

#include <gtest/gtest.h>

namespace vigil::alert {
namespace {

using Said = Outcome::Said;

class GateTest : public ::testing::Test {
 protected:
  v1::Receiver Named(const std::string& name, int per_minute = 0, int in_flight = 0) {
    v1::Receiver receiver;
    receiver.set_name(name);
    receiver.mutable_limits()->set_per_minute(per_minute);
    receiver.mutable_limits()->set_in_flight(in_flight);
    return receiver;
  }
  void Leave(const std::string& name, Said said) {
    Outcome outcome;
    outcome.said = said;
    gate_.Leave(name, Way::kHttp, outcome, now_);
  }
  void LeaveAsking(const std::string& name, absl::Duration hold_back) {
    Outcome outcome;
    outcome.said = Said::kFailed;
    outcome.hold_back = hold_back;
    gate_.Leave(name, Way::kHttp, outcome, now_);
  }
  // One message, of which that is said; false where it was turned away.
  bool Try(const std::string& name, Said said) {
    if (gate_.Enter(Named(name), now_)) return false;
    Leave(name, said);
    return true;
  }

  Gate gate_{2, 3, 1};
  absl::Duration now_ = absl::Seconds(1'000'000);
};

TEST_F(GateTest, ReceiverWithAllItsPlacesTakenWaitsAndAnotherGoes) {
  EXPECT_FALSE(gate_.Enter(Named("a"), now_).has_value());
  EXPECT_FALSE(gate_.Enter(Named("a"), now_).has_value());
  EXPECT_TRUE(gate_.Enter(Named("a"), now_).has_value());
  EXPECT_FALSE(gate_.Enter(Named("b"), now_).has_value());
  Leave("a", Said::kAnswered);
  EXPECT_FALSE(gate_.Enter(Named("a"), now_).has_value());
}

TEST_F(GateTest, MailsHaveALimitTogetherThatHoldsUpNothingElse) {
  const auto mail_to = [this](const std::string& name) {
    v1::Receiver receiver = Named(name);
    receiver.mutable_email()->set_address(name + "@example.org");
    return !gate_.Enter(receiver, now_).has_value();
  };
  for (const char* name : {"a", "b", "c"}) EXPECT_TRUE(mail_to(name));
  EXPECT_FALSE(mail_to("d"));
  EXPECT_FALSE(gate_.Enter(Named("machine"), now_).has_value());
  Leave("machine", Said::kAnswered);
  EXPECT_FALSE(mail_to("d"));
  gate_.Leave("a", Way::kEmail, Outcome(), now_);
  EXPECT_TRUE(mail_to("d"));
}

TEST_F(GateTest, WhoIsTurnedAwayOftenComesLessOften) {
  EXPECT_FALSE(gate_.Enter(Named("a", 0, 1), now_).has_value());
  const absl::Duration first = *gate_.Enter(Named("a", 0, 1), now_);
  absl::Duration last = first;
  for (int i = 0; i < 200; ++i) last = *gate_.Enter(Named("a", 0, 1), now_);
  EXPECT_LT(first, absl::Milliseconds(100));
  EXPECT_EQ(last, absl::Seconds(5));
}

TEST_F(GateTest, LimitAMinuteSpreadsMessages) {
  EXPECT_FALSE(gate_.Enter(Named("a", 6), now_).has_value());
  EXPECT_EQ(gate_.Enter(Named("a", 6), now_), absl::Seconds(10));
  now_ += absl::Seconds(10);
  EXPECT_FALSE(gate_.Enter(Named("a", 6), now_).has_value());
}

TEST_F(GateTest, BreakerOpensAfterFiveFailuresAndOneMessageDecides) {
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(Try("a", Said::kFailed));
  EXPECT_FALSE(Try("a", Said::kAnswered));
  now_ += absl::Seconds(30);
  EXPECT_FALSE(gate_.Enter(Named("a"), now_).has_value());
  EXPECT_TRUE(gate_.Enter(Named("a"), now_).has_value());  // one alone
  Leave("a", Said::kFailed);
  now_ += absl::Seconds(30);
  EXPECT_FALSE(Try("a", Said::kAnswered));  // twice as long now
  now_ += absl::Seconds(30);
  EXPECT_TRUE(Try("a", Said::kAnswered));
  EXPECT_TRUE(Try("a", Said::kAnswered));
}

TEST_F(GateTest, BreakerStaysOpenTenMinutesAtMost) {
  for (int i = 0; i < 40; ++i) {
    EXPECT_TRUE(Try("a", Said::kFailed));
    now_ += absl::Minutes(10);
  }
}

TEST_F(GateTest, WhatSaysNothingOfAReceiverNeitherOpensItsBreakerNorClosesIt) {
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(Try("a", Said::kNothing));
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(Try("a", Said::kFailed));
  EXPECT_TRUE(Try("a", Said::kNothing));
  EXPECT_TRUE(Try("a", Said::kFailed));
  EXPECT_FALSE(Try("a", Said::kAnswered));
}

TEST_F(GateTest, RefusalIsAnAnswerAndClosesTheBreaker) {
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(Try("a", Said::kFailed));
  EXPECT_TRUE(Try("a", Said::kAnswered));
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(Try("a", Said::kFailed));
  EXPECT_TRUE(Try("a", Said::kAnswered));
}

TEST_F(GateTest, ReceiverThatAsksToBeLeftAloneIsByAllItsMessages) {
  EXPECT_FALSE(gate_.Enter(Named("a"), now_).has_value());
  LeaveAsking("a", absl::Minutes(20));
  EXPECT_EQ(gate_.Enter(Named("a"), now_), absl::Minutes(20));
  EXPECT_TRUE(Try("b", Said::kAnswered));
  now_ += absl::Minutes(20);
  EXPECT_FALSE(gate_.Enter(Named("a"), now_).has_value());
  EXPECT_TRUE(gate_.Enter(Named("a"), now_).has_value());  // one alone
  Leave("a", Said::kAnswered);
  EXPECT_FALSE(gate_.Enter(Named("a"), now_).has_value());
  EXPECT_FALSE(gate_.Enter(Named("a"), now_).has_value());
}

TEST_F(GateTest, AnswerOfAnotherMessageDoesNotShortenWhatAReceiverAskedFor) {
  EXPECT_FALSE(gate_.Enter(Named("a"), now_).has_value());
  EXPECT_FALSE(gate_.Enter(Named("a"), now_).has_value());
  LeaveAsking("a", absl::Minutes(20));
  Leave("a", Said::kAnswered);
  EXPECT_EQ(gate_.Enter(Named("a"), now_), absl::Minutes(20));
}

TEST_F(GateTest, LastOfFiveFailuresDoesNotShortenWhatAReceiverAskedFor) {
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(Try("a", Said::kFailed));
  EXPECT_FALSE(gate_.Enter(Named("a"), now_).has_value());
  LeaveAsking("a", absl::Minutes(20));
  EXPECT_EQ(gate_.Enter(Named("a"), now_), absl::Minutes(20));
}

TEST_F(GateTest, ReceiverThatAsksForADayIsTriedAfterAnHour) {
  Gate gate(2, 3, 60);  // a minute a second
  EXPECT_FALSE(gate.Enter(Named("a"), now_).has_value());
  Outcome outcome;
  outcome.said = Said::kFailed;
  outcome.hold_back = absl::Hours(24);
  gate.Leave("a", Way::kHttp, outcome, now_);
  EXPECT_EQ(gate.Enter(Named("a"), now_), absl::Minutes(1));
}

TEST_F(GateTest, BreakerStaysOpenForASpanOfTheCalendar) {
  Gate gate(2, 3, 86400);  // a day a second
  Outcome failed;
  failed.said = Said::kFailed;
  for (int i = 0; i < 5; ++i) {
    ASSERT_FALSE(gate.Enter(Named("a"), now_).has_value());
    gate.Leave("a", Way::kHttp, failed, now_);
  }
  EXPECT_EQ(gate.Enter(Named("a"), now_), absl::Seconds(30) / 86400.0);
}

}  // namespace
}  // namespace vigil::alert
