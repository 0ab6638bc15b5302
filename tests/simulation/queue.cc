#include "tests/simulation/queue.h"

namespace vigil::alert::sim {

Queue::Queue(std::uint64_t seed, absl::Time start, double rate)
    : start_(start), rate_(rate), wall_(start), random_(seed) {}

std::uint64_t Queue::At(absl::Time wall, std::function<void()> fn) {
  const std::uint64_t id = ++last_;
  if (wall < wall_) wall = wall_;
  queue_.emplace(std::make_pair(wall, id), std::move(fn));
  when_[id] = wall;
  return id;
}

void Queue::Cancel(std::uint64_t id) {
  auto it = when_.find(id);
  if (it == when_.end()) return;
  queue_.erase({it->second, id});
  when_.erase(it);
}

void Queue::RunUntil(absl::Time until) {
  while (!queue_.empty() && queue_.begin()->first.first <= until) {
    auto node = queue_.extract(queue_.begin());
    when_.erase(node.key().second);
    wall_ = node.key().first;
    ++events_;
    node.mapped()();
  }
  wall_ = until;
}

namespace {

// Runs `fn` where its replica lives, later where it is frozen.
void RunAlive(Queue& queue, std::shared_ptr<bool> alive, std::shared_ptr<absl::Time> frozen_until,
              std::function<void()> fn) {
  if (!*alive) return;
  if (*frozen_until > queue.wall()) {
    queue.At(*frozen_until, [&queue, alive, frozen_until, fn = std::move(fn)] {
      RunAlive(queue, alive, frozen_until, fn);
    });
    return;
  }
  fn();
}

}  // namespace

Executor::TimerId SimExecutor::After(absl::Duration wall, std::function<void()> fn) {
  return queue_.At(queue_.wall() + wall,
                   [&queue = queue_, alive = alive_, frozen = frozen_until_, fn = std::move(fn)] {
                     RunAlive(queue, alive, frozen, fn);
                   });
}

}  // namespace vigil::alert::sim
