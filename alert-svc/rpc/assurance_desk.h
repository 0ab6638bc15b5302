#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "alert-svc/assurance/message_book.h"
#include "alert-svc/engine/engine.h"
#include "alert-svc/engine/executor.h"
#include "alert-svc/engine/task.h"
#include "vigil/alert/v1/assurance.pb.h"

namespace vigil::alert {

// Asks the engine what will be said, why, and what it left out, and has it repair. Every call may
// come from any thread; answers come on the engine's. UNAVAILABLE BACKEND_AWAY while the engine
// knows no cases yet; the other errors are those of Resend and SendTest.
//
// What plans or walks over all cases does so bit by bit, one such question after the other, and
// lets the engine's own work go first; what changes meanwhile may be in the answer in part. Four
// wait for their turn at most, the next is refused: RESOURCE_EXHAUSTED OVERLOADED. Dead letters are
// looked up in one go.
class AssuranceDesk {
 public:
  template <class Result>
  using Done = std::function<void(absl::StatusOr<Result>)>;

  // All that is passed outlives the desk, which dies on the engine's thread.
  AssuranceDesk(Executor& executor, Engine& engine) : executor_(executor), engine_(engine) {}

  // All that will be sent until a day, of one case or dossier where one is named.
  struct ForecastQuery {
    civil::Day until{};
    std::string receiver;   // empty: to anybody
    std::string case_name;  // empty: of all
  };
  void Forecast(ForecastQuery query, Done<std::vector<v1::PlannedMessage>> done);

  // Of all deadlines of a case or dossier, or of the one named.
  struct ExplainQuery {
    std::string parent;
    std::string deadline;  // empty: all
    std::string receiver;
  };
  void Explain(ExplainQuery query, Done<v1::ExplainMessagesResponse> done);

  void Unwatched(Done<std::vector<v1::UnwatchedCase>> done);
  void DeadLetters(Done<std::vector<v1::DeadLetter>> done);
  void Resend(std::string id, Done<Outcome> done);
  // NOT_FOUND SETTING_NOT_FOUND where there is no such receiver.
  void ResendRange(LetterRange range, Done<RangeResent> done);

  // What the breaker holds: the shards, and the messages in them that are due.
  void HeldShards(Done<std::vector<v1::HeldShard>> done);
  void HeldMessages(Done<std::vector<v1::PlannedMessage>> done);
  // Lets shards go, empty: all that are held; answers with those that were. UNAVAILABLE
  // BACKEND_AWAY.
  void Release(std::vector<int> shards, Done<std::vector<int>> done);

  // RESOURCE_EXHAUSTED TOO_MANY_TESTS, with `retry_after_seconds`.
  void SendTest(std::string receiver, Done<Outcome> done);

 private:
  // What one case adds to an answer.
  using Visit = std::function<void(const World::CaseState&)>;

  const World& world() const { return engine_.core().world; }
  absl::Status CheckFollowing() const;
  absl::Status CheckReceiver(const std::string& name) const;
  absl::Status CheckNamed(const ForecastQuery& query) const;
  PlanContext Context() const;
  Task<void> VisitAll(Visit visit, std::function<void(absl::Status)> done);
  Task<void> Walk(Visit visit);
  void PassTurn();
  absl::StatusOr<v1::ExplainMessagesResponse> ExplainNow(const ExplainQuery& query) const;
  bool IsHeldBack(const Planned& planned, registry::v1::DeadlineKind kind) const;
  absl::Status AdmitTest(const std::string& receiver);

  Executor& executor_;
  Engine& engine_;
  bool visiting_ = false;                         // or one that waited is about to
  std::deque<std::function<void(bool)>> turns_;   // of those that wait, the first first
  std::map<std::string, absl::Duration> tested_;  // monotonic, by receiver
  std::deque<absl::Duration> tests_;              // of the last ten minutes
  TaskScope scope_;                               // last: its coroutines use all the rest
};

}  // namespace vigil::alert
