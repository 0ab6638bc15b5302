// The real binary, killed: what was answered OK is there afterwards.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "registry-svc/audit/verify.h"
#include "tests/testing/free_port.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"
#include "vigil/registry/v1/registry_service.grpc.pb.h"

namespace vigil::registry {
namespace {

constexpr char kToken[] = "admin-token-0123456789";

class KillTest : public testing::Test {
 protected:
  void SetUp() override {
    address_ = "127.0.0.1:" + std::to_string(FreePort());
    const std::string token = dir_.Write("admin", kToken);
    config_ = dir_.Write(
        "registry.yaml",
        "common:\n  metrics_listen: ''\n  grpc_listen: " + address_ +
            "\n  tokens:\n    - {file: " + token +
            ", name: admin, role: admin}\ndatabase: " + dir_.File("registry.db") + "\nrules_dir: " +
            VIGIL_SOURCE_DIR "/data/rules\ncalendars_dir: " VIGIL_SOURCE_DIR "/data/calendars\n");
  }
  void TearDown() override { Kill(); }

  void Start() {
    child_ = fork();
    ASSERT_GE(child_, 0);
    if (child_ == 0) {
      execl(VIGIL_BIN_DIR "/registry-svc", "registry-svc", "--config", config_.c_str(), nullptr);
      _exit(127);
    }
    channel_ = grpc::CreateChannel(address_, grpc::InsecureChannelCredentials());
    stub_ = v1::CaseService::NewStub(channel_);
  }

  void Kill() {
    if (child_ <= 0) return;
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
    child_ = 0;
  }

  static void Prepare(grpc::ClientContext& context) {
    context.AddMetadata("authorization", std::string("Bearer ") + kToken);
    context.set_wait_for_ready(true);
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  }

  TempDir dir_;
  std::string address_, config_;
  pid_t child_ = 0;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::CaseService::Stub> stub_;
};

TEST_F(KillTest, KilledRightAfterAnOk_KeepsTheWrite) {
  for (int round = 0; round < 5; ++round) {
    Start();
    v1::CreateCaseRequest request;
    request.set_case_id("c-round" + std::to_string(round));
    request.mutable_case_()->set_display_name("Somebody");
    grpc::ClientContext context;
    Prepare(context);
    v1::Case created;
    ASSERT_TRUE(stub_->CreateCase(&context, request, &created).ok());
    Kill();
  }
  Start();
  grpc::ClientContext context;
  Prepare(context);
  v1::ListCasesResponse found;
  ASSERT_TRUE(stub_->ListCases(&context, v1::ListCasesRequest(), &found).ok());
  EXPECT_EQ(found.total_size(), 5);
}

TEST_F(KillTest, KilledUnderLoad_KeepsEveryWriteThatWasAnsweredAndAWholeChain) {
  std::atomic<int> answered = 0;
  absl::Mutex mutex;
  std::set<std::string> names;
  for (int round = 0; round < 3; ++round) {
    Start();
    ASSERT_TRUE(
        channel_->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(60)));
    const int until = answered + 150;
    std::vector<std::thread> writers;
    std::atomic<bool> killed = false;
    for (int i = 0; i < 8; ++i) {
      writers.emplace_back([&] {
        while (!killed) {
          v1::CreateCaseRequest request;
          request.mutable_case_()->set_display_name("Somebody");
          grpc::ClientContext context;
          Prepare(context);
          context.set_wait_for_ready(false);
          v1::Case created;
          if (!stub_->CreateCase(&context, request, &created).ok()) continue;
          absl::MutexLock lock(&mutex);
          names.insert(created.name());
          ++answered;
        }
      });
    }
    while (answered < until) std::this_thread::yield();
    Kill();
    killed = true;
    for (std::thread& writer : writers) writer.join();
  }
  Start();
  grpc::ClientContext context;
  Prepare(context);
  v1::ListCasesRequest request;
  request.set_page_size(1000);
  v1::ListCasesResponse found;
  ASSERT_TRUE(stub_->ListCases(&context, request, &found).ok());
  ASSERT_EQ(found.next_page_token(), "");
  for (const v1::Case& one : found.cases()) names.erase(one.name());
  EXPECT_THAT(names, testing::IsEmpty()) << "answered, and lost";
  Kill();
  const auto verified = VerifyAuditFile(dir_.File("registry.db"), nullptr);
  ASSERT_THAT(verified, IsOk());
  EXPECT_TRUE(verified->intact()) << verified->DebugString();
}

TEST_F(KillTest, DamagedDatabase_EndsTheStartWithAWord) {
  dir_.Write("registry.db", std::string(10'000, 'x'));
  const std::string command =
      VIGIL_BIN_DIR "/registry-svc --config " + config_ + " 2> " + dir_.File("log");
  EXPECT_NE(std::system(command.c_str()), 0);
  EXPECT_THAT(ReadFile(dir_.File("log")), testing::HasSubstr("backup"));
}

}  // namespace
}  // namespace vigil::registry
