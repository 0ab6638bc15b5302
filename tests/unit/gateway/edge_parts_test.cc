#include "common/rpc/errors.h"
#include "common/rpc/status.h"
#include "fmt/format.h"
#include "gateway/app/edge.h"
#include "gateway/app/static_site.h"
#include "gateway/auth/session.h"
#include "gateway/upstream/explain.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/temp_dir.h"

namespace vigil::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const absl::Time kNow = absl::FromUnixSeconds(1'524'884'400);

TEST(SessionSealer, SealedToken_OpensUntilItIsOld) {
  const auto sealer = auth::SessionSealer::Load("");
  ASSERT_TRUE(sealer.ok());
  const std::string cookie = sealer->Seal("secret:token", kNow);
  EXPECT_EQ(cookie.find("secret"), std::string::npos);
  EXPECT_EQ(sealer->Open(cookie, kNow + absl::Hours(1)), "secret:token");
  EXPECT_EQ(sealer->Open(cookie, kNow + auth::SessionSealer::kLifetime + absl::Seconds(1)),
            std::nullopt);
}

TEST(SessionSealer, ForeignOrBrokenCookie_DoesNotOpen) {
  const auto sealer = auth::SessionSealer::Load("");
  const auto other = auth::SessionSealer::Load("");
  ASSERT_TRUE(sealer.ok() && other.ok());
  std::string cookie = sealer->Seal("token", kNow);
  EXPECT_EQ(other->Open(cookie, kNow), std::nullopt);
  cookie[cookie.size() / 2] = cookie[cookie.size() / 2] == 'A' ? 'B' : 'A';
  EXPECT_EQ(sealer->Open(cookie, kNow), std::nullopt);
  for (const char* text : {"", "x", "!!!!", "vigil"}) {
    EXPECT_EQ(sealer->Open(text, kNow), std::nullopt) << text;
  }
}

TEST(SessionSealer, Cookies_AreNamedByTheirKey) {
  const TempDir dir;
  const auto load = [&](const std::string& file, char digit) {
    return auth::SessionSealer::Load(dir.Write(file, std::string(64, digit)))->cookie();
  };
  EXPECT_EQ(load("one", 'a'), load("same", 'a'));
  EXPECT_NE(load("one", 'a'), load("other", 'b'));
  EXPECT_THAT(load("one", 'a'), ::testing::MatchesRegex("vigil_session_[0-9a-f]+"));
}

TEST(SessionSealer, BadKeyFile_IsRefusedByName) {
  const TempDir dir;
  const std::string path = dir.Write("key", "short\n");
  const auto sealer = auth::SessionSealer::Load(path);
  ASSERT_FALSE(sealer.ok());
  EXPECT_THAT(std::string(sealer.status().message()), HasSubstr(path));
}

class Site : public ::testing::Test {
 protected:
  void SetUp() override {
    dir_.Write("index.html", "<html>page</html>");
    dir_.Write("icon.svg", "<svg/>");
    dir_.Write("assets/app-1a2b.js", "let x");
    auto site = StaticSite::Load(dir_.path());
    ASSERT_TRUE(site.ok()) << site.status();
    site_ = *std::move(site);
  }

  // `200 type body`, or `no`.
  std::string Get(const std::string& path, const std::string& accept = "*/*") {
    http::Request request;
    request.method = "GET";
    request.path = path;
    request.headers.Add("Accept", accept);
    http::Response response;
    if (!site_->Answer(request, &response)) return "no";
    return std::string(response.headers.Get("content-type")) + " " + response.body;
  }

  TempDir dir_;
  std::optional<StaticSite> site_;
};

TEST_F(Site, Files_HaveTheirTypes) {
  EXPECT_EQ(Get("/icon.svg"), "image/svg+xml <svg/>");
  EXPECT_EQ(Get("/assets/app-1a2b.js"), "text/javascript; charset=utf-8 let x");
}

TEST_F(Site, Pages_AreTheIndex) {
  for (const char* path : {"/", "/cases/c-1", "/alerts", "/cases"}) {
    EXPECT_EQ(Get(path), "text/html; charset=utf-8 <html>page</html>") << path;
  }
  EXPECT_EQ(Get("/nowhere"), "no");
  EXPECT_THAT(Get("/nowhere", "text/html,*/*"), StartsWith("text/html"));
}

TEST_F(Site, OtherPaths_AreNotFound) {
  for (const char* path : {"/../etc/passwd", "/assets/../../etc/passwd", "/%2e%2e/etc/passwd",
                           "//etc/passwd", "/nothing.js", "/assets/nothing.js"}) {
    EXPECT_EQ(Get(path), "no") << path;
  }
}

TEST_F(Site, KnownEtag_Answers304) {
  http::Request request;
  request.method = "GET";
  request.path = "/assets/app-1a2b.js";
  http::Response first;
  ASSERT_TRUE(site_->Answer(request, &first));
  EXPECT_THAT(std::string(first.headers.Get("cache-control")), HasSubstr("immutable"));
  request.headers.Add("If-None-Match", std::string(first.headers.Get("etag")));
  http::Response second;
  ASSERT_TRUE(site_->Answer(request, &second));
  EXPECT_EQ(second.status, 304);
  EXPECT_EQ(second.body, "");
}

TEST(StaticSite, FolderWithoutAPage_IsRefusedByName) {
  const TempDir dir;
  EXPECT_THAT(std::string(StaticSite::Load(dir.path()).status().message()), HasSubstr(dir.path()));
  EXPECT_FALSE(StaticSite::Load("/does/not/exist").ok());
  EXPECT_TRUE(StaticSite::Load("").ok());
}

TEST(Explain, WhatGrpcSaysOfABackend_GetsAReasonAndNoAddress) {
  const std::pair<grpc::StatusCode, const char*> cases[] = {
      {grpc::StatusCode::UNAVAILABLE, "BACKEND_AWAY"},
      {grpc::StatusCode::DEADLINE_EXCEEDED, "BACKEND_SLOW"},
      {grpc::StatusCode::UNIMPLEMENTED, "NOT_SERVED"}};
  for (const auto& [code, reason] : cases) {
    const absl::Status status = upstream::Explain(grpc::Status(code, "10.0.0.7:8082 says no"));
    EXPECT_EQ(static_cast<int>(status.code()), static_cast<int>(code));
    EXPECT_EQ(rpc::ReasonOf(status), reason);
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("10.0.0.7")));
  }
}

TEST(Explain, ErrorThatAServiceGave_StaysAsItIs) {
  const absl::Status given = rpc::Unavailable("STORE_LOCKED", {{"file", "x"}}, "another holds it");
  EXPECT_EQ(upstream::Explain(rpc::ToGrpcStatus(given)), given);
}

TEST(ServerError, EveryRefusalOfTheServer_HasItsReason) {
  const std::pair<int, const char*> cases[] = {{400, "BAD_HTTP"},
                                               {413, "BODY_TOO_LARGE"},
                                               {431, "HEAD_TOO_LARGE"},
                                               {500, "HANDLER_DROPPED"},
                                               {503, "TOO_MANY_CONNECTIONS"}};
  for (const auto& [code, reason] : cases) {
    const http::Response response = ServerError(code, "no");
    EXPECT_EQ(response.status, code);
    EXPECT_THAT(response.body, HasSubstr(fmt::format("\"reason\":\"{}\"", reason)));
  }
}

}  // namespace
}  // namespace vigil::gateway
