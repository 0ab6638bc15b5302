#include "alert-svc/deliver/bounce_box.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

#include "common/log/log.h"

namespace vigil::alert {
namespace {

namespace fs = std::filesystem;

// A report with the mail it returns is far smaller; of more, the rest is not read.
constexpr size_t kMaxBytes = 1 << 20;

std::string ReadUpTo(const std::string& path, size_t most) {
  std::ifstream file(path, std::ios::binary);
  std::string text(most, '\0');
  file.read(text.data(), static_cast<std::streamsize>(most));
  text.resize(static_cast<size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return text;
}

// Whether a message that it names would be known by now.
bool IsOld(const std::string& path) {
  constexpr auto kWait = std::chrono::hours(1);
  std::error_code error;
  const auto written = fs::last_write_time(path, error);
  return error || fs::file_time_type::clock::now() - written > kWait;
}

// Of a mail that is no failure report.
BounceResult WhatElse(const std::string& mail) {
  const std::string id = BouncedTo(mail);
  if (id.empty()) {
    Log(LogLevel::kInfo, "a mail to the bounce address names no message");
    return BounceResult::kStray;
  }
  if (ReportsDelay(mail)) {
    Log(LogLevel::kInfo, "a message is late", {{"message", id}});
    return BounceResult::kDelayed;
  }
  Log(LogLevel::kWarning, "a mail came back that reports no failure: nothing was done about it",
      {{"message", id}});
  return BounceResult::kNoReport;
}

}  // namespace

BounceBox::BounceBox(std::string folder, absl::Duration every, Take take, Count count)
    : folder_(std::move(folder)), every_(every), take_(std::move(take)), count_(std::move(count)) {
  thread_ = std::thread([this] { Run(); });
}

BounceBox::~BounceBox() {
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  wake_.Set();
  thread_.join();
}

bool BounceBox::stopping() {
  const absl::MutexLock lock(&mutex_);
  return stopping_;
}

void BounceBox::Run() {
  while (!stopping()) {
    Scan();
    wake_.Wait(every_);
  }
}

void BounceBox::Scan() {
  std::error_code error;
  std::vector<fs::path> mails;
  for (const auto& entry : fs::directory_iterator(folder_ + "/new", error)) {
    mails.push_back(entry.path());
  }
  std::sort(mails.begin(), mails.end());
  fs::create_directory(folder_ + "/cur", error);
  for (const fs::path& mail : mails) {
    if (stopping()) return;
    const std::optional<BounceResult> result = Read(mail.string());
    if (!result) continue;
    count_(*result);
    fs::rename(mail, fs::path(folder_) / "cur" / (mail.filename().string() + ":2,S"), error);
  }
}

std::optional<BounceResult> BounceBox::Read(const std::string& path) {
  const std::string mail = ReadUpTo(path, kMaxBytes);
  const std::optional<Bounce> bounce = ParseBounce(mail);
  if (!bounce.has_value()) return WhatElse(mail);
  const absl::Status taken = take_(*bounce);
  Log(LogLevel::kWarning, "a message came back",
      {{"message", bounce->id},
       {"status", bounce->status},
       {"taken", taken.ok()},
       {"error", std::string(taken.message())}});
  if (taken.ok()) return BounceResult::kTaken;
  if (absl::IsNotFound(taken) && IsOld(path)) return BounceResult::kUnknown;
  return std::nullopt;
}

}  // namespace vigil::alert
