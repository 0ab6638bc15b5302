// Rows of scripts/bench that measure the engine: all of its code, on a redis-server of its own (AOF
// `always`), with a registry in memory and receivers that do nothing.
// usage: engine_bench drain|rebuild|takeover COUNT
//        engine_bench lateness RATE SECONDS
//
// drain: reminders due at once, from that moment until each is claimed, planned, sent, completed
//   and its receipt journaled; a second.
// lateness: from the moment a reminder is due until its sending starts, RATE reminders a second.
// rebuild: seconds from Redis' loss of all it held until every shard is live and whole again.
// takeover: seconds from the death of a replica until another has sent all that it had claimed.
//
// Prints one line of JSON. Ends with status 1 where the counts do not match.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "common/log/log.h"
#include "tests/bench/engine/rig.h"

namespace vigil::alert {
namespace {

constexpr int kDeadlinesOfCase = 4;
constexpr absl::Duration kBeforeFirst = absl::Seconds(3);

void Accept(const Message& message, const std::function<void(Outcome)>& done) {
  Outcome outcome;
  outcome.kind = Outcome::Kind::kSent;
  outcome.message_id = message.id;
  done(outcome);
}

BenchWorld WorldOf(int count) {
  return {std::max(1, count / kDeadlinesOfCase), kDeadlinesOfCase, 1};
}

int Drain(int count) {
  Rig rig(WorldOf(count));
  std::atomic<int> sends = 0;
  auto replica = rig.StartReplica([&](const Message& message, auto done) {
    ++sends;
    Accept(message, done);
  });
  rig.AwaitLoaded(*replica);
  const absl::Duration due = rig.BringToDue();
  const std::int64_t owed = rig.world.reminders();
  Await("all is sent", [&] { return rig.sent() >= owed; });
  if (sends != owed || rig.PendingInRedis() != 0) {
    std::fprintf(stderr, "sent %d of %ld\n", sends.load(), owed);
    return 1;
  }
  fmt::print("{{\"row\": \"drain\", \"count\": {}, \"rate\": {:.0f}, \"unit\": \"reminders/s\"}}\n",
             owed, static_cast<double>(owed) / absl::ToDoubleSeconds(rig.last_sent() - due));
  return 0;
}

// When the next reminder is to be due: as many a second as the rate says, from a moment on.
class Turns {
 public:
  Turns(absl::Time first, double rate) : first_(first), rate_(rate) {}
  absl::Time Next() { return first_ + absl::Seconds(static_cast<double>(given_++) / rate_); }

 private:
  const absl::Time first_;
  const double rate_;
  int given_ = 0;
};

double Percentile(std::vector<double>& values, double share) {
  std::sort(values.begin(), values.end());
  const auto at = static_cast<std::size_t>(share * static_cast<double>(values.size()));
  return values[std::min(at, values.size() - 1)];
}

// A receiver that is busy at first gives each message a moment of its own at which it is due again.
int Lateness(double rate, int seconds) {
  const int count = static_cast<int>(rate * seconds);
  Rig rig(WorldOf(count));
  const std::int64_t owed = rig.world.reminders();
  std::optional<Turns> turns;  // the engine's thread's own, as all up to `late`
  std::int64_t tried = 0;
  bool again = false;  // whether the message at hand was tried before
  std::vector<double> late;
  auto replica = rig.StartReplica(
      [&](const Message& message, auto done) {
        again = tried == owed;
        if (again) return Accept(message, done);
        const absl::Time now = rig.clock.Now();
        if (!turns) turns.emplace(now + kBeforeFirst + absl::Milliseconds(owed), rate);
        ++tried;
        Outcome outcome;
        outcome.kind = Outcome::Kind::kRetry;
        outcome.retry_after = turns->Next() - now;
        done(outcome);
      },
      [&](absl::Duration lateness) {
        if (again) late.push_back(absl::ToDoubleMilliseconds(lateness));
      });
  rig.AwaitLoaded(*replica);
  rig.BringToDue();
  Await("all is sent", [&] { return rig.sent() >= owed; });
  if (static_cast<std::int64_t>(late.size()) != owed) return 1;
  fmt::print(
      "{{\"row\": \"lateness\", \"count\": {}, \"p50\": {:.2f}, \"p99\": {:.2f}, \"unit\": "
      "\"ms\"}}\n",
      owed, Percentile(late, 0.5), Percentile(late, 0.99));
  return 0;
}

int Rebuild(int count) {
  constexpr int kReceivers = 5;
  Rig rig({std::max(1, count / (10 * kReceivers)), 10, kReceivers});
  auto replica = rig.StartReplica(Accept);
  rig.AwaitLoaded(*replica);
  const absl::Duration start = rig.clock.Monotonic();
  rig.redis.Run({"FLUSHALL"});
  Await("the loss is noticed", [&] { return replica->Status().lost_shards > 0; });
  const absl::Duration noticed = rig.clock.Monotonic() - start;
  Await("all shards are live", [&] { return replica->Status().live_shards == kShardCount; });
  const absl::Duration took = rig.clock.Monotonic() - start;
  if (rig.PendingInRedis() != rig.world.reminders()) return 1;
  fmt::print(
      "{{\"row\": \"rebuild\", \"count\": {}, \"noticed\": {:.3f}, \"seconds\": {:.2f}, "
      "\"unit\": \"s\"}}\n",
      rig.world.reminders(), absl::ToDoubleSeconds(noticed), absl::ToDoubleSeconds(took));
  return 0;
}

int Takeover(int count) {
  Rig rig(WorldOf(count));
  const std::int64_t owed = rig.world.reminders();
  std::atomic<std::int64_t> held = 0;
  std::vector<std::function<void(Outcome)>> never;  // answered by nobody
  auto first = rig.StartReplica([&](const Message&, auto done) {
    never.push_back(std::move(done));
    ++held;
  });
  rig.AwaitLoaded(*first);
  rig.BringToDue();
  Await("the first replica has claimed all", [&] { return held == owed; });
  auto second = rig.StartReplica(Accept);
  // Whoever has not heard from Redis for the length of a lease ends none.
  const absl::Duration ready = rig.clock.Monotonic() + absl::Seconds(8);
  Await("the second replica is ready", [&] {
    return second->Status().live_shards == kShardCount && rig.clock.Monotonic() > ready;
  });
  const std::int64_t before = rig.sent();
  first.reset();
  const absl::Duration died = rig.clock.Monotonic();
  Await("the second replica has sent all", [&] { return rig.sent() >= owed; });
  if (before != 0 || rig.sent() != owed) return 1;
  fmt::print("{{\"row\": \"takeover\", \"count\": {}, \"seconds\": {:.2f}, \"unit\": \"s\"}}\n",
             owed, absl::ToDoubleSeconds(rig.last_sent() - died));
  return 0;
}

int Run(int argc, char** argv) {
  const std::string row = argc > 1 ? argv[1] : "";
  const int first = argc > 2 ? std::atoi(argv[2]) : 0;
  const int second = argc > 3 ? std::atoi(argv[3]) : 0;
  if (row == "lateness" && first > 0 && second > 0) return Lateness(first, second);
  if (row == "drain" && first > 0) return Drain(first);
  if (row == "rebuild" && first > 0) return Rebuild(first);
  if (row == "takeover" && first > 0) return Takeover(first);
  std::fprintf(stderr,
               "usage: engine_bench drain|rebuild|takeover COUNT | lateness RATE SECONDS\n");
  return 2;
}

}  // namespace
}  // namespace vigil::alert

int main(int argc, char** argv) {
  vigil::InitLog("engine_bench", vigil::LogLevel::kError);
  return vigil::alert::Run(argc, argv);
}
