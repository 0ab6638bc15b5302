#include "tests/simulation/sink.h"

#include <utility>

namespace vigil::alert::sim {

void SimSender::Send(Message message, std::function<void(Outcome)> done) {
  const absl::Duration there = queue_.Between(absl::Milliseconds(1), weather_.most / 2);
  const absl::Duration back = queue_.Between(absl::Milliseconds(1), weather_.most / 2);
  auto flight = std::make_shared<Flight>();
  flights_[message.id] = flight;
  flight->done = std::move(done);
  Outcome& outcome = flight->outcome;
  outcome.message_id = message.id;
  outcome.retry_after = queue_.Between(absl::Minutes(1), absl::Hours(2));
  outcome.kind = Outcome::Kind::kSent;
  if (queue_.Happens(weather_.refuse)) {
    outcome.kind = Outcome::Kind::kRetry;
  } else if (queue_.Happens(weather_.ambiguous)) {
    outcome.kind = Outcome::Kind::kAmbiguous;
  }
  if (outcome.kind != Outcome::Kind::kRetry) {
    // The peer takes it whether the replica lives or not; what was cut before has no one to take it
    // from.
    Accepted accepted{message, replica_, {}, queue_.wall(), false};
    queue_.At(queue_.wall() + there,
              [&sink = sink_, &queue = queue_, accepted = std::move(accepted), flight]() mutable {
                if (flight->over) return;
                flight->taken = sink.taken().size();
                accepted.wall = queue.wall();
                sink.Take(std::move(accepted));
              });
  }
  executor_.After(there + back, [this, flight] { End(flight, flight->outcome); });
}

void SimSender::Cut(const std::string& id) {
  auto it = flights_.find(id);
  if (it == flights_.end() || it->second->over) return;
  executor_.After(queue_.Between(absl::Milliseconds(1), absl::Seconds(1)),
                  [this, flight = it->second] {
                    Outcome cut = flight->outcome;
                    cut.kind = flight->taken ? Outcome::Kind::kAmbiguous : Outcome::Kind::kRetry;
                    End(flight, cut);
                  });
}

void SimSender::End(const std::shared_ptr<Flight>& flight, const Outcome& outcome) {
  if (std::exchange(flight->over, true)) return;
  if (outcome.kind == Outcome::Kind::kSent) sink_.taken()[*flight->taken].answered = true;
  flight->done(outcome);
}

}  // namespace vigil::alert::sim
