#include "alert-svc/rpc/alert_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vigil::alert {
namespace {

v1::Alert Make(const std::string& id, v1::AlertState state = v1::ALERT_STATE_SENT) {
  v1::Alert alert;
  alert.set_name("alerts/" + id);
  alert.set_state(state);
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

TEST(AlertBook, ResumedWithItsToken_GoesOnWhereItWas) {
  AlertBook book("one");
  book.Publish({{"cases/x", {Make("a"), Make("b")}}});
  const auto point = book.StartAt(book.TokenOf(1));
  EXPECT_EQ(point.after, 1);
  EXPECT_TRUE(point.first.empty());
}

TEST(AlertBook, TokenOfAnotherProcess_IsAnsweredWithWhatIsLive) {
  AlertBook book("one");
  book.Publish({{"cases/x", {Make("a"), Make("b", v1::ALERT_STATE_SCHEDULED)}}});
  const auto point = book.StartAt("other-7");
  EXPECT_EQ(point.after, 2);
  ASSERT_EQ(point.first.size(), 1u);
  EXPECT_EQ(point.first[0]->name(), "alerts/a");
}

TEST(AlertBook, TokenWithinTheFirstList_IsAnsweredWithTheListAgain) {
  AlertBook book("one");
  EXPECT_EQ(book.StartAt(book.TokenOf(AlertBook::kFromTheStart)).after, 0);
  book.Publish({{"cases/x", {Make("a"), Make("b")}}});
  const auto point = book.StartAt(book.TokenOf(AlertBook::kFromTheStart));
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
