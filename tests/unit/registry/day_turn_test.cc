#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry-svc/casebook/day_keeper.h"
#include "tests/unit/registry/book_fixture.h"

namespace vigil::registry {
namespace {

class DayTurnTest : public BookTest {
 protected:
  // A duty to report each day: another occurrence comes into view at each midnight.
  static v1::Fact Duty() {
    v1::Fact duty;
    duty.set_date("2018-04-01");
    duty.mutable_source()->set_title("court file");
    duty.mutable_reporting_duty()->set_every("P1D");
    return duty;
  }
  // The next day turns the state of its date.
  static v1::Fact Event() {
    v1::Fact event;
    event.set_date("2018-04-29");
    event.mutable_source()->set_title("court file");
    event.mutable_planned_event()->set_what("hearing");
    return event;
  }
  void CreateDuty() {
    ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
    ASSERT_THAT(CreateFact("cases/c-test", Duty()), IsOk());
  }
  FilePtr file() const { return book_->Present()->Find("cases/c-test"); }
  static absl::Time Almaty(const std::string& time) {
    absl::Time parsed;
    absl::ParseTime(absl::RFC3339_full, time + "+06:00", &parsed, nullptr);
    return parsed;
  }
};

TEST_F(DayTurnTest, BeforeMidnight_NothingHappens) {
  CreateDuty();
  const int64_t before = revision();
  clock_.AdvanceTo(Almaty("2018-04-28T23:59:59"));
  TurnDay();
  EXPECT_EQ(revision(), before);
  EXPECT_EQ(file()->present->day, civil::MakeDay(2018, 4, 28));
}

TEST_F(DayTurnTest, AtMidnight_StatesTurnWithoutARevision) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  clock_.Advance(absl::Seconds(1));  // the event is a touch on the day it was recorded, not its own
  ASSERT_THAT(CreateFact("cases/c-test", Event()), IsOk());
  const int64_t before = revision();
  clock_.AdvanceTo(Almaty("2018-04-29T00:00:00"));
  TurnDay();
  EXPECT_EQ(file()->present->day, civil::MakeDay(2018, 4, 29));
  EXPECT_EQ(revision(), before);
}

TEST_F(DayTurnTest, AtEachMidnight_AFindingThatCountsDaysIsFoundAnew) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  v1::Fact asked;
  asked.set_date("2018-03-01");
  asked.mutable_source()->set_title("our letter");
  asked.mutable_intervention()->set_to("the prosecutor");
  asked.mutable_intervention()->set_reply_due("2018-04-26");
  ASSERT_THAT(CreateFact("cases/c-test", asked), IsOk());
  const int64_t before = revision();
  const auto text = [&] {
    for (const v1::Finding& finding : file()->present->derived.findings) {
      if (finding.kind() == kStateSilent) return finding.text();
    }
    return std::string();
  };
  for (int silent = 2; silent < 6; ++silent) {
    EXPECT_THAT(text(), testing::HasSubstr(fmt::format("silent for {} days", silent)));
    EXPECT_EQ(file()->present->day, LocalDay(clock_.Now(), file()->zone));
    clock_.Advance(absl::Hours(24));
    TurnDay();
  }
  EXPECT_EQ(revision(), before) << "what only counts on is no news";
}

TEST_F(DayTurnTest, MidnightThatChangesNothing_TouchesNoFile) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  ASSERT_THAT(CreateFact("cases/c-test", Custody("2018-04-20")), IsOk());
  const PackedPtr before = book_->Present()->FindPacked("cases/c-test");
  ASSERT_GT(before->until, Almaty("2018-04-30T00:00:00"));
  clock_.AdvanceTo(Almaty("2018-04-30T00:00:00"));
  TurnDay();
  EXPECT_EQ(book_->Present()->FindPacked("cases/c-test"), before);
  EXPECT_EQ(book_->Read(file(), std::nullopt).get(), file()->present.get());
  EXPECT_EQ(book_->Read(file(), civil::MakeDay(2018, 4, 30)).get(), file()->present.get());
  EXPECT_NE(book_->Read(file(), civil::MakeDay(2018, 4, 27)).get(), file()->present.get());
}

TEST_F(DayTurnTest, ReadAsOfTheDayOnWhichSomethingElseFollows_IsDerivedForIt) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  ASSERT_THAT(CreateFact("cases/c-test", Custody("2018-04-20")), IsOk());
  const civil::Day next = file()->present->next;
  EXPECT_EQ(book_->Read(file(), next)->day, next);
}

TEST_F(DayTurnTest, TurnedFile_IsOnceTold) {
  CreateDuty();
  const int64_t before = revision();
  for (int day = 0; day < 5; ++day) {
    clock_.Advance(absl::Hours(24));
    TurnDay();
    EXPECT_TRUE(file()->present->Covers(LocalDay(clock_.Now(), file()->zone)));
  }
  EXPECT_EQ(revision(), before + 5) << "each occurrence that came into view once";
  TurnDay();
  Open();
  EXPECT_EQ(revision(), before + 5);
}

TEST_F(DayTurnTest, NewOccurrence_IsJournaled) {
  CreateDuty();
  const int64_t before = revision();
  clock_.Advance(absl::Hours(24));
  TurnDay();
  EXPECT_GT(revision(), before);
  const v1::Change& change = ChangeOf(revision());
  EXPECT_EQ(change.actor(), "registry-svc");
  ASSERT_TRUE(change.items(0).has_deadlines_changed());
  EXPECT_GT(change.items(0).deadlines_changed().after_size(), 0);
}

TEST_F(DayTurnTest, DaysMissedWhileItWasDown_AreCaughtUpAtStart) {
  CreateDuty();
  const int64_t before = revision();
  clock_.Advance(absl::Hours(24 * 70));
  Open();
  EXPECT_GT(revision(), before);
  EXPECT_EQ(file()->present->day, civil::MakeDay(2018, 7, 7));
}

TEST_F(DayTurnTest, EachZoneTurnsAtItsOwnMidnight) {
  CreateDuty();
  v1::CreateCaseRequest request;
  request.set_case_id("c-west");
  request.mutable_case_()->set_display_name("Somebody in the west");
  request.mutable_case_()->set_time_zone("Asia/Aqtau");
  ASSERT_THAT(Call(&Casebook::CreateCase, request), IsOk());
  ASSERT_THAT(CreateFact("cases/c-west", Duty()), IsOk());
  clock_.AdvanceTo(Almaty("2018-04-29T00:30:00"));
  TurnDay();
  EXPECT_EQ(file()->present->day, civil::MakeDay(2018, 4, 29));
  EXPECT_EQ(book_->Present()->Find("cases/c-west")->present->day, civil::MakeDay(2018, 4, 28));
  EXPECT_EQ(book_->NextMidnight(), Almaty("2018-04-29T01:00:00"));
}

TEST_F(DayTurnTest, ReadBetweenMidnightAndTheTurn_IsOfTheNewDay) {
  CreateDuty();
  clock_.AdvanceTo(Almaty("2018-04-29T00:00:01"));
  EXPECT_EQ(file()->present->day, civil::MakeDay(2018, 4, 28));
  EXPECT_EQ(book_->Read(file(), std::nullopt)->day, civil::MakeDay(2018, 4, 29));
}

TEST_F(DayTurnTest, Keeper_TurnsTheDayWhenTheCalendarReachesIt) {
  CreateDuty();
  clock_.AdvanceTo(Almaty("2018-04-29T00:00:01"));
  const DayKeeper keeper(*book_, clock_);
  while (file()->present->day != civil::MakeDay(2018, 4, 29)) std::this_thread::yield();
}

TEST_F(DayTurnTest, CaseMovedToAnEasternZone_TurnsAtItsNewMidnight) {
  CreateDuty();
  const DayKeeper keeper(*book_, clock_);
  v1::UpdateCaseRequest request;
  request.mutable_case_()->set_name("cases/c-test");
  request.mutable_case_()->set_time_zone("Asia/Tokyo");
  ASSERT_THAT(Call(&Casebook::UpdateCase, request), IsOk());
  clock_.AdvanceTo(Almaty("2018-04-28T21:00:01"));
  while (file()->present->day != civil::MakeDay(2018, 4, 29)) std::this_thread::yield();
}

TEST_F(DayTurnTest, MoreFilesThanOneRound_AreAllTurned) {
  constexpr int kCases = 1000;
  v1::BatchCreateCasesRequest request;
  for (int i = 0; i < kCases; ++i) {
    v1::CreateCaseRequest& one = *request.add_requests();
    one.set_case_id("c-" + std::to_string(1000 + i));
    one.mutable_case_()->set_display_name("Somebody");
  }
  ASSERT_THAT(Call(&Casebook::BatchCreateCases, request), IsOk());
  v1::Fact event = Event();
  for (int i = 1; i < kCases; ++i) event.add_concerns("cases/c-" + std::to_string(1000 + i));
  ASSERT_THAT(CreateFact("cases/c-1000", event), IsOk());
  clock_.Advance(absl::Hours(24));
  TurnDay();
  int turned = 0;
  book_->Present()->ForEachPacked(
      [&](const PackedPtr& file) { turned += file->day == civil::MakeDay(2018, 4, 29); });
  EXPECT_EQ(turned, kCases);
}

TEST_F(DayTurnTest, FailedCommit_EndsTheTurnAndTheNextOneFinishesIt) {
  CreateDuty();
  clock_.Advance(absl::Hours(24 * 40));
  store_->FailCommits(absl::InternalError("no disk"));
  absl::Notification turned;
  book_->TurnDay([&](const absl::Status& status) {
    EXPECT_FALSE(status.ok());
    turned.Notify();
  });
  turned.WaitForNotification();
  EXPECT_EQ(file()->present->day, civil::MakeDay(2018, 4, 28));
  store_->FailCommits(absl::OkStatus());
  TurnDay();
  EXPECT_EQ(file()->present->day, civil::MakeDay(2018, 6, 7));
}

TEST_F(DayTurnTest, StartThatDerivesTheSame_TellsNothing) {
  CreateDuty();
  const int64_t before = revision();
  Open();
  EXPECT_EQ(revision(), before);
}

TEST_F(DayTurnTest, StartAfterTheMidnightsOfADuty_TellsTheOldDatesBesideTheNew) {
  CreateDuty();
  const auto old = file()->present->derived.deadlines;
  clock_.Advance(absl::Hours(24 * 70));
  Open();
  const auto& moved = ChangeOf(revision()).items(0).deadlines_changed();
  EXPECT_EQ(moved.parent(), "cases/c-test");
  for (const v1::Deadline& deadline : moved.before()) {
    EXPECT_TRUE(std::any_of(old.begin(), old.end(), [&](const v1::Deadline& known) {
      return known.name() == deadline.name() && known.earliest() == deadline.earliest();
    })) << deadline.name();
  }
  EXPECT_EQ(file()->untold, false);
}

TEST_F(DayTurnTest, DeadlinesToldBeforeThereWerePrints_AreWithdrawnAtStart) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  v1::DeleteCaseRequest deletion;
  deletion.set_name("cases/c-test");
  ASSERT_THAT(Call(&Casebook::DeleteCase, deletion), IsOk());
  ASSERT_TRUE(file()->present->derived.deadlines.empty());
  Batch told;
  told.deadlines.emplace_back().set_name("cases/c-test/deadlines/gone");
  ASSERT_THAT(store_->Commit(told), IsOk());
  book_.reset();
  store_.reset();
  {
    ASSERT_OK_AND_ASSIGN(Database database, Database::Open(dir_.File("registry.db")));
    ASSERT_THAT(database.Execute("DROP TABLE told_prints; DROP INDEX request_ids_by_time;"
                                 "ALTER TABLE request_ids DROP COLUMN answer;"
                                 "PRAGMA user_version=4"),
                IsOk());
  }
  Open();
  const int64_t after = revision();
  const auto& moved = ChangeOf(after).items(0).deadlines_changed();
  EXPECT_EQ(moved.parent(), "cases/c-test");
  ASSERT_EQ(moved.before_size(), 1);
  EXPECT_EQ(moved.before(0).name(), "cases/c-test/deadlines/gone");
  EXPECT_EQ(moved.after_size(), 0);
  Open();
  EXPECT_EQ(revision(), after) << "told once";
}

TEST_F(DayTurnTest, MidnightsFasterThanRounds_DoNotKeepATurnFromItsEnd) {
  CreateDuty();
  int commits = 0;
  store_->BeforeCommit([&](const Batch&) {
    if (++commits < 50) clock_.Advance(absl::Hours(24 * 31));
  });
  TurnDay();
  store_->BeforeCommit(nullptr);
  EXPECT_LE(commits, 3);
}

TEST_F(DayTurnTest, NoRoomForWrites_TurnsTheDayAllTheSame) {
  CreateDuty();
  options_.queue = 0;
  Open();
  EXPECT_THAT(CreateCase("c-more", "Somebody else"),
              StatusIs(absl::StatusCode::kResourceExhausted));
  clock_.Advance(absl::Hours(24));
  TurnDay();
  EXPECT_EQ(file()->present->day, civil::MakeDay(2018, 4, 29));
}

TEST_F(DayTurnTest, AnsweredRequests_AreForgottenAfterAMonth) {
  v1::CreateCaseRequest request;
  request.mutable_case_()->set_display_name("Somebody");
  request.set_request_id("8f14e45f-ceea-467f-9a1b-0242ac120002");
  ASSERT_OK_AND_ASSIGN(const v1::Case first, Call(&Casebook::CreateCase, request));
  clock_.Advance(absl::Hours(24 * 31));
  TurnDay();
  ASSERT_OK_AND_ASSIGN(const v1::Case second, Call(&Casebook::CreateCase, request));
  EXPECT_NE(second.name(), first.name());
}

}  // namespace
}  // namespace vigil::registry
