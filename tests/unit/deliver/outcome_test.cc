#include "alert-svc/deliver/outcome.h"

#include <gtest/gtest.h>

#include "alert-svc/deliver/gate.h"

namespace vigil::alert {
namespace {

using Kind = Outcome::Kind;
using Said = Outcome::Said;

constexpr int kLast = 10;  // attempt of the ladder of webhooks

Attempt Number(int attempt, Way way = Way::kHttp) { return {way, "r-1", attempt, "r-1", 1}; }

Outcome FromStatus(int status, int attempt = 1, const std::string& retry_after = "") {
  HttpReply reply;
  reply.status = status;
  reply.retry_after = retry_after;
  return FromHttp(Number(attempt), reply, absl::Time());
}

TEST(Outcome, LastAttemptOfALadder_GivesUpAndSaysThatTheReceiverFailed) {
  HttpReply silent;
  silent.error = "timeout";
  SmtpReply busy;
  busy.code = 451;
  for (const Outcome& outcome :
       {FromStatus(500, kLast), FromHttp(Number(kLast), silent, absl::Time()),
        FromSmtp(Number(50, Way::kEmail), busy)}) {
    EXPECT_EQ(outcome.kind, Kind::kPermanent) << outcome.error;
    EXPECT_EQ(outcome.said, Said::kFailed) << outcome.error;
  }
}

TEST(Outcome, ProbeThatIsAMessagesLastAttempt_KeepsTheBreakerOpen) {
  Gate gate(2, 3, 1);
  v1::Receiver receiver;
  receiver.set_name("receivers/down");
  absl::Duration now = absl::Hours(1);
  for (int i = 0; i < 6; ++i) {
    ASSERT_FALSE(gate.Enter(receiver, now).has_value()) << i;
    gate.Leave(receiver.name(), Way::kHttp, FromStatus(504, i < 5 ? 1 : kLast), now);
    now += i < 4 ? absl::ZeroDuration() : absl::Seconds(30);
  }
  EXPECT_TRUE(gate.Enter(receiver, now).has_value());
}

TEST(Outcome, WhatTheReceiverAskedForOnItsLastAttempt_Counts) {
  const Outcome outcome = FromStatus(429, kLast, "600");
  EXPECT_EQ(outcome.kind, Kind::kPermanent);
  EXPECT_EQ(outcome.hold_back, absl::Minutes(10));
  EXPECT_EQ(outcome.said, Said::kFailed);
}

TEST(Outcome, RefusalForGood_IsAnAnswer) {
  SmtpReply unknown;
  unknown.code = 550;
  unknown.enhanced = "5.1.1";
  EXPECT_EQ(FromSmtp(Number(1, Way::kEmail), unknown).said, Said::kAnswered);
  EXPECT_EQ(FromStatus(410).said, Said::kAnswered);
  EXPECT_EQ(FromStatus(204).said, Said::kAnswered);
}

TEST(Outcome, WhatIsOurs_IsTriedAgainAndNoReceiversTrouble) {
  SmtpReply away, refused, at_recipient, login, plain;
  away.about_us = refused.about_us = plain.about_us = true;
  plain.no_tls = true;
  refused.code = 554;
  login.code = 535;
  at_recipient.code = 451;
  EXPECT_TRUE(FromSmtp(Number(1, Way::kEmail), away).ours);
  EXPECT_EQ(FromSmtp(Number(1, Way::kEmail), away).trouble, v1::Trouble::KIND_UNSPECIFIED);
  for (const SmtpReply& reply : {refused, login, plain}) {
    const Outcome outcome = FromSmtp(Number(1, Way::kEmail), reply);
    EXPECT_EQ(outcome.kind, Kind::kRetry) << reply.code;
    EXPECT_EQ(outcome.trouble, v1::Trouble::KIND_REFUSED) << reply.code;
    EXPECT_TRUE(outcome.ours) << reply.code;
  }
  EXPECT_FALSE(FromSmtp(Number(1, Way::kEmail), at_recipient).ours);
}

TEST(Outcome, MatrixServerThatAsksForTimeInItsAnswer_GetsIt) {
  HttpReply reply;
  reply.status = 429;
  reply.body = R"({"errcode": "M_LIMIT_EXCEEDED", "error": "slow down", "retry_after_ms": 90000})";
  EXPECT_EQ(FromHttp(Number(1), reply, absl::Time()).hold_back, absl::Seconds(90));
  reply.retry_after = "600";
  EXPECT_EQ(FromHttp(Number(1), reply, absl::Time()).hold_back, absl::Minutes(10));
}

TEST(Outcome, WhatWeFoundOurselves_SaysNothingOfTheReceiver) {
  EXPECT_EQ(GiveUp(Number(1), "the message could not be written").said, Said::kNothing);
  EXPECT_EQ(NotNow(Number(1), kSoon).said, Said::kNothing);
  HttpReply inside;
  inside.refused = true;
  EXPECT_EQ(FromHttp(Number(1), inside, absl::Time()).said, Said::kNothing);
}

TEST(Outcome, WhatWeCut_SaysNothingOfTheReceiver) {
  HttpReply http;
  SmtpReply smtp;
  http.cut = smtp.cut = true;
  for (const bool ambiguous : {false, true}) {
    http.ambiguous = smtp.ambiguous = ambiguous;
    const Kind kind = ambiguous ? Kind::kAmbiguous : Kind::kRetry;
    for (const Outcome& outcome :
         {FromHttp(Number(1), http, absl::Time()), FromSmtp(Number(1, Way::kEmail), smtp)}) {
      EXPECT_EQ(outcome.said, Said::kNothing) << ambiguous;
      EXPECT_EQ(outcome.kind, kind) << ambiguous;
    }
  }
}

TEST(Outcome, WhatWasCutBeforeAnythingWasSent_IsNoAttempt) {
  HttpReply http;
  SmtpReply smtp;
  http.cut = http.untried = smtp.cut = smtp.untried = true;
  EXPECT_EQ(FromHttp(Number(kLast), http, absl::Time()).kind, Kind::kNotNow);
  EXPECT_EQ(FromSmtp(Number(50, Way::kEmail), smtp).kind, Kind::kNotNow);
}

}  // namespace
}  // namespace vigil::alert
