#include "alert-svc/deliver/wording.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alert-svc/deliver/letter.h"
#include "common/words/kind_words.h"
#include "tests/unit/deliver/sample_message.h"

namespace vigil::alert {
namespace {

namespace reg = registry::v1;
using ::testing::HasSubstr;
using ::testing::Not;

bool HasCyrillic(std::string_view text) { return text.find("\xD0") != std::string_view::npos; }

std::string TextIn(const char* language, Message message) {
  message.receiver.set_language(language);
  return WriteLetter(message, kPage).text;
}

TEST(Wording, LanguageIsTheReceiversAndEnglishWhereThereAreNoWords) {
  EXPECT_STREQ(WordsFor("ru").Language(), "ru");
  EXPECT_STREQ(WordsFor("ru-KZ").Language(), "ru");
  for (const char* language : {"en", "", "kk", "x"}) {
    EXPECT_STREQ(WordsFor(language).Language(), "en") << language;
  }
}

TEST(Wording, EveryKindHasWordsInEveryLanguage) {
  for (int kind = reg::DeadlineKind_MIN; kind <= reg::DeadlineKind_MAX; ++kind) {
    if (!reg::DeadlineKind_IsValid(kind)) continue;
    const auto value = static_cast<reg::DeadlineKind>(kind);
    for (const char* language : {"en", "ru"}) {
      const Words& words = WordsFor(language);
      EXPECT_FALSE(words.KindText(value).empty()) << kind;
      EXPECT_TRUE(words.WhatText(value).ends_with('.')) << kind;
      EXPECT_EQ(HasCyrillic(words.WhatText(value)), language == std::string("ru")) << kind;
      EXPECT_EQ(words.KindText(value) == words.KindText(reg::DeadlineKind(0)), kind == 0);
    }
  }
  EXPECT_EQ(WordsFor("en").KindText(static_cast<reg::DeadlineKind>(9999)), "Date");
}

TEST(Wording, EveryAssumptionHasWordsInEveryLanguage) {
  for (const char* code :
       {"NO_APPEAL", "CUSTODY_FROM_VERDICT", "GRAVITY_ASSUMED", "PART_UNKNOWN", "GRAVITY_UNKNOWN",
        "CUSTODY_NOT_CREDITED", "RELEASED_ON_ENTRY_INTO_FORCE", "DID_NOT_HIDE", "ORDER_UNKNOWN",
        "FINE_PAID_AT_ONCE", "LAW_READ_IN_2025_EDITION"}) {
    EXPECT_NE(WordsFor("en").AssumptionText(code), code);
    EXPECT_TRUE(HasCyrillic(WordsFor("ru").AssumptionText(code))) << code;
  }
}

struct RussianCase {
  reg::DeadlineNature nature;
  reg::DeadlinePrecision precision;
  const char* earliest;
  const char* words;
  MessageItem::Doubt doubt = MessageItem::Doubt::kSomeFact;
};

class Russian : public ::testing::TestWithParam<RussianCase> {};

TEST_P(Russian, WordsFollowNatureAndPrecision) {
  reg::Deadline deadline = CustodyLimit();
  deadline.set_kind(reg::DEADLINE_KIND_PAROLE_ELIGIBILITY);
  deadline.set_nature(GetParam().nature);
  deadline.set_precision(GetParam().precision);
  deadline.set_boundary(reg::DEADLINE_BOUNDARY_END_OF_DAY);
  deadline.set_earliest(GetParam().earliest);
  deadline.set_latest(GetParam().earliest);
  Message message = Single(deadline);
  message.receiver.set_language("ru");
  message.items[0].doubt = GetParam().doubt;
  EXPECT_THAT(WriteLetter(message, kPage).text, HasSubstr(GetParam().words));
}

INSTANTIATE_TEST_SUITE_P(
    All, Russian,
    ::testing::Values(
        RussianCase{reg::DEADLINE_NATURE_OPENS, reg::DEADLINE_PRECISION_EXACT, "2018-05-01",
                    "Открыто с 1 мая 2018 года"},
        RussianCase{reg::DEADLINE_NATURE_OPENS, reg::DEADLINE_PRECISION_NO_LATER_THAN, "2018-06-07",
                    "Не позднее 7 июня 2018 года: может быть, уже открыто; день "
                    "задержания неизвестен.",
                    MessageItem::Doubt::kCustodyBegin},
        RussianCase{reg::DEADLINE_NATURE_OPENS, reg::DEADLINE_PRECISION_NO_LATER_THAN, "2018-06-07",
                    "Не позднее 7 июня 2018 года: может быть, уже открыто; "
                    "неизвестный факт может приблизить дату."},
        RussianCase{reg::DEADLINE_NATURE_HAPPENS, reg::DEADLINE_PRECISION_NO_EARLIER_THAN,
                    "2018-06-07", "если никто не обжаловал", MessageItem::Doubt::kAppeal},
        RussianCase{reg::DEADLINE_NATURE_HAPPENS, reg::DEADLINE_PRECISION_NO_EARLIER_THAN,
                    "2018-06-07",
                    "Не ранее 7 июня 2018 года: неизвестный факт может отодвинуть "
                    "дату."},
        RussianCase{reg::DEADLINE_NATURE_ACT_BEFORE, reg::DEADLINE_PRECISION_EXACT, "2018-05-01",
                    "Просрочено с конца 1 мая 2018 года"},
        RussianCase{reg::DEADLINE_NATURE_STATE_DUE, reg::DEADLINE_PRECISION_EXACT, "2018-05-01",
                    "Об ответе ничего не известно"},
        RussianCase{reg::DEADLINE_NATURE_HAPPENS, reg::DEADLINE_PRECISION_EXACT, "2018-06-07",
                    "Наступит через 3 дня."}));

TEST(Wording, RussianCountsDaysAsRussianDoes) {
  reg::Deadline deadline = CustodyLimit();
  const Words& words = WordsFor("ru");
  const Day due = *ParseDay("2018-06-07");
  for (const auto& [ahead, said] :
       {std::pair{2, "через 2 дня"}, std::pair{5, "через 5 дней"}, std::pair{11, "через 11 дней"},
        std::pair{21, "через 21 день"}, std::pair{1, "завтра"}}) {
    EXPECT_EQ(words.UrgencyText(deadline, due - std::chrono::days(ahead)), said);
  }
}

TEST(Wording, EveryLanguageThatKindsAreCalledIn_HasAllOtherWordsToo) {
  for (const std::string_view language : Languages()) {
    EXPECT_EQ(WordsFor(language).Language(), language);
  }
}

TEST(Wording, RussianLetterHoldsNoEnglish) {
  for (const auto form :
       {Message::Form::kSingle, Message::Form::kDigest, Message::Form::kSummary}) {
    Message message = Single(CustodyLimit());
    message.receiver.set_language("ru");
    message.form = form;
    message.again = 1;
    message.known_at = message.time;
    const Letter letter = WriteLetter(message, kPage);
    for (const char* english : {" the ", " is ", " to ", "Rule", "When", "Read"}) {
      EXPECT_THAT(letter.text, Not(HasSubstr(english)));
    }
    EXPECT_THAT(letter.html, HasSubstr("<html lang=\"ru\">"));
    EXPECT_TRUE(HasCyrillic(letter.subject));
  }
}

TEST(Wording, EveryTroubleHasWordsInEveryLanguage) {
  for (const std::string_view language : Languages()) {
    Message message = GoneWebhook();
    message.receiver.set_language(std::string(language));
    for (int kind = 1; kind < v1::Trouble::Kind_ARRAYSIZE; ++kind) {
      message.trouble.set_kind(static_cast<v1::Trouble::Kind>(kind));
      const Words& words = WordsFor(message);
      EXPECT_NE(words.TroubleText(message.trouble.kind()), "") << language << " " << kind;
      EXPECT_NE(words.RemedyText(message.trouble.kind()), "") << language << " " << kind;
      const Letter letter = WriteLetter(message, kPage);
      EXPECT_EQ(letter.subject == "Vigil: a receiver cannot be reached", language == "en");
    }
  }
}

TEST(Wording, ReminderSaysWhereItIsNotSentOnTheDayItIsMeantFor) {
  Message message = Single(CustodyLimit());
  EXPECT_THAT(TextIn("en", message), HasSubstr("You get this as the reminder 3 days before."));
  EXPECT_THAT(TextIn("ru", message), HasSubstr("как напоминание за 3 дня до даты."));
  message.items[0].step = 1;
  EXPECT_THAT(TextIn("en", message),
              HasSubstr("as the reminder meant for 1 day before, brought forward over days off."));
  EXPECT_THAT(TextIn("ru", message),
              HasSubstr("как напоминание «за 1 день до даты», раньше из-за выходных."));
  message.items[0].step = 10;
  EXPECT_THAT(TextIn("en", message), HasSubstr("as a late reminder, meant for 10 days before."));
  EXPECT_THAT(TextIn("ru", message),
              HasSubstr("как запоздавшее напоминание «за 10 дней до даты»."));
  message.items[0].step = 0;
  EXPECT_THAT(TextIn("en", message),
              HasSubstr("as the reminder meant for the day itself, brought forward"));
  message.today = *ParseDay("2018-06-07");
  EXPECT_THAT(TextIn("en", message), HasSubstr("as the reminder on the day itself."));
  EXPECT_THAT(TextIn("ru", message), HasSubstr("как напоминание в самый день."));
  message.items[0].step = 10;
  message.again = 1;
  EXPECT_THAT(TextIn("en", message), HasSubstr("as the reminder meant for 10 days before, again"));
  EXPECT_THAT(TextIn("ru", message), HasSubstr("как напоминание «за 10 дней до даты»; повторяем"));
}

TEST(Wording, WhoGotWhatWasHandedOverNeverSawItBefore) {
  Message message = Single(CustodyLimit());
  message.repeat = 701;
  message.why = Message::Why::kHandedOver;
  EXPECT_THAT(TextIn("en", message),
              HasSubstr("You get this because it was handed over to you: it is yours to answer."));
  EXPECT_THAT(TextIn("ru", message),
              HasSubstr("Вы получили это потому, что его передали вам: ответить на него теперь "
                        "должны вы."));
  EXPECT_THAT(TextIn("en", message), Not(HasSubstr("acknowledged")));
}

TEST(Wording, WhoHandedOverAndWhatTheySaidIsForPrivateReceiversAlone) {
  Message message = Single(CustodyLimit());
  message.why = Message::Why::kHandedOver;
  message.items[0].handed_over_by = "users/anna";
  message.items[0].note = "Call the sister first.";
  for (const auto& [language, by, note] :
       {std::tuple{"en", "Handed over by: users/anna", "Note: Call the sister first."},
        std::tuple{"ru", "Кто передал: users/anna", "Примечание: Call the sister first."}}) {
    message.receiver.set_private_(false);
    EXPECT_THAT(TextIn(language, message), Not(HasSubstr("sister")));
    EXPECT_THAT(TextIn(language, message), Not(HasSubstr("anna")));
    message.receiver.set_private_(true);
    EXPECT_THAT(TextIn(language, message), HasSubstr(by));
    EXPECT_THAT(TextIn(language, message), HasSubstr(note));
    EXPECT_THAT(WriteLetter(message, kPage).subject, Not(HasSubstr("sister")));
  }
}

TEST(Wording, ChangeThatIsHandedOverDoesNotSayThatOneWasTold) {
  Message message = Single(CustodyLimit());
  message.why = Message::Why::kHandedOver;
  message.items[0].change = MessageItem::Change::kMoved;
  EXPECT_THAT(TextIn("en", message), HasSubstr("Change: The date moved.\n"));
  EXPECT_THAT(TextIn("ru", message), HasSubstr("Изменение: Дата сдвинулась.\n"));
  message.items[0].change = MessageItem::Change::kWithdrawn;
  EXPECT_THAT(TextIn("en", message), HasSubstr("Change: Withdrawn: it no longer holds.\n"));
}

TEST(Wording, HoursBeforeALimitAreNoRepeats) {
  Message message = Single(CustodyLimit());
  message.why = Message::Why::kHourly;
  message.hours_left = 21;
  EXPECT_THAT(TextIn("en", message),
              HasSubstr("as the reminder 21 hours before, one of those that come each hour until "
                        "somebody acknowledges it."));
  EXPECT_THAT(TextIn("ru", message), HasSubstr("как напоминание за 21 час до срока;"));
  EXPECT_THAT(TextIn("en", message), Not(HasSubstr("nobody has acknowledged")));
}

TEST(Wording, WhatWasPutOffSaysSo) {
  Message message = Single(CustodyLimit());
  message.why = Message::Why::kPutOff;
  message.again = 2;
  EXPECT_THAT(TextIn("en", message), HasSubstr("You get this again, as it was put off until now."));
  EXPECT_THAT(TextIn("ru", message), HasSubstr("ещё раз: его отложили до этого времени."));
  EXPECT_THAT(TextIn("en", message), Not(HasSubstr("nobody")));
}

TEST(Wording, WhatIsPassedOnIsSaidOnceToBeUnacknowledged) {
  Message message = Single(CustodyLimit());
  message.level = 1;
  for (const auto why :
       {Message::Why::kPlanned, Message::Why::kHandedOver, Message::Why::kPutOff}) {
    message.why = why;
    message.again = 1;
    EXPECT_THAT(TextIn("en", message),
                HasSubstr("You get this as the reminder 3 days before, and because nobody has "
                          "acknowledged it: it was passed on to you.\n"));
  }
}

TEST(Wording, StepsOfWhatTheStateOwesCountFromTheLastDayItCanBe) {
  reg::Deadline deadline = CustodyLimit();
  deadline.set_nature(reg::DEADLINE_NATURE_STATE_DUE);
  deadline.set_earliest("2018-05-20");
  EXPECT_THAT(TextIn("en", Single(deadline)), HasSubstr("as the reminder 3 days before."));
}

TEST(Wording, SubjectOfASummarySaysOnlyThatItIsWhatIsPast) {
  Message message = Single(CustodyLimit());
  message.form = Message::Form::kSummary;
  message.today = *ParseDay("2018-06-07");
  message.items.push_back(message.items[0]);
  EXPECT_EQ(WordsFor("en").SubjectText(message), "Vigil: summary of what is past, 2 dates");
  EXPECT_EQ(WordsFor("ru").SubjectText(message), "Vigil: сводка прошедшего, 2 даты");
}

TEST(Wording, LimitDoesNotComeButEnds) {
  reg::Deadline deadline = CustodyLimit();
  const auto said = [&deadline](const char* language, const char* today) {
    return WordsFor(language).StandText(deadline, *ParseDay(today));
  };
  EXPECT_EQ(said("en", "2018-05-31"), "Ends in 7 days.");
  EXPECT_EQ(said("ru", "2018-05-31"), "Истекает через 7 дней.");
  EXPECT_EQ(said("en", "2018-06-06"), "Ends at 00:00 tomorrow.");
  EXPECT_EQ(said("ru", "2018-06-06"), "Истекает завтра в 00:00.");
  deadline.set_latest("2018-06-10");
  EXPECT_EQ(said("en", "2018-05-31"), "Ends in 7 days at the earliest.");
  EXPECT_EQ(said("ru", "2018-05-31"), "Истекает самое раннее через 7 дней.");
  EXPECT_EQ(said("en", "2018-06-07"), "May have ended already; ends in 3 days at the latest.");
  EXPECT_EQ(said("ru", "2018-06-07"),
            "Может быть, уже истекло; самое позднее истекает через 3 дня.");
  deadline.set_latest("2018-06-07");
  deadline.set_boundary(reg::DEADLINE_BOUNDARY_END_OF_DAY);
  EXPECT_EQ(said("en", "2018-06-06"), "Ends tomorrow.");
  EXPECT_EQ(said("ru", "2018-06-07"), "Истекает сегодня.");
}

TEST(Wording, WhereItStandsSaysHowSureThatIs) {
  struct Case {
    reg::DeadlinePrecision precision;
    const char *latest, *today, *english, *russian;
  };
  reg::Deadline deadline = CustodyLimit();
  deadline.set_nature(reg::DEADLINE_NATURE_OPENS);
  deadline.set_boundary(reg::DEADLINE_BOUNDARY_FROM_DAY);
  for (const Case& one : {
           Case{reg::DEADLINE_PRECISION_EXACT, "2018-06-07", "2018-06-04", "Opens in 3 days.",
                "Откроется через 3 дня."},
           Case{reg::DEADLINE_PRECISION_WINDOW, "2018-06-20", "2018-06-04",
                "Opens in 3 days at the earliest.", "Откроется самое раннее через 3 дня."},
           Case{reg::DEADLINE_PRECISION_NO_LATER_THAN, "2018-06-20", "2018-06-04",
                "Opens in 16 days at the latest.", "Откроется самое позднее через 16 дней."},
           Case{reg::DEADLINE_PRECISION_NO_EARLIER_THAN, "2018-06-07", "2018-06-04",
                "Opens in 3 days at the earliest.", "Откроется самое раннее через 3 дня."},
           Case{reg::DEADLINE_PRECISION_ESTIMATE, "2018-06-07", "2018-06-04",
                "Opens in 3 days, by the estimate.", "Откроется по оценке через 3 дня."},
           Case{reg::DEADLINE_PRECISION_EXACT, "2018-06-07", "2018-06-08",
                "Open since 7 June 2018.", "Открыто с 7 июня 2018 года."},
           Case{reg::DEADLINE_PRECISION_NO_LATER_THAN, "2018-06-07", "2018-06-08",
                "Open since 7 June 2018 at the latest.",
                "Открыто не позднее чем с 7 июня 2018 года."},
           Case{reg::DEADLINE_PRECISION_WINDOW, "2018-06-20", "2018-06-08",
                "May be open already; open from 20 June 2018 on at the latest.",
                "Может быть, уже открыто; самое позднее откроется 20 июня 2018 года."},
           Case{reg::DEADLINE_PRECISION_NO_EARLIER_THAN, "2018-06-07", "2018-06-08",
                "May be open since 7 June 2018; it is not certain.",
                "Может быть, открыто с 7 июня 2018 года; это не точно."},
       }) {
    deadline.set_precision(one.precision);
    deadline.set_latest(one.latest);
    const Day today = *ParseDay(one.today);
    EXPECT_EQ(WordsFor("en").StandText(deadline, today), one.english);
    EXPECT_EQ(WordsFor("ru").StandText(deadline, today), one.russian);
  }
}

TEST(Wording, SubjectSaysOfARightThatItIsOpenOnlyWhereThatIsSure) {
  reg::Deadline deadline = CustodyLimit();
  deadline.set_nature(reg::DEADLINE_NATURE_OPENS);
  const auto said = [&deadline](const char* language) {
    return WordsFor(language).UrgencyText(deadline, *ParseDay("2018-06-08"));
  };
  EXPECT_EQ(said("en"), "open");
  deadline.set_latest("2018-06-20");
  EXPECT_EQ(said("en"), "may be open");
  EXPECT_EQ(said("ru"), "может быть, уже открыто");
  deadline.set_latest("2018-06-07");
  deadline.set_precision(reg::DEADLINE_PRECISION_ESTIMATE);
  EXPECT_EQ(said("en"), "may be open");
}

TEST(Wording, TermThatMayStillRunIsNotCalledOverdue) {
  reg::Deadline deadline = CustodyLimit();
  deadline.set_nature(reg::DEADLINE_NATURE_ACT_BEFORE);
  deadline.set_boundary(reg::DEADLINE_BOUNDARY_END_OF_DAY);
  deadline.set_precision(reg::DEADLINE_PRECISION_NO_EARLIER_THAN);
  const Day today = *ParseDay("2018-06-08");
  EXPECT_EQ(WordsFor("en").StandText(deadline, today),
            "May be overdue since the end of 7 June 2018; it is not certain.");
  EXPECT_EQ(WordsFor("ru").StandText(deadline, today),
            "Может быть, просрочено с конца 7 июня 2018 года; это не точно.");
  EXPECT_EQ(WordsFor("en").UrgencyText(deadline, today), "may be overdue");
  deadline.set_nature(reg::DEADLINE_NATURE_STATE_DUE);
  EXPECT_EQ(WordsFor("en").StandText(deadline, today),
            "No reply known; it was owed by 7 June 2018 at the earliest.");
}

TEST(Wording, CustodyThatMayEndEarlierIsNotCalledLawfulUntilThen) {
  reg::Deadline deadline = CustodyLimit();
  deadline.set_precision(reg::DEADLINE_PRECISION_NO_LATER_THAN);
  EXPECT_EQ(WordsFor("en").WhenText(deadline),
            "Lawful until the end of 6 June 2018 at the latest; must be extended or ended before "
            "7 June 2018 00:00.");
  EXPECT_EQ(WordsFor("ru").WhenText(deadline),
            "Законно самое позднее до конца 6 июня 2018 года; продлить или прекратить нужно до 7 "
            "июня 2018 года 00:00.");
}

TEST(Wording, LimitThatMayEndEarlierOrLaterSaysSo) {
  reg::Deadline deadline = CustodyLimit();
  const auto said = [&deadline](const char* language) {
    return WordsFor(language).StandText(deadline, *ParseDay("2018-05-31"));
  };
  deadline.set_precision(reg::DEADLINE_PRECISION_NO_LATER_THAN);
  EXPECT_EQ(said("en"), "Ends in 7 days at the latest.");
  EXPECT_EQ(said("ru"), "Истекает самое позднее через 7 дней.");
  deadline.set_precision(reg::DEADLINE_PRECISION_NO_EARLIER_THAN);
  EXPECT_EQ(said("en"), "Ends in 7 days at the earliest.");
}

TEST(Wording, BeforeTheDateTheStateIsWatchedAfterItIsFoundOut) {
  const reg::Deadline deadline = CustodyLimit();
  const auto said = [&deadline](const char* language, const char* today) {
    return WordsFor(language).ActionText(deadline, *ParseDay(today));
  };
  EXPECT_EQ(said("en", "2018-06-06"),
            "The State must act: ask what is planned, and watch whether it does.");
  EXPECT_THAT(std::string(said("ru", "2018-06-06")), HasSubstr("следите, сделает ли"));
  EXPECT_EQ(said("en", "2018-06-07"),
            "The State had to act: find out whether it did, and record it.");
  EXPECT_THAT(std::string(said("ru", "2018-06-07")), HasSubstr("узнайте, сделало ли"));
}

TEST(Wording, OfWhatHappenedByItselfItIsToBeRecordedWhetherItDid) {
  reg::Deadline deadline = CustodyLimit();
  deadline.set_nature(reg::DEADLINE_NATURE_HAPPENS);
  deadline.set_boundary(reg::DEADLINE_BOUNDARY_FROM_DAY);
  deadline.set_actor(reg::DEADLINE_ACTOR_COUNSEL);
  const auto said = [&deadline](const char* language, const char* today) {
    return std::string(WordsFor(language).ActionText(deadline, *ParseDay(today)));
  };
  EXPECT_EQ(said("en", "2021-06-07"), "This happens by itself: record whether it did.");
  EXPECT_EQ(said("ru", "2021-06-07"), "Это происходит само: запишите, произошло ли.");
  EXPECT_THAT(said("en", "2018-06-06"), HasSubstr("Counsel acts"));
  EXPECT_THAT(said("ru", "2018-06-06"), HasSubstr("защитник"));
}

TEST(Wording, ConditionIsSaidWithItsReasonOrNotAtAll) {
  Message message = Single(CustodyLimit());
  message.items[0].deadline.set_eligibility(reg::ELIGIBILITY_CONDITIONAL);
  message.items[0].deadline.set_eligibility_reason("CC 72(1)(8)");
  for (const auto& [language, label] : {std::pair{"en", "Condition"}, std::pair{"ru", "Условие"}}) {
    message.receiver.set_private_(false);
    EXPECT_THAT(TextIn(language, message), Not(HasSubstr(label)));
    message.receiver.set_private_(true);
    EXPECT_THAT(TextIn(language, message), HasSubstr(std::string(label) + ": CC 72(1)(8)"));
  }
}

TEST(Wording, LetterSaysHowToChangeWhatOneIsTold) {
  const Letter letter = WriteLetter(Single(CustodyLimit()), kPage);
  EXPECT_THAT(letter.text, HasSubstr("To change what you are told"));
  EXPECT_THAT(letter.html, HasSubstr("To change what you are told"));
}

}  // namespace
}  // namespace vigil::alert
