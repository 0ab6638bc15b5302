// What other schedulers lost or repeated in Redis, done to ours. The list of all failures is in
// peer_failures_test.cc.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>

#include "alert-svc/schedule/durability.h"
#include "alert-svc/schedule/redis_schedule.h"
#include "common/metrics/metrics.h"
#include "tests/integration/schedule/schedule_harness.h"
#include "tests/testing/redis_server.h"

namespace vigil::alert {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int kShard = 17;
const absl::Time kNoon = absl::FromUnixSeconds(1'528'000'000);

Member Reminder(int number) {
  Member member;
  member.deadline = 0x1122334455667700ULL + static_cast<uint64_t>(number);
  member.earliest = civil::MakeDay(2099, 12, 18);
  member.step = 7;
  member.kind = registry::v1::DEADLINE_KIND_CUSTODY_LIMIT;
  member.precision = registry::v1::DEADLINE_PRECISION_EXACT;
  return member;
}

std::vector<Op> Reminders(int count, absl::Time due) {
  std::vector<Op> ops;
  for (int i = 0; i < count; ++i) ops.push_back({Reminder(i), due});
  return ops;
}

// A Redis with one live shard at revision 10.
class PeerFailuresInRedis : public ::testing::Test {
 protected:
  explicit PeerFailuresInRedis(std::vector<std::string> settings = {})
      : redis_(std::move(settings)), schedule_(Connect(executor_)) {
    Rebuild("e1", {});
  }

  std::unique_ptr<Schedule> Connect(WaitingExecutor& executor) {
    RedisScheduleOptions options;
    options.redis.address = redis_.Address();
    options.on_connect = ReportDurability(metrics_);
    options.settings_every = absl::ZeroDuration();
    options.on_round_trip = [](std::string_view, absl::Duration) {};
    return MakeRedisSchedule(options, executor);
  }

  template <class Result, class Method, class... Args>
  Result Call(Method method, Args... args) {
    std::optional<Result> result = executor_.Await<Result>([&](std::function<void(Result)> done) {
      ((*schedule_).*method)(std::move(args)..., std::move(done));
    });
    EXPECT_TRUE(result.has_value()) << "no answer";
    return result.value_or(Result());
  }
  // Again while Redis cannot be reached.
  template <class Result, class Method, class... Args>
  Result CallUntilReached(Method method, Args... args) {
    Result result;
    for (int i = 0; i < 100'000 && result.status == ScheduleStatus::kUnavailable; ++i) {
      result = Call<Result>(method, args...);
    }
    return result;
  }

  void Rebuild(const std::string& epoch, std::vector<Op> ops) {
    BeginRequest begin;
    begin.shard = kShard;
    begin.lost = seen_;
    begin.epoch = epoch;
    begin.wall = executor_.time.Wall();
    begin.build_lease = absl::Seconds(5);
    ASSERT_EQ(CallUntilReached<ShardResult>(&Schedule::RebuildBegin, begin).status,
              ScheduleStatus::kOk);
    ASSERT_EQ(Call<ShardResult>(&Schedule::RebuildWrite, kShard, epoch, std::move(ops)).status,
              ScheduleStatus::kOk);
    OpenRequest open;
    open.shard = kShard;
    open.epoch = epoch;
    open.applied = applied_;
    const auto opened = Call<ShardResult>(&Schedule::RebuildOpen, open);
    ASSERT_EQ(opened.status, ScheduleStatus::kOk);
    seen_ = {epoch, opened.seq};
  }
  ScheduleStatus Apply(std::vector<Op> ops) {
    ApplyRequest request;
    request.shard = kShard;
    request.seen = seen_;
    request.from = applied_;
    request.to = ++applied_;
    request.ops = std::move(ops);
    return Call<ShardResult>(&Schedule::Apply, std::move(request)).status;
  }
  ClaimRequest ClaimAt(absl::Time until, int limit = kMaxItemsPerCall) {
    ClaimRequest request;
    request.shard = kShard;
    request.seen = seen_;
    request.limit = limit;
    request.due_until = until;
    request.wall = executor_.time.Wall();
    request.lease = absl::Seconds(5);
    return request;
  }
  ClaimResult Claim(absl::Time until, int limit = kMaxItemsPerCall) {
    return Call<ClaimResult>(&Schedule::Claim, ClaimAt(until, limit));
  }
  ScheduleStatus Complete(const ClaimResult& claim, const Member& member) {
    CompleteRequest request;
    request.shard = kShard;
    request.seen = seen_;
    request.fence = claim.fence;
    request.member = member;
    request.receipts = "receipt";
    request.done = {member};
    return Call<ShardResult>(&Schedule::Complete, std::move(request)).status;
  }
  Head HeadNow() {
    const auto heads = CallUntilReached<HeadsResult>(&Schedule::Heads);
    return heads.heads.empty() ? Head() : *heads.heads[kShard];
  }
  // What is exported of it, by the settings as they are now.
  bool IsDurable() {
    HeadNow();
    return metrics_.Text().find("vigil_redis_durable 1\n") != std::string::npos;
  }
  // Redis has answered for so long that leases may end.
  void LetTimePass() {
    for (int second = 0; second < 6; ++second) {
      executor_.time.Turn(absl::Seconds(1));
      HeadNow();
    }
  }

  RedisServer redis_;
  Metrics metrics_;
  WaitingExecutor executor_;
  std::unique_ptr<Schedule> schedule_;
  Seen seen_;
  int64_t applied_ = 10;
};

TEST_F(PeerFailuresInRedis, BullMq_ReminderBeyond2039_IsHandedOutAtItsMillisecond) {
  const absl::Time due =
      absl::FromCivil(absl::CivilSecond(2100, 1, 1), absl::UTCTimeZone()) + absl::Milliseconds(1);
  ASSERT_EQ(Apply({{Reminder(1), due}}), ScheduleStatus::kOk);
  EXPECT_EQ(HeadNow().next_due, due);
  EXPECT_THAT(Claim(due - absl::Milliseconds(1)).claimed, IsEmpty());
  const ClaimResult claim = Claim(due);
  ASSERT_THAT(claim.claimed, SizeIs(1));
  EXPECT_EQ(claim.claimed[0].due, due);
  EXPECT_EQ(claim.claimed[0].member, Reminder(1));
}

TEST_F(PeerFailuresInRedis, Kombu337_ReminderScheduledLongAhead_IsHandedOutOnce) {
  Apply(Reminders(20, kNoon));
  LetTimePass();  // a visibility that ran from the moment of scheduling would have ended
  EXPECT_THAT(Claim(kNoon - absl::Hours(1)).claimed, IsEmpty());
  EXPECT_THAT(Claim(kNoon).claimed, SizeIs(20));
  WaitingExecutor other_executor;
  const std::unique_ptr<Schedule> other = Connect(other_executor);
  const auto theirs = other_executor.Await<ClaimResult>(
      [&](Schedule::Done<ClaimResult> done) { other->Claim(ClaimAt(kNoon), std::move(done)); });
  ASSERT_TRUE(theirs.has_value());
  EXPECT_THAT(theirs->claimed, IsEmpty());
}

TEST_F(PeerFailuresInRedis, Asynq_WhatIsClaimed_IsInOneIndexAtEveryMoment) {
  constexpr int kMany = 400;
  Apply(Reminders(kMany, kNoon));
  WaitingExecutor other_executor;
  const std::unique_ptr<Schedule> other = Connect(other_executor);
  std::atomic<bool> stop = false;
  std::thread reader([&] {
    for (int looks = 0; !stop || looks == 0; ++looks) {
      const auto heads = other_executor.Await<HeadsResult>(
          [&](Schedule::Done<HeadsResult> done) { other->Heads(std::move(done)); });
      ASSERT_TRUE(heads.has_value());
      const Head& head = *heads->heads.at(kShard);
      EXPECT_EQ(head.pending + head.leased, kMany);
    }
  });
  for (int left = kMany; left > 0; left -= 4) EXPECT_THAT(Claim(kNoon, 4).claimed, SizeIs(4));
  stop = true;
  reader.join();
  EXPECT_EQ(HeadNow().leased, kMany);
}

TEST_F(PeerFailuresInRedis, BullMq_FunctionsTouchTheKeysOfTheirShardAlone) {
  std::vector<std::string> command = {"ACL", "SETUSER", "default", "resetkeys"};
  for (const char* key :
       {"head", "due", "lease", "fence", "done", "sealed", "receipts", "passing"}) {
    command.push_back(fmt::format("~{{s{}}}:{}", kShard, key));
  }
  redis_.Run(command);
  seen_.seq += 1;  // a shard that is behind may be rebuilt
  Rebuild("e2", Reminders(2, kNoon));
  EXPECT_EQ(Apply({{Reminder(2), kNoon}}), ScheduleStatus::kOk);
  const ClaimResult claim = Claim(kNoon);
  ASSERT_THAT(claim.claimed, SizeIs(3));
  RenewRequest renew;
  renew.shard = kShard;
  renew.seen = seen_;
  renew.fence = claim.fence;
  renew.members = {Reminder(0)};
  renew.wall = executor_.time.Wall();
  renew.lease = absl::Seconds(5);
  EXPECT_EQ(Call<RenewResult>(&Schedule::Renew, renew).status, ScheduleStatus::kOk);
  SealRequest seal;
  seal.shard = kShard;
  seal.seen = seen_;
  seal.fence = claim.fence;
  seal.digest = Reminder(1);
  seal.items = {Reminder(5)};
  EXPECT_EQ(Call<SealResult>(&Schedule::Seal, seal).status, ScheduleStatus::kOk);
  EXPECT_EQ(Complete(claim, Reminder(1)), ScheduleStatus::kOk);
  EXPECT_EQ(Call<ShardResult>(&Schedule::Forget, kShard, seen_, int64_t{1'000}, applied_).status,
            ScheduleStatus::kOk);
  EXPECT_EQ(Call<ShardResult>(&Schedule::Trim, kShard, seen_, absl::UnixEpoch()).status,
            ScheduleStatus::kOk);
}

TEST_F(PeerFailuresInRedis, BullMq1822_EntryThatNobodyCanRead_HoldsUpNoOther) {
  Apply(Reminders(2, kNoon));
  for (const char* poison : {"x", "a member of another make, far too long for a member of ours"}) {
    redis_.Run({"ZADD", fmt::format("{{s{}}}:due", kShard), "1", poison});
  }
  const ClaimResult claim = Claim(kNoon);
  ASSERT_THAT(claim.claimed, SizeIs(2));
  for (const Claimed& one : claim.claimed) {
    EXPECT_EQ(Complete(claim, one.member), ScheduleStatus::kOk);
  }
  // Nor when its lease has ended.
  LetTimePass();
  Apply({{Reminder(3), kNoon}});
  EXPECT_THAT(Claim(kNoon).claimed, SizeIs(1));
  EXPECT_EQ(Call<ListResult>(&Schedule::List, kShard).status, ScheduleStatus::kOk);
}

class PeerFailuresInEvictingRedis : public PeerFailuresInRedis {
 protected:
  PeerFailuresInEvictingRedis()
      : PeerFailuresInRedis({"--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy",
                             "allkeys-lru"}) {}
};

TEST_F(PeerFailuresInEvictingRedis, Sidekiq2883_RedisThatMayEvict_IsSaidToBeNotDurable) {
  EXPECT_FALSE(IsDurable());
  redis_.Run({"CONFIG", "SET", "maxmemory-policy", "noeviction"});
  EXPECT_TRUE(IsDurable());
  redis_.Run({"CONFIG", "SET", "maxmemory-policy", "volatile-ttl"});
  EXPECT_FALSE(IsDurable());
}

class PeerFailuresInDurableRedis : public PeerFailuresInRedis {
 protected:
  PeerFailuresInDurableRedis()
      : PeerFailuresInRedis({"--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy",
                             "noeviction"}) {}
};

TEST_F(PeerFailuresInDurableRedis, Asynq_RedisKilledAmidClaims_HasEachReminderInOneIndex) {
  constexpr int kMany = 400;
  Apply(Reminders(kMany, kNoon));
  std::atomic<int> claimed = 0;
  std::thread killer([&] {
    while (claimed < kMany / 4) std::this_thread::yield();
    redis_.Kill();
  });
  while (Claim(kNoon, 4).status == ScheduleStatus::kOk) claimed += 4;
  killer.join();
  redis_.Start();
  const Head head = HeadNow();
  EXPECT_EQ(head.pending + head.leased, kMany);
  EXPECT_GE(head.leased, claimed) << "what was answered is there";
}

TEST_F(PeerFailuresInDurableRedis, BullMq1658_ScheduleGoesOnAfterRedisWasFrozenKilledAndBack) {
  EXPECT_TRUE(IsDurable());
  for (int round = 0; round < 3; ++round) {
    Apply(Reminders(1, kNoon));
    redis_.Freeze();
    redis_.Thaw();
    redis_.Kill();
    EXPECT_EQ(Claim(kNoon).status, ScheduleStatus::kUnavailable);
    redis_.Start();
    Rebuild(fmt::format("again-{}", round), Reminders(1, kNoon));
    EXPECT_THAT(Claim(kNoon).claimed, SizeIs(1)) << round;
  }
}

}  // namespace
}  // namespace vigil::alert
