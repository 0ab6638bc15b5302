#include "tests/simulation/queue.h"

namespace vigil::alert::sim {

Queue::Queue(std::uint64_t seed, absl::Time start, double rate)
    : start_(start), rate_(rate), wall_(start), random_(seed) {}

std::uint64_t Queue::At(absl::Time wall, std::function<void()> fn) {
  const std::uint64_t id = ++last_;
  turns_.emplace(std::max(wall, wall_), id);
  events_.emplace(id, std::move(fn));
  return id;
}

void Queue::RunUntil(absl::Time until) {
  while (!turns_.empty() && turns_.top().first <= until) {
    const Turn turn = turns_.top();
    turns_.pop();
    auto event = events_.extract(turn.second);
    if (event.empty()) continue;  // cancelled
    wall_ = turn.first;
    event.mapped()();
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
