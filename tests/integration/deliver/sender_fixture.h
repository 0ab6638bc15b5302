#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "alert-svc/deliver/sender.h"
#include "tests/integration/schedule/schedule_harness.h"

namespace vigil::alert {

namespace fs = std::filesystem;

inline constexpr char kSecret[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

// A sender, an executor for it, and a folder: `taken` for what peers got, `secret` of a webhook.
class SenderTest : public ::testing::Test {
 protected:
  SenderTest() {
    std::string pattern = (fs::temp_directory_path() / "vigil-sender-XXXXXX").string();
    root_ = mkdtemp(pattern.data());
    fs::create_directory(root_ / "taken");
    std::ofstream(root_ / "secret") << kSecret << "\n";
    options_.mail.set_from("vigil@vigil.example");
    options_.mail.set_outbox((root_ / "outbox").string());
    options_.page_url = "https://vigil.example";
    options_.receiver_secrets_dir = root_.string();
  }
  ~SenderTest() override {
    sender_.reset();
    // gpg-agent takes its sockets away at the same time, once its home is gone.
    std::error_code gone;
    fs::remove_all(root_, gone);
    if (gone) fs::remove_all(root_, gone);
  }

  Message Single(const std::string& id = "r-1") {
    Message message;
    message.id = id;
    MessageItem item;
    item.deadline.set_name("cases/c-7f3k9q2m/deadlines/d-1");
    item.deadline.set_kind(registry::v1::DEADLINE_KIND_CUSTODY_LIMIT);
    item.deadline.set_earliest("2018-06-07");
    item.deadline.set_latest("2018-06-07");
    item.deadline.set_rule("KZ.CPC.151.2M@1");
    message.items.push_back(item);
    message.time = absl::FromUnixSeconds(1'528'081'200);
    message.today = std::chrono::sys_days(std::chrono::June / 4 / 2018);
    message.time_zone = "Asia/Almaty";
    return message;
  }

  Outcome Send(Message message) {
    if (sender_ == nullptr) {
      auto made = MakeSender(options_, executor_);
      EXPECT_TRUE(made.ok()) << made.status();
      sender_ = *std::move(made);
    }
    const std::optional<Outcome> outcome =
        executor_.Await<Outcome>([&](std::function<void(Outcome)> done) {
          sender_->Send(std::move(message), std::move(done));
        });
    EXPECT_TRUE(outcome.has_value()) << "no outcome";
    return outcome.value_or(Outcome());
  }

  // Waits for what a peer does in its own time; in vain, the test ends.
  static void Await(const std::function<bool()>& condition) {
    for (int tries = 0; tries < 1'000 && !condition(); ++tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ASSERT_TRUE(condition());
  }

  std::vector<std::string> Taken(const fs::path& folder) const {
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (entry.path().filename().string().front() != '.') paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    std::vector<std::string> texts;
    for (const fs::path& path : paths) {
      std::ostringstream text;
      text << std::ifstream(path, std::ios::binary).rdbuf();
      texts.push_back(text.str());
    }
    return texts;
  }

  fs::path root_;
  WaitingExecutor executor_;
  SenderOptions options_;
  std::unique_ptr<Sender> sender_;
};

}  // namespace vigil::alert
