// A week in which no date is due: what is missing is told all the same, where something is new.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/alert/engine_fixture.h"

namespace vigil::alert {
namespace {

using ::testing::SizeIs;

const absl::Duration kWeek = absl::Hours(24 * 7) / kRate;  // wall

class FindingsDigest : public EngineTest {
 protected:
  // It is Thursday, 2018-05-03; of the case nothing is due for months.
  FindingsDigest() {
    PutDeadline(300);
    replica_->feed.has_findings = true;
  }

  static std::chrono::weekday WeekdayOf(const Message& message) {
    return std::chrono::weekday(message.today);
  }
};

TEST_F(FindingsDigest, GoesOutOnMondayAndNotAgainWhereNothingIsNew) {
  Run(4 * kWeek);
  ASSERT_THAT(sink_.taken(), SizeIs(1));
  const Message& message = sink_.taken()[0].message;
  EXPECT_EQ(message.form, Message::Form::kDigest);
  EXPECT_EQ(WeekdayOf(message), std::chrono::Monday);
  EXPECT_THAT(message.items, SizeIs(0));
  ASSERT_THAT(message.findings, SizeIs(1));
  EXPECT_EQ(message.findings[0].name(), std::string(kCase) + "/findings/f-1");
  EXPECT_EQ(Journaled(Receipt::KIND_SENT), 1);
}

TEST_F(FindingsDigest, WhatIsFoundLaterIsToldTheNextMonday) {
  Run(2 * kWeek);
  ASSERT_THAT(sink_.taken(), SizeIs(1));
  replica_->feed.found = queue_.now();
  Run(3 * kWeek);
  EXPECT_THAT(sink_.taken(), SizeIs(2));
}

TEST_F(FindingsDigest, WhoStartsAnewTellsNothingAgain) {
  Run(2 * kWeek);
  ASSERT_THAT(sink_.taken(), SizeIs(1));
  Restart();
  replica_->feed.has_findings = true;
  Run(2 * kWeek);
  EXPECT_THAT(sink_.taken(), SizeIs(1));
}

TEST_F(FindingsDigest, WithoutFindingsNothingGoesOut) {
  replica_->feed.has_findings = false;
  Run(3 * kWeek);
  EXPECT_THAT(sink_.taken(), SizeIs(0));
}

TEST_F(FindingsDigest, WhereTheRegistryDoesNotSayItIsAskedAgainThatDay) {
  replica_->feed.away = true;
  const absl::Time monday = LocalMoment(civil::MakeDay(2018, 5, 7), 12, Zone("Asia/Almaty"));
  while (queue_.now() < monday) Run(absl::Milliseconds(100));
  EXPECT_THAT(sink_.taken(), SizeIs(0));
  replica_->feed.away = false;
  Run(absl::Seconds(1));
  EXPECT_THAT(sink_.taken(), SizeIs(1));
}

TEST_F(FindingsDigest, WhoTakesNoDigestsGetsNone) {
  v1::Subscription subscription;
  subscription.set_name("subscriptions/desk");
  subscription.set_receiver("receivers/desk");
  subscription.set_time_zone("Asia/Almaty");
  subscription.set_no_digest(true);
  Put(subscription);
  Run(2 * kWeek);
  EXPECT_THAT(sink_.taken(), SizeIs(0));
}

TEST_F(FindingsDigest, OneThatFailsIsTriedAgainUnderTheSameId) {
  weather_.refuse = 1;
  while (sink_.attempts().empty() && queue_.now() < absl::FromUnixSeconds(1'527'000'000)) {
    Run(absl::Milliseconds(100));
  }
  weather_.refuse = 0;
  RunUntilTaken(1);
  ASSERT_GT(sink_.attempts().size(), 1u);
  for (const sim::Attempt& attempt : sink_.attempts()) {
    EXPECT_EQ(attempt.message.id, sink_.attempts()[0].message.id);
  }
}

}  // namespace
}  // namespace vigil::alert
