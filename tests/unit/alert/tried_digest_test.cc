// What becomes of a digest that failed, and may have arrived.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "alert-svc/domain/ids.h"
#include "tests/unit/alert/findings_fixture.h"

namespace vigil::alert {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class TriedDigest : public FindingsDigest {
 protected:
  void SetUp() override { PutDatesOfDigests(); }

  // Monday's digest is tried once, and taken where the answer alone is lost.
  void TryOnce(double sim::Weather::*how) {
    RunUntilDay(5, 7, 8);
    weather_.*how = 1;
    for (int i = 0; i < 1000 && Failed() == 0; ++i) Run(absl::Milliseconds(1));
    weather_.*how = 0;
    ASSERT_THAT(sink_.attempts(), SizeIs(1));
    ASSERT_THAT(sink_.attempts()[0].message.findings, SizeIs(replica_->feed.has_findings ? 2 : 0));
  }
  int Failed() const { return static_cast<int>(world().tried().size()); }
  // A person answers each date that was told.
  void AnswerAll() {
    for (const MessageItem& item : sink_.attempts()[0].message.items) Answer(item);
  }
  void Answer(const MessageItem& item) {
    Receipt receipt;
    receipt.set_id("answered-" + item.alert);
    receipt.set_kind(Receipt::KIND_ACKNOWLEDGED);
    receipt.set_deadline(item.deadline.name());
    receipt.set_alert(item.alert.substr(std::string("alerts/").size()));
    *receipt.mutable_time() = ToProto(queue_.now());
    registry_.Record({receipt});
  }
  // The ids of the messages that told findings.
  std::set<std::string> ToldUnder() {
    std::set<std::string> ids;
    for (const sim::Accepted& accepted : sink_.taken()) {
      if (!accepted.message.findings.empty()) ids.insert(accepted.message.id);
    }
    return ids;
  }
  // How a digest ended, by the journal.
  std::vector<Receipt::Kind> EndsOf(const std::string& id) const {
    std::vector<Receipt::Kind> ends;
    for (const auto& change : registry_.journal()) {
      for (const auto& item : change.items()) {
        for (const Receipt& receipt : item.receipts_recorded().receipts()) {
          if (receipt.reminder() == id && IsFinal(receipt)) ends.push_back(receipt.kind());
        }
      }
    }
    return ends;
  }
  static std::string FindingsOfMonday() { return FindingsId("subscriptions/desk", "2018-05-07"); }
  static std::set<std::string> DeadlinesOf(const Message& message) {
    std::set<std::string> names;
    for (const MessageItem& item : message.items) names.insert(item.deadline.name());
    return names;
  }
};

TEST_F(TriedDigest, TellsItsFindingsUnderItsIdAlsoWhereItsDatesWereAnswered) {
  TryOnce(&sim::Weather::ambiguous);
  AnswerAll();
  RunUntilDay(5, 13, 0);
  EXPECT_THAT(ToldUnder(), SizeIs(1));
  ASSERT_THAT(sink_.taken(), SizeIs(2));
  EXPECT_EQ(DeadlinesOf(sink_.taken()[1].message), DeadlinesOf(sink_.taken()[0].message));
  EXPECT_EQ(EndsOf(FindingsOfMonday()), std::vector{Receipt::KIND_IN_DIGEST});
}

TEST_F(TriedDigest, TellsItsFindingsUnderItsIdAlsoWhereRedisWasLost) {
  TryOnce(&sim::Weather::ambiguous);
  AnswerAll();
  Run(absl::Milliseconds(1));
  redis_.Wipe();
  RunUntilDay(5, 13, 0);
  EXPECT_THAT(ToldUnder(), SizeIs(1));
  ASSERT_THAT(sink_.taken(), SizeIs(2));
  EXPECT_EQ(DeadlinesOf(sink_.taken()[1].message), DeadlinesOf(sink_.taken()[0].message));
}

TEST_F(TriedDigest, WaitsForItsFindingsWhereTheRegistryDoesNotSay) {
  TryOnce(&sim::Weather::ambiguous);
  replica_->feed.away = true;
  const int before = replica_->feed.asked;
  for (int i = 0; i < 1000 && replica_->feed.asked == before; ++i) Run(absl::Milliseconds(1));
  ASSERT_GT(replica_->feed.asked, before);
  Run(absl::Milliseconds(20));
  ASSERT_THAT(sink_.attempts(), SizeIs(1));
  replica_->feed.away = false;
  RunUntilDay(5, 13, 0);
  EXPECT_THAT(ToldUnder(), SizeIs(1));
  ASSERT_THAT(sink_.taken(), SizeIs(2));
  EXPECT_THAT(sink_.taken()[1].message.findings, SizeIs(2));
}

TEST_F(TriedDigest, KeepsItsDatesFromNobodyAfterItsDay) {
  TryOnce(&sim::Weather::refuse);
  replica_->feed.away = true;
  RunUntilDay(5, 8, 6);
  ASSERT_THAT(sink_.taken(), SizeIs(1));
  EXPECT_THAT(sink_.taken()[0].message.items, SizeIs(1));
  EXPECT_THAT(sink_.taken()[0].message.findings, IsEmpty());
  replica_->feed.away = false;
  RunUntilDay(5, 13, 0);
  EXPECT_THAT(sink_.taken(), SizeIs(1)) << "not under another id";
  RunUntilDay(5, 15, 0);
  ASSERT_THAT(sink_.taken(), SizeIs(2));
  EXPECT_THAT(sink_.taken()[1].message.findings, SizeIs(2)) << "the next week";
}

TEST_F(TriedDigest, EndsWhereAllOfItWasAnswered) {
  replica_->feed.has_findings = false;
  const std::unique_ptr<Replica> second = NewReplica();
  Run(absl::Seconds(8));
  TryOnce(&sim::Weather::refuse);
  const std::string id = sink_.attempts()[0].message.id;
  AnswerAll();
  RunUntilDay(5, 9, 0);
  EXPECT_THAT(sink_.attempts(), SizeIs(1));
  EXPECT_EQ(EndsOf(id), std::vector{Receipt::KIND_SKIPPED}) << "by both replicas once";
  EXPECT_THAT(world().tried(), IsEmpty());
}

TEST_F(TriedDigest, HoldsWhatItHeldAlsoWhereSomeWasAnsweredAndRedisWasLost) {
  replica_->feed.has_findings = false;
  PutDeadline(4, "cases/c-second", registry::v1::DEADLINE_KIND_SENTENCE_END);
  TryOnce(&sim::Weather::ambiguous);
  ASSERT_THAT(sink_.taken()[0].message.items, SizeIs(2));
  Answer(sink_.taken()[0].message.items[0]);
  Run(absl::Milliseconds(1));
  redis_.Wipe();
  RunUntilDay(5, 13, 0);
  ASSERT_GE(sink_.taken().size(), 2u);
  EXPECT_EQ(sink_.taken()[1].message.id, sink_.taken()[0].message.id);
  EXPECT_EQ(DeadlinesOf(sink_.taken()[1].message), DeadlinesOf(sink_.taken()[0].message));
}

}  // namespace
}  // namespace vigil::alert
