// A week in which no date is due: what is missing is told all the same, where something is new.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "alert-svc/engine/dead_letter.h"
#include "tests/unit/alert/findings_fixture.h"

namespace vigil::alert {
namespace {

using ::testing::SizeIs;

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

// The registry's clock may be behind ours by the machines' time, of which a day has four seconds.
TEST_F(FindingsDigest, WhatWasFoundJustBeforeOneByTheMachinesClocksIsNewToTheNext) {
  RunUntilDay(5, 8, 0);
  ASSERT_THAT(sink_.taken(), SizeIs(1));
  replica_->feed.found = sink_.taken()[0].message.time - absl::Hours(12);
  RunUntilDay(5, 15, 0);
  EXPECT_THAT(sink_.taken(), SizeIs(2));
}

TEST_F(FindingsDigest, WhatWasFoundLongBeforeOneIsNotNewToTheNext) {
  RunUntilDay(5, 8, 0);
  ASSERT_THAT(sink_.taken(), SizeIs(1));
  replica_->feed.found = sink_.taken()[0].message.time - absl::Hours(48);
  RunUntilDay(5, 15, 0);
  EXPECT_THAT(sink_.taken(), SizeIs(1));
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
  RunUntilDay(5, 7, 12);
  EXPECT_THAT(sink_.taken(), SizeIs(0));
  replica_->feed.away = false;
  RunUntilTaken(1);
  EXPECT_LT(queue_.now(), LocalMoment(civil::MakeDay(2018, 5, 8), 0, Zone("Asia/Almaty")));
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

TEST_F(FindingsDigest, ThatThereIsNothingNewIsAskedOnceAWeekByAllReplicas) {
  const std::unique_ptr<Replica> second = NewReplica();
  Replica& other = *second;
  other.feed.has_findings = true;
  RunUntilDay(5, 10, 0);
  ASSERT_THAT(sink_.taken(), SizeIs(1));
  const int asked = replica_->feed.asked + other.feed.asked;
  const int skipped = Journaled(Receipt::KIND_SKIPPED);
  RunUntilDay(6, 14, 0);
  EXPECT_THAT(sink_.taken(), SizeIs(1));
  EXPECT_EQ(replica_->feed.asked + other.feed.asked, asked + 5 * 2) << "two pages on each Monday";
  EXPECT_EQ(Journaled(Receipt::KIND_SKIPPED), skipped + 5);
  for (const Replica* replica : {replica_.get(), &other}) {
    EXPECT_GT(replica->audits, 0);
    EXPECT_EQ(replica->repaired.missing + replica->repaired.wrong + replica->repaired.extra, 0u);
  }
}

TEST_F(FindingsDigest, WhatTheDigestOfDatesCouldNotTellIsToldByItself) {
  PutDatesOfDigests();
  replica_->feed.away = true;
  RunUntilDay(5, 7, 20);
  ASSERT_THAT(sink_.taken(), SizeIs(1));
  EXPECT_THAT(sink_.taken()[0].message.items, SizeIs(1));
  EXPECT_THAT(sink_.taken()[0].message.findings, SizeIs(0));
  replica_->feed.away = false;
  RunUntilDay(5, 8, 12);
  ASSERT_THAT(sink_.taken(), SizeIs(2));
  EXPECT_THAT(sink_.taken()[1].message.items, SizeIs(0));
  EXPECT_THAT(sink_.taken()[1].message.findings, SizeIs(2));
}

TEST_F(FindingsDigest, WhatTheDigestOfDatesToldIsNotToldByItself) {
  PutDatesOfDigests();
  RunUntilDay(5, 30, 0);
  ASSERT_THAT(sink_.taken(), SizeIs(1));
  EXPECT_THAT(sink_.taken()[0].message.items, SizeIs(1));
  EXPECT_THAT(sink_.taken()[0].message.findings, SizeIs(2));
}

TEST_F(FindingsDigest, WhoWasNotThereOnMondayTellsItLaterInTheWeek) {
  RunUntilDay(5, 6, 12);
  replica_.reset();
  RunUntilDay(5, 9, 15);
  Restart();
  replica_->feed.has_findings = true;
  RunUntilDay(5, 11, 0);
  ASSERT_THAT(sink_.taken(), SizeIs(1));
  RunUntilDay(5, 20, 0);
  EXPECT_THAT(sink_.taken(), SizeIs(1));
}

TEST_F(FindingsDigest, OneThatIsGivenUpIsADeadLetterAndSentAgainByHand) {
  weather_.never = 1;
  RunUntilDay(5, 8, 0);
  EXPECT_THAT(sink_.taken(), SizeIs(0));
  const std::map<std::string, DeadLetter> letters = DeadLettersOf(world());
  ASSERT_THAT(letters, SizeIs(1));
  const auto& [id, letter] = *letters.begin();
  EXPECT_EQ(letter.receiver, "receivers/desk");
  EXPECT_EQ(WhyOver(world(), letter), "");
  weather_.never = 0;
  std::optional<absl::StatusOr<Outcome>> outcome;
  engine().Resend(id, [&](absl::StatusOr<Outcome> done) { outcome = std::move(done); });
  Run(absl::Seconds(3));  // there and back
  ASSERT_TRUE(outcome && outcome->ok());
  ASSERT_THAT(sink_.taken(), SizeIs(1));
  EXPECT_THAT(sink_.taken()[0].message.findings, SizeIs(1));
  EXPECT_THAT(DeadLettersOf(world()), SizeIs(0));
  RunUntilDay(5, 30, 0);
  EXPECT_THAT(sink_.taken(), SizeIs(1));
}

TEST_F(FindingsDigest, WhatWasGivenUpIsToldTheNextMonday) {
  weather_.never = 1;
  RunUntilDay(5, 8, 0);
  weather_.never = 0;
  RunUntilDay(5, 30, 0);
  ASSERT_THAT(sink_.taken(), SizeIs(1));
  EXPECT_EQ(WeekdayOf(sink_.taken()[0].message), std::chrono::Monday);
}

TEST_F(FindingsDigest, OneThatComesBackIsADeadLetterAndToldTheNextMonday) {
  RunUntilDay(5, 8, 0);
  ASSERT_THAT(sink_.taken(), SizeIs(1));
  absl::Status bounced = absl::UnknownError("not yet");
  engine().Bounced(sink_.taken()[0].message.id, "5.2.2", [&](absl::Status s) { bounced = s; });
  Run(absl::Seconds(1));
  EXPECT_TRUE(bounced.ok()) << bounced;
  EXPECT_THAT(DeadLettersOf(world()), SizeIs(1));
  RunUntilDay(5, 17, 0);
  EXPECT_THAT(sink_.taken(), SizeIs(2));
}

TEST_F(FindingsDigest, WhatCameBackInADigestOfDatesIsToldTheNextMonday) {
  PutDatesOfDigests();
  RunUntilDay(5, 8, 12);
  ASSERT_THAT(sink_.taken(), SizeIs(1));
  engine().Bounced(sink_.taken()[0].message.id, "5.2.2", [](absl::Status) {});
  RunUntilDay(5, 17, 0);
  ASSERT_THAT(sink_.taken(), SizeIs(2));
  EXPECT_THAT(sink_.taken()[1].message.items, SizeIs(0));
}

TEST_F(FindingsDigest, OfSeveralThatWereGivenUpOnlyTheLastIsSentAgain) {
  weather_.never = 1;
  RunUntilDay(5, 17, 0);
  std::multiset<std::string> over;
  for (const auto& [id, letter] : DeadLettersOf(world())) over.insert(WhyOver(world(), letter));
  EXPECT_EQ(over, (std::multiset<std::string>{"", "a later digest of findings took its place"}));
}

TEST_F(FindingsDigest, WhatWasToldLateIsNotNewTheNextMonday) {
  weather_.refuse = 1;
  RunUntilDay(5, 8, 12);
  replica_->feed.found = queue_.now();
  RunUntilDay(5, 9, 12);
  weather_.refuse = 0;
  RunUntilDay(5, 30, 0);
  EXPECT_THAT(sink_.taken(), SizeIs(1));
}

TEST_F(FindingsDigest, WhatIsReadInPartIsAskedForAgainThatDay) {
  PutDeadline(300, "cases/c-other");
  replica_->feed.tells_other = true;
  replica_->feed.rest_away = true;
  RunUntilDay(5, 7, 20);
  EXPECT_THAT(sink_.taken(), SizeIs(0));
  replica_->feed.rest_away = false;
  RunUntilDay(5, 8, 12);
  ASSERT_THAT(sink_.taken(), SizeIs(1));
  EXPECT_THAT(sink_.taken()[0].message.findings, SizeIs(2));
}

TEST_F(FindingsDigest, WhatADigestOfDatesReadInPartIsToldByItselfAlone) {
  PutDatesOfDigests();
  replica_->feed.rest_away = true;
  RunUntilDay(5, 7, 20);
  ASSERT_THAT(sink_.taken(), SizeIs(1));
  EXPECT_THAT(sink_.taken()[0].message.findings, SizeIs(0));
  replica_->feed.rest_away = false;
  RunUntilDay(5, 9, 0);
  ASSERT_THAT(sink_.taken(), SizeIs(2));
  EXPECT_THAT(sink_.taken()[1].message.findings, SizeIs(2));
}

TEST_F(FindingsDigest, OfACaseThatIsNotFollowedYetItIsAskedAgain) {
  replica_->feed.tells_other = true;
  RunUntilDay(5, 7, 12);
  EXPECT_THAT(sink_.taken(), SizeIs(0));
  PutDeadline(300, "cases/c-other");
  RunUntilDay(5, 8, 0);
  ASSERT_THAT(sink_.taken(), SizeIs(1));
  EXPECT_THAT(sink_.taken()[0].message.findings, SizeIs(2));
}

TEST_F(FindingsDigest, WhatIsReadInPartAllDayIsToldInPart) {
  PutDeadline(300, "cases/c-other");
  replica_->feed.tells_other = true;
  replica_->feed.rest_away = true;
  RunUntilDay(5, 9, 0);
  ASSERT_THAT(sink_.taken(), SizeIs(1));
  EXPECT_THAT(sink_.taken()[0].message.findings, SizeIs(1));
  EXPECT_TRUE(sink_.taken()[0].message.more_findings);
}

TEST_F(FindingsDigest, AWorldThatStartsOverMeanwhileSaysNothingOfThem) {
  const int skipped = Journaled(Receipt::KIND_SKIPPED);
  std::function<void()> answer;
  replica_->feed.hold_back = [&](std::function<void()> held) { answer = std::move(held); };
  RunUntilDay(5, 7, 10);
  ASSERT_TRUE(answer);
  registry_.Save();
  replica_->feed.Cut();
  registry_.Restore();
  const auto reads_anew = [this] { return !world().loaded() && world().cases().empty(); };
  for (int i = 0; i < 100'000 && !reads_anew(); ++i) Run(absl::Microseconds(10));
  ASSERT_TRUE(reads_anew());
  answer();
  RunUntilDay(5, 13, 0);
  EXPECT_THAT(sink_.taken(), SizeIs(1));
  EXPECT_EQ(Journaled(Receipt::KIND_SKIPPED), skipped);
}

TEST_F(FindingsDigest, WhatADigestOnItsWayTellsIsNotToldBesideIt) {
  PutDatesOfDigests();
  RunUntilDay(5, 7, 8);
  weather_.slow = 1;
  for (int i = 0; i < 1000 && sink_.attempts().empty(); ++i) Run(absl::Milliseconds(10));
  ASSERT_THAT(sink_.attempts(), SizeIs(1));
  ASSERT_THAT(sink_.taken(), SizeIs(0));
  registry_.SetDeadlines("cases/c-other", {});
  RunUntilDay(5, 20, 0);
  std::multiset<std::size_t> findings;
  for (const sim::Accepted& accepted : sink_.taken()) {
    findings.insert(accepted.message.findings.size());
  }
  EXPECT_EQ(findings.count(2), 1u);
  findings.erase(0);  // that the date is gone
  EXPECT_THAT(findings, SizeIs(1));
}

TEST_F(FindingsDigest, AttemptsByHandLeaveWhenItWasGivenUp) {
  weather_.never = 1;
  RunUntilDay(5, 8, 0);
  const std::map<std::string, DeadLetter> letters = DeadLettersOf(world());
  ASSERT_THAT(letters, SizeIs(1));
  const absl::Time first = letters.begin()->second.first_time;
  engine().Resend(letters.begin()->first, [](const absl::StatusOr<Outcome>&) {});
  RunUntilDay(5, 10, 0);
  ASSERT_THAT(DeadLettersOf(world()), SizeIs(1));
  EXPECT_EQ(DeadLettersOf(world()).begin()->second.first_time, first);
}

TEST_F(FindingsDigest, WhoReadsTheJournalAnewKnowsThatItWasSentAgain) {
  weather_.never = 1;
  RunUntilDay(5, 8, 0);
  ASSERT_THAT(DeadLettersOf(world()), SizeIs(1));
  registry_.Save();
  weather_.never = 0;
  engine().Resend(DeadLettersOf(world()).begin()->first, [](const absl::StatusOr<Outcome>&) {});
  Run(absl::Seconds(3));  // there and back
  ASSERT_THAT(DeadLettersOf(world()), SizeIs(0));
  replica_->feed.Cut();
  registry_.Restore();  // from before it
  Run(absl::Seconds(3));
  EXPECT_THAT(DeadLettersOf(world()), SizeIs(0));
}

TEST_F(FindingsDigest, ASecondNoticeOfOneBounceChangesNothing) {
  RunUntilDay(5, 8, 0);
  ASSERT_THAT(sink_.taken(), SizeIs(1));
  for (int i = 0; i < 2; ++i) {
    absl::Status bounced = absl::UnknownError("not yet");
    engine().Bounced(sink_.taken()[0].message.id, "5.2.2", [&](absl::Status s) { bounced = s; });
    Run(absl::Seconds(1));
    EXPECT_TRUE(bounced.ok()) << bounced;
  }
  EXPECT_EQ(Journaled(Receipt::KIND_DEAD), 1);
}

}  // namespace
}  // namespace vigil::alert
