#pragma once

#include "absl/time/time.h"
#include "common/clock/clock.h"

namespace vigil::alert {

// Since when Redis has answered without a gap and the time of day went on as the monotonic clock
// did: no lease may end within one lease of a Redis that came back, as whoever holds it could not
// renew it. (Who goes by another time of day than Redis has its claims refused, so ours tells of a
// step of Redis' before it harms.) On one thread.
class Continuity {
 public:
  // `clock` outlives it.
  explicit Continuity(const Clock& clock) : clock_(clock) {}

  // Redis answered what it was asked at a moment of the monotonic clock. To who stood still since
  // it says nothing of now.
  void Heard(absl::Duration asked) {
    const absl::Duration now = clock_.Monotonic();
    if (now - asked > kLongestGap) return;
    const absl::Duration ahead = Ahead(now);
    if (!heard_ || now - last_ > kLongestGap || IsStep(ahead)) since_ = now;
    heard_ = true;
    last_ = now;
    ahead_ = ahead;
  }
  // It has for a whole lease.
  bool LeasesMayEnd() const {
    const absl::Duration now = clock_.Monotonic();
    return heard_ && now - last_ <= kLongestGap && now - since_ >= kLease && !IsStep(Ahead(now));
  }

 private:
  static constexpr absl::Duration kLongestGap = absl::Seconds(2);
  static constexpr absl::Duration kLease = absl::Seconds(5);
  // Leases end by Redis' time of day. By so much it may be set without any of them ending early.
  static constexpr absl::Duration kLargestStep = absl::Seconds(2);

  absl::Duration Ahead(absl::Duration now) const { return clock_.Wall() - absl::UnixEpoch() - now; }
  bool IsStep(absl::Duration ahead) const {
    return absl::AbsDuration(ahead - ahead_) > kLargestStep;
  }

  const Clock& clock_;
  bool heard_ = false;
  absl::Duration since_;
  absl::Duration last_;
  absl::Duration ahead_;  // the time of day, of the monotonic clock
};

}  // namespace vigil::alert
