// A schedule whose Redis is lost, rebuilt, shared, full, read-only, gone or restarted: engine.md
// section 4, and line 10 of the feed's contract (journal.proto).
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <utility>

#include "alert-svc/schedule/durability.h"
#include "alert-svc/schedule/library.h"
#include "common/metrics/metrics.h"
#include "tests/integration/schedule/redis_schedule_fixture.h"

namespace vigil::alert {
namespace {

using ::testing::SizeIs;

TEST_F(RedisScheduleTest, FlushIsSeenByTheNextHeadsAndTheShardRebuilds) {
  OpenShard();
  Apply(10, 11, {{Reminder(1), kNoon}});
  redis_.Run({"FLUSHALL"});
  EXPECT_EQ(HeadOf(kShard).state, ShardState::kMissing);
  EXPECT_EQ(Claim().status, ScheduleStatus::kLost);
  ASSERT_EQ(Begin("e2", seen_).status, ScheduleStatus::kOk);
  EXPECT_EQ(Claim().status, ScheduleStatus::kLost);  // another epoch than the one seen
  ASSERT_EQ(Write("e2", {{Reminder(1), kNoon}, {Reminder(2), kNoon}}).status, ScheduleStatus::kOk);
  const ShardResult opened = Open("e2", 20);
  ASSERT_EQ(opened.status, ScheduleStatus::kOk);
  seen_ = {"e2", opened.seq};
  EXPECT_THAT(Claim().claimed, SizeIs(2));
}

TEST_F(RedisScheduleTest, RebuildKeepsTheStreamAndFencesGrow) {
  OpenShard();
  Apply(10, 11, {{Reminder(1), kNoon}, {Reminder(2), kNoon}});
  const ClaimResult before = Claim();
  Complete(before.fence, Reminder(1), "kept", {Reminder(1)});
  redis_.Run({"DEL", "{s17}:head"});
  const auto orphan = Call<ForwardResult>(&Schedule::Forward, kShard, std::string(), 10);
  EXPECT_EQ(orphan.status, ScheduleStatus::kOk);
  EXPECT_EQ(orphan.epoch, "");
  EXPECT_THAT(orphan.entries, SizeIs(1));
  ASSERT_EQ(Begin("e2", seen_).status, ScheduleStatus::kOk);
  Write("e2", {{Reminder(2), kNoon}});
  seen_ = {"e2", Open("e2", 20).seq};
  EXPECT_THAT(Call<ForwardResult>(&Schedule::Forward, kShard, std::string(), 10).entries,
              SizeIs(1));
  EXPECT_GT(Claim().fence, before.fence);
  EXPECT_EQ(Complete(before.fence, Reminder(2), "late", {}).status, ScheduleStatus::kStale);
}

TEST_F(RedisScheduleTest, RebuildAfterTheTimeWasSetBack_FencesGrow) {
  OpenShard();
  // As of a life that began when Redis' time was far ahead.
  const std::string ahead = "9000000000000000";
  redis_.Run({"HSET", "{s17}:head", "fence", ahead});
  ASSERT_EQ(Begin("e2", {"e1", seen_.seq + 1}).status, ScheduleStatus::kOk);
  Write("e2", {{Reminder(1), kNoon}});
  seen_ = {"e2", Open("e2", 20).seq};
  EXPECT_GT(Claim().fence, std::stoll(ahead));
}

TEST_F(RedisScheduleTest, OneRebuilderAtATime) {
  ASSERT_EQ(Begin("e1").status, ScheduleStatus::kOk);
  EXPECT_EQ(Begin("e2").status, ScheduleStatus::kStale);
  EXPECT_EQ(Write("e2", {{Reminder(1), kNoon}}).status, ScheduleStatus::kStale);
  EXPECT_EQ(Open("e2", 1).status, ScheduleStatus::kStale);
  EXPECT_EQ(Open("e1", 1).status, ScheduleStatus::kOk);
  EXPECT_EQ(Begin("e3").status, ScheduleStatus::kStale) << "a live shard is not lost";
  EXPECT_EQ(Write("e1", {{Reminder(1), kNoon}}).status, ScheduleStatus::kStale);
}

TEST_F(RedisScheduleTest, RebuilderThatDiedIsReplaced) {
  ASSERT_EQ(Begin("e1", {}, absl::Milliseconds(-1)).status, ScheduleStatus::kOk);
  EXPECT_EQ(Begin("e2").status, ScheduleStatus::kOk);
  EXPECT_EQ(Write("e1", {}).status, ScheduleStatus::kStale);
}

TEST_F(RedisScheduleTest, RebuildThatIsTakenOverTellsForHowLongTheShardIsClosed) {
  const auto begin = [&](const std::string& epoch, Seen lost) {
    const ShardResult begun = Begin(epoch, std::move(lost), absl::ZeroDuration());
    EXPECT_EQ(begun.status, ScheduleStatus::kOk);
    return begun.closed;
  };
  EXPECT_EQ(begin("e1", {}), absl::ZeroDuration());
  absl::Duration closed, before;
  for (int i = 2; i < 10'000 && before == absl::ZeroDuration(); ++i) {
    before = std::exchange(closed, begin("e" + std::to_string(i), {}));
  }
  EXPECT_GT(before, absl::ZeroDuration());
  EXPECT_GE(closed, before) << "since the first of them";
  OpenShard("f1");
  EXPECT_EQ(begin("f2", {"f1", seen_.seq + 1}), absl::ZeroDuration());
}

TEST_F(RedisScheduleTest, RolledBackShardMayBeRebuilt) {
  OpenShard();
  EXPECT_EQ(Begin("e2", seen_).status, ScheduleStatus::kStale);
  seen_.seq += 100;
  EXPECT_EQ(Begin("e2", seen_).status, ScheduleStatus::kOk);
}

TEST_F(RedisScheduleTest, ShardOfAnotherJournalIsRebuiltOnceThoughItIsLive) {
  OpenShard("e1");
  EXPECT_EQ(Begin("e2", {"another", 0}, absl::Seconds(5), true).status, ScheduleStatus::kStale);
  EXPECT_EQ(Begin("e2", seen_, absl::Seconds(5), true).status, ScheduleStatus::kOk);
  EXPECT_EQ(Begin("e3", seen_, absl::Seconds(5), true).status, ScheduleStatus::kStale)
      << "another replica found the same, and rebuilds it";
}

TEST_F(RedisScheduleTest, EntryOfTheStreamNamesTheEpochOfItsSeq) {
  OpenShard("e1");
  Apply(10, 11, {{Reminder(1), kNoon}});
  Complete(Claim().fence, Reminder(1), "r", {Reminder(1)});
  const auto entries = Call<ForwardResult>(&Schedule::Forward, kShard, std::string(), 10).entries;
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].epoch, "e1");
  EXPECT_EQ(entries[0].seq, seen_.seq);
}

TEST_F(RedisScheduleTest, LostFunctionsAreLoadedAgain) {
  OpenShard();
  redis_.Run({"FUNCTION", "FLUSH"});
  EXPECT_EQ(Apply(10, 11, {}).status, ScheduleStatus::kLost);
  EXPECT_EQ(Apply(10, 11, {}).status, ScheduleStatus::kOk);
}

TEST_F(RedisScheduleTest, TwoReplicasShareOneShard) {
  OpenShard();
  std::vector<Op> ops;
  for (int i = 0; i < 50; ++i) ops.push_back({Reminder(i), kNoon});
  Apply(10, 11, ops);
  WaitingExecutor other_executor;
  const std::unique_ptr<Schedule> other = Connect(other_executor);
  const auto theirs = other_executor.Await<ClaimResult>([&](Schedule::Done<ClaimResult> done) {
    other->Claim({kShard, seen_, 20, kNoon, other_executor.time.Wall(), absl::Seconds(5)},
                 std::move(done));
  });
  const ClaimResult ours = Claim();
  EXPECT_THAT(theirs->claimed, SizeIs(20));
  EXPECT_THAT(ours.claimed, SizeIs(30));
}

TEST_F(RedisScheduleTest, ListTellsEveryMemberOnce) {
  OpenShard();
  std::vector<Op> ops;
  for (int i = 0; i < 3000; ++i) ops.push_back({Reminder(i), kNoon + absl::Seconds(i)});
  Apply(10, 11, ops);
  Claim(kNoon + absl::Seconds(9));
  const ListResult list = Call<ListResult>(&Schedule::List, kShard);
  ASSERT_EQ(list.status, ScheduleStatus::kOk);
  EXPECT_EQ(list.head.applied, 11);
  ASSERT_THAT(list.members, SizeIs(3000));
  int leased = 0;
  for (const ListedMember& listed : list.members) {
    leased += listed.leased ? 1 : 0;
    const auto number = static_cast<int64_t>(listed.member.deadline & 0xFFFF) - 0x7700;
    EXPECT_EQ(listed.due, kNoon + absl::Seconds(number));
  }
  EXPECT_EQ(leased, 10);
}

TEST_F(RedisScheduleTest, TrimDropsOldReceipts) {
  OpenShard();
  Apply(10, 11, {{Reminder(1), kNoon}});
  Complete(Claim().fence, Reminder(1), "r", {Reminder(1)});
  Call<ShardResult>(&Schedule::Trim, kShard, seen_, executor_.time.Wall() - absl::Hours(24 * 7));
  EXPECT_EQ(redis_.Run({"XLEN", "{s17}:receipts"}), "1");
  Call<ShardResult>(&Schedule::Trim, kShard, seen_, executor_.time.Wall() + absl::Hours(1));
  EXPECT_EQ(redis_.Run({"XLEN", "{s17}:receipts"}), "0");
}

TEST_F(RedisScheduleTest, FullMemoryRefusesClaimsAndStillTakesReceipts) {
  OpenShard();
  Apply(10, 11, {{Reminder(1), kNoon}, {Reminder(2), kNoon}});
  const ClaimResult claimed = Claim(kNoon, 1);
  redis_.Run({"CONFIG", "SET", "maxmemory", "1"});
  EXPECT_EQ(Claim().status, ScheduleStatus::kRefused);
  EXPECT_EQ(Apply(11, 12, {{Reminder(3), kNoon}}).status, ScheduleStatus::kRefused);
  EXPECT_EQ(Complete(claimed.fence, claimed.claimed[0].member, "r", {}).status,
            ScheduleStatus::kOk);
  redis_.Run({"CONFIG", "SET", "maxmemory", "0"});
  EXPECT_THAT(Claim().claimed, SizeIs(1));
}

TEST_F(RedisScheduleTest, ReplicaThatConnectsInFullMemory_IsServed) {
  OpenShard();
  redis_.Run({"CONFIG", "SET", "maxmemory", "1"});
  WaitingExecutor other_executor;
  const std::unique_ptr<Schedule> other = Connect(other_executor);
  const auto heads = other_executor.Await<HeadsResult>(
      [&](Schedule::Done<HeadsResult> done) { other->Heads(std::move(done)); });
  ASSERT_TRUE(heads.has_value());
  EXPECT_EQ(heads->status, ScheduleStatus::kOk);
}

TEST_F(RedisScheduleTest, ReadOnlyServerIsUnavailableAndComesBack) {
  OpenShard();
  redis_.Run({"REPLICAOF", "127.0.0.1", "1"});
  EXPECT_EQ(Heads().status, ScheduleStatus::kUnavailable) << "said before anything is written";
  EXPECT_EQ(Apply(10, 11, {}).status, ScheduleStatus::kUnavailable);
  redis_.Run({"REPLICAOF", "NO", "ONE"});
  ShardResult result;
  for (int i = 0; i < 100000 && result.status != ScheduleStatus::kOk; ++i)
    result = Apply(10, 11, {});
  EXPECT_EQ(result.status, ScheduleStatus::kOk);
}

TEST_F(RedisScheduleTest, ServerThatIsGoneIsUnavailable) {
  OpenShard();
  redis_.Kill();
  EXPECT_EQ(Heads().status, ScheduleStatus::kUnavailable);
  EXPECT_EQ(Claim().status, ScheduleStatus::kUnavailable);
}

TEST_F(RedisScheduleTest, CallsInFlightAreAnsweredWhenTheScheduleGoes) {
  redis_.Freeze();
  int answers = 0;
  for (int i = 0; i < 5; ++i) schedule_->Heads([&answers](HeadsResult) { ++answers; });
  redis_.Thaw();
  schedule_.reset();
  executor_.RunUntil([&answers] { return answers == 5; });
  EXPECT_EQ(answers, 5);
}

class DurableRedisTest : public RedisScheduleTest {
 protected:
  DurableRedisTest()
      : RedisScheduleTest({"--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy",
                           "noeviction"}) {}
};

TEST_F(DurableRedisTest, SettingsChangedWhileItRuns_ShowInVigilRedisDurable) {
  Metrics metrics;
  RedisScheduleOptions options;
  options.redis.address = redis_.Address();
  options.on_connect = ReportDurability(metrics);
  options.settings_every = absl::ZeroDuration();
  schedule_ = MakeRedisSchedule(options, executor_);
  const auto shows = [&](const char* value) {
    Heads();
    return metrics.Text().find(fmt::format("vigil_redis_durable {}\n", value)) != std::string::npos;
  };
  EXPECT_TRUE(shows("1"));
  redis_.Run({"CONFIG", "SET", "appendfsync", "everysec"});
  EXPECT_TRUE(shows("0"));
  redis_.Run({"CONFIG", "SET", "appendfsync", "always"});
  EXPECT_TRUE(shows("1"));
}

TEST_F(DurableRedisTest, RestartedServerKeepsAllUnderAForeignRunId) {
  OpenShard();
  Apply(10, 11, {{Reminder(1), kNoon}});
  EXPECT_TRUE(durable_);
  redis_.Kill();
  redis_.Start();
  HeadsResult heads = Heads();
  while (heads.status != ScheduleStatus::kOk) heads = Heads();
  EXPECT_NE(heads.heads[kShard]->run_id, heads.server_run_id);
  EXPECT_EQ(heads.heads[kShard]->pending, 1);
  ClaimResult claimed = Claim();
  while (claimed.status == ScheduleStatus::kUnavailable) claimed = Claim();
  EXPECT_EQ(claimed.status, ScheduleStatus::kLost);
  EXPECT_EQ(Begin("e2", seen_).status, ScheduleStatus::kOk);
}

TEST_F(DurableRedisTest, Line10_AfterAKill_WhatWasDoneAndTheRevisionAgree) {
  OpenShard();
  std::atomic<int64_t> applied = 10;
  std::thread killer([&] {
    while (applied < 60) std::this_thread::yield();
    redis_.Kill();
  });
  ScheduleStatus status = ScheduleStatus::kOk;
  for (int i = 0; status == ScheduleStatus::kOk; ++i) {
    status = Apply(10 + i, 11 + i, {{Reminder(i), kNoon}}).status;
    if (status == ScheduleStatus::kOk) ++applied;
  }
  killer.join();
  redis_.Start();
  HeadsResult heads = Heads();
  while (heads.status != ScheduleStatus::kOk) heads = Heads();
  const Head& head = *heads.heads[kShard];
  EXPECT_EQ(head.applied - 10, head.pending);
  EXPECT_GE(head.applied, applied) << "what was answered is there";
  EXPECT_LE(head.applied, applied + 1) << "one more may have been written and not answered";
}

TEST(ScheduleLibrary, EveryNameCarriesTheVersion) {
  const RedisLibrary& library = ScheduleLibrary();
  EXPECT_EQ(library.source.find("@VERSION@"), std::string::npos);
  EXPECT_NE(library.source.find("#!lua name=vigil_" + library.version), std::string::npos);
  EXPECT_EQ(library.Function("claim"), "vigil_claim_" + library.version);
}

}  // namespace
}  // namespace vigil::alert
