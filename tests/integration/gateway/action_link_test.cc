#include "common/seal/action_link.h"

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "tests/integration/gateway/gateway_fixture.h"

namespace vigil::gateway {
namespace {

using ::testing::HasSubstr;
using testing::HttpAnswer;
using ::testing::Not;

constexpr char kOurs[] = "the-gateways-own-token-at-others";
constexpr char kKey[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
constexpr char kAcknowledge[] = "do=acknowledge";

class Action : public testing::GatewayTest {
 protected:
  void Configure(config::v1::GatewayConfig& config) override {
    config.set_service_token_file(dir_.Write("ours", kOurs));
    config.set_action_key_file(dir_.Write("key", kKey));
  }

  // As it was sent to the receiver where it was then.
  ActionLink Link() {
    return {"alerts/a-1",
            "receivers/anna",
            WayOf(alert_.receiver()),
            "en",
            absl::Now() + absl::Hours(1),
            "Asia/Almaty"};
  }
  static std::string PathOf(const ActionLink& link, std::string_view key = kKey) {
    return "/act/" + SealActionLink(Sealer(key), link);
  }

  HttpAnswer Follow(std::string_view method, const std::string& path, std::string_view form = "") {
    return Call(method, path, form, "Content-Type: application/x-www-form-urlencoded\r\n");
  }

  static std::string In(absl::Duration time) {
    return "until=" +
           absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::Now() + time, absl::UTCTimeZone());
  }
};

class WithoutActionKey : public testing::GatewayTest {};

TEST_F(Action, LookingAtALink_ChangesNothing) {
  const std::string path = PathOf(Link());
  const HttpAnswer page = Follow("GET", path);
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.headers.at("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(page.headers.at("cache-control"), "no-store");
  EXPECT_EQ(page.headers.at("referrer-policy"), "no-referrer");
  EXPECT_EQ(page.headers.at("x-robots-tag"), "noindex");
  EXPECT_THAT(page.body, HasSubstr("<form method=\"post\">"));
  Call("GET", path, "", "Sec-Purpose: prefetch\r\n");
  Call("GET", path + "?do=acknowledge", "", "");
  Call("GET", path, kAcknowledge, "Content-Type: application/x-www-form-urlencoded\r\n");
  testing::HttpClient client(port());
  client.Send("HEAD", path);
  EXPECT_EQ(client.Receive(true)->status, 200);
  EXPECT_EQ(alert_.answers(), 0);
}

TEST_F(Action, Post_AnswersAsTheReceiverAndWithOurToken) {
  const HttpAnswer page = Follow("POST", PathOf(Link()), kAcknowledge);
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("You acknowledged it"));
  EXPECT_EQ(alert_.answers(), 1);
  EXPECT_EQ(alert_.last_answer().on_behalf_of, "receivers/anna");
  EXPECT_EQ(alert_.last_answer().authorization, fmt::format("Bearer {}", kOurs));
}

TEST_F(Action, PostedTwice_AnswersOnce) {
  const std::string path = PathOf(Link());
  const HttpAnswer first = Follow("POST", path, kAcknowledge);
  const HttpAnswer second = Follow("POST", path, kAcknowledge);
  EXPECT_EQ(second.status, 200);
  EXPECT_EQ(second.body, first.body);
  EXPECT_EQ(alert_.answers(), 1);
}

TEST_F(Action, Snooze_PutsTheAlertOffUntilThatMoment) {
  EXPECT_EQ(Follow("POST", PathOf(Link()), "until=2999-01-01T00:00:00Z").status, 400);
  const HttpAnswer page = Follow("POST", PathOf(Link()), In(absl::Hours(24)));
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("Put off until"));
  EXPECT_EQ(alert_.alert().state(), alert::v1::ALERT_STATE_SNOOZED);
}

TEST_F(Action, FormThatIsUnclear_ChangesNothing) {
  for (const std::string& form : {std::string(), std::string("do=snooze"), std::string("do=%"),
                                  In(-absl::Hours(1)), In(absl::Hours(24 * 40))}) {
    EXPECT_EQ(Follow("POST", PathOf(Link()), form).status, 400) << form;
  }
  EXPECT_EQ(alert_.answers(), 0);
}

TEST_F(Action, ForgedOrCutLink_IsNone) {
  const std::string path = PathOf(Link());
  for (const std::string& wrong :
       {path.substr(0, path.size() - 4), path + "AAAA", std::string("/act/"),
        std::string("/act/../session"), PathOf(Link(), "another key")}) {
    for (const char* method : {"GET", "POST"}) {
      const HttpAnswer page = Follow(method, wrong, method[0] == 'P' ? kAcknowledge : "");
      EXPECT_EQ(page.status, 404) << wrong;
      EXPECT_THAT(page.body, Not(HasSubstr("<form"))) << wrong;
    }
  }
  EXPECT_EQ(alert_.answers(), 0);
}

TEST_F(Action, ExpiredLink_SaysSoInItsOwnLanguage) {
  ActionLink link = Link();
  link.expires = absl::Now() - absl::Seconds(1);
  link.language = "ru";
  const HttpAnswer page = Follow("POST", PathOf(link), kAcknowledge);
  EXPECT_EQ(page.status, 410);
  EXPECT_THAT(page.body, HasSubstr("Ссылка слишком старая"));
  EXPECT_EQ(alert_.answers(), 0);
}

TEST_F(Action, LinkOfAnAlertThatIsNoMore_AnswersNoOther) {
  ActionLink link = Link();
  link.alert = "alerts/a-2";
  EXPECT_EQ(Follow("POST", PathOf(link), kAcknowledge).status, 410);
  alert_.alert().set_state(alert::v1::ALERT_STATE_CLOSED);
  EXPECT_EQ(Follow("POST", PathOf(Link()), kAcknowledge).status, 410);
  EXPECT_EQ(alert_.answers(), 0);
}

TEST_F(Action, LinkOfAReceiverThatIsGoneOrDisabled_NoLongerHolds) {
  ActionLink link = Link();
  link.receiver = "receivers/gone";
  EXPECT_EQ(Follow("POST", PathOf(link), kAcknowledge).status, 410);
  alert_.receiver().set_disabled(true);
  EXPECT_EQ(Follow("POST", PathOf(Link()), kAcknowledge).status, 410);
  EXPECT_EQ(alert_.answers(), 0);
}

TEST_F(Action, LinkThatWentWhereTheReceiverNoLongerIs_NoLongerHolds) {
  alert_.receiver().mutable_email()->set_address("anna@seized.example");
  const std::string path = PathOf(Link());
  EXPECT_EQ(Follow("GET", path).status, 200);
  alert_.receiver().mutable_email()->set_address("anna@office.example");
  for (const auto& [method, form] : {std::pair("GET", ""), std::pair("POST", kAcknowledge)}) {
    const HttpAnswer page = Follow(method, path, form);
    EXPECT_EQ(page.status, 410);
    EXPECT_THAT(page.body, Not(HasSubstr("<form")));
  }
  EXPECT_EQ(alert_.answers(), 0);
  EXPECT_EQ(Follow("POST", PathOf(Link()), kAcknowledge).status, 200);
}

TEST_F(Action, WithAlertsAway_NothingIsPretended) {
  alert_.Stop();
  const HttpAnswer page = Follow("POST", PathOf(Link()), kAcknowledge);
  EXPECT_EQ(page.status, 503);
  EXPECT_THAT(page.body, HasSubstr("Nothing was changed"));
}

TEST_F(Action, OtherMethods_AreNotTaken) {
  const HttpAnswer answer = Follow("DELETE", PathOf(Link()));
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.headers.at("allow"), "GET, HEAD, POST");
}

TEST_F(Action, StyleSheet_IsServedBesideThePage) {
  const HttpAnswer style = Follow("GET", "/act/style.css");
  EXPECT_EQ(style.status, 200);
  EXPECT_EQ(style.headers.at("content-type"), "text/css; charset=utf-8");
}

TEST_F(WithoutActionKey, EveryLink_IsToldThatThereAreNone) {
  const HttpAnswer page = Call("GET", "/act/abc", "", "Accept-Language: ru-RU,ru;q=0.9\r\n");
  EXPECT_EQ(page.status, 404);
  EXPECT_THAT(page.body, HasSubstr("не принимает ответы по ссылке"));
}

}  // namespace
}  // namespace vigil::gateway
