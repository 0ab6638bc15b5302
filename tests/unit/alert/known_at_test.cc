// What a message says of when its facts were known, while the journal is silent.
#include <gtest/gtest.h>

#include "tests/unit/alert/engine_fixture.h"

namespace vigil::alert {
namespace {

// By the wall: a journal that was silent for longer makes each message say so.
constexpr absl::Duration kStaleAfter = absl::Seconds(60);

class KnownAt : public EngineTest {
 protected:
  // What is due on each of the days that the silence takes; and then it begins.
  void FallSilent() {
    for (int day = 1; day <= kDays; ++day) {
      PutDeadline(day, "cases/c-" + std::to_string(1000000 + day));
    }
    Run(absl::Seconds(2));
    sink_.attempts().clear();
    replica_->registry_link->up = false;
    replica_->feed.Cut();
    Run(absl::Milliseconds(2));
    const absl::Duration silence = engine().Status().feed_silence;
    ASSERT_LT(silence, absl::Seconds(2)) << "it spoke each second";
    silent_since_ = queue_.wall() - silence;
    heard_ = queue_.now() - kRate * silence;
  }

  static constexpr int kDays = 24;  // 96 s
  absl::Time silent_since_;         // wall
  absl::Time heard_;                // the same moment of the calendar
};

TEST_F(KnownAt, IsSaidOnceTheJournalWasSilentForAMinute) {
  FallSilent();
  Run(absl::Seconds(90));
  int before = 0;
  int after = 0;
  for (const sim::Attempt& attempt : sink_.attempts()) {
    const bool stale = attempt.began - silent_since_ > kStaleAfter;
    ++(stale ? after : before);
    ASSERT_EQ(attempt.message.known_at.has_value(), stale) << attempt.began - silent_since_;
    if (stale) {
      EXPECT_LT(absl::AbsDuration(*attempt.message.known_at - heard_), absl::Milliseconds(1));
    }
  }
  EXPECT_GT(before, 5);
  EXPECT_GT(after, 3);
}

TEST_F(KnownAt, IsSaidNoMoreOnceTheJournalSpeaks) {
  FallSilent();
  Run(absl::Seconds(70));
  ASSERT_TRUE(sink_.attempts().back().message.known_at);
  replica_->registry_link->up = true;
  Run(absl::Seconds(2));
  sink_.attempts().clear();
  Run(absl::Seconds(18));
  ASSERT_GT(sink_.attempts().size(), 2u);
  for (const sim::Attempt& attempt : sink_.attempts()) {
    EXPECT_FALSE(attempt.message.known_at);
  }
}

// It speaks, but of what was recorded long ago: a long journal is read.
TEST_F(KnownAt, IsSaidWhileWhatIsHeardIsOld) {
  constexpr absl::Duration kBehind = absl::Seconds(70);
  for (int day = 1; day <= kDays; ++day) {
    PutDeadline(day, "cases/c-" + std::to_string(1000000 + day));
  }
  Run(absl::Seconds(2));
  replica_->feed.has_bookmarks = false;
  replica_->registry_link->least = replica_->registry_link->most = kBehind;
  sink_.attempts().clear();
  for (int second = 0; second < 90; ++second) {
    PutDeadline(1000 + second, "cases/c-other");
    Run(absl::Seconds(1));
  }
  ASSERT_LT(engine().Status().feed_silence, absl::Seconds(2));
  ASSERT_FALSE(sink_.attempts().empty());
  const sim::Attempt& last = sink_.attempts().back();
  ASSERT_TRUE(last.message.known_at);
  EXPECT_GE(last.message.time - *last.message.known_at, kRate * (kBehind - absl::Seconds(1)));
  EXPECT_LE(last.message.time - *last.message.known_at, kRate * (kBehind + absl::Seconds(2)));
}

}  // namespace
}  // namespace vigil::alert
