#include "alert-svc/rpc/alert_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace vigil::alert {
namespace {

v1::Alert Make(const std::string& id, v1::AlertState state = v1::ALERT_STATE_SENT) {
  v1::Alert alert;
  alert.set_name("alerts/" + id);
  alert.set_state(state);
  return alert;
}

const absl::Time kSince = absl::UnixEpoch() + absl::Hours(24 * 100);

v1::Alert Fired(v1::Alert alert, absl::Time at) {
  alert.mutable_fire_time()->set_seconds(absl::ToUnixSeconds(at));
  return alert;
}

TEST(AlertBook, PublishedAgainUnchanged_IsNoEvent) {
  AlertBook book("one");
  book.Publish({{"cases/x", {Make("a")}}});
  book.Publish({{"cases/x", {Make("a")}}});
  EXPECT_EQ(book.After(0).alert->name(), "alerts/a");
  EXPECT_EQ(book.After(1).alert, nullptr);
}

TEST(AlertBook, GoneFromItsCase_IsToldAsClosed) {
  AlertBook book("one");
  book.Publish({{"cases/x", {Make("a")}}});
  book.Publish({{"cases/x", {}}});
  EXPECT_EQ(book.After(1).alert->state(), v1::ALERT_STATE_CLOSED);
  EXPECT_EQ(book.Find("alerts/a"), nullptr);
}

TEST(AlertBook, Counts_FollowEachChangeOfAnAlert) {
  AlertBook book("one");
  v1::Alert late = Make("late");
  late.set_deadline_state(registry::v1::DEADLINE_STATE_PASSED);
  book.Publish({{"cases/x", {late, Make("b"), Make("c", v1::ALERT_STATE_SCHEDULED)}}});
  EXPECT_EQ(book.counts().unacknowledged, 2);
  EXPECT_EQ(book.counts().overdue, 1);
  book.Publish({{"cases/x", {late, Make("b", v1::ALERT_STATE_ACKNOWLEDGED), Make("c")}}});
  EXPECT_EQ(book.counts().unacknowledged, 2);
  book.Publish({{"cases/x", {}}});
  EXPECT_EQ(book.counts().unacknowledged, 0);
  EXPECT_EQ(book.counts().overdue, 0);
}

TEST(AlertBook, ReadInParts_HoldsUpNoPublishingAndShowsEachOnce) {
  AlertBook book("one");
  constexpr int kMany = 2500;
  for (int i = 0; i < kMany; ++i) {
    book.Publish({{"cases/" + std::to_string(i), {Make(std::to_string(10000 + i))}}});
  }
  std::vector<std::string> names;
  book.ForEach([&](const AlertPtr& alert) {
    // From within: it is not locked.
    if (names.empty()) book.Publish({{"cases/0", {}}, {"cases/new", {Make("99999")}}});
    names.push_back(alert->name());
  });
  EXPECT_EQ(names.size(), kMany + 1u) << "what came into a part still to be read is shown";
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
}

TEST(AlertBook, ResumedWithItsToken_GoesOnWhereItWas) {
  AlertBook book("one");
  book.Publish({{"cases/x", {Make("a"), Make("b")}}});
  const auto point = book.StartAt(book.TokenOf(1), kSince);
  EXPECT_EQ(point.after, 1);
  EXPECT_TRUE(point.first.empty());
}

TEST(AlertBook, Token_IsTakenForOneAndNothingElseIs) {
  const AlertBook book("0123abcd");
  for (const std::int64_t number : {AlertBook::kFromTheStart, std::int64_t{0}, INT64_MAX}) {
    EXPECT_TRUE(AlertBook::IsToken(book.TokenOf(number))) << number;
  }
  for (const char* other :
       {"nonsense", "-5", "0123abcd-", "0123abcd-x", "0123abcd-5x", "0123abcd--2",
        "0123abcd-99999999999999999999", "AQID_BAUG-BwgJCgsMDQ4P"}) {
    EXPECT_FALSE(AlertBook::IsToken(other)) << other;
  }
}

TEST(AlertBook, TokenOfAnotherProcess_IsAnsweredWithWhatIsLive) {
  AlertBook book("one");
  book.Publish({{"cases/x", {Make("a"), Make("b", v1::ALERT_STATE_SCHEDULED)}}});
  const auto point = book.StartAt("other-7", kSince);
  EXPECT_EQ(point.after, 2);
  ASSERT_EQ(point.first.size(), 1u);
  EXPECT_EQ(point.first[0]->name(), "alerts/a");
}

TEST(AlertBook, TokenOfAnotherProcess_IsAnsweredWithWhatWasAnsweredOrClosedMeanwhile) {
  AlertBook book("one");
  book.Publish({{"cases/x",
                 {Make("acknowledged", v1::ALERT_STATE_ACKNOWLEDGED),
                  Fired(Make("closed", v1::ALERT_STATE_CLOSED), kSince),
                  Fired(Make("closed-long-ago", v1::ALERT_STATE_CLOSED), kSince - absl::Hours(1)),
                  Make("never-fired", v1::ALERT_STATE_CLOSED)}}});
  std::vector<std::string> told;
  for (const AlertPtr& alert : book.StartAt("other-7", kSince).first) told.push_back(alert->name());
  EXPECT_THAT(told, testing::ElementsAre("alerts/acknowledged", "alerts/closed"));
}

TEST(AlertBook, Unacknowledged_IsWhatFiredAndNobodyAnswered) {
  for (const auto state : {v1::ALERT_STATE_SENT, v1::ALERT_STATE_ESCALATED, v1::ALERT_STATE_DEAD}) {
    EXPECT_TRUE(IsUnacknowledged(Make("a", state))) << state;
  }
  for (const auto state : {v1::ALERT_STATE_SCHEDULED, v1::ALERT_STATE_ACKNOWLEDGED,
                           v1::ALERT_STATE_SNOOZED, v1::ALERT_STATE_CLOSED}) {
    EXPECT_FALSE(IsUnacknowledged(Make("a", state))) << state;
  }
}

TEST(AlertBook, Overdue_IsWhatNobodyAnsweredAndHasPassedByTheDayOfItsCase) {
  v1::Alert alert = Make("a");
  alert.set_latest("2018-04-28");
  alert.set_deadline_state(registry::v1::DEADLINE_STATE_DUE);
  EXPECT_FALSE(IsOverdue(alert));
  alert.set_deadline_state(registry::v1::DEADLINE_STATE_PASSED);
  EXPECT_TRUE(IsOverdue(alert));
  alert.set_state(v1::ALERT_STATE_ACKNOWLEDGED);
  EXPECT_FALSE(IsOverdue(alert));
}

TEST(AlertBook, TokenWithinTheFirstList_IsAnsweredWithTheListAgain) {
  AlertBook book("one");
  EXPECT_EQ(book.StartAt(book.TokenOf(AlertBook::kFromTheStart), kSince).after, 0);
  book.Publish({{"cases/x", {Make("a"), Make("b")}}});
  const auto point = book.StartAt(book.TokenOf(AlertBook::kFromTheStart), kSince);
  EXPECT_EQ(point.after, 2);
  EXPECT_EQ(point.first.size(), 2u);
}

TEST(AlertBook, WatcherBehindWhatIsKept_IsToldSo) {
  AlertBook book("one");
  for (int i = 0; i < 10'010; ++i) {
    book.Publish({{"cases/x", {Make("a", i % 2 ? v1::ALERT_STATE_SENT : v1::ALERT_STATE_DEAD)}}});
  }
  EXPECT_EQ(book.After(1).number, -1);
}

}  // namespace
}  // namespace vigil::alert
