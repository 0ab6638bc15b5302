#include "gmock/gmock.h"
#include "tests/integration/gateway/gateway_fixture.h"

namespace vigil::gateway {
namespace {

using testing::ErrorReason;
using ::testing::HasSubstr;
using testing::HttpAnswer;
using ::testing::Not;

constexpr char kReader[] = "a-reader-token-of-some-length";
constexpr char kOurs[] = "the-gateways-own-token-at-others";

class Calendar : public testing::GatewayTest {
 protected:
  void Configure(config::v1::GatewayConfig& config) override {
    auto* reader = config.mutable_common()->add_tokens();
    reader->set_file(dir_.Write("reader", kReader));
    reader->set_name("reader");
    reader->set_role(config::v1::ROLE_READER);
    config.set_service_token_file(dir_.Write("ours", kOurs));
  }

  static std::string As(const char* token) {
    return fmt::format("Authorization: Bearer {}\r\n", token);
  }

  boost::json::value Make(const char* token = testing::kToken, std::string_view calendar = "{}") {
    const HttpAnswer made = Call("POST", "/v1/calendars", calendar, As(token));
    EXPECT_EQ(made.status, 200) << made.body;
    return boost::json::parse(made.body);
  }

  static std::string PathOf(const boost::json::value& calendar) {
    return std::string(calendar.at("path").as_string());
  }

  HttpAnswer Read(const std::string& path, const std::string& headers = "") {
    return Call("GET", path, "", headers);
  }
};

class WithoutCalendars : public testing::GatewayTest {};

TEST_F(Calendar, Address_IsReadWithoutAnyOtherToken) {
  const HttpAnswer feed = Read(PathOf(Make()));
  EXPECT_EQ(feed.status, 200);
  EXPECT_EQ(feed.headers.at("content-type"), "text/calendar; charset=utf-8; method=PUBLISH");
  EXPECT_EQ(feed.headers.at("cache-control"), "private, no-cache");
  EXPECT_EQ(feed.headers.at("x-robots-tag"), "noindex");
  EXPECT_EQ(feed.headers.at("referrer-policy"), "no-referrer");
  EXPECT_THAT(feed.body, HasSubstr("UID:cases.c-1.deadlines.d1@vigil\r\n"));
  EXPECT_EQ(Call("POST", PathOf(Make()), "", "").status, 405);
}

TEST_F(Calendar, Unchanged_IsNotSentAgain) {
  const std::string path = PathOf(Make());
  const std::string etag = Read(path).headers.at("etag");
  const HttpAnswer again = Read(path, "If-None-Match: W/\"x\", " + etag + "\r\n");
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(again.headers.at("etag"), etag);
  EXPECT_EQ(Read(path, "If-None-Match: W/\"x\"\r\n").status, 200);
}

TEST_F(Calendar, Revoked_IsGoneAtOnceAndLooksLikeOneThatNeverWas) {
  const boost::json::value made = Make();
  ASSERT_EQ(Read(PathOf(made)).status, 200);
  const std::string name(made.at("name").as_string());
  ASSERT_EQ(Call("DELETE", "/v1/" + name).status, 200);
  const HttpAnswer revoked = Read(PathOf(made));
  EXPECT_EQ(revoked.status, 404);
  EXPECT_EQ(ErrorReason(revoked), "CALENDAR_NOT_FOUND");
  for (const std::string& path : {std::string("/calendar/x.ics"), std::string("/calendar/%2e.ics"),
                                  "/calendar/" + std::string(48, '0') + ".ics"}) {
    EXPECT_EQ(Read(path).body, revoked.body) << path;
  }
}

TEST_F(Calendar, OfSomebodyElse_IsNeitherListedNorRevokedButByAnAdministrator) {
  const std::string name(Make(testing::kToken).at("name").as_string());
  const HttpAnswer refused = Call("DELETE", "/v1/" + name, "", As(kReader));
  EXPECT_EQ(refused.status, 404);
  EXPECT_EQ(Call("GET", "/v1/calendars", "", As(kReader)).body,
            R"({"calendars":[],"nextPageToken":"","totalSize":0})");
  const std::string theirs(Make(kReader).at("name").as_string());
  EXPECT_THAT(Call("GET", "/v1/calendars").body, HasSubstr(theirs));
  EXPECT_EQ(Call("DELETE", "/v1/" + theirs).status, 200);
}

TEST_F(Calendar, List_HasNoAddresses) {
  const std::string path = PathOf(Make());
  EXPECT_THAT(Call("GET", "/v1/calendars").body, Not(HasSubstr(path)));
}

TEST_F(Calendar, WhoseOwnerIsNoLongerAdmitted_IsGone) {
  const std::string path = PathOf(Make(kReader));
  app_.reset();
  config::v1::GatewayConfig config;
  config.mutable_common()->set_grpc_listen("127.0.0.1:0");
  config.set_http_listen("127.0.0.1:0");
  config.set_registry(fmt::format("127.0.0.1:{}", registry_.port()));
  config.set_alert(fmt::format("127.0.0.1:{}", alert_.port()));
  config.set_service_token_file(dir_.Write("ours", kOurs));
  auto app = App::Start(config);
  ASSERT_TRUE(app.ok()) << app.status();
  app_ = *std::move(app);
  EXPECT_EQ(Read(path).status, 404);
}

TEST_F(Calendar, Guessing_IsShedAndKeepsNoSubscriberOut) {
  const std::string path = PathOf(Make());
  ASSERT_EQ(Read(path).status, 200);
  int shed = 0;
  for (int i = 0; i < 200; ++i) {
    const HttpAnswer guess = Read(fmt::format("/calendar/{:048x}.ics", i));
    if (guess.status != 429) continue;
    ++shed;
    EXPECT_EQ(ErrorReason(guess), "GUESSING");
  }
  EXPECT_GT(shed, 0);
  EXPECT_EQ(Read(path).status, 200);
}

TEST_F(Calendar, WhatCannotBeAsked_IsRefusedWhenItIsMade) {
  const HttpAnswer filter = Call("POST", "/v1/calendars", R"({"filter": "no_such = 1"})");
  EXPECT_EQ(ErrorReason(filter), "FILTER_INVALID");
  const HttpAnswer name =
      Call("POST", "/v1/calendars", fmt::format(R"({{"displayName": "{:x>201}"}})", ""));
  EXPECT_EQ(ErrorReason(name), "TEXT_TOO_LONG");
}

TEST_F(Calendar, OneTooMany_IsRefused) {
  for (int i = 0; i < 20; ++i) Make();
  EXPECT_EQ(ErrorReason(Call("POST", "/v1/calendars", "{}")), "TOO_MANY");
  Make(kReader);
}

TEST_F(WithoutCalendars, ATokenOfOurOwnIsMissing_AndAllIsRefused) {
  for (const HttpAnswer& answer :
       {Call("POST", "/v1/calendars", "{}"), Call("GET", "/v1/calendars"),
        Call("GET", "/calendar/" + std::string(48, '0') + ".ics", "", "")}) {
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(ErrorReason(answer), "CALENDARS_OFF");
  }
  EXPECT_EQ(Call("GET", "/v1/calendars", "", "").status, 401);
}

}  // namespace
}  // namespace vigil::gateway
