#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "alert-svc/engine/engine.h"
#include "tests/simulation/redis_model.h"
#include "tests/simulation/registry_model.h"
#include "tests/simulation/sim_schedule.h"
#include "tests/simulation/sink.h"
#include "tests/simulation/trace.h"

namespace vigil::alert::sim {

// Which bug is put in on purpose, to see whether the oracle notices.
enum class Bug {
  kNone,
  kNoFence,      // Redis takes a Complete, Renew and Seal of anybody
  kNoDone,       // what is done may be set again
  kNoEpoch,      // Redis takes calls that name another epoch
  kNoHold,       // a rebuilt shard opens at once, while others may still be sending
  kEarly,        // the replicas' calendar is a day ahead
  kLoseSets,     // Redis loses members now and then, and nobody audits
  kHoldCustody,  // the breaker holds custody too
};

struct SimulationOptions {
  std::uint64_t seed = 1;
  int days = 90;       // of the calendar, with faults
  int calm_days = 40;  // without, that follow
  Bug bug = Bug::kNone;
  // Whoever comes to the wait of this number, of all replicas' in the days with faults, dies there:
  // before what it waits for is begun or, with `dies_waiting`, once it is. 0: nobody.
  int dies_at = 0;
  bool dies_waiting = false;
  bool crossed = false;  // half of what breaks are replicas that cross each other's calls
  bool trace = false;    // prints what happens
};

// What a person did, and when it held.
struct Acted {
  std::string alert;
  std::string receipt;                        // its id
  absl::Time applied;                         // wall: OK, with the shard at or past its revision
  absl::Time until = absl::InfiniteFuture();  // calendar: of a snooze
};

// Something that a person did, and when it was journaled, whatever came of it (wall).
struct Answer {
  std::string alert;
  absl::Time when;
};

// Something that was missing in a case from a moment on (wall).
struct Found {
  std::string parent;
  absl::Time when;
};

// A revision that a shard came to (wall).
struct Applied {
  absl::Time when;
  std::int64_t revision;
  std::string mark;
};

// A shard that a replica held to be lost (wall).
struct Loss {
  absl::Time when;
  int replica;
};

// A claim that took over leases of others (wall).
struct TakeOver {
  absl::Time when;
  int replica;
};

// A shard that the breaker held, until an administrator let it go or it was rebuilt (wall).
struct Held {
  int shard;
  Span span;
};

// By when a fault that is over must have been overcome (wall): leases that run out, shards that are
// rebuilt and held, streams that are taken up again.
inline constexpr absl::Duration kRecovery = absl::Seconds(10);

// By so much a machine's time is set wrong at most (wall): some days of the calendar.
inline constexpr absl::Duration kMostWrong = absl::Seconds(4);

// Something that goes wrong.
struct Fault {
  enum class Kind {
    kDeath,
    kFreeze,
    kRedisLink,
    kRegistryLink,
    kRedisLoss,  // of data, or of the server's identity
    kRedisMood,
    kRestore,  // the registry is an older one
    kClock,
    kLossy,
    kReceiver,
  };
  Kind kind;
  int replica;         // -1: all
  Span span;           // while it lasts
  absl::Time settled;  // when it must have been overcome (wall)
  std::string receiver;
  absl::Duration ahead;  // of a clock: by so much it is before the others
  // Of a loss: somewhat older data, where nobody touched a lease since; nobody may have seen what
  // was lost.
  bool same_server = false;
  bool Concerns(int other) const { return replica < 0 || replica == other; }
};

// One run: a registry, one Redis, some replicas and their receivers; months of cases that come and
// change, and everything that can break, breaking. Then the oracle looks at what arrived.
class Simulation {
 public:
  explicit Simulation(SimulationOptions options);
  ~Simulation();

  // Runs it all. The violations found, in words.
  std::vector<std::string> Run();
  double simulated_years() const;
  // How many waits the replicas came to in the days with faults.
  int waits() const { return waits_; }
  // A hash of what happened in the run: two builds that behave alike have the same.
  std::uint64_t Digest();

 private:
  // Keeps when a shard was held to be lost, and which deliveries were counted as ambiguous.
  struct Observer final : EngineObserver {
    Observer(Simulation& simulation, int replica) : simulation(simulation), replica(replica) {}
    void ShardLost() override {
      simulation.losses_.push_back({simulation.queue_.wall(), replica});
      simulation.trace_.Say("a shard is held to be lost");
    }
    void FoldAudited(std::size_t wrong) override { simulation.folded_wrong_ += wrong; }
    void Attempted(const v1::Receiver& receiver, Delivered delivered) override {
      if (delivered != Delivered::kAmbiguous) return;
      simulation.ambiguous_[receiver.name()].push_back(simulation.queue_.wall());
    }
    Simulation& simulation;
    const int replica;
  };

  struct Replica {
    Replica(Simulation& simulation, int index);
    const int index;
    std::shared_ptr<Link> redis_link, registry_link;
    SimClock clock;
    SimExecutor executor;
    SimSchedule schedule;
    SimFeed feed;
    SimSender sender;
    Observer observer;
    Engine engine;
  };

  void Watch();
  void WatchForTrace();
  void EndHold(int shard);
  bool IsRestoreNewsTo(int replica) const;
  bool IsJournaled(int replica, const std::string& bytes, std::int64_t revision,
                   const std::string& mark) const;
  void Seed();
  void SeedPolicies();
  void SeedReceiver(const std::string& name);
  void Subscribe(const std::string& name, bool no_digest);
  void StartReplica();
  void Every(absl::Duration least, absl::Duration most, void (Simulation::*what)());

  // What people do.
  void ChangeCase();
  void ChangeSetting();
  void TellDesk();
  void Act();
  void LetGo();
  void Find();
  registry::v1::Deadline MakeDeadline(const std::string& parent);

  // What breaks.
  void Break();
  void Kill(Replica& replica);
  void OnWait(Replica& replica, Wait wait, int shard);
  void Freeze(Replica& replica, absl::Duration span);
  void CutLinks(Fault::Kind kind, absl::Duration span);
  void StartWithoutRegistry(Replica& replica);
  void MakeLossy(Replica& replica, absl::Duration span);
  void SetClock(Replica& replica, absl::Duration span);
  void WipeRedis();
  void LoseRedis(absl::Duration span);
  void SetMood(absl::Duration span);
  void RestoreRegistry(absl::Duration span);
  void CloseReceiver(absl::Duration span);
  void SetCrossing();
  void Cross(Replica& replica, Wait wait, int shard);
  void StandStill(Replica& replica);
  void Meet();
  Replica& AnyReplica();
  Fault& Note(Fault::Kind kind, int replica, absl::Duration span, absl::Duration recovery);
  // Runs `end` at the end of a fault, for those of these replicas that live.
  void AtEnd(absl::Duration span, std::set<int> replicas, std::function<void(Replica&)> end);
  void Calm();

  // One replica stands still at a call about a shard until another one comes to a call about it.
  struct Crossing {
    Wait at, until;
    bool wipes = false;  // Redis loses everything meanwhile
    int replica = -1;    // that stands still; -1: none came to `at` yet
    int shard = -1;
    std::size_t fault = 0;  // in faults_
  };

  // How often a receipt became durable, and when it was lost again.
  struct Durable {
    absl::Time stream = absl::InfiniteFuture();
    absl::Time journal = absl::InfiniteFuture();
  };

  SimulationOptions options_;
  Queue queue_;
  Trace trace_;
  civil::WorkingDays days_;
  RedisModel redis_;
  RegistryModel registry_;
  Sink sink_;
  Weather weather_;
  bool calm_ = false;
  bool restoring_ = false;
  std::optional<Crossing> crossing_;
  bool escalates_ = false;
  bool desk_alone_ = false;            // the desk wants no digests
  std::vector<absl::Time> desk_told_;  // when that was written (wall)
  int breaker_least_ = -1;
  absl::Time start_;
  int cases_ = 0;
  int deadlines_ = 0;
  int started_ = 0;
  int waits_ = 0;
  std::vector<Fault> faults_;
  std::vector<Acted> acted_;
  std::vector<Answer> answers_;
  std::vector<Found> found_;
  std::map<std::string, int> snoozes_;  // by alert, whatever came of them
  std::vector<Loss> losses_;
  std::vector<TakeOver> take_overs_;
  std::vector<Held> holds_;
  std::vector<absl::Time> starts_;  // of the replicas (wall)
  int opened_early_ = 0;
  std::size_t folded_wrong_ = 0;
  std::map<std::string, std::vector<absl::Time>> ambiguous_;  // by receiver (wall)
  std::map<std::string, std::vector<absl::Time>> claims_;     // by identity of the member (wall)
  std::map<std::uint32_t, std::vector<absl::Time>> digest_claims_;  // by receiver (wall)
  std::array<std::vector<Applied>, kShardCount> applied_;
  std::map<std::string, Durable> durable_;  // of a told message, by its id
  std::map<int, std::pair<std::shared_ptr<Link>, std::shared_ptr<Link>>> links_;  // by replica
  std::vector<std::unique_ptr<Replica>> replicas_;

  friend class Oracle;
};

}  // namespace vigil::alert::sim
