#include "alert-svc/engine/send.h"

#include <algorithm>
#include <utility>

#include "common/log/log.h"

namespace vigil::alert {
namespace {

EngineObserver::Delivered DeliveredOf(Outcome::Kind kind) {
  switch (kind) {
    case Outcome::Kind::kSent:
      return EngineObserver::Delivered::kSent;
    case Outcome::Kind::kPermanent:
      return EngineObserver::Delivered::kDead;
    case Outcome::Kind::kAmbiguous:
      return EngineObserver::Delivered::kAmbiguous;
    case Outcome::Kind::kRetry:
    case Outcome::Kind::kNotNow:
      break;
  }
  return EngineObserver::Delivered::kRetry;
}

}  // namespace

Task<Outcome> Send(Core& core, const Errand& errand, const Work& work, const Message& message) {
  Message copy = message;
  Async<Outcome> sent;
  core.sender.Send(std::move(copy), sent.Done());
  Outcome outcome = co_await sent;
  NoteAttempt(core, work.receiver, outcome);
  if (outcome.kind == Outcome::Kind::kNotNow) co_return outcome;
  core.observer.Fired(std::max(absl::ZeroDuration(), message.time - errand.due));
  core.observer.Attempted(work.receiver, DeliveredOf(outcome.kind));
  if (outcome.kind != Outcome::Kind::kSent) {
    Log(LogLevel::kWarning, "a message was not delivered",
        {{"message", work.id}, {"shard", errand.shard}, {"error", outcome.error}});
  }
  co_return outcome;
}

void NoteAttempt(Core& core, const v1::Receiver& receiver, const Outcome& outcome) {
  core.ways[receiver.way_case()].Note(receiver.name(), outcome, core.Mono());
}

void CutSends(Core& core, int shard, const std::string& identity) {
  for (const auto& [id, sending] : core.sending) {
    if (sending.shard == shard && sending.identity == identity) core.sender.Cut(id);
  }
}

}  // namespace vigil::alert
