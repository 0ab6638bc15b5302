#include "gateway/act/action_page.h"

#include <map>
#include <set>

#include "common/words/kind_words.h"
#include "gateway/act/action_form.h"
#include "gateway/act/action_words.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace vigil::gateway {
namespace {

namespace alert_v1 = ::vigil::alert::v1;
using ::testing::HasSubstr;
using ::testing::Not;

const absl::Time kNow = absl::FromUnixSeconds(1'524'884'400);  // 2018-04-28T03:00:00Z

alert_v1::Alert Alert(alert_v1::AlertState state = alert_v1::ALERT_STATE_SENT) {
  alert_v1::Alert alert;
  alert.set_name("alerts/a-1");
  alert.set_case_("cases/c-7f3k9q2m");
  alert.set_kind(registry::v1::DEADLINE_KIND_CUSTODY_LIMIT);
  alert.set_earliest("2018-06-07");
  alert.set_latest("2018-06-07");
  alert.set_case_display_name("A. Person");
  alert.set_title("Custody limit, 2 months");
  alert.set_state(state);
  return alert;
}

std::string Shown(const alert_v1::Alert& alert, const char* language = "en") {
  ActionLink link;
  link.receiver = "receivers/anna";
  link.language = language;
  link.time_zone = "Asia/Almaty";  // +06:00 then
  return AlertPage(alert, link, kNow).body;
}

TEST(ActionPage, EveryLanguageThatKindsAreCalledIn_HasThePageToo) {
  for (const std::string_view language : Languages()) {
    EXPECT_EQ(ActionWordsFor(language).language, language);
  }
}

TEST(ActionForm, WhatThePageSends_IsRead) {
  const auto acknowledge = ParseActionForm("do=acknowledge");
  ASSERT_TRUE(acknowledge);
  EXPECT_FALSE(acknowledge->until);
  const auto put_off = ParseActionForm("until=" + FormTime(kNow));
  ASSERT_TRUE(put_off);
  EXPECT_EQ(put_off->until, kNow);
  EXPECT_EQ(ParseActionForm("until=2018-04-28T03%3A00%3A00Z")->until, kNow);
}

TEST(ActionForm, AnythingElse_IsNotGuessedAt) {
  for (const char* body :
       {"", "do=", "do=delete", "until=", "until=tomorrow", "x=1", "%", "do",
        "do=acknowledge&until=2018-05-01T03:00:00Z", "{}", "do=acknowledge&do=acknowledge"}) {
    EXPECT_FALSE(ParseActionForm(body)) << body;
  }
}

TEST(AlertPage, OfAnOpenAlert_SaysWhatItIsAndOffersTheAnswers) {
  const std::string page = Shown(Alert());
  EXPECT_THAT(page, HasSubstr("<h1>c-7f3k9q2m: Custody limit</h1>"));
  EXPECT_THAT(page, HasSubstr("Date: 2018-06-07."));
  EXPECT_THAT(page, HasSubstr("name=\"do\" value=\"acknowledge\""));
  EXPECT_THAT(page, HasSubstr("name=\"until\" value=\"2018-04-29T03:00:00Z\""));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
}

TEST(AlertPage, AboutWhoIsHeld_OffersNoLongerPutOffThanTheApiTakes) {
  alert_v1::Alert alert = Alert();
  EXPECT_THAT(Shown(alert), HasSubstr("1 day, until 2018-04-29 09:00 +06:00"));
  EXPECT_THAT(Shown(alert), HasSubstr("one day at most"));
  EXPECT_THAT(Shown(alert), Not(HasSubstr("3 days")));
  alert.set_earliest("2018-04-29");
  for (const char* language : {"en", "ru"}) {
    EXPECT_THAT(Shown(alert, language), Not(HasSubstr("name=\"until\"")));
    EXPECT_THAT(Shown(alert, language), HasSubstr("value=\"acknowledge\""));
  }
  EXPECT_THAT(Shown(alert), HasSubstr("can no longer be put off"));
  alert.set_kind(registry::v1::DEADLINE_KIND_SENTENCE_END);
  EXPECT_THAT(Shown(alert), HasSubstr("3 days, until 2018-05-01 09:00 +06:00"));
  EXPECT_THAT(Shown(alert), HasSubstr("7 days, until 2018-05-05 09:00 +06:00"));
  EXPECT_THAT(Shown(alert), Not(HasSubstr("held")));
}

TEST(AlertPage, OfALinkWithoutATimeZoneOrWithAnUnknownOne_SaysTimesInUtc) {
  for (const char* zone : {"", "Nowhere/City"}) {
    ActionLink link;
    link.time_zone = zone;
    EXPECT_THAT(AlertPage(Alert(), link, kNow).body, HasSubstr("until 2018-04-29 03:00 +00:00"));
  }
}

TEST(AlertPage, NamesNobody) {
  EXPECT_THAT(Shown(Alert()), Not(HasSubstr("Person")));
  EXPECT_THAT(Shown(Alert()), Not(HasSubstr("2 months")));
}

TEST(AlertPage, OfAnAcknowledgedAlert_SaysByWhomAndOffersNothing) {
  alert_v1::Alert alert = Alert(alert_v1::ALERT_STATE_ACKNOWLEDGED);
  alert.mutable_acknowledge_time()->set_seconds(absl::ToUnixSeconds(kNow));
  alert.set_acknowledged_by("receivers/anna");
  EXPECT_THAT(Shown(alert), HasSubstr("You acknowledged it at 2018-04-28 09:00 +06:00"));
  EXPECT_THAT(Shown(alert), Not(HasSubstr("<button")));
  alert.set_acknowledged_by("a<b>");
  EXPECT_THAT(Shown(alert), HasSubstr("Acknowledged by a&lt;b&gt; at"));
}

TEST(AlertPage, OfAnAlertPutOff_SaysUntilWhenAndStillOffersAnswers) {
  alert_v1::Alert alert = Alert(alert_v1::ALERT_STATE_SNOOZED);
  alert.mutable_snooze_until()->set_seconds(absl::ToUnixSeconds(kNow));
  EXPECT_THAT(Shown(alert), HasSubstr("Put off until 2018-04-28 09:00 +06:00."));
  EXPECT_THAT(Shown(alert), HasSubstr("<button"));
}

TEST(AlertPage, InRussian_IsRussianThroughout) {
  const std::string page = Shown(Alert(), "ru");
  EXPECT_THAT(page, HasSubstr("<html lang=\"ru\">"));
  EXPECT_THAT(page, HasSubstr("Предел срока стражи"));
  EXPECT_THAT(page, HasSubstr("Подтвердить"));
  EXPECT_THAT(page, Not(HasSubstr("Acknowledge")));
  EXPECT_EQ(Shown(Alert(), "kk"), Shown(Alert(), "en"));
}

TEST(SorryPage, ForEachReason_HasItsOwnWordsAndCode) {
  std::set<std::string> bodies;
  for (const auto& [why, status] : std::map<Sorry, int>{{Sorry::kOff, 404},
                                                        {Sorry::kBroken, 404},
                                                        {Sorry::kExpired, 410},
                                                        {Sorry::kOver, 410},
                                                        {Sorry::kReceiverGone, 410},
                                                        {Sorry::kUnclear, 400},
                                                        {Sorry::kAway, 503}}) {
    for (const char* language : {"en", "ru"}) {
      const http::Response page = SorryPage(why, language);
      EXPECT_EQ(page.status, status);
      EXPECT_TRUE(bodies.insert(page.body).second);
      EXPECT_THAT(page.body, Not(HasSubstr("<form")));
    }
  }
}

}  // namespace
}  // namespace vigil::gateway
