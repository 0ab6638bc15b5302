#include "alert-svc/deliver/retry.h"

#include <gtest/gtest.h>

namespace vigil::alert {
namespace {

TEST(Retry, WebhookLadderLastsThreeDaysAndEnds) {
  absl::Duration total;
  int attempts = 1;
  while (const auto delay = RetryDelay(Way::kHttp, attempts, "r-1")) {
    total += *delay;
    ++attempts;
  }
  EXPECT_EQ(attempts, 10);
  EXPECT_GE(total, absl::Hours(75) + absl::Minutes(35));
  EXPECT_LE(total, absl::Hours(84));
}

TEST(Retry, EmailLadderLastsFourDaysHalfAnHourApart) {
  absl::Duration total;
  int attempts = 1;
  while (const auto delay = RetryDelay(Way::kEmail, attempts, "r-1")) {
    EXPECT_GE(*delay, absl::Minutes(30)) << attempts;
    total += *delay;
    ++attempts;
  }
  EXPECT_GE(total, absl::Hours(96));
  EXPECT_LE(total, absl::Hours(120));
}

TEST(Retry, DelayOfOneReminderIsTheSameEachTimeAndSpreadOverSeveral) {
  EXPECT_EQ(RetryDelay(Way::kHttp, 4, "a"), RetryDelay(Way::kHttp, 4, "a"));
  EXPECT_NE(RetryDelay(Way::kHttp, 4, "a"), RetryDelay(Way::kHttp, 4, "b"));
}

TEST(Retry, StatusOfARefusalTellsABadAddressFromPolicy) {
  using v1::Trouble;
  for (const char* status : {"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"}) {
    EXPECT_EQ(StatusTrouble(status), Trouble::KIND_BAD_ADDRESS) << status;
  }
  for (const char* status : {"5.7.1", "5.7.26", "5.1.7", "5.1.8"}) {
    EXPECT_EQ(StatusTrouble(status), Trouble::KIND_REFUSED) << status;
  }
  for (const char* status : {"", "5.2.2", "4.1.1", "4.7.1", "5.4.4", "5.10.1"}) {
    EXPECT_EQ(StatusTrouble(status), Trouble::KIND_UNSPECIFIED) << status;
  }
}

TEST(Retry, SmtpCodesByTheirFirstDigit) {
  EXPECT_EQ(SmtpVerdict(250), Verdict::kAccepted);
  EXPECT_EQ(SmtpVerdict(421), Verdict::kTransient);
  EXPECT_EQ(SmtpVerdict(451), Verdict::kTransient);
  EXPECT_EQ(SmtpVerdict(550), Verdict::kPermanent);
  EXPECT_EQ(SmtpVerdict(0), Verdict::kTransient);
}

TEST(Retry, SmtpCodesAboutOurLogin_AreTransient) {
  for (const int code : {530, 534, 535, 538}) {
    EXPECT_EQ(SmtpVerdict(code), Verdict::kTransient) << code;
  }
}

TEST(Retry, HttpStatusTable) {
  for (const int status : {200, 201, 202, 204, 299}) {
    EXPECT_EQ(HttpVerdict(status), Verdict::kAccepted) << status;
  }
  for (const int status :
       {301, 302, 307, 308, 400, 401, 403, 404, 408, 413, 425, 429, 500, 501, 502, 503, 504, 505}) {
    EXPECT_EQ(HttpVerdict(status), Verdict::kTransient) << status;
  }
  EXPECT_EQ(HttpVerdict(410), Verdict::kGone);
}

TEST(Retry, RetryAfterInSecondsAndAsDate) {
  const absl::Time now = absl::FromUnixSeconds(1524900000);  // 2018-04-28T07:20:00Z
  EXPECT_EQ(ParseRetryAfter("120", now), absl::Seconds(120));
  EXPECT_EQ(ParseRetryAfter("Sat, 28 Apr 2018 07:25:00 GMT", now), absl::Minutes(5));
  EXPECT_EQ(ParseRetryAfter("Sat, 28 Apr 2018 07:00:00 GMT", now), absl::ZeroDuration());
  EXPECT_EQ(ParseRetryAfter("Saturday, 28-Apr-18 07:25:00 GMT", now), absl::Minutes(5));
  EXPECT_EQ(ParseRetryAfter("Sat Apr 28 07:25:00 2018", now), absl::Minutes(5));
  EXPECT_EQ(ParseRetryAfter("Tue May  1 07:20:00 2018", now), absl::Hours(24));
}

TEST(Retry, RetryAfterThatIsAbsurdIsCutOrIgnored) {
  const absl::Time now = absl::FromUnixSeconds(1524900000);
  EXPECT_EQ(ParseRetryAfter("99999999999", now), absl::Hours(24));
  EXPECT_EQ(ParseRetryAfter("-1", now), std::nullopt);
  EXPECT_EQ(ParseRetryAfter("soon", now), std::nullopt);
  EXPECT_EQ(ParseRetryAfter("", now), std::nullopt);
}

TEST(Retry, MatrixLimitIsReadWhereItIsOne) {
  const auto body = [](const std::string& ms, const std::string& code = "M_LIMIT_EXCEEDED") {
    return R"({"errcode": ")" + code + R"(", "retry_after_ms": )" + ms + "}";
  };
  EXPECT_EQ(ParseMatrixLimit(body("2000")), absl::Seconds(2));
  EXPECT_EQ(ParseMatrixLimit(body("1e300")), absl::Hours(24));
  EXPECT_EQ(ParseMatrixLimit(body("-5")), absl::ZeroDuration());
  for (const std::string& none : {body("\"2000\""), body("2000", "M_FORBIDDEN"), std::string("{}"),
                                  std::string("[1]"), std::string(), std::string("busy")}) {
    EXPECT_EQ(ParseMatrixLimit(none), std::nullopt) << none;
  }
}

}  // namespace
}  // namespace vigil::alert
