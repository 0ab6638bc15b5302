#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "tests/simulation/queue.h"

namespace vigil::alert::sim {

// The way between a replica and a peer. While `up` is false nothing gets through; otherwise a
// request or its answer is lost now and then.
struct Link {
  bool up = true;
  double loss = 0;                                 // of each message
  absl::Duration least = absl::Microseconds(200);  // one way
  absl::Duration most = absl::Milliseconds(20);
};

// One call over a link: `serve` runs at the peer, `done` with its answer back at the replica, or
// with `broken` after `timeout` where a message was lost. What was lost on its way back has run.
template <class Answer>
void Call(Queue& queue, SimExecutor& executor, const Link& link, absl::Duration timeout,
          std::function<Answer()> serve, Answer broken, std::function<void(Answer)> done) {
  const absl::Time fails = queue.wall() + timeout;
  // The executor drops what comes back to a dead replica.
  auto fail = [&queue, &executor, fails, broken, done] {
    executor.After(fails - queue.wall(), [broken, done] { done(broken); });
  };
  if (!link.up) {
    executor.After(absl::Milliseconds(1), [broken, done] { done(broken); });
    return;
  }
  if (queue.Happens(link.loss)) return fail();
  const absl::Duration there = queue.Between(link.least, link.most);
  const absl::Duration back = queue.Between(link.least, link.most);
  const bool lost = queue.Happens(link.loss);
  auto answer = std::make_shared<std::optional<Answer>>();
  // The request runs at the peer whether its sender lives or not.
  queue.At(queue.wall() + there, [answer, serve, &link] {
    if (link.up) *answer = serve();
  });
  if (lost) return fail();
  executor.After(there + back, [answer, broken = std::move(broken), done = std::move(done)] {
    if (*answer) {
      done(std::move(**answer));
    } else {
      done(broken);
    }
  });
}

}  // namespace vigil::alert::sim
