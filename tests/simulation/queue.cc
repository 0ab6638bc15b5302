#include "tests/simulation/queue.h"

#include <algorithm>

namespace vigil::alert::sim {

Queue::Queue(std::uint64_t seed, absl::Time start, double rate)
    : start_(start), rate_(rate), wall_(start), random_(seed) {}

std::uint64_t Queue::At(absl::Time wall, std::function<void()> fn) {
  if (free_.empty()) {
    free_.push_back(places_.size());
    places_.emplace_back();
  }
  const std::uint64_t id = ++last_ << kPlaceBits | free_.back();
  free_.pop_back();
  turns_.push({std::max(wall, wall_), id});
  PlaceOf(id) = {id, std::move(fn)};
  return id;
}

void Queue::Cancel(std::uint64_t id) {
  if (Place& place = PlaceOf(id); place.id == id) place.fn = nullptr;
}

void Queue::RunUntil(absl::Time until) {
  while (!turns_.empty() && turns_.top().when <= until) {
    const Turn turn = turns_.top();
    turns_.pop();
    const std::function<void()> fn = std::exchange(PlaceOf(turn.id).fn, nullptr);
    PlaceOf(turn.id).id = 0;
    free_.push_back(turn.id & ((1u << kPlaceBits) - 1));
    if (!fn) continue;  // cancelled
    wall_ = turn.when;
    fn();
  }
  wall_ = until;
}

// Runs `fn` where its replica lives, later where it is frozen.
void SimExecutor::RunAlive(Queue& queue, const std::shared_ptr<Life>& life,
                           std::function<void()>& fn) {
  if (!life->alive) return;
  if (life->frozen_until <= queue.wall()) return fn();
  queue.At(life->frozen_until,
           [&queue, life, fn = std::move(fn)]() mutable { RunAlive(queue, life, fn); });
}

Executor::TimerId SimExecutor::After(absl::Duration wall, std::function<void()> fn) {
  return queue_.At(
      queue_.wall() + wall,
      [&queue = queue_, life = life_, fn = std::move(fn)]() mutable { RunAlive(queue, life, fn); });
}

}  // namespace vigil::alert::sim
