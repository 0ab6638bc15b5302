// Messages that are cut on their way, and what that says.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/synchronization/notification.h"
#include "tests/integration/deliver/torture_fixture.h"

namespace vigil::alert {
namespace {

using ::testing::AllOf;
using ::testing::Gt;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::SizeIs;
using Kind = Outcome::Kind;

class CutTest : public HttpTorture {
 protected:
  void Make(Executor& executor) {
    auto made = MakeSender(options_, executor);
    ASSERT_TRUE(made.ok()) << made.status();
    sender_ = *std::move(made);
  }
  // Starts; what comes of it stands in `outcome_`.
  void Start(Message message) {
    outcome_.reset();
    sender_->Send(std::move(message), [this](const Outcome& came) { outcome_ = came; });
  }
  Outcome Finish() {
    executor_.RunUntil([this] { return outcome_.has_value(); });
    EXPECT_TRUE(outcome_.has_value()) << "the timeout is longer than the test waits";
    return outcome_.value_or(Outcome());
  }

  std::optional<Outcome> outcome_;
};

TEST_F(CutTest, MessageThatIsCutEndsLongBeforeItsTimeoutAndMayHaveBeenTaken) {
  Make(executor_);
  Start(To(Url("/silent")));
  Await([this] { return !Taken(root_ / "taken").empty(); });
  sender_->Cut("another message");
  sender_->Cut("r-1");
  EXPECT_EQ(Finish().kind, Kind::kAmbiguous);
}

TEST_F(CutTest, WhatIsCutSaysNothingOfItsReceiver) {
  Make(executor_);
  for (size_t i = 1; i <= 6; ++i) {  // one more than opens the breaker
    Start(To(Url("/silent")));
    Await([this, i] { return Taken(root_ / "taken").size() == i; });
    sender_->Cut("r-1");
    EXPECT_EQ(Finish().kind, Kind::kAmbiguous);
  }
}

TEST_F(CutTest, AnswerThatCameBeforeTheCut_Counts) {
  Make(executor_);
  Start(To(Url("/429/600")));
  Await([this] { return executor_.posted() > 0; });
  sender_->Cut("r-1");
  EXPECT_EQ(Finish().kind, Kind::kRetry);
  const Outcome next = Send(To(Url("/200")));
  EXPECT_EQ(next.kind, Kind::kNotNow);
  EXPECT_THAT(next.retry_after, AllOf(Gt(absl::Minutes(9)), Le(absl::Minutes(10))));
}

TEST_F(CutTest, WhatIsCutWhileItWaitsForAPlace_IsNotSentAndEndsBeforeOneIsFree) {
  options_.max_parallel = 2;
  Make(executor_);
  for (const char* name : {"receivers/slow-1", "receivers/slow-2"}) {
    Message message = To(Url("/silent"), name);
    message.id = name;
    sender_->Send(std::move(message), [](const Outcome&) {});
  }
  Await([this] { return Taken(root_ / "taken").size() == 2; });
  Start(To(Url("/200")));
  sender_->Cut("r-1");
  EXPECT_EQ(Finish().kind, Kind::kNotNow);
  EXPECT_THAT(Taken(root_ / "taken"), SizeIs(2));
  sender_.reset();
}

TEST_F(CutTest, WhatIsCutBeforeItIsTried_IsNoAttemptBeItsLast) {
  absl::Notification go;
  WatchedExecutor watched(executor_, [&go] { go.WaitForNotification(); });
  Make(watched);
  for (const char* id : {"r-busy-1", "r-busy-2"}) {  // as many as there are that write
    Message message = To(Url("/200"), "receivers/busy");
    message.id = id;
    sender_->Send(std::move(message), [](const Outcome&) {});
  }
  Message last = To(Url("/200"));
  last.attempt = 10;
  Start(std::move(last));
  sender_->Cut("r-1");
  go.Notify();
  EXPECT_EQ(Finish().kind, Kind::kNotNow);
  sender_.reset();
}

}  // namespace
}  // namespace vigil::alert
