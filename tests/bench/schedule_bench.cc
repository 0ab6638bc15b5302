// Rows of scripts/bench that measure the schedule on a redis-server of its own, AOF `always`.
// usage: schedule_bench schedule|drain|memory COUNT
//
// schedule: durable reminders scheduled a second, 64 shards, 1,000 ops a call.
// drain: reminders claimed and completed with a receipt a second, all due at once.
// memory: bytes of Redis' memory for a reminder that is due or to come, under lease, and done: with
//   its receipt in the stream, which is kept for a week, and without it.
//
// Prints one line of JSON. Ends with status 1 where the counts do not match.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "alert-svc/schedule/redis_schedule.h"
#include "tests/bench/schedule_settings.h"
#include "tests/testing/redis_server.h"

namespace vigil::alert {
namespace {

class LiveClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
  absl::Time Wall() const override { return absl::Now(); }
  absl::Duration Monotonic() const override {
    return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
  }
  absl::Time WallAt(absl::Time calendar) const override { return calendar; }
};

// One engine thread: this one.
class BenchExecutor final : public Executor {
 public:
  void Post(std::function<void()> fn) override {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(fn));
    posted_.notify_one();
  }
  TimerId After(absl::Duration, std::function<void()>) override { return 0; }
  void Cancel(TimerId) override {}
  const Clock& clock() const override { return clock_; }

  void RunUntil(const bool& finished) {
    std::deque<std::function<void()>> batch;
    while (!finished) {
      {
        std::unique_lock lock(mutex_);
        posted_.wait(lock, [this] { return !queue_.empty(); });
        batch.swap(queue_);
      }
      for (const auto& fn : batch) fn();
      batch.clear();
    }
  }

 private:
  LiveClock clock_;
  std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<std::function<void()>> queue_;
};

constexpr absl::Duration kLease = absl::Seconds(5);
// Memory is looked at while nothing moves.
constexpr absl::Duration kLongLease = absl::Hours(1);

Member Reminder(int64_t number) {
  Member member;
  // Spread like hashes are.
  member.deadline = static_cast<uint64_t>(number) * 0x9E3779B97F4A7C15ULL;
  member.parent = static_cast<uint32_t>(number % 4096);
  member.earliest = civil::Day(std::chrono::days(17000 + number % 4000));
  member.step = 7;
  member.receiver = 1;
  member.kind = registry::v1::DEADLINE_KIND_PAROLE_ELIGIBILITY;
  member.precision = registry::v1::DEADLINE_PRECISION_EXACT;
  return member;
}

class Bench {
 public:
  explicit Bench(int64_t count)
      : count_(count),
        redis_(ScheduleSettings()),
        schedule_(MakeRedisSchedule(Options(), executor_)) {}

  bool Open();
  // Seconds taken.
  double Schedule();
  double Drain();
  // Takes all that is due under lease and keeps it there; then ends it all.
  void Hold();
  void CompleteHeld();
  // Bytes of Redis' memory, the receipts' streams left out or not.
  int64_t MemoryUsed(bool receipts) const;
  // Members due or to come, over all shards.
  int64_t Pending();
  int64_t completed() const { return completed_; }

 private:
  RedisScheduleOptions Options() const {
    RedisScheduleOptions options;
    options.redis.address = redis_.Address();
    return options;
  }
  void Claim(int shard);
  void ClaimToHold(int shard);
  void Complete(int shard, int64_t fence, const Claimed& claimed);

  const int64_t count_;
  RedisServer redis_;
  BenchExecutor executor_;
  std::unique_ptr<vigil::alert::Schedule> schedule_;
  std::vector<Seen> seen_ = std::vector<Seen>(kShardCount);
  std::vector<int> in_flight_ = std::vector<int>(kShardCount);
  std::vector<std::pair<int, ClaimResult>> held_;  // by shard
  int64_t completed_ = 0;
  int idle_ = 0;
  bool finished_ = false;
};

bool Bench::Open() {
  int open = 0;
  bool good = true;
  finished_ = false;
  for (int shard = 0; shard < kShardCount; ++shard) {
    seen_[shard].epoch = fmt::format("e{}", shard);
    const auto opened = [this, &open, &good](ShardResult result) {
      good = good && result.status == ScheduleStatus::kOk;
      finished_ = ++open == 2 * kShardCount;
    };
    schedule_->RebuildBegin(
        {shard, {}, false, seen_[shard].epoch, executor_.clock().Wall(), absl::Seconds(5)}, opened);
    schedule_->RebuildOpen({shard, seen_[shard].epoch, 1, "h", "p"}, opened);
  }
  executor_.RunUntil(finished_);
  return good;
}

double Bench::Schedule() {
  const absl::Time due = absl::Now() - absl::Seconds(1);
  const absl::Duration start = executor_.clock().Monotonic();
  const int64_t at_once = std::clamp<int64_t>(count_ / kShardCount, 1, kMaxItemsPerCall);
  int waiting = 0;
  finished_ = false;
  for (int64_t next = 0; next < count_;) {
    for (int shard = 0; shard < kShardCount && next < count_; ++shard) {
      ApplyRequest request{shard, seen_[shard], 1, 1, "h", "p", {}};
      const int64_t end = std::min(next + at_once, count_);
      for (; next < end; ++next) request.ops.push_back({Reminder(next), due});
      ++waiting;
      schedule_->Apply(std::move(request),
                       [this, &waiting](ShardResult) { finished_ = --waiting == 0; });
    }
  }
  executor_.RunUntil(finished_);
  return absl::ToDoubleSeconds(executor_.clock().Monotonic() - start);
}

double Bench::Drain() {
  const absl::Duration start = executor_.clock().Monotonic();
  finished_ = false;
  idle_ = 0;
  for (int shard = 0; shard < kShardCount; ++shard) Claim(shard);
  executor_.RunUntil(finished_);
  return absl::ToDoubleSeconds(executor_.clock().Monotonic() - start);
}

void Bench::Claim(int shard) {
  schedule_->Claim(
      {shard, seen_[shard], kMaxItemsPerCall, absl::Now(), executor_.clock().Wall(), kLease},
      [this, shard](ClaimResult result) {
        in_flight_[shard] = static_cast<int>(result.claimed.size());
        if (result.claimed.empty()) {
          finished_ = ++idle_ == kShardCount;
          return;
        }
        for (const Claimed& claimed : result.claimed) {
          Complete(shard, result.fence, claimed);
        }
      });
}

void Bench::Hold() {
  finished_ = false;
  idle_ = 0;
  for (int shard = 0; shard < kShardCount; ++shard) ClaimToHold(shard);
  executor_.RunUntil(finished_);
}

void Bench::ClaimToHold(int shard) {
  schedule_->Claim(
      {shard, seen_[shard], kMaxItemsPerCall, absl::Now(), executor_.clock().Wall(), kLongLease},
      [this, shard](ClaimResult result) {
        if (result.claimed.empty()) {
          finished_ = ++idle_ == kShardCount;
          return;
        }
        held_.emplace_back(shard, std::move(result));
        ClaimToHold(shard);
      });
}

void Bench::CompleteHeld() {
  finished_ = false;
  idle_ = 0;
  for (const auto& [shard, result] : held_) {
    in_flight_[shard] += static_cast<int>(result.claimed.size());
  }
  for (const auto& [shard, result] : held_) {
    for (const Claimed& claimed : result.claimed) Complete(shard, result.fence, claimed);
  }
  for (int shard = 0; shard < kShardCount; ++shard) {
    if (in_flight_[shard] == 0) Claim(shard);
  }
  executor_.RunUntil(finished_);
}

void Bench::Complete(int shard, int64_t fence, const Claimed& claimed) {
  // About the size of a serialized receipt.
  CompleteRequest request{shard,
                          seen_[shard],
                          fence,
                          claimed.member,
                          std::string(160, 'r'),
                          {claimed.member},
                          std::nullopt,
                          {}};
  schedule_->Complete(std::move(request), [this, shard](ShardResult result) {
    completed_ += result.status == ScheduleStatus::kOk ? 1 : 0;
    if (--in_flight_[shard] == 0) Claim(shard);
  });
}

int64_t Bench::MemoryUsed(bool receipts) const {
  const std::string info = redis_.Run({"INFO", "memory"});
  const size_t at = info.find("used_memory_dataset:");
  int64_t used = at == std::string::npos ? 0 : std::stoll(info.substr(at + 20));
  if (receipts) return used;
  for (int shard = 0; shard < kShardCount; ++shard) {
    const std::string key = fmt::format("{{s{}}}:receipts", shard);
    used -= std::atoll(redis_.Run({"MEMORY", "USAGE", key, "SAMPLES", "0"}).c_str());
  }
  return used;
}

int64_t Bench::Pending() {
  int64_t pending = 0;
  finished_ = false;
  schedule_->Heads([this, &pending](HeadsResult result) {
    for (const auto& head : result.heads) pending += head->pending;
    finished_ = true;
  });
  executor_.RunUntil(finished_);
  return pending;
}

int RunMemory(Bench& bench, int64_t count) {
  const int64_t before = bench.MemoryUsed(true);
  const auto each = [&](bool receipts) {
    return static_cast<double>(bench.MemoryUsed(receipts) - before) / static_cast<double>(count);
  };
  bench.Schedule();
  if (bench.Pending() != count) return 1;
  const double due = each(true);
  bench.Hold();
  if (bench.Pending() != 0) return 1;
  const double lease = each(true);
  bench.CompleteHeld();
  if (bench.completed() != count) return 1;
  fmt::print(
      "{{\"row\": \"memory\", \"count\": {}, \"due\": {:.1f}, \"lease\": {:.1f}, "
      "\"done\": {:.1f}, \"done_with_receipt\": {:.1f}, \"unit\": \"bytes\"}}\n",
      count, due, lease, each(false), each(true));
  return 0;
}

int Run(const std::string& row, int64_t count) {
  Bench bench(count);
  if (!bench.Open()) return 1;
  if (row == "memory") return RunMemory(bench, count);
  const double schedule_seconds = bench.Schedule();
  if (bench.Pending() != count) return 1;
  if (row == "schedule") {
    fmt::print(
        "{{\"row\": \"schedule\", \"count\": {}, \"rate\": {:.0f}, \"unit\": \"reminders/s\"}}\n",
        count, static_cast<double>(count) / schedule_seconds);
    return 0;
  }
  const double drain_seconds = bench.Drain();
  if (bench.completed() != count || bench.Pending() != 0) {
    std::fprintf(stderr, "completed %ld pending %ld\n", bench.completed(), bench.Pending());
    return 1;
  }
  fmt::print("{{\"row\": \"drain\", \"count\": {}, \"rate\": {:.0f}, \"unit\": \"reminders/s\"}}\n",
             count, static_cast<double>(count) / drain_seconds);
  return 0;
}

}  // namespace
}  // namespace vigil::alert

int main(int argc, char** argv) {
  const std::string row = argc > 1 ? argv[1] : "";
  int64_t count = 0;
  if (argc > 2) std::from_chars(argv[2], argv[2] + std::string(argv[2]).size(), count);
  if ((row != "schedule" && row != "drain" && row != "memory") || count <= 0) {
    std::fprintf(stderr, "usage: schedule_bench schedule|drain|memory COUNT\n");
    return 2;
  }
  return vigil::alert::Run(row, count);
}
