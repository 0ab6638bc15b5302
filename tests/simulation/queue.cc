#include "tests/simulation/queue.h"

#include <algorithm>
#include <utility>

namespace vigil::alert::sim {

Queue::Queue(std::uint64_t seed, absl::Time start, int rate)
    : start_(start),
      start_nanos_(absl::ToUnixNanos(start)),
      rate_(rate),
      wall_(start),
      random_(seed) {}

std::uint64_t Queue::At(absl::Time wall, Event fn, std::shared_ptr<Life> life) {
  if (free_.empty()) {
    free_.push_back(places_.size());
    places_.emplace_back();
  }
  const std::uint64_t id = ++last_ << kPlaceBits | free_.back();
  free_.pop_back();
  turns_.push({absl::ToUnixNanos(std::max(wall, wall_)), id});
  PlaceOf(id) = {id, std::move(fn), std::move(life)};
  return id;
}

void Queue::Cancel(std::uint64_t id) {
  if (Place& place = PlaceOf(id); place.id == id) place.fn = nullptr;
}

void Queue::Thaw(const std::shared_ptr<Life>& life) {
  for (Event& fn : std::exchange(life->waiting, {})) At(wall_, std::move(fn), life);
}

void Queue::RunUntil(absl::Time until) {
  const std::int64_t last = absl::ToUnixNanos(until);
  while (!turns_.empty() && turns_.top().when <= last) {
    const Turn turn = turns_.top();
    turns_.pop();
    Place& place = PlaceOf(turn.id);
    Event fn = std::move(place.fn);
    std::shared_ptr<Life> life = std::move(place.life);
    place.id = 0;
    place.fn = nullptr;
    free_.push_back(turn.id & ((1u << kPlaceBits) - 1));
    if (!fn) continue;  // cancelled
    wall_ = absl::FromUnixNanos(turn.when);
    if (!life) {
      fn();
    } else if (life->alive && life->frozen_until > wall_) {
      life->waiting.push_back(std::move(fn));
    } else if (life->alive) {
      fn();
    }
  }
  wall_ = absl::FromUnixNanos(last);
}

}  // namespace vigil::alert::sim
