#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "tests/simulation/queue.h"

namespace vigil::alert::sim {

// A span of wall time.
struct Span {
  absl::Time from, to;
  bool Meets(absl::Time begin, absl::Time end) const { return from <= end && to >= begin; }
};

// The way between a replica and a peer. While `up` is false nothing gets through; otherwise a
// request or its answer is lost, comes late or comes twice as often as is said here.
struct Link {
  bool up = true;
  double loss = 0;                                 // of each message
  double late = 0;                                 // requests that run after their sender gave up
  double twice = 0;                                // requests that run twice
  absl::Duration least = absl::Microseconds(200);  // one way
  absl::Duration most = absl::Milliseconds(20);
  std::vector<Span> troubles;  // when a call got no answer, or none got through
};

// One call over a link: `serve` runs at the peer, `done` with its answer back at the replica, or
// with `broken` after `timeout` where a message was lost. What was lost on its way back has run.
// Calls with the same `arrived` reach the peer in the order they were made in, but for late ones.
template <class Answer, class Serve>
void Call(Queue& queue, SimExecutor& executor, const std::shared_ptr<Link>& link,
          absl::Duration timeout, Serve serve, Answer broken, std::function<void(Answer)> done,
          absl::Time* arrived = nullptr) {
  if (!executor.alive()) return;
  struct Exchange {
    std::shared_ptr<Link> link;
    Serve serve;
    std::function<void(Answer)> done;
    Answer answer;  // broken, until it is served
  };
  const absl::Time now = queue.wall();
  auto call = std::make_shared<Exchange>(
      Exchange{link, std::move(serve), std::move(done), std::move(broken)});
  if (!link->up) {
    executor.Later(absl::Milliseconds(1), [call] { call->done(std::move(call->answer)); });
    return;
  }
  const bool lost = queue.Happens(link->loss);
  const bool late = queue.Happens(link->late);
  const bool answer_lost = queue.Happens(link->loss);
  if (lost || late || answer_lost) {
    link->troubles.push_back({now, now + (late ? 4 * timeout : timeout)});
    // The executor drops what comes back to a dead replica.
    executor.Later(timeout, [call, broken = call->answer] { call->done(broken); });
  }
  if (lost) return;
  absl::Duration there =
      late ? queue.Between(timeout, 4 * timeout) : queue.Between(link->least, link->most);
  if (arrived && !late) {
    there = std::max(there, *arrived - now);
    *arrived = now + there;
  }
  const absl::Duration back = queue.Between(link->least, link->most);
  // The request runs at the peer whether its sender lives or not.
  queue.At(now + there, [call] {
    if (call->link->up) call->answer = call->serve();
  });
  if (queue.Happens(link->twice)) {
    queue.At(now + there + queue.Between(link->least, timeout), [call] {
      if (call->link->up) static_cast<void>(call->serve());
    });
  }
  if (late || answer_lost) return;
  executor.Later(there + back, [call] { call->done(std::move(call->answer)); });
}

}  // namespace vigil::alert::sim
