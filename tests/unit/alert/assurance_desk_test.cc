#include "alert-svc/rpc/assurance_desk.h"

#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/testing/status_matchers.h"
#include "tests/unit/alert/replica_fixture.h"

namespace vigil::alert {
namespace {

using ::testing::ElementsAre;

// A clock by which whatever one does takes so long that it is time to rest.
class SlowClock final : public Clock {
 public:
  explicit SlowClock(const Clock& clock) : clock_(clock) {}
  absl::Time Now() const override { return clock_.Now(); }
  absl::Time Wall() const override { return clock_.Wall(); }
  absl::Duration Monotonic() const override { return spent_ += absl::Milliseconds(10); }
  absl::Time WallAt(absl::Time calendar) const override { return clock_.WallAt(calendar); }

 private:
  const Clock& clock_;
  mutable absl::Duration spent_;
};

class SlowExecutor final : public Executor {
 public:
  explicit SlowExecutor(Executor& executor) : executor_(executor), clock_(executor.clock()) {}
  void Post(std::function<void()> fn) override { executor_.Post(std::move(fn)); }
  TimerId After(absl::Duration wall, std::function<void()> fn) override {
    return executor_.After(wall, std::move(fn));
  }
  void Cancel(TimerId timer) override { executor_.Cancel(timer); }
  const Clock& clock() const override { return clock_; }

 private:
  Executor& executor_;
  SlowClock clock_;
};

class AssuranceDeskTest : public ReplicaFixture {
 protected:
  AssuranceDeskTest() : ReplicaFixture(absl::FromUnixSeconds(1'524'916'800), 1) {
    for (const char* parent : {"cases/c-1", "cases/c-2"}) {
      registry::v1::Deadline deadline;
      deadline.set_name(std::string(parent) + "/deadlines/d-1");
      registry_.SetDeadlines(parent, {deadline});
    }
    Run(absl::Seconds(5));
    desk_ = std::make_unique<AssuranceDesk>(slow_, engine());
  }

  // Asks what takes a walk over all cases.
  void Ask(int number) {
    desk_->Unwatched([this, number](absl::StatusOr<std::vector<v1::UnwatchedCase>> answer) {
      (answer.ok() ? answered_ : refused_).push_back(number);
      if (!answer.ok()) refusal_ = answer.status();
    });
  }

  SlowExecutor slow_{replica_->executor};
  std::unique_ptr<AssuranceDesk> desk_;
  std::vector<int> answered_;
  std::vector<int> refused_;
  absl::Status refusal_;
};

TEST_F(AssuranceDeskTest, FourWaitForTheirTurnAndTheNextIsRefused) {
  for (int number = 1; number <= 6; ++number) Ask(number);
  Run(absl::ZeroDuration());
  EXPECT_THAT(answered_, ElementsAre());
  EXPECT_THAT(refused_, ElementsAre(6));
  EXPECT_THAT(refusal_, StatusIs(absl::StatusCode::kResourceExhausted));
  Run(absl::Seconds(1));
  EXPECT_THAT(answered_, ElementsAre(1, 2, 3, 4, 5));
  Ask(7);
  Run(absl::Seconds(1));
  EXPECT_THAT(answered_, ElementsAre(1, 2, 3, 4, 5, 7));
}

TEST_F(AssuranceDeskTest, WhoComesAsAnotherEndsDoesNotGoBeforeThoseThatWait) {
  desk_->Unwatched([this](const auto&) { Ask(3); });
  Ask(1);
  Ask(2);
  Run(absl::Seconds(1));
  EXPECT_THAT(answered_, ElementsAre(1, 2, 3));
}

}  // namespace
}  // namespace vigil::alert
