#include "alert-svc/engine/fold_audit.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_join.h"
#include "common/day_state/day_state.h"
#include "common/log/log.h"
#include "common/shard/shard.h"

namespace vigil::alert {
namespace {

using registry::v1::Deadline;
using registry::v1::Receipt;

constexpr absl::Duration kLeastRest = absl::Hours(1);  // between two starts from a snapshot
// A quiet journal tells its hash each second.
constexpr absl::Duration kHashWait = absl::Seconds(5);
// So many cases are looked at, most of them of other shards, before others have their turn.
constexpr int kBit = 1000;
constexpr absl::Duration kBreath = absl::Milliseconds(1);
constexpr std::size_t kMostNamed = 5;
// What differs otherwise at each look is in motion; the other shards have their turn.
constexpr int kMostLooks = 5;

using Names = std::set<std::string>;

// Of the deadlines and receipts of a case, in any order: those of many cases fit into memory.
struct Print {
  std::uint64_t deadlines = 0;
  std::uint64_t receipts = 0;
  bool operator==(const Print&) const = default;
};

// A shard as the registry told it.
struct Told {
  std::int64_t revision = 0;
  std::string hash;
  std::map<std::string, Print> cases;
  std::vector<Receipt> loose;  // of digests
  Names own;                   // receipts told that the world still held for its own
};

// The journal does not say when the day alone changes a state.
std::uint64_t HashOf(Deadline deadline) {
  if (IsStateOfTheDay(deadline.state())) deadline.clear_state();
  return std::hash<std::string>()(deadline.SerializeAsString());
}

// Two replicas may make one receipt, and each remembers its own until the other one is journaled.
std::uint64_t HashOf(const Receipt& receipt) { return std::hash<std::string>()(receipt.id()); }

// A receipt that the world holds for its own may be in the journal, or not: it proves nothing.
Print PrintOf(const World& world, const World::CaseState& state, const Names& own_too) {
  Print print;
  for (const auto& [name, own] : state.deadlines) {
    if (!own.gone) print.deadlines += HashOf(own.deadline);
    for (const Receipt& receipt : own.receipts) {
      const bool is_own =
          world.unjournaled().contains(receipt.id()) || own_too.contains(receipt.id());
      if (!is_own) print.receipts += HashOf(receipt);
    }
  }
  return print;
}

void Take(const World& world, registry::v1::StreamShardResponse part, Told& told) {
  told.revision = part.revision();
  told.hash = part.hash();
  for (const Deadline& deadline : part.deadlines()) {
    told.cases[ParentOf(deadline.name())].deadlines += HashOf(deadline);
  }
  for (Receipt& receipt : *part.mutable_receipts()) {
    if (receipt.deadline().empty()) {
      told.loose.push_back(std::move(receipt));
      continue;
    }
    Print& print = told.cases[ParentOf(receipt.deadline())];
    if (world.unjournaled().contains(receipt.id())) {
      told.own.insert(receipt.id());
    } else {
      print.receipts += HashOf(receipt);
    }
  }
}

Task<bool> Read(Core& core, int shard, Told& told) {
  registry::v1::StreamShardRequest request;
  request.set_shard(shard);
  request.set_shard_count(kShardCount);
  Async<absl::Status> ended;
  const std::unique_ptr<FeedStream> stream = core.feed.StreamShard(
      std::move(request), [&](auto part) { Take(core.world, std::move(part), told); },
      ended.Done());
  const absl::Status status = co_await ended;
  co_return status.ok();
}

// Whether the world has come to what was told, in the same journal: the registry may have been
// restored, and the follower not have heard of it.
Task<bool> Reached(Core& core, const Told& told) {
  const absl::Duration until = core.Mono() + kHashWait;
  while (core.world.HashOf(told.revision).empty()) {
    if (core.Mono() >= until) co_return false;
    auto nap = Sleep(core.executor, absl::Milliseconds(20));
    co_await nap;
  }
  co_return core.world.loaded() && core.world.HashOf(told.revision) == told.hash;
}

// Compares a case, and takes it out of what was told.
bool IsWrong(const World& world, const std::string& name, const World::CaseState& state,
             Told& told) {
  const auto entry = told.cases.extract(name);
  if (state.changed > told.revision) return false;
  const Print own = state.deleted ? Print() : PrintOf(world, state, told.own);
  // Receipts of a case that the registry does not have it does not tell.
  if (entry.empty()) return own.deadlines != 0;
  return state.deleted || own != entry.mapped();
}

// What differs; nothing where the world started over meanwhile.
Task<std::optional<Names>> Compare(Core& core, int shard, Told& told) {
  const World& world = core.world;
  const std::int64_t life = world.life();
  Names wrong;
  std::string last;
  for (auto it = world.cases().begin(); it != world.cases().end();
       it = world.cases().upper_bound(last)) {
    for (int i = 0; i < kBit && it != world.cases().end(); ++i, ++it) {
      last = it->first;
      if (ShardOf(last) == shard && IsWrong(world, last, it->second, told)) wrong.insert(last);
    }
    auto nap = Sleep(core.executor, kBreath);
    co_await nap;
    if (world.life() != life) co_return std::nullopt;
  }
  for (const auto& [name, print] : told.cases) wrong.insert(name);
  for (const Receipt& receipt : told.loose) {
    if (!world.HasReceipt(receipt)) wrong.insert(receipt.reminder());
  }
  co_return wrong;
}

Task<std::optional<Names>> Look(Core& core, int shard) {
  Told told;
  auto read = Read(core, shard, told);
  const bool all = co_await read;
  if (!all) co_return std::nullopt;
  auto reach = Reached(core, told);
  const bool reached = co_await reach;
  if (!reached) co_return std::nullopt;
  auto compare = Compare(core, shard, told);
  std::optional<Names> wrong = co_await compare;
  co_return wrong;
}

void Report(Core& core, int shard, const Names& wrong) {
  core.observer.FoldAudited(wrong.size());
  if (wrong.empty()) return;
  const auto end = std::next(wrong.begin(), std::min(wrong.size(), kMostNamed));
  Log(LogLevel::kError, "what was folded from the journal is not what the registry holds",
      {{"shard", shard},
       {"count", wrong.size()},
       {"first", absl::StrJoin(wrong.begin(), end, " ")}});
}

Names Both(const Names& one, const Names& other) {
  Names both;
  std::set_intersection(one.begin(), one.end(), other.begin(), other.end(),
                        std::inserter(both, both.end()));
  return both;
}

}  // namespace

Task<void> AuditFold(Core& core, Follower& follower) {
  if (core.options.fold_audit == absl::InfiniteDuration()) co_return;
  // Who is started anew each day is to come to all of them.
  int shard = ShardOf(std::to_string(absl::ToUnixNanos(core.Wall())));
  Names suspected;
  std::int64_t suspected_in = 0;  // the life of the world
  int looks = 0;
  absl::Duration started = -absl::InfiniteDuration();
  for (;;) {
    auto nap = Sleep(core.executor, core.options.fold_audit / kShardCount);
    co_await nap;
    auto look = Look(core, shard);
    std::optional<Names> found = co_await look;
    // What was folded anew was not wrong before.
    if (std::exchange(suspected_in, core.world.life()) != core.world.life()) suspected.clear();
    if (!found) continue;
    const Names wrong = Both(*found, suspected);
    suspected = std::move(*found);
    const bool is_known = !wrong.empty() || suspected.empty();
    if (!is_known && ++looks < kMostLooks) continue;
    looks = 0;
    if (is_known) Report(core, shard, wrong);
    suspected.clear();
    shard = (shard + 1) % kShardCount;
    if (wrong.empty() || core.Mono() - started < kLeastRest) continue;
    started = core.Mono();
    follower.StartAnew();
  }
}

}  // namespace vigil::alert
