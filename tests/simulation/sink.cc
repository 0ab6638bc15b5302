#include "tests/simulation/sink.h"

#include <utility>

namespace vigil::alert::sim {

void SimSender::Send(Message message, std::function<void(Outcome)> done) {
  const absl::Duration there = queue_.Between(absl::Milliseconds(1), weather_.most / 2);
  const absl::Duration back = queue_.Between(absl::Milliseconds(1), weather_.most / 2);
  Outcome outcome;
  outcome.message_id = message.id;
  outcome.retry_after = queue_.Between(absl::Minutes(1), absl::Hours(2));
  if (queue_.Happens(weather_.refuse)) {
    outcome.kind = Outcome::Kind::kRetry;
    executor_.After(there + back, [done, outcome] { done(outcome); });
    return;
  }
  const bool lost = queue_.Happens(weather_.ambiguous);
  outcome.kind = lost ? Outcome::Kind::kAmbiguous : Outcome::Kind::kSent;
  // The peer takes it whether the replica lives or not.
  const absl::Time attempted = queue_.wall();
  auto index = std::make_shared<std::size_t>(0);
  queue_.At(queue_.wall() + there,
            [this_sink = &sink_, queue = &queue_, message = std::move(message), attempted, index,
             replica = replica_] {
              *index = this_sink->taken().size();
              Accepted accepted{message, replica, queue->wall(), attempted, false};
              this_sink->Take(std::move(accepted));
            });
  executor_.After(there + back, [done, outcome, lost, index, this_sink = &sink_] {
    if (!lost) this_sink->taken()[*index].answered = true;
    done(outcome);
  });
}

}  // namespace vigil::alert::sim
