#include "tests/simulation/sink.h"

#include <algorithm>
#include <utility>

namespace vigil::alert::sim {
namespace {

constexpr absl::Duration kAtOnce = absl::Milliseconds(1);
constexpr absl::Duration kLongestLeg = absl::Seconds(1);   // there, or back
constexpr absl::Duration kSlowestLeg = absl::Seconds(15);  // of a receiver that is slow
constexpr absl::Duration kLongestRetry = absl::Hours(48);  // calendar
constexpr int kDoublings = 12;

// Twenty minutes, then twice as long each time.
absl::Duration RetryAfter(int attempt) {
  return std::min(kLongestRetry, absl::Minutes(10) * (1 << std::min(attempt, kDoublings)));
}

}  // namespace

Outcome SimSender::Draw(const Message& message) const {
  Outcome outcome;
  outcome.message_id = message.id;
  outcome.retry_after = RetryAfter(message.attempt);
  auto down = weather_.down_until.find(message.receiver.name());
  const bool away = down != weather_.down_until.end() && queue_.wall() < down->second;
  if (away || queue_.Happens(weather_.refuse)) {
    outcome.kind = Outcome::Kind::kRetry;
  } else if (queue_.Happens(weather_.busy)) {
    outcome.kind = Outcome::Kind::kRetry;
    outcome.retry_after = queue_.Between(absl::Minutes(1), kLongestRetry);
  } else if (queue_.Happens(weather_.never)) {
    outcome.kind = Outcome::Kind::kPermanent;
    outcome.trouble = v1::Trouble::KIND_GONE;
  } else {
    const bool ambiguous = queue_.Happens(weather_.ambiguous);
    outcome.kind = ambiguous ? Outcome::Kind::kAmbiguous : Outcome::Kind::kSent;
  }
  return outcome;
}

// What cannot be sent yet: too much goes there, it was out of reach, or, now and then, something
// that only a real server says.
std::optional<Outcome> SimSender::TurnAway(const Message& message) {
  Outcome outcome;
  outcome.kind = Outcome::Kind::kNotNow;
  if (queue_.Happens(weather_.not_now)) {
    outcome.retry_after = queue_.Between(absl::Seconds(1), absl::Hours(1));
    return outcome;
  }
  const auto wait = gate_.Enter(message.receiver, executor_.clock().Monotonic());
  if (!wait) return std::nullopt;
  outcome.retry_after = *wait * queue_.rate();
  return outcome;
}

void SimSender::Send(Message message, std::function<void(Outcome)> done) {
  executor_.Begins(Wait::kSend);
  if (!executor_.alive()) return;
  const absl::Duration most = queue_.Happens(weather_.slow) ? kSlowestLeg : kLongestLeg;
  const absl::Duration there = queue_.Between(absl::Milliseconds(1), most);
  const absl::Duration back = queue_.Between(absl::Milliseconds(1), most);
  auto flight = std::make_shared<Flight>();
  flights_[message.id] = flight;
  flight->done = std::move(done);
  flight->attempt = sink_.attempts().size();
  sink_.attempts().push_back({message, replica_, queue_.wall()});
  if (std::optional<Outcome> not_now = TurnAway(message)) {
    flight->outcome = *std::move(not_now);
    sink_.attempts().back().made = false;
    executor_.Later(kAtOnce, [this, flight] { End(flight, flight->outcome); });
    return;
  }
  flight->outcome = Draw(message);
  const Outcome& outcome = flight->outcome;
  sink_.Step("tried", replica_, message);
  if (outcome.kind == Outcome::Kind::kPermanent) sink_.Refuse(message);
  if (outcome.kind == Outcome::Kind::kSent || outcome.kind == Outcome::Kind::kAmbiguous) {
    // The peer takes it whether the replica lives or not, but nothing comes of what was cut before.
    auto accepted = std::make_shared<Accepted>();
    accepted->message = std::move(message);
    accepted->replica = replica_;
    accepted->attempted = queue_.wall();
    queue_.At(queue_.wall() + there, [&sink = sink_, &queue = queue_, accepted, flight] {
      if (flight->over) return;
      flight->taken = sink.taken().size();
      sink.attempts()[flight->attempt].taken = true;
      accepted->wall = queue.wall();
      sink.Step("taken", accepted->replica, accepted->message);
      sink.Take(std::move(*accepted));
    });
  }
  executor_.Later(there + back, [this, flight] { End(flight, flight->outcome); });
}

void SimSender::Cut(const std::string& id) {
  auto it = flights_.find(id);
  if (it == flights_.end() || it->second->over) return;
  executor_.Later(queue_.Between(absl::Milliseconds(1), absl::Seconds(1)),
                  [this, flight = it->second] {
                    Outcome cut = flight->outcome;
                    cut.kind = flight->taken ? Outcome::Kind::kAmbiguous : Outcome::Kind::kRetry;
                    End(flight, cut);
                  });
}

void SimSender::End(const std::shared_ptr<Flight>& flight, const Outcome& outcome) {
  if (std::exchange(flight->over, true)) return;
  Attempt& attempt = sink_.attempts()[flight->attempt];
  attempt.ended = queue_.wall();
  attempt.again = queue_.wall() + outcome.retry_after / queue_.rate();
  if (outcome.kind == Outcome::Kind::kSent) sink_.taken()[*flight->taken].over = queue_.wall();
  constexpr const char* kEnds[] = {"sent", "to be retried", "refused", "ambiguous", "not now"};
  sink_.Step(kEnds[static_cast<int>(outcome.kind)], replica_, attempt.message);
  if (attempt.made) {
    gate_.Leave(attempt.message.receiver.name(), Way::kEmail, outcome,
                executor_.clock().Monotonic());
  }
  flight->done(outcome);
}

}  // namespace vigil::alert::sim
