#include <fmt/format.h>

#include <algorithm>

#include "tests/simulation/oracle.h"
#include "tests/simulation/oracle_parts.h"

// Whether it was noticed that Redis lost what it had, and the shards were held.
namespace vigil::alert::sim {
namespace {

// engine.md: "noticed within a second" (wall).
constexpr absl::Duration kNoticed = absl::Seconds(1);
// What was lost, restored or slow before may still be on its way to be overcome (wall).
constexpr absl::Duration kSettled = absl::Seconds(15);
// Who hears nothing of Redis for so long knows that it was away (wall).
constexpr absl::Duration kAway = absl::Seconds(3);

}  // namespace

// Whether a replica lived, and nothing but one fault was wrong with it or its peers: a shard that
// is LOST already (engine.md, 4) is not lost once more, and a peer that is away says nothing.
bool Oracle::IsWell(int replica, absl::Time from, absl::Time to, const Fault& but) const {
  if (run_.starts_[static_cast<std::size_t>(replica)] > from) return false;
  return std::none_of(run_.faults_.begin(), run_.faults_.end(), [&](const Fault& fault) {
    if (&fault == &but || !fault.receiver.empty()) return false;
    if (!fault.Concerns(replica)) return false;
    if (fault.kind == Fault::Kind::kDeath && fault.span.from <= to) return true;
    return fault.span.from <= to && fault.settled >= from;
  });
}

void Oracle::EveryLossNoticed() {
  for (const Fault& fault : run_.faults_) {
    if (fault.kind != Fault::Kind::kRedisLoss || fault.same_server) continue;
    const absl::Time lost = fault.span.from;
    for (int replica = 0; replica < run_.started_; ++replica) {
      if (!IsWell(replica, lost - kSettled, lost + kNoticed, fault)) continue;
      const bool noticed =
          std::any_of(run_.losses_.begin(), run_.losses_.end(), [&](const Loss& loss) {
            return loss.replica == replica && loss.when >= lost && loss.when <= lost + kNoticed;
          });
      if (noticed) continue;
      Violation(fmt::format("not noticed within a second: what Redis lost at {}, by replica {}",
                            Text(Calendar(lost)), replica));
    }
  }
}

void Oracle::EveryShardHeld() {
  if (run_.opened_early_ == 0) return;
  Violation(fmt::format("{} shards opened within a lease of their loss", run_.opened_early_));
}

void Oracle::EveryLeaseKeptWhileRedisWasAway() {
  using Kind = Fault::Kind;
  for (const TakeOver& taken : run_.take_overs_) {
    for (const Fault& cut : run_.faults_) {
      const bool own = cut.kind == Kind::kRedisLink && cut.replica == taken.replica;
      if (!own || cut.span.to - cut.span.from < kAway) continue;
      if (taken.when < cut.span.to || taken.when >= cut.span.to + EngineOptions().lease) continue;
      // A call from before may be on its way; of two cuts the first one's end ends both.
      const auto blurs = [&](const Fault& other) {
        const bool kind = other.kind == Kind::kLossy || other.kind == Kind::kRedisLink;
        return &other != &cut && kind && other.Concerns(taken.replica) &&
               other.span.Meets(cut.span.from, taken.when);
      };
      if (std::any_of(run_.faults_.begin(), run_.faults_.end(), blurs)) continue;
      Violation(fmt::format("a lease was taken over {} after Redis was back, by replica {}",
                            absl::FormatDuration(taken.when - cut.span.to), taken.replica));
    }
  }
}

void Oracle::NothingFoldedWrong() {
  if (run_.folded_wrong_ == 0) return;
  Violation(fmt::format("{} cases were folded wrongly, or are said to be", run_.folded_wrong_));
}

}  // namespace vigil::alert::sim
