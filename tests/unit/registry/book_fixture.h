// A casebook on a database in a folder of its own, with the tree's rules and a clock that stands
// still at 2018-04-28 09:00 in Almaty.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "common/metrics/metrics.h"
#include "registry-svc/casebook/casebook.h"
#include "registry-svc/store/sqlite_store.h"
#include "tests/testing/manual_clock.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"
#include "tests/unit/registry/faulty_store.h"

namespace vigil::registry {

// Waits for the answer of an asynchronous call.
template <class Response>
class Waiter {
 public:
  Done<Response> Take() {
    return [state = state_](absl::StatusOr<Response> answer) {
      state->answer = std::move(answer);
      state->done.Notify();
    };
  }
  absl::StatusOr<Response> Wait() {
    state_->done.WaitForNotification();
    return state_->answer;
  }

 private:
  struct State {
    absl::Notification done;
    absl::StatusOr<Response> answer = absl::UnknownError("not answered");
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

inline const RuleBook& TreeRules() {
  static const auto* const rules = new absl::StatusOr<RuleBook>(
      RuleBook::Load(VIGIL_SOURCE_DIR "/data/rules", VIGIL_SOURCE_DIR "/data/calendars"));
  return **rules;
}

class BookTest : public testing::Test {
 protected:
  void SetUp() override { Open(); }

  // Opens the database again, as a restart does.
  void Open() { ASSERT_THAT(TryOpen(), IsOk()); }
  absl::Status TryOpen() {
    book_.reset();
    store_.reset();
    auto store = SqliteStore::Open({.path = dir_.File("registry.db")});
    if (!store.ok()) return store.status();
    store_ = std::make_unique<FaultyStore>(*std::move(store));
    metrics_ = std::make_unique<Metrics>();
    casebook_metrics_ = std::make_unique<CasebookMetrics>(*metrics_);
    auto book = Casebook::Open(
        *store_, clock_, rules_, *casebook_metrics_,
        [this](const auto& changes) {
          changes_.insert(changes_.end(), changes.begin(), changes.end());
        },
        SecureRandom(), options_);
    if (book.ok()) book_ = *std::move(book);
    return book.status();
  }

  template <class Request, class Response>
  absl::StatusOr<Response> Call(void (Casebook::*method)(Origin, Request, Done<Response>),
                                Request request) {
    Waiter<Response> waiter;
    (book_.get()->*method)({.actor = "tester", .request_id = "t1"}, std::move(request),
                           waiter.Take());
    return waiter.Wait();
  }

  absl::StatusOr<v1::Case> CreateCase(const std::string& id, const std::string& display_name) {
    v1::CreateCaseRequest request;
    request.set_case_id(id);
    request.mutable_case_()->set_display_name(display_name);
    return Call(&Casebook::CreateCase, request);
  }

  static v1::Fact Custody(const std::string& date) {
    v1::Fact fact;
    fact.set_date(date);
    fact.mutable_source()->set_title("court file");
    fact.mutable_custody()->set_kind(v1::Custody::KIND_REMAND);
    return fact;
  }

  absl::StatusOr<v1::Fact> CreateFact(const std::string& parent, v1::Fact fact,
                                      const std::string& id = "") {
    v1::CreateFactRequest request;
    request.set_parent(parent);
    request.set_fact_id(id);
    *request.mutable_fact() = std::move(fact);
    return Call(&Casebook::CreateFact, request);
  }

  void TurnDay() {
    absl::Notification turned;
    book_->TurnDay([&](const absl::Status& status) {
      EXPECT_THAT(status, IsOk());
      turned.Notify();
    });
    turned.WaitForNotification();
  }

  int64_t revision() const { return book_->Present()->revision(); }
  // The change of a revision, as it was published.
  const v1::Change& ChangeOf(int64_t revision) const {
    for (const auto& change : changes_) {
      if (change->revision == revision) return change->change;
    }
    ADD_FAILURE() << "no change with revision " << revision;
    static const auto* const none = new v1::Change();
    return *none;
  }

  TempDir dir_;
  ManualClock clock_;
  Writer::Options options_;
  // In force from the next Open on.
  RuleBook rules_ = TreeRules();
  std::unique_ptr<FaultyStore> store_;
  std::unique_ptr<Metrics> metrics_;
  std::unique_ptr<CasebookMetrics> casebook_metrics_;
  std::vector<std::shared_ptr<const Published>> changes_;
  std::unique_ptr<Casebook> book_;
};

}  // namespace vigil::registry
