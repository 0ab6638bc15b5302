#pragma once

#include <boost/json/parse.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "common/log/log.h"
#include "fmt/format.h"
#include "gateway/app/app.h"
#include "gtest/gtest.h"
#include "tests/integration/gateway/fake_backends.h"
#include "tests/integration/gateway/http_client.h"
#include "tests/testing/temp_dir.h"

namespace vigil::gateway::testing {

/// The one token that the gateway knows: an admin's.
inline constexpr char kToken[] = "an-admin-token-of-some-length";
/// The header field of a request that carries it.
inline std::string Bearer() { return fmt::format("Authorization: Bearer {}\r\n", kToken); }

/// The reason in the body of an error.
inline std::string ErrorReason(const HttpAnswer& answer) {
  const boost::json::value body = boost::json::parse(answer.body);
  return std::string(body.at("error").at("details").at(0).at("reason").as_string());
}

/// A gateway in this process, on free ports, before two fake backends.
class GatewayTest : public ::testing::Test {
 protected:
  void SetUp() override {
    InitLog("gateway", LogLevel::kError);
    Start("");
  }

  void Start(const std::string& metrics_listen) {
    config::v1::GatewayConfig config;
    config.mutable_common()->set_grpc_listen("127.0.0.1:0");
    config.mutable_common()->set_metrics_listen(metrics_listen);
    config.mutable_common()->set_drain_seconds(5);
    auto* token = config.mutable_common()->add_tokens();
    token->set_file(dir_.Write("token", kToken));
    token->set_name("admin");
    token->set_role(config::v1::ROLE_ADMIN);
    config.set_http_listen("127.0.0.1:0");
    config.set_registry(fmt::format("127.0.0.1:{}", registry_.port()));
    config.set_alert(fmt::format("127.0.0.1:{}", alert_.port()));
    dir_.Write("web/index.html", "<html>page</html>");
    config.set_web_dir(dir_.path() + "/web");
    Configure(config);
    auto app = App::Start(config);
    ASSERT_TRUE(app.ok()) << app.status();
    app_ = *std::move(app);
  }

  // What a test wants otherwise.
  virtual void Configure(config::v1::GatewayConfig&) {}

  int port() const { return app_->HttpPort(); }

  HttpAnswer Call(std::string_view method, std::string_view target, std::string_view body = "",
                  const std::string& headers = Bearer()) {
    return Fetch(port(), method, target, headers, body).value_or(HttpAnswer{});
  }

  // The error's part of a body, checked for its form.
  static boost::json::value ErrorOf(const HttpAnswer& answer) {
    const boost::json::value body = boost::json::parse(answer.body);
    EXPECT_EQ(body.at("error").at("code").as_int64(), answer.status);
    return body.at("error");
  }

  TempDir dir_;
  FakeRegistry registry_;
  FakeAlert alert_;
  std::unique_ptr<App> app_;
};

}  // namespace vigil::gateway::testing
