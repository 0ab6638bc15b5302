#include "alert-svc/rpc/assurance_desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "alert-svc/assurance/dead_letters.h"
#include "alert-svc/assurance/explain.h"
#include "alert-svc/assurance/unwatched.h"
#include "alert-svc/domain/history.h"
#include "alert-svc/domain/local_time.h"
#include "alert-svc/engine/breaker.h"
#include "common/rpc/errors.h"
#include "common/shard/shard.h"

namespace vigil::alert {
namespace {

constexpr absl::Duration kTurn = absl::Milliseconds(2);
// So long the engine's own work waits for a question at most.
constexpr absl::Duration kBite = absl::Milliseconds(5);
constexpr std::size_t kMostWaiting = 4;
// Where a day ends last on earth, and a day to spare.
constexpr absl::Duration kLastZone = absl::Hours(36);

constexpr absl::Duration kTestPause = absl::Seconds(30);  // of one receiver
constexpr absl::Duration kTestSpan = absl::Minutes(10);
constexpr std::size_t kTestsInSpan = 20;

absl::Time EndOf(civil::Day day) {
  return absl::FromUnixSeconds(std::chrono::duration_cast<std::chrono::seconds>(
                                   day.time_since_epoch() + std::chrono::days(1))
                                   .count()) +
         kLastZone;
}

absl::Status TooManyTests(absl::Duration wait) {
  const std::int64_t seconds = absl::ToInt64Seconds(absl::Ceil(wait, absl::Seconds(1)));
  return rpc::ResourceExhausted(
      "TOO_MANY_TESTS", {{"retry_after_seconds", std::to_string(seconds)}},
      fmt::format("so many tests are not sent at one time: try again in {} s", seconds));
}

absl::Status TooManyVisits() {
  return rpc::ResourceExhausted("OVERLOADED", {},
                                "too many such questions wait; try again in a few seconds");
}

absl::Status NoSuchCase(const std::string& name) {
  return rpc::NotFound("CASE_NOT_FOUND", {{"case", name}}, "there is no such case or dossier");
}

}  // namespace

absl::Status AssuranceDesk::CheckFollowing() const {
  if (world().loaded()) return absl::OkStatus();
  return rpc::Unavailable("BACKEND_AWAY", {{"backend", "registry-svc"}},
                          "the registry was not read yet: try again in a moment");
}

PlanContext AssuranceDesk::Context() const {
  return engine_.core().planner.ContextAt(executor_.clock().Now());
}

Task<void> AssuranceDesk::VisitAll(Visit visit, std::function<void(absl::Status)> done) {
  if (visiting_) {
    if (turns_.size() >= kMostWaiting) {
      done(TooManyVisits());
      co_return;
    }
    Async<bool> turn;
    turns_.push_back(turn.Done());
    co_await turn;
  }
  visiting_ = true;
  const absl::Status status = CheckFollowing();
  if (status.ok()) {
    auto walk = Walk(std::move(visit));
    co_await walk;
  }
  PassTurn();
  done(status);
}

// Nobody comes between one that ends and the one that has waited longest.
void AssuranceDesk::PassTurn() {
  visiting_ = !turns_.empty();
  if (!visiting_) return;
  executor_.Post([turn = std::move(turns_.front())] { turn(true); });
  turns_.pop_front();
}

Task<void> AssuranceDesk::Walk(Visit visit) {
  std::vector<std::string> names;
  for (const auto& [name, state] : world().cases()) names.push_back(name);
  absl::Duration rested = executor_.clock().Monotonic();
  for (const std::string& name : names) {
    if (const World::CaseState* state = world().FindCase(name)) visit(*state);
    if (executor_.clock().Monotonic() - rested < kBite) continue;
    auto nap = Sleep(executor_, kTurn);
    co_await nap;
    rested = executor_.clock().Monotonic();
  }
}

// What is misspelled would look as if nothing were to come.
absl::Status AssuranceDesk::CheckNamed(const ForecastQuery& query) const {
  if (absl::Status s = CheckFollowing(); !s.ok()) return s;
  if (!query.case_name.empty() && !world().FindCase(query.case_name)) {
    return NoSuchCase(query.case_name);
  }
  return query.receiver.empty() ? absl::OkStatus() : CheckReceiver(query.receiver);
}

absl::Status AssuranceDesk::CheckReceiver(const std::string& name) const {
  if (world().settings().FindReceiver(name)) return absl::OkStatus();
  return rpc::NotFound("SETTING_NOT_FOUND", {{"name", name}},
                       "there is no such receiver; the list shows those there are");
}

void AssuranceDesk::Forecast(ForecastQuery query, Done<std::vector<v1::PlannedMessage>> done) {
  executor_.Post([this, query = std::move(query), done = std::move(done)] {
    if (absl::Status s = CheckNamed(query); !s.ok()) return done(s);
    const absl::Time now = executor_.clock().Now();
    auto book = std::make_shared<MessageBook>(world().settings(),
                                              MessageBook::Range{now, query.until, query.receiver});
    const absl::Time until = EndOf(query.until);
    Visit visit = [this, book, until, only = query.case_name](const World::CaseState& state) {
      if (!only.empty() && state.about.name() != only) return;
      book->Add(state, alert::Forecast(world().ViewOf(state), Context(), until));
    };
    scope_.Spawn(VisitAll(std::move(visit), [book, done](absl::Status status) {
      if (!status.ok()) return done(status);
      done(book->Take());
    }));
  });
}

absl::StatusOr<v1::ExplainMessagesResponse> AssuranceDesk::ExplainNow(
    const ExplainQuery& query) const {
  if (absl::Status s = CheckFollowing(); !s.ok()) return s;
  const World::CaseState* state = world().FindCase(query.parent);
  if (!state || state->deleted) return NoSuchCase(query.parent);
  const CaseView view = world().ViewOf(*state);
  v1::ExplainMessagesResponse response;
  for (const DeadlineView& own : view.deadlines) {
    const bool asked = query.deadline.empty() ? !own.gone : own.deadline->name() == query.deadline;
    if (!asked) continue;
    const auto held = [&](const Planned& planned) {
      return IsHeldBack(planned, own.deadline->kind());
    };
    *response.add_explanations() = alert::Explain(view, own, query.receiver, Context(), held);
  }
  if (!query.deadline.empty() && response.explanations().empty()) {
    return rpc::NotFound("DEADLINE_NOT_FOUND", {{"deadline", query.deadline}},
                         "there is no such deadline");
  }
  std::stable_sort(response.mutable_explanations()->begin(), response.mutable_explanations()->end(),
                   [](const auto& a, const auto& b) { return a.earliest() < b.earliest(); });
  return response;
}

void AssuranceDesk::Explain(ExplainQuery query, Done<v1::ExplainMessagesResponse> done) {
  executor_.Post(
      [this, query = std::move(query), done = std::move(done)] { done(ExplainNow(query)); });
}

void AssuranceDesk::Unwatched(Done<std::vector<v1::UnwatchedCase>> done) {
  executor_.Post([this, done = std::move(done)] {
    auto found = std::make_shared<std::vector<v1::UnwatchedCase>>();
    Visit visit = [this, found](const World::CaseState& state) {
      const std::vector<Planned>& plan = engine_.core().planner.PlanOf(state.about.name());
      auto unwatched = UnwatchedOf(state, world().ViewOf(state), plan, Context());
      if (unwatched) found->push_back(*std::move(unwatched));
    };
    scope_.Spawn(VisitAll(std::move(visit), [found, done](absl::Status status) {
      if (!status.ok()) return done(status);
      done(std::move(*found));
    }));
  });
}

void AssuranceDesk::DeadLetters(Done<std::vector<v1::DeadLetter>> done) {
  executor_.Post([this, done = std::move(done)] {
    if (absl::Status s = CheckFollowing(); !s.ok()) return done(s);
    done(alert::DeadLetters(world()));
  });
}

void AssuranceDesk::Resend(std::string id, Done<Outcome> done) {
  executor_.Post([this, id = std::move(id), done = std::move(done)] {
    if (absl::Status s = CheckFollowing(); !s.ok()) return done(s);
    engine_.Resend(id, done);
  });
}

void AssuranceDesk::ResendRange(LetterRange range, Done<RangeResent> done) {
  executor_.Post([this, range = std::move(range), done = std::move(done)] {
    if (absl::Status s = CheckFollowing(); !s.ok()) return done(s);
    if (absl::Status s = CheckReceiver(range.receiver); !s.ok()) return done(s);
    engine_.ResendRange(range, done);
  });
}

// A digest waits in the shard of its subscription.
bool AssuranceDesk::IsHeldBack(const Planned& planned, registry::v1::DeadlineKind kind) const {
  const bool single = planned.channel == Channel::kSingle;
  if (planned.due > executor_.clock().Now() || (single && IsHeld(kind))) return false;
  const std::string owner = single ? ParentOf(planned.deadline) : planned.subscription;
  return IsShardHeld(engine_.core(), ShardOf(owner, kShardCount));
}

void AssuranceDesk::HeldShards(Done<std::vector<v1::HeldShard>> done) {
  executor_.Post([this, done = std::move(done)] {
    std::vector<v1::HeldShard> held;
    for (int shard = 0; shard < kShardCount; ++shard) {
      const BreakerHold& hold = engine_.core().shards[shard].head.hold;
      if (hold.why == BreakerHold::Why::kNone) continue;
      v1::HeldShard& one = held.emplace_back();
      one.set_shard(shard);
      one.set_why(hold.why == BreakerHold::Why::kTooMany ? v1::HeldShard::WHY_TOO_MANY
                                                         : v1::HeldShard::WHY_CLOCK_JUMPED);
      *one.mutable_hold_time() = ToProto(hold.since);
      one.set_due(static_cast<int>(hold.due));
      one.set_allowed(static_cast<int>(hold.allowed));
    }
    done(std::move(held));
  });
}

void AssuranceDesk::HeldMessages(Done<std::vector<v1::PlannedMessage>> done) {
  executor_.Post([this, done = std::move(done)] {
    auto book = std::make_shared<MessageBook>(world().settings(), MessageBook::Range{});
    Visit visit = [this, book](const World::CaseState& state) {
      std::vector<Planned> held = engine_.core().planner.PlanOf(state.about.name());
      std::erase_if(held, [&](const Planned& planned) {
        auto own = state.deadlines.find(planned.deadline);
        return own == state.deadlines.end() || !IsHeldBack(planned, own->second.deadline.kind());
      });
      book->Add(state, held);
    };
    scope_.Spawn(VisitAll(std::move(visit), [book, done](absl::Status status) {
      if (!status.ok()) return done(status);
      done(book->Take());
    }));
  });
}

void AssuranceDesk::Release(std::vector<int> shards, Done<std::vector<int>> done) {
  executor_.Post([this, shards = std::move(shards), done = std::move(done)] {
    engine_.Release(shards, done);
  });
}

absl::Status AssuranceDesk::AdmitTest(const std::string& receiver) {
  const absl::Duration now = executor_.clock().Monotonic();
  std::erase_if(tested_, [&](const auto& one) { return now - one.second >= kTestPause; });
  if (auto it = tested_.find(receiver); it != tested_.end()) {
    return TooManyTests(it->second + kTestPause - now);
  }
  while (!tests_.empty() && now - tests_.front() >= kTestSpan) tests_.pop_front();
  if (tests_.size() >= kTestsInSpan) return TooManyTests(tests_.front() + kTestSpan - now);
  tested_[receiver] = now;
  tests_.push_back(now);
  return absl::OkStatus();
}

void AssuranceDesk::SendTest(std::string receiver, Done<Outcome> done) {
  executor_.Post([this, receiver = std::move(receiver), done = std::move(done)] {
    if (absl::Status s = CheckFollowing(); !s.ok()) return done(s);
    if (absl::Status s = AdmitTest(receiver); !s.ok()) return done(s);
    engine_.SendTest(receiver, done);
  });
}

}  // namespace vigil::alert
