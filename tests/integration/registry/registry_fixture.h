// A whole registry-svc in this process, on port 0, and stubs that call it.
#pragma once

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "common/rpc/status.h"
#include "registry-svc/app/app.h"
#include "registry-svc/store/sqlite_store.h"
#include "tests/testing/manual_clock.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"
#include "vigil/registry/v1/exchange.grpc.pb.h"
#include "vigil/registry/v1/journal.grpc.pb.h"
#include "vigil/registry/v1/registry_service.grpc.pb.h"

namespace vigil::registry {

inline constexpr char kAdmin[] = "admin-token-0123456789";
inline constexpr char kStaff[] = "staff-token-0123456789";
inline constexpr char kReader[] = "reader-token-0123456789";

class RegistryTest : public testing::Test {
 protected:
  void SetUp() override { Start(); }
  void TearDown() override {
    if (app_) app_->Stop();
  }

  config::v1::RegistryConfig Config() const {
    config::v1::RegistryConfig config;
    auto& common = *config.mutable_common();
    common.set_grpc_listen("127.0.0.1:0");
    common.set_drain_seconds(2);
    const auto add = [&](const char* name, const char* token, config::v1::Role role) {
      auto& entry = *common.add_tokens();
      entry.set_file(dir_.Write(name, token));
      entry.set_name(name);
      entry.set_role(role);
    };
    add("admin", kAdmin, config::v1::ROLE_ADMIN);
    add("staff", kStaff, config::v1::ROLE_STAFF);
    add("reader", kReader, config::v1::ROLE_READER);
    config.set_database(dir_.File("registry.db"));
    config.set_rules_dir(VIGIL_SOURCE_DIR "/data/rules");
    config.set_calendars_dir(VIGIL_SOURCE_DIR "/data/calendars");
    return config;
  }

  // Starts it, or starts it again on the same database.
  void Start(App::Parts parts = {}) {
    if (app_) app_->Stop();
    app_.reset();
    if (!parts.clock) parts.clock = std::make_unique<ManualClock>();
    auto app = App::Start(Config(), std::move(parts));
    ASSERT_THAT(app, IsOk());
    app_ = *std::move(app);
    channel_ = grpc::CreateChannel("127.0.0.1:" + std::to_string(app_->port()),
                                   grpc::InsecureChannelCredentials());
    cases_ = v1::CaseService::NewStub(channel_);
    facts_ = v1::FactService::NewStub(channel_);
    deadlines_ = v1::DeadlineService::NewStub(channel_);
    exchange_ = v1::ExchangeService::NewStub(channel_);
    summaries_ = v1::SummaryService::NewStub(channel_);
    journal_ = v1::JournalService::NewStub(channel_);
  }

  // One call, as the holder of a token.
  template <class Stub, class Request, class Response>
  absl::StatusOr<Response> Call(Stub& stub,
                                grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                                const Request& request, const char* token = kAdmin) {
    grpc::ClientContext context;
    Admit(context, token);
    Response response;
    const grpc::Status status = (stub.*method)(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpcStatus(status);
    return response;
  }

  static void Admit(grpc::ClientContext& context, const char* token) {
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    if (token != nullptr) context.AddMetadata("authorization", std::string("Bearer ") + token);
  }

  absl::StatusOr<v1::Case> CreateCase(const std::string& id, const std::string& display_name,
                                      const char* token = kAdmin) {
    v1::CreateCaseRequest request;
    request.set_case_id(id);
    request.mutable_case_()->set_display_name(display_name);
    return Call(*cases_, &v1::CaseService::Stub::CreateCase, request, token);
  }

  TempDir dir_;
  std::unique_ptr<App> app_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::CaseService::Stub> cases_;
  std::unique_ptr<v1::FactService::Stub> facts_;
  std::unique_ptr<v1::DeadlineService::Stub> deadlines_;
  std::unique_ptr<v1::ExchangeService::Stub> exchange_;
  std::unique_ptr<v1::SummaryService::Stub> summaries_;
  std::unique_ptr<v1::JournalService::Stub> journal_;
};

}  // namespace vigil::registry
