#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tests/simulation/simulation.h"

// What breaks in a simulation, and how it is mended.
namespace vigil::alert::sim {

Simulation::Replica& Simulation::AnyReplica() {
  const int last = static_cast<int>(replicas_.size()) - 1;
  return *replicas_[static_cast<std::size_t>(queue_.Between(0, last))];
}

Fault& Simulation::Note(Fault::Kind kind, int replica, absl::Duration span,
                        absl::Duration recovery) {
  const absl::Time now = queue_.wall();
  faults_.push_back({kind, replica, {now, now + span}, now + span + recovery, {}, {}, false});
  constexpr const char* kNames[] = {"death", "freeze",  "redis link", "registry link", "redis loss",
                                    "mood",  "restore", "clock",      "lossy",         "receiver"};
  trace_.Say(fmt::format("fault: {} of {} for {}", kNames[static_cast<int>(kind)], replica,
                         absl::FormatDuration(span)));
  return faults_.back();
}

void Simulation::AtEnd(absl::Duration span, std::set<int> replicas,
                       std::function<void(Replica&)> end) {
  queue_.At(queue_.wall() + span, [this, replicas = std::move(replicas), end = std::move(end)] {
    for (auto& replica : replicas_) {
      if (replicas.contains(replica->index)) end(*replica);
    }
  });
}

// Whatever runs dies where it stands; another one starts some time later.
void Simulation::Kill(Replica& replica) {
  const absl::Duration span = queue_.Between(absl::Milliseconds(200), absl::Seconds(4));
  Note(Fault::Kind::kDeath, replica.index, span, kRecovery);
  std::erase_if(replicas_, [&](const auto& own) { return own.get() == &replica; });
  queue_.At(queue_.wall() + span, [this] { StartReplica(); });
}

// The turn in which somebody dies at a wait is the last: what it has begun before is on its way.
void Simulation::OnWait(Replica& replica, Wait wait, int shard) {
  if (crossing_) Cross(replica, wait, shard);
  if (calm_ || ++waits_ != options_.dies_at) return;
  if (!options_.dies_waiting) replica.executor.Die();
  queue_.At(queue_.wall(), [this, index = replica.index] {
    const auto own = std::find_if(replicas_.begin(), replicas_.end(),
                                  [&](const auto& one) { return one->index == index; });
    if (own != replicas_.end()) Kill(**own);
  });
}

void Simulation::Freeze(Replica& replica, absl::Duration span) {
  const auto runs = [&](const Fault& f) {
    return f.kind == Fault::Kind::kFreeze && f.replica == replica.index &&
           f.span.to > queue_.wall();
  };
  // Twice at a time would mix up the order of what waits.
  if (std::any_of(faults_.begin(), faults_.end(), runs)) return;
  Note(Fault::Kind::kFreeze, replica.index, span, kRecovery);
  replica.executor.FreezeUntil(queue_.wall() + span);
}

// Of one replica or of all.
void Simulation::CutLinks(Fault::Kind kind, absl::Duration span) {
  const bool redis = kind == Fault::Kind::kRedisLink;
  std::set<int> cut;
  if (queue_.Happens(0.5)) {
    cut.insert(AnyReplica().index);
  } else {
    for (const auto& replica : replicas_) cut.insert(replica->index);
  }
  for (const auto& replica : replicas_) {
    if (!cut.contains(replica->index)) continue;
    Note(kind, replica->index, span, kRecovery);
    (redis ? replica->redis_link : replica->registry_link)->up = false;
    if (!redis) replica->feed.Cut();
  }
  AtEnd(span, cut, [redis](Replica& replica) {
    (redis ? replica.redis_link : replica.registry_link)->up = true;
  });
}

void Simulation::StartWithoutRegistry(Replica& replica) {
  const absl::Duration span = queue_.Between(absl::Milliseconds(100), absl::Seconds(10));
  Note(Fault::Kind::kRegistryLink, replica.index, span, kRecovery);
  replica.registry_link->up = false;
  AtEnd(span, {replica.index}, [](Replica& own) { own.registry_link->up = true; });
}

void Simulation::MakeLossy(Replica& replica, absl::Duration span) {
  // A late request may still come when the spell is over.
  Note(Fault::Kind::kLossy, replica.index, span + absl::Seconds(8), kRecovery);
  for (Link* link : {replica.redis_link.get(), replica.registry_link.get()}) {
    link->loss = 0.05;
    link->late = 0.05;
    link->twice = 0.1;
  }
  AtEnd(span, {replica.index}, [](Replica& replica) {
    for (Link* link : {replica.redis_link.get(), replica.registry_link.get()}) {
      link->loss = link->late = link->twice = 0;
    }
  });
}

void Simulation::SetClock(Replica& replica, absl::Duration span) {
  Fault& fault = Note(Fault::Kind::kClock, replica.index, span, kRecovery);
  const absl::Duration skew = queue_.Between(absl::Milliseconds(50), kMostWrong);
  const bool ahead = queue_.Happens(0.5);
  if (ahead) fault.ahead = skew;
  replica.clock.set_skew(ahead ? skew : -skew);
  AtEnd(span, {replica.index},
        [](Replica& replica) { replica.clock.set_skew(absl::ZeroDuration()); });
}

void Simulation::WipeRedis() {
  Note(Fault::Kind::kRedisLoss, -1, absl::ZeroDuration(), kRecovery);
  redis_.Wipe();
}

void Simulation::LoseRedis(absl::Duration span) {
  switch (queue_.Between(0, 2)) {
    case 0:
      return WipeRedis();
    case 1:
      Note(Fault::Kind::kRedisLoss, -1, absl::ZeroDuration(), kRecovery);
      return redis_.Restart(queue_.Happens(0.5));
    default:
      redis_.SaveForRollback();
      queue_.At(queue_.wall() + span, [this] {
        if (calm_) return;
        const std::string before = redis_.run_id();
        redis_.RollBack();
        Note(Fault::Kind::kRedisLoss, -1, absl::ZeroDuration(), kRecovery).same_server =
            redis_.run_id() == before;
      });
  }
}

void Simulation::SetMood(absl::Duration span) {
  using Mood = RedisModel::Mood;
  constexpr Mood kMoods[] = {Mood::kReadOnly, Mood::kFull, Mood::kBusy};
  Note(Fault::Kind::kRedisMood, -1, span, kRecovery);
  redis_.set_mood(kMoods[queue_.Between(0, 2)]);
  queue_.At(queue_.wall() + span, [this] { redis_.set_mood(Mood::kWell); });
}

// What came in between the backup and the restore is gone; what people did then does not count.
void Simulation::RestoreRegistry(absl::Duration span) {
  if (std::exchange(restoring_, true)) return;
  registry_.Save();
  const absl::Time saved = queue_.wall();
  Note(Fault::Kind::kRestore, -1, span, 2 * kRecovery);
  queue_.At(saved + span, [this, saved] {
    restoring_ = false;
    for (auto& replica : replicas_) replica->feed.Cut();
    registry_.Restore();
    trace_.Say("the registry is restored");
    TellDesk();
    std::erase_if(acted_, [&](const Acted& acted) { return acted.applied >= saved; });
  });
}

void Simulation::CloseReceiver(absl::Duration span) {
  const std::string receiver = queue_.Happens(0.7) ? "receivers/desk" : "receivers/machine";
  // Longer than any digest waits for.
  span = 10 * span;
  Note(Fault::Kind::kReceiver, -1, span, kRecovery).receiver = receiver;
  absl::Time& until = weather_.down_until[receiver];
  until = std::max(until, queue_.wall() + span);
}

void Simulation::Break() {
  const absl::Duration span = queue_.Between(absl::Milliseconds(100), absl::Seconds(5));
  if (options_.crossed && queue_.Happens(0.5)) return SetCrossing();
  if (queue_.Happens(0.1)) return CloseReceiver(span);
  if (queue_.Happens(0.1)) return RestoreRegistry(2 * span);
  if (queue_.Happens(0.1)) return SetMood(span);
  if (queue_.Happens(0.2)) return LoseRedis(span);
  if (replicas_.empty()) return;
  switch (queue_.Between(0, 5)) {
    case 0:
      return Kill(AnyReplica());
    case 1:
      return Freeze(AnyReplica(), 3 * span);
    case 2:
      return CutLinks(Fault::Kind::kRedisLink, 2 * span);
    case 3:
      return CutLinks(Fault::Kind::kRegistryLink, 2 * span);
    case 4:
      return SetClock(AnyReplica(), span);
    default:
      return MakeLossy(AnyReplica(), span);
  }
}

// From now on nothing new breaks; what is broken is mended at its own time.
void Simulation::Calm() {
  calm_ = true;
  desk_alone_ = false;
  TellDesk();
  weather_ = {};
  if (crossing_ && crossing_->replica < 0) crossing_.reset();
}

}  // namespace vigil::alert::sim
