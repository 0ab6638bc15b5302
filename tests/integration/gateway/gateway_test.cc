#include <mutex>

#include "gmock/gmock.h"
#include "tests/integration/gateway/gateway_fixture.h"

namespace vigil::gateway {
namespace {

using testing::Bearer;
using testing::Fetch;
using ::testing::HasSubstr;
using testing::HttpAnswer;
using testing::HttpClient;
using testing::kToken;
using ::testing::Not;
using ::testing::StartsWith;

class Gateway : public testing::GatewayTest {};

TEST_F(Gateway, Get_AnswersJsonAndPassesTokenAndTraceOn) {
  const HttpAnswer answer =
      Call("GET", "/v1/cases/c-1", "",
           Bearer() + "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("content-type"), "application/json");
  EXPECT_EQ(answer.headers.at("cache-control"), "no-store");
  EXPECT_EQ(answer.headers.at("x-content-type-options"), "nosniff");
  const boost::json::value body = boost::json::parse(answer.body);
  EXPECT_EQ(body.at("displayName").as_string(), "A. Person");
  EXPECT_EQ(registry_.last_call().authorization, fmt::format("Bearer {}", kToken));
  EXPECT_THAT(registry_.last_call().traceparent,
              StartsWith("00-0af7651916cd43dd8448eb211c80319c-"));
}

TEST_F(Gateway, Post_PassesTheBodyOn) {
  const HttpAnswer answer = Call("POST", "/v1/cases?case_id=c-9", R"({"displayName": "B"})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, StartsWith(R"({"name":"cases/c-9",)"));
}

TEST_F(Gateway, Errors_HaveOneForm) {
  const HttpAnswer missing = Call("GET", "/v1/cases/c-2");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(ErrorOf(missing).at("status").as_string(), "NOT_FOUND");
  EXPECT_EQ(ErrorOf(missing).at("details").at(0).at("reason").as_string(), "CASE_NOT_FOUND");

  const HttpAnswer date = Call("GET", "/v1/cases/c-1?as_of=bad");
  EXPECT_EQ(date.status, 400);
  EXPECT_THAT(date.body, HasSubstr(R"("field":"as_of")"));

  const HttpAnswer query = Call("GET", "/v1/cases?bogus=1");
  EXPECT_EQ(query.status, 400);
  EXPECT_THAT(query.body, HasSubstr(R"("field":"bogus")"));

  const HttpAnswer path = Call("GET", "/v1/nothing");
  EXPECT_EQ(path.status, 404);
  EXPECT_EQ(ErrorOf(path).at("status").as_string(), "NOT_FOUND");

  const HttpAnswer method = Call("DELETE", "/v1/cases");
  EXPECT_EQ(method.status, 405);
  EXPECT_EQ(method.headers.at("allow"), "POST, GET");
  EXPECT_EQ(ErrorOf(method).at("status").as_string(), "INVALID_ARGUMENT");

  const HttpAnswer unimplemented = Call("GET", "/v1/dossiers");
  EXPECT_EQ(unimplemented.status, 501);
  EXPECT_EQ(ErrorOf(unimplemented).at("status").as_string(), "UNIMPLEMENTED");
  EXPECT_EQ(ErrorOf(unimplemented).at("details").at(0).at("reason").as_string(), "NOT_SERVED");
}

TEST_F(Gateway, LargeBody_Gets413InTheSameForm) {
  const HttpAnswer answer = Call("POST", "/v1/cases", std::string(10 * 1024 * 1024, ' '));
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(ErrorOf(answer).at("status").as_string(), "INVALID_ARGUMENT");
}

TEST_F(Gateway, NoOrUnknownToken_Gets401ForEveryPathOfTheApi) {
  for (const char* target : {"/v1/cases", "/v1/nothing", "/v1/alerts:watch"}) {
    const HttpAnswer none = Call("GET", target, "", "");
    EXPECT_EQ(none.status, 401) << target;
    EXPECT_THAT(none.headers.at("www-authenticate"), StartsWith("Bearer"));
    EXPECT_EQ(ErrorOf(none).at("status").as_string(), "UNAUTHENTICATED");
    EXPECT_EQ(Call("GET", target, "", "Authorization: Bearer wrong\r\n").status, 401) << target;
  }
}

TEST_F(Gateway, StrangersBody_IsRefusedByItsHead) {
  const std::string body(100'000, ' ');
  EXPECT_EQ(Call("POST", "/v1/cases", body, "").status, 401);
  EXPECT_EQ(Call("POST", "/session", body, "").status, 413);
  EXPECT_EQ(Call("POST", "/anywhere", body, "").status, 413);
}

TEST_F(Gateway, OpenPaths_NeedNoToken) {
  EXPECT_EQ(Call("GET", "/healthz", "", "").status, 200);
  EXPECT_EQ(Call("GET", "/readyz", "", "").status, 200);
  EXPECT_EQ(Call("GET", "/openapi.json", "", "").status, 200);
  const HttpAnswer page = Call("GET", "/cases/c-1", "", "");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.headers.at("content-security-policy"), HasSubstr("default-src 'self'"));
  EXPECT_EQ(Call("GET", "/nothing.js", "", "").status, 404);
  EXPECT_EQ(Call("POST", "/cases", "x", "").status, 405);
}

class GatewaySession : public Gateway {
 protected:
  // The Cookie header of a session.
  std::string SignIn() {
    const HttpAnswer answer =
        Call("POST", "/session", fmt::format(R"({{"token": "{}"}})", kToken), "");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, R"({"name":"admin","role":"ROLE_ADMIN"})");
    const std::string& cookie = answer.headers.at("set-cookie");
    EXPECT_THAT(cookie, HasSubstr("; HttpOnly; SameSite=Strict"));
    EXPECT_THAT(cookie, Not(HasSubstr(kToken)));
    return fmt::format("Cookie: a=b; {}\r\n", cookie.substr(0, cookie.find(';')));
  }
};

TEST_F(GatewaySession, Cookie_StandsForTheToken) {
  const std::string cookie = SignIn();
  EXPECT_EQ(Call("GET", "/v1/cases/c-1", "", cookie).status, 200);
  EXPECT_EQ(registry_.last_call().authorization, fmt::format("Bearer {}", kToken));
  EXPECT_EQ(Call("GET", "/session", "", cookie).body, R"({"name":"admin","role":"ROLE_ADMIN"})");
  EXPECT_EQ(Call("GET", "/session", "", "").status, 401);
  const std::string name = cookie.substr(0, cookie.rfind('='));
  EXPECT_EQ(Call("GET", "/v1/cases", "", name + "=forged\r\n").status, 401);
}

TEST_F(GatewaySession, ChangeByCookie_NeedsTheMarkOfThePage) {
  const std::string cookie = SignIn();
  const char* target = "/v1/alerts/a-1:acknowledge";
  EXPECT_EQ(Call("POST", target, "{}", cookie).status, 403);
  EXPECT_EQ(Call("POST", target, "{}", cookie + "Origin: http://evil.test\r\n").status, 403);
  EXPECT_EQ(Call("POST", target, "{}", cookie + "X-Vigil: 1\r\n").status, 200);
  EXPECT_EQ(Call("POST", target, "{}", cookie + "Origin: http://gateway.test\r\n").status, 200);
  EXPECT_EQ(Call("POST", target, "{}").status, 200);
}

TEST_F(GatewaySession, BadSignIn_SetsNothing) {
  EXPECT_EQ(Call("POST", "/session", R"({"token": "wrong"})", "").status, 401);
  EXPECT_EQ(Call("POST", "/session", R"({"token": 5})", "").status, 400);
  EXPECT_EQ(Call("POST", "/session", "token", "").status, 400);
  EXPECT_EQ(Call("PUT", "/session", "{}", "").status, 405);
}

TEST_F(GatewaySession, SignOut_TakesTheCookieBack) {
  const HttpAnswer answer = Call("DELETE", "/session", "", SignIn() + "X-Vigil: 1\r\n");
  EXPECT_EQ(answer.status, 204);
  EXPECT_THAT(answer.headers.at("set-cookie"),
              ::testing::ContainsRegex("vigil_session_[0-9a-f]+=; Path=/; Max-Age=0"));
}

TEST_F(GatewaySession, BehindTls_TheCookieIsSecure) {
  const HttpAnswer answer = Call("POST", "/session", fmt::format(R"({{"token": "{}"}})", kToken),
                                 "X-Forwarded-Proto: https\r\n");
  EXPECT_THAT(answer.headers.at("set-cookie"), HasSubstr("; Secure"));
}

TEST_F(Gateway, CaseFile_NamesWhatIsMissing) {
  const HttpAnswer answer = Call("GET", "/v1/cases/c-1:file?as_of=2018-04-28");
  ASSERT_EQ(answer.status, 200);
  const boost::json::value body = boost::json::parse(answer.body);
  EXPECT_EQ(body.at("case").at("name").as_string(), "cases/c-1");
  EXPECT_EQ(body.at("facts").as_array().size(), 2u);  // Of two pages.
  EXPECT_EQ(body.at("deadlines").as_array().size(), 1u);
  EXPECT_EQ(body.at("alerts").as_array().size(), 1u);
  EXPECT_EQ(body.at("missing"), boost::json::parse(R"(["findings"])"));
  EXPECT_EQ(alert_.last_filter(), R"(case = "cases/c-1")");
  EXPECT_EQ(Call("GET", "/v1/cases/c-2:file").status, 404);
  EXPECT_EQ(Call("GET", "/v1/cases/c-1:file?as_of=bad").status, 400);
  EXPECT_EQ(Call("GET", "/v1/cases/C%22:file").status, 400);
}

TEST_F(Gateway, AlertsAway_TheRestIsAnswered) {
  alert_.Stop();
  const boost::json::value file = boost::json::parse(Call("GET", "/v1/cases/c-1:file").body);
  EXPECT_EQ(file.at("missing"), boost::json::parse(R"(["alerts", "findings"])"));
  const boost::json::value overview =
      boost::json::parse(Call("GET", "/v1/overview?as_of=2018-04-28").body);
  EXPECT_EQ(overview.at("asOf").as_string(), "2018-04-28");
  EXPECT_EQ(overview.at("headlineCount").as_int64(), 38);
  EXPECT_EQ(overview.at("missing"), boost::json::parse(R"(["alerts"])"));
  const HttpAnswer alerts = Call("GET", "/v1/alerts");
  EXPECT_EQ(alerts.status, 503);
  EXPECT_EQ(alerts.headers.at("retry-after"), "1");
  EXPECT_EQ(ErrorOf(alerts).at("status").as_string(), "UNAVAILABLE");
  EXPECT_THAT(alerts.body, HasSubstr("BACKEND_AWAY"));
  const HttpAnswer ready = Call("GET", "/readyz", "", "");
  EXPECT_EQ(ready.status, 200);
  EXPECT_EQ(ready.body, R"({"status":"ready","missing":["alerts"]})");
}

TEST_F(Gateway, CallerWhomAlertSvcDoesNotKnow_StillGetsTheRest) {
  alert_.RefuseEverybody();
  const boost::json::value file = boost::json::parse(Call("GET", "/v1/cases/c-1:file").body);
  EXPECT_EQ(file.at("missing"), boost::json::parse(R"(["alerts", "findings"])"));
  EXPECT_EQ(Call("GET", "/v1/alerts").status, 401);
}

TEST_F(Gateway, RegistryAway_TheOverviewIsPartialAndTheGatewayNotReady) {
  registry_.Stop();
  const HttpAnswer answer = Call("GET", "/v1/overview");
  EXPECT_EQ(answer.status, 200);
  const boost::json::value overview = boost::json::parse(answer.body);
  EXPECT_EQ(overview.at("unacknowledgedAlertCount").as_int64(), 3);
  EXPECT_EQ(overview.at("missing"), boost::json::parse(R"(["registry"])"));
  EXPECT_EQ(Call("GET", "/v1/cases/c-1:file").status, 503);
  EXPECT_EQ(Call("GET", "/readyz", "", "").status, 503);
  alert_.Stop();
  const HttpAnswer nothing = Call("GET", "/v1/overview");
  EXPECT_EQ(nothing.status, 503);
  EXPECT_THAT(nothing.body, HasSubstr("BACKENDS_AWAY"));
}

TEST_F(Gateway, Overview_CountsFromBothBackends) {
  const HttpAnswer answer = Call("GET", "/v1/overview?asOf=2018-04-28");
  const boost::json::value overview = boost::json::parse(answer.body);
  EXPECT_EQ(overview.at("headlineCount").as_int64(), 38);
  EXPECT_EQ(overview.at("unacknowledgedAlertCount").as_int64(), 3);
  EXPECT_TRUE(overview.at("missing").as_array().empty());
}

TEST_F(Gateway, WhatABackendRefusesToAnswer_IsNoPartialOverview) {
  const HttpAnswer answer = Call("GET", "/v1/overview?known_at=7");
  EXPECT_EQ(answer.status, 501);
  EXPECT_EQ(ErrorOf(answer).at("details").at(0).at("reason").as_string(), "NOT_THE_PAST");
}

TEST_F(Gateway, OpenPaths_AreReadAndNothingElse) {
  for (const char* target : {"/healthz", "/readyz", "/openapi.json"}) {
    for (const char* method : {"POST", "PUT", "PATCH", "DELETE"}) {
      const HttpAnswer answer = Call(method, target, "", "");
      EXPECT_EQ(answer.status, 405) << method << " " << target;
      EXPECT_EQ(answer.headers.at("allow"), "GET, HEAD") << method << " " << target;
      EXPECT_EQ(testing::ErrorReason(answer), "METHOD_NOT_ALLOWED");
    }
    testing::HttpClient client(port());
    ASSERT_TRUE(client.Send("HEAD", target));
    const auto head = client.Receive(true);
    ASSERT_TRUE(head) << target;
    EXPECT_EQ(head->status, 200) << target;
    EXPECT_EQ(head->body, "");
  }
}

TEST_F(Gateway, OpenApi_IsServed) {
  const HttpAnswer answer = Call("GET", "/openapi.json");
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(boost::json::parse(answer.body).at("paths").as_object().contains("/v1/overview"));
}

TEST_F(Gateway, Logs_TellTheRouteAndNeverPathQueryOrToken) {
  std::mutex mutex;
  std::string lines;
  InitLog("gateway", LogLevel::kInfo);
  SetLogSink([&](std::string_view line) {
    const std::lock_guard lock(mutex);
    lines += line;
  });
  Call("GET", "/v1/cases/c-1?as_of=2018-04-28");
  Call("GET", "/v1/cases:search?query=secretname");
  app_->Stop();
  SetLogSink(nullptr);
  EXPECT_THAT(lines, HasSubstr("/v1/{name=cases/*}"));
  EXPECT_THAT(lines, Not(HasSubstr("c-1")));
  EXPECT_THAT(lines, Not(HasSubstr("secretname")));
  EXPECT_THAT(lines, Not(HasSubstr(kToken)));
}

TEST_F(Gateway, Metrics_CountRequestsByRouteAndCallsByMethod) {
  Start("127.0.0.1:0");
  // A request is counted after its answer was written, and before the next on its connection is
  // read.
  HttpClient client(port());
  for (const char* target : {"/v1/cases/c-1", "/v1/cases/c-2", "/healthz"}) {
    ASSERT_TRUE(client.Send("GET", target, Bearer()));
    ASSERT_TRUE(client.Receive());
  }
  const auto answer = Fetch(app_->MetricsPort(), "GET", "/metrics");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_THAT(answer->body, HasSubstr("vigil_http_requests_total{code=\"404\",method=\"GET\","
                                      "route=\"/v1/{name=cases/*}\"} 1"));
  EXPECT_THAT(answer->body, HasSubstr("vigil_upstream_requests_total{code=\"NOT_FOUND\","
                                      "method=\"vigil.registry.v1.CaseService/GetCase\"} 1"));
}

TEST(GatewayConfig, MissingKey_IsNamed) {
  const auto app = App::Start(config::v1::GatewayConfig());
  ASSERT_FALSE(app.ok());
  EXPECT_THAT(std::string(app.status().message()), StartsWith("http_listen"));
}

}  // namespace
}  // namespace vigil::gateway
