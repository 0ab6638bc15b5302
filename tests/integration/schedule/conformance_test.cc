// The same calls, drawn at random, on a real Redis and on the model that the simulation runs on:
// they answer alike and hold the same.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "alert-svc/schedule/redis_schedule.h"
#include "tests/integration/schedule/schedule_harness.h"
#include "tests/simulation/redis_model.h"
#include "tests/testing/redis_server.h"

namespace vigil::alert {
namespace {

constexpr int kShard = 5;
constexpr int kSteps = 250;
const absl::Time kStart = absl::FromUnixSeconds(1'528'000'000);

class Pair {
 public:
  explicit Pair(uint64_t seed)
      : random_(seed), queue_(seed, executor_.time.Wall(), 1), model_(queue_) {
    RedisScheduleOptions options;
    options.redis.address = redis_.Address();
    schedule_ = MakeRedisSchedule(options, executor_);
    LetLeasesEnd();
  }

  void Step();
  void Compare();

 private:
  struct Held {
    Member member;
    int64_t real_fence = 0;
    int64_t model_fence = 0;
  };

  template <class Result>
  Result Real(const std::function<void(Schedule::Done<Result>)>& call) {
    return executor_.Await<Result>(call).value_or(Result());
  }
  int Draw(int most) { return static_cast<int>(random_() % static_cast<uint64_t>(most + 1)); }

  // As after six seconds of reading heads: leases may end.
  void LetLeasesEnd() {
    for (int second = 0; second < 7; ++second) {
      executor_.time.Turn(absl::Seconds(1));
      Real<HeadsResult>([this](auto done) { schedule_->Heads(done); });
    }
  }
  // What was seen of the shard; now and then of another epoch, nothing, or more than there is.
  Seen AnySeen();
  absl::Time AnyWall();

  Member AnyMember();
  std::vector<Op> AnyOps(int most);
  Held AnyHeld();

  void Open();
  void Apply();
  void Claim();
  void Release();
  void Complete();
  void Forget();
  void Seal();
  void Renew();
  void Trim();
  void Restart();
  void Learn(const ShardResult& real, const ShardResult& model);

  std::mt19937_64 random_;
  WaitingExecutor executor_;
  sim::Queue queue_;
  sim::RedisModel model_;
  RedisServer redis_;
  std::unique_ptr<Schedule> schedule_;
  std::string epoch_;
  Seen seen_;
  int64_t applied_ = 0;
  int epochs_ = 0;
  std::vector<Held> held_;
  std::size_t trimmed_ = 0;  // entries of the model's stream that the real one has no more
};

// What calls came to over all seeds, on both sides alike.
std::map<ScheduleStatus, int> outcomes;
int restarts = 0;
int trims = 0;

Seen Pair::AnySeen() {
  const int draw = Draw(29);
  if (draw == 0) return {"foreign", 1};
  if (draw == 2) return {};
  return {seen_.epoch, seen_.seq + (draw == 1 ? 1000 : 0)};
}

absl::Time Pair::AnyWall() {
  const int draw = Draw(19);
  return executor_.time.Wall() + absl::Seconds(draw == 0 ? 60 : draw == 1 ? -60 : 0);
}

// Everything, or nothing: entries are as old as the test.
void Pair::Trim() {
  const bool all = Draw(1) == 0;
  const absl::Time before = all ? absl::Now() + absl::Hours(1) : absl::UnixEpoch();
  const Seen seen = AnySeen();
  const auto real =
      Real<ShardResult>([&](auto done) { schedule_->Trim(kShard, seen, before, done); });
  Learn(real, model_.Trim(kShard, seen));
  if (real.status != ScheduleStatus::kOk) return;
  ++trims;
  if (all) trimmed_ = model_.Forward(kShard, "", 10000).entries.size();
}

// Another server in its place, which knows nothing.
void Pair::Restart() {
  redis_.Kill();
  redis_.Start();
  model_.Restart(false);
  trimmed_ = 0;
  ++restarts;
  for (int i = 0; i < 100'000; ++i) {
    const auto heads = Real<HeadsResult>([this](auto done) { schedule_->Heads(done); });
    const auto list = Real<ListResult>([this](auto done) { schedule_->List(kShard, done); });
    if (heads.status == ScheduleStatus::kOk && list.status != ScheduleStatus::kUnavailable) break;
  }
  LetLeasesEnd();
}

Member Pair::AnyMember() {
  Member member;
  member.deadline = static_cast<uint64_t>(Draw(11)) * 0x9E3779B97F4A7C15ULL;
  member.earliest = civil::Day(std::chrono::days(17688));
  member.repeat = static_cast<uint16_t>(Draw(2));
  // Of a deadline always the same: it follows from its rule.
  member.kind = member.deadline % 3 == 0 ? registry::v1::DEADLINE_KIND_CUSTODY_LIMIT
                                         : registry::v1::DEADLINE_KIND_APPEAL;
  member.precision = static_cast<registry::v1::DeadlinePrecision>(1 + Draw(4));
  if (member.repeat == 2) {
    member.form = MemberForm::kDigest;
    member.earliest += std::chrono::days(Draw(2));
    member.kind = registry::v1::DEADLINE_KIND_UNSPECIFIED;
    member.precision = registry::v1::DEADLINE_PRECISION_UNSPECIFIED;
  }
  return member;
}

std::vector<Op> Pair::AnyOps(int most) {
  std::vector<Op> ops;
  std::set<std::string> drawn;  // what one call says of an identity twice is not promised
  for (int i = Draw(most); i > 0; --i) {
    Op op{AnyMember(), std::nullopt};
    if (Draw(3) != 0) op.due = kStart + absl::Minutes(Draw(60));
    if (drawn.insert(op.member.Identity()).second) ops.push_back(op);
  }
  return ops;
}

Pair::Held Pair::AnyHeld() {
  if (held_.empty() || Draw(9) == 0) return {AnyMember(), -1, -1};
  return held_[static_cast<size_t>(Draw(static_cast<int>(held_.size()) - 1))];
}

void Pair::Learn(const ShardResult& real, const ShardResult& model) {
  EXPECT_EQ(real.status, model.status);
  ++outcomes[real.status];
  if (real.status != ScheduleStatus::kOk) return;
  EXPECT_EQ(real.seq, model.seq);
  seen_.seq = real.seq;
}

void Pair::Open() {
  const std::string epoch = fmt::format("epoch-{}", ++epochs_);
  const BeginRequest begin{.shard = kShard,
                           .lost = seen_,
                           .foreign = Draw(3) == 0,
                           .epoch = epoch,
                           .wall = executor_.time.Wall(),
                           .build_lease = absl::Seconds(60)};
  const auto real = Real<ShardResult>([&](auto done) { schedule_->RebuildBegin(begin, done); });
  EXPECT_EQ(real.status, model_.RebuildBegin(begin).status);
  if (real.status != ScheduleStatus::kOk) return;
  const std::vector<Op> ops = AnyOps(10);
  EXPECT_EQ(Real<ShardResult>([&](auto done) {
              schedule_->RebuildWrite(kShard, epoch, ops, done);
            }).status,
            model_.RebuildWrite(kShard, epoch, ops).status);
  const OpenRequest open{kShard, epoch, applied_, "hash of " + epoch, "plan of " + epoch};
  seen_.epoch = epoch;
  Learn(Real<ShardResult>([&](auto done) { schedule_->RebuildOpen(open, done); }),
        model_.RebuildOpen(open));
  held_.clear();
}

void Pair::Apply() {
  const int64_t from = applied_ - Draw(2) + Draw(1);
  const int64_t to = from + Draw(3);
  const ApplyRequest request{.shard = kShard,
                             .seen = AnySeen(),
                             .from = from,
                             .to = to,
                             .chain_hash = fmt::format("hash {}", Draw(1000)),
                             .plan_version = fmt::format("plan {}", Draw(2)),
                             .ops = AnyOps(8)};
  const auto real = Real<ShardResult>([&](auto done) { schedule_->Apply(request, done); });
  const ShardResult model = model_.Apply(request);
  Learn(real, model);
  if (real.status != ScheduleStatus::kOk && real.status != ScheduleStatus::kStale) return;
  EXPECT_EQ(real.applied, model.applied);
  applied_ = model.applied;
}

void Pair::Claim() {
  // A lease that ends at once, or not before the test.
  const absl::Duration lease = Draw(3) == 0 ? absl::Seconds(-1) : absl::Hours(1);
  ClaimRequest request{kShard,    AnySeen(), kMaxItemsPerCall, kStart + absl::Minutes(Draw(60)),
                       AnyWall(), lease};
  if (Draw(3) == 0) request.allowed = Draw(6);
  request.clock_jumped = Draw(19) == 0;
  request.passing = std::string(1, static_cast<char>(registry::v1::DEADLINE_KIND_CUSTODY_LIMIT));
  const auto real = Real<ClaimResult>([&](auto done) { schedule_->Claim(request, done); });
  const ClaimResult model = model_.Claim(request);
  Learn({real.status, real.seq, 0}, {model.status, model.seq, 0});
  if (real.status != ScheduleStatus::kOk) return;
  std::map<std::string, absl::Time> real_claimed;
  std::map<std::string, absl::Time> model_claimed;
  for (const Claimed& one : real.claimed) real_claimed[one.member.Pack()] = one.due;
  for (const Claimed& one : model.claimed) model_claimed[one.member.Pack()] = one.due;
  EXPECT_EQ(real_claimed, model_claimed);
  for (const Claimed& one : real.claimed) held_.push_back({one.member, real.fence, model.fence});
}

void Pair::Release() {
  const absl::Time until = kStart + absl::Minutes(Draw(60));
  Learn(Real<ShardResult>([&](auto done) { schedule_->Release(kShard, seen_, until, done); }),
        model_.Release(kShard, seen_, until));
}

void Pair::Complete() {
  const Held held = AnyHeld();
  CompleteRequest request{kShard,
                          seen_,
                          held.real_fence,
                          held.member,
                          "receipt" + fmt::format("{}", Draw(1000)),
                          {},
                          std::nullopt,
                          {}};
  if (Draw(2) != 0) request.done.push_back(held.member);
  if (Draw(4) == 0) request.done.push_back(AnyMember());
  if (Draw(2) == 0) request.next = Op{held.member, kStart + absl::Minutes(Draw(60))};
  for (Op& op : AnyOps(3)) {
    if (op.member.Identity() != held.member.Identity()) request.also.push_back(std::move(op));
  }
  const auto real = Real<ShardResult>([&](auto done) { schedule_->Complete(request, done); });
  request.fence = held.model_fence;
  Learn(real, model_.Complete(request));
}

void Pair::Forget() {
  const int64_t back = Draw(10);
  const int64_t revision = applied_ + Draw(2) - 1;
  Learn(Real<ShardResult>(
            [&](auto done) { schedule_->Forget(kShard, seen_, seen_.seq - back, revision, done); }),
        model_.Forget(kShard, seen_, seen_.seq - back, revision));
}

void Pair::Seal() {
  const Held held = AnyHeld();
  SealRequest request{kShard, seen_, held.real_fence, held.member, {AnyMember(), AnyMember()}};
  const auto real = Real<SealResult>([&](auto done) { schedule_->Seal(request, done); });
  request.fence = held.model_fence;
  const SealResult model = model_.Seal(request);
  EXPECT_EQ(real.items, model.items);
  Learn({real.status, real.seq, 0}, {model.status, model.seq, 0});
}

void Pair::Renew() {
  const Held held = AnyHeld();
  RenewRequest request{
      kShard,        seen_, held.real_fence, {held.member, AnyMember()}, executor_.time.Wall(),
      absl::Hours(1)};
  const auto real = Real<RenewResult>([&](auto done) { schedule_->Renew(request, done); });
  request.fence = held.model_fence;
  const RenewResult model = model_.Renew(request);
  EXPECT_EQ(real.lost, model.lost);
  Learn({real.status, real.seq, 0}, {model.status, model.seq, 0});
}

void Pair::Step() {
  // Time goes on in both, so that a lease of no length has ended.
  queue_.RunUntil(executor_.time.Wall());
  const int draw = Draw(99);
  if (draw == 0 && Draw(3) == 0) {
    Restart();
  } else if (draw < 2) {
    redis_.Run({"FLUSHALL"});
    model_.Wipe();
    trimmed_ = 0;
  } else if (draw == 98) {
    Trim();
  } else if (draw < 12) {
    Open();
  } else if (draw < 45) {
    Apply();
  } else if (draw < 58) {
    Claim();
  } else if (draw < 60) {
    Release();
  } else if (draw < 82) {
    Complete();
  } else if (draw < 88) {
    Forget();
  } else if (draw < 94) {
    Seal();
  } else {
    Renew();
  }
}

void Pair::Compare() {
  const auto real = Real<ListResult>([this](auto done) { schedule_->List(kShard, done); });
  const ListResult model = model_.List(kShard);
  ASSERT_EQ(real.status, model.status);
  const auto table = [](const ListResult& list) {
    std::map<std::string, std::pair<absl::Time, bool>> rows;
    for (const ListedMember& row : list.members) rows[row.member.Pack()] = {row.due, row.leased};
    return rows;
  };
  if (real.status == ScheduleStatus::kOk) {
    EXPECT_EQ(table(real), table(model));
    EXPECT_EQ(real.members.size(), model.members.size());
    EXPECT_EQ(real.head.epoch, model.head.epoch);
    EXPECT_EQ(real.head.seq, model.head.seq);
    EXPECT_EQ(real.head.applied, model.head.applied);
    EXPECT_EQ(real.head.chain_hash, model.head.chain_hash);
    EXPECT_EQ(real.head.plan_version, model.head.plan_version);
    EXPECT_EQ(real.head.next_due, model.head.next_due);
    EXPECT_EQ(real.head.pending, model.head.pending);
    EXPECT_EQ(real.head.leased, model.head.leased);
    EXPECT_EQ(real.head.hold.why, model.head.hold.why);
    EXPECT_EQ(real.head.hold.since, model.head.hold.since);
    EXPECT_EQ(real.head.hold.due, model.head.hold.due);
    EXPECT_EQ(real.head.hold.allowed, model.head.hold.allowed);
  }
  std::string real_stream;
  std::string model_stream;
  const auto forward =
      Real<ForwardResult>([this](auto done) { schedule_->Forward(kShard, "", 10000, done); });
  for (const StreamEntry& entry : forward.entries) real_stream += entry.receipts;
  const auto model_forward = model_.Forward(kShard, "", 10000);
  for (std::size_t i = trimmed_; i < model_forward.entries.size(); ++i) {
    model_stream += model_forward.entries[i].receipts;
  }
  EXPECT_EQ(real_stream, model_stream);
}

class Conformance : public ::testing::TestWithParam<int> {
 protected:
  static constexpr int kSeeds = 16;

  Conformance() { ++seeds_; }
  // Whatever a call can come to was seen, where no seed was chosen.
  static void TearDownTestSuite() {
    if (seeds_ < kSeeds) return;
    for (const auto status :
         {ScheduleStatus::kOk, ScheduleStatus::kLost, ScheduleStatus::kRolledBack,
          ScheduleStatus::kStale, ScheduleStatus::kRefused}) {
      EXPECT_GT(outcomes[status], 0) << static_cast<int>(status);
    }
    EXPECT_GT(restarts, 0);
    EXPECT_GT(trims, 0);
  }

 private:
  static inline int seeds_ = 0;
};

TEST_P(Conformance, RedisAndItsModelAgree) {
  Pair pair(static_cast<uint64_t>(GetParam()));
  for (int step = 0; step < kSteps; ++step) {
    SCOPED_TRACE(fmt::format("seed {}, step {}", GetParam(), step));
    pair.Step();
    pair.Compare();
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Conformance, ::testing::Range(1, 17));

}  // namespace
}  // namespace vigil::alert
