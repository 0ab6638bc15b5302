#include "tests/simulation/sink.h"

#include <algorithm>
#include <utility>

namespace vigil::alert::sim {
namespace {

constexpr absl::Duration kAtOnce = absl::Milliseconds(1);
constexpr absl::Duration kLongestLeg = absl::Seconds(1);   // there, or back
constexpr absl::Duration kSlowestLeg = absl::Seconds(15);  // of a receiver that is slow
constexpr int kLongestRest = 8;                            // seconds

// Of what is ended before an answer came.
Outcome CutShort(const alert::Attempt& about, bool ambiguous) {
  if (about.way == Way::kEmail) {
    SmtpReply reply;
    reply.cut = true;
    reply.ambiguous = ambiguous;
    return FromSmtp(about, reply);
  }
  HttpReply reply;
  reply.cut = true;
  reply.ambiguous = ambiguous;
  return FromHttp(about, reply, absl::Time());
}

}  // namespace

bool SimSender::IsAway(const std::string& receiver) const {
  const auto down = weather_.down_until.find(receiver);
  return down != weather_.down_until.end() && queue_.wall() < down->second;
}

SmtpReply SimSender::DrawMail(const std::string& receiver) const {
  SmtpReply reply;
  if (IsAway(receiver)) {
    reply.error = "no connection";
  } else if (queue_.Happens(weather_.refuse)) {
    reply.code = 451;
  } else if (queue_.Happens(weather_.busy)) {
    reply.code = 421;
  } else if (queue_.Happens(weather_.never)) {
    reply.code = 550;
    reply.enhanced = "5.1.1";
  } else {
    reply.ambiguous = queue_.Happens(weather_.ambiguous);
    reply.accepted = !reply.ambiguous;
  }
  return reply;
}

HttpReply SimSender::DrawCall(const std::string& receiver) const {
  HttpReply reply;
  if (IsAway(receiver)) {
    reply.error = "no connection";
  } else if (queue_.Happens(weather_.refuse)) {
    reply.status = 503;
  } else if (queue_.Happens(weather_.busy)) {
    reply.status = 429;
    reply.retry_after = std::to_string(queue_.Between(1, kLongestRest));
  } else if (queue_.Happens(weather_.never)) {
    reply.status = 410;
  } else if (queue_.Happens(weather_.ambiguous)) {
    reply.ambiguous = true;
  } else {
    reply.status = 204;
  }
  return reply;
}

// What cannot be sent yet: too much goes there, it was out of reach, or, now and then, something
// that only a real server says.
std::optional<Outcome> SimSender::TurnAway(const Message& message, const alert::Attempt& about) {
  if (queue_.Happens(weather_.not_now)) {
    return NotNow(about, queue_.Between(absl::Milliseconds(1), absl::Milliseconds(200)));
  }
  const auto wait = gate_.Enter(message.receiver, executor_.clock().Monotonic());
  if (!wait) return std::nullopt;
  return NotNow(about, *wait);
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
  const Way way = message.receiver.has_email() ? Way::kEmail : Way::kHttp;
  flight->about = {way, message.id, message.attempt, message.id,
                   static_cast<double>(queue_.rate())};
  if (std::optional<Outcome> not_now = TurnAway(message, flight->about)) {
    flight->outcome = *std::move(not_now);
    sink_.attempts().back().made = false;
    executor_.Later(kAtOnce, [this, flight] { End(flight, flight->outcome); });
    return;
  }
  bool takes = false;
  if (way == Way::kEmail) {
    const SmtpReply reply = DrawMail(message.receiver.name());
    takes = reply.accepted || reply.ambiguous;
    flight->outcome = FromSmtp(flight->about, reply);
  } else {
    const HttpReply reply = DrawCall(message.receiver.name());
    takes = reply.status == 204 || reply.ambiguous;
    flight->outcome = FromHttp(flight->about, reply, queue_.wall());
  }
  sink_.Step("tried", replica_, message);
  if (takes) {
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
                    End(flight, CutShort(flight->about, flight->taken.has_value()));
                  });
}

void SimSender::End(const std::shared_ptr<Flight>& flight, const Outcome& outcome) {
  if (std::exchange(flight->over, true)) return;
  Attempt& attempt = sink_.attempts()[flight->attempt];
  attempt.ended = queue_.wall();
  attempt.again = queue_.wall() + outcome.retry_after / queue_.rate();
  if (outcome.kind == Outcome::Kind::kPermanent) sink_.Refuse(attempt.message);
  if (outcome.kind == Outcome::Kind::kSent) sink_.taken()[*flight->taken].over = queue_.wall();
  constexpr const char* kEnds[] = {"sent", "to be retried", "refused", "ambiguous", "not now"};
  sink_.Step(kEnds[static_cast<int>(outcome.kind)], replica_, attempt.message);
  if (attempt.made) {
    gate_.Leave(attempt.message.receiver.name(), flight->about.way, outcome,
                executor_.clock().Monotonic());
  }
  flight->done(outcome);
}

}  // namespace vigil::alert::sim
