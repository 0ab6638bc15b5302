#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "alert-svc/engine/engine.h"
#include "tests/simulation/redis_model.h"
#include "tests/simulation/registry_model.h"
#include "tests/simulation/sim_schedule.h"
#include "tests/simulation/sink.h"

namespace vigil::alert::sim {

// Which bug is put in on purpose, to see whether the oracle notices.
enum class Bug {
  kNone,
  kNoFence,   // Redis takes a Complete of anybody: harmless, the ids and the plan stand behind it
  kNoDone,    // what is done may be set again
  kEarly,     // the replicas' calendar is a day ahead
  kLoseSets,  // Redis loses members now and then, and nobody audits
};

struct SimulationOptions {
  std::uint64_t seed = 1;
  int days = 200;  // of the calendar, with faults; some more without follow
  Bug bug = Bug::kNone;
};

// What a person did, and when it held.
struct Acted {
  std::string alert;
  absl::Time applied;  // wall: answered OK with the shard at or past its revision
};

// A fault that can be a reason for a second copy.
struct Fault {
  absl::Time from, to;  // wall
};

// One run: a registry, one Redis, two replicas and their receivers; a year of cases that come and
// change, and everything that can break, breaking. Then the oracle looks at what arrived.
class Simulation {
 public:
  explicit Simulation(SimulationOptions options);
  ~Simulation();

  // Runs it all. The violations found, in words.
  std::vector<std::string> Run();
  double simulated_years() const;
  std::uint64_t events() const { return queue_.events(); }

 private:
  // Keeps when a shard was held to be lost.
  struct LossObserver final : EngineObserver {
    explicit LossObserver(Simulation& simulation) : simulation(simulation) {}
    void ShardLost() override { simulation.losses_.push_back(simulation.queue_.wall()); }
    Simulation& simulation;
  };

  struct Replica {
    Replica(Simulation& simulation, int index);
    Link redis_link, registry_link;
    SimExecutor executor;
    SimSchedule schedule;
    SimFeed feed;
    SimSender sender;
    LossObserver observer;
    Engine engine;
    int index;
    bool alive = true;
  };

  void Seed();
  void StartReplica();
  void Kill(std::size_t index);
  void ScheduleChange();
  void ScheduleFault();
  void ScheduleAction();
  void ChangeSomething();
  void BreakSomething();
  void ActOnSomething();
  void Calm();
  void FaultFor(absl::Duration span);
  registry::v1::Deadline MakeDeadline(const std::string& parent);

  SimulationOptions options_;
  Queue queue_;
  SimClock clock_;
  civil::WorkingDays days_;
  RedisModel redis_;
  RegistryModel registry_;
  Sink sink_;
  Weather weather_;
  bool calm_ = false;
  absl::Time start_;
  int cases_ = 0;
  int deadlines_ = 0;
  std::vector<Fault> faults_;
  std::vector<Acted> acted_;
  std::vector<absl::Time> losses_;
  std::map<std::string, std::vector<absl::Time>> claims_;  // by identity of the member (wall)
  std::map<std::string, absl::Time> durable_;  // first receipt of a told message, by its id (wall)
  // Kept until the end: what is in the queue may still name their links.
  std::deque<std::unique_ptr<Replica>> replicas_;
  std::deque<std::unique_ptr<Replica>> dead_;

  friend class Oracle;
};

}  // namespace vigil::alert::sim
