#include <iterator>
#include <utility>

#include "tests/simulation/simulation.h"

// Replicas that cross each other's calls about a shard: one stands still at its own until another
// comes to its.
namespace vigil::alert::sim {
namespace {

// Longer than a shard that is being rebuilt is kept from others (wall).
constexpr absl::Duration kLongest = absl::Seconds(15);
constexpr absl::Duration kAwake = absl::Milliseconds(60);

constexpr Wait kRebuild[] = {Wait::kRebuildBegin, Wait::kRebuildWrite, Wait::kRebuildOpen};
constexpr Wait kWork[] = {Wait::kApply, Wait::kClaim, Wait::kRenew,
                          Wait::kSeal,  Wait::kList,  Wait::kComplete};

}  // namespace

void Simulation::SetCrossing() {
  if (crossing_ && crossing_->replica >= 0) return;
  const auto any = [this](const auto& waits) {
    return waits[queue_.Between(0, static_cast<int>(std::size(waits)) - 1)];
  };
  Crossing crossing{};
  const bool rebuild = queue_.Happens(0.5);
  crossing.at = rebuild ? any(kRebuild) : any(kWork);
  crossing.until = rebuild || queue_.Happens(0.5) ? any(kRebuild) : any(kWork);
  crossing.wipes = !rebuild && queue_.Happens(0.5);
  crossing_ = crossing;
  if (rebuild) WipeRedis();
}

void Simulation::Cross(Replica& replica, Wait wait, int shard) {
  const bool waits = crossing_->replica >= 0;
  if (!waits && wait == crossing_->at && replicas_.size() > 1) {
    crossing_->shard = shard;
    StandStill(replica);
  } else if (waits && wait == crossing_->until && shard == crossing_->shard &&
             replica.index != crossing_->replica) {
    queue_.At(queue_.wall() + queue_.Between(absl::ZeroDuration(), kAwake), [this] { Meet(); });
  }
}

// It has made the call, and is not there for the answer.
void Simulation::StandStill(Replica& replica) {
  crossing_->replica = replica.index;
  crossing_->fault = faults_.size();
  Note(Fault::Kind::kFreeze, replica.index, kLongest, kRecovery);
  replica.executor.FreezeUntil(queue_.wall() + kLongest);
  queue_.At(queue_.wall() + kLongest, [this] { Meet(); });
  if (!crossing_->wipes) return;
  queue_.At(queue_.wall() + queue_.Between(absl::ZeroDuration(), absl::Seconds(1)), [this] {
    if (!calm_) WipeRedis();
  });
}

// Whoever stood still goes on.
void Simulation::Meet() {
  if (!crossing_ || crossing_->replica < 0) return;
  Fault& fault = faults_[crossing_->fault];
  if (fault.span.to > queue_.wall()) {
    fault.span.to = queue_.wall();
    fault.settled = queue_.wall() + kRecovery;
  }
  AtEnd(absl::ZeroDuration(), {crossing_->replica},
        [this](Replica& own) { own.executor.FreezeUntil(queue_.wall()); });
  crossing_.reset();
}

}  // namespace vigil::alert::sim
