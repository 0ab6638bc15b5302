#include "alert-svc/deliver/letter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alert-svc/deliver/cloud_event.h"
#include "tests/unit/deliver/sample_message.h"

namespace vigil::alert {
namespace {

namespace reg = registry::v1;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// What must never be read by a receiver that is not private.
void AddSecrets(const std::string& secret, reg::Deadline* deadline) {
  deadline->set_case_display_name(secret);
  deadline->set_title(secret);
  deadline->add_explanation(secret);
  deadline->add_assumptions(secret);
  deadline->set_citation(secret);
  deadline->set_action(secret);
  deadline->set_eligibility_reason(secret);
  deadline->set_eligibility(reg::ELIGIBILITY_CONDITIONAL);
  deadline->add_facts(secret);
}

TEST(Letter, SaysWhatWhenHowSureByWhichRuleAndWhere) {
  const Letter letter = WriteLetter(Single(CustodyLimit()), kPage);
  for (const std::string& form : {letter.text, letter.html}) {
    EXPECT_THAT(form, HasSubstr("Custody must be extended or end."));
    EXPECT_THAT(form, HasSubstr("Lawful until the end of 6 June 2018; must be extended or ended "
                                "before 7 June 2018 00:00."));
    EXPECT_THAT(form, HasSubstr("Exact"));
    EXPECT_THAT(form, HasSubstr("KZ.CPC.151.2M@1"));
    EXPECT_THAT(form, HasSubstr("https://vigil.example/cases/c-7f3k9q2m"));
    EXPECT_THAT(form, HasSubstr("3 days before"));
    EXPECT_THAT(form, Not(HasSubstr("{{")));
  }
  EXPECT_EQ(letter.subject, "[c-7f3k9q2m] in 3 days");
  EXPECT_EQ(letter.thread, "c-7f3k9q2m");
  EXPECT_EQ(letter.form, "single");
}

TEST(Letter, HtmlIsOnePageThatLoadsNothing) {
  const Letter letter = WriteLetter(Single(CustodyLimit()), kPage);
  EXPECT_THAT(letter.html, StartsWith("<!DOCTYPE html>"));
  EXPECT_THAT(letter.html, HasSubstr("name=\"viewport\""));
  for (const char* loaded : {"<img", "<link", "<script", "src=", "url(", "@import", "<iframe"}) {
    EXPECT_THAT(letter.html, Not(HasSubstr(loaded)));
  }
}

TEST(Letter, HtmlEscapesWhatItIsGivenAndTextDoesNot) {
  Message message = Single(CustodyLimit());
  message.receiver.set_private_(true);
  message.items[0].deadline.set_title("<script>alert('x')</script> & \"more\"");
  message.items[0].deadline.add_explanation("a < b");
  const Letter letter = WriteLetter(message, kPage);
  EXPECT_THAT(letter.html, Not(HasSubstr("<script>")));
  EXPECT_THAT(letter.html, HasSubstr("a &lt; b"));
  EXPECT_THAT(letter.text, HasSubstr("<script>alert('x')</script> & \"more\""));
}

TEST(Letter, PrivateReceiverReadsNameTitleStepsAssumptionsAndCitation) {
  Message message = Single(CustodyLimit());
  message.receiver.set_private_(true);
  reg::Deadline& deadline = message.items[0].deadline;
  deadline.set_case_display_name("Ivan Ivanov");
  deadline.set_title("Custody limit, 2 months");
  deadline.add_explanation("2018-04-07 + 2 months");
  deadline.add_assumptions("NO_APPEAL");
  deadline.set_citation("CPC 151(1)");
  deadline.set_action("Ask whether a motion was filed.");
  const Letter letter = WriteLetter(message, kPage);
  for (const std::string& form : {letter.text, letter.html}) {
    EXPECT_THAT(form, HasSubstr("Ivan Ivanov"));
    EXPECT_THAT(form, HasSubstr("Custody limit, 2 months"));
    EXPECT_THAT(form, HasSubstr("2018-04-07 + 2 months"));
    EXPECT_THAT(form, HasSubstr("it is assumed that nobody appealed"));
    EXPECT_THAT(form, HasSubstr("CPC 151(1)"));
    EXPECT_THAT(form, HasSubstr("Ask whether a motion was filed."));
  }
  EXPECT_THAT(letter.subject, Not(HasSubstr("Ivan")));
}

class DiscreetLetter : public ::testing::TestWithParam<std::string> {};

TEST_P(DiscreetLetter, HoldsNothingThatCouldNameAPerson) {
  const std::string secret = "Zhanbolat" + GetParam() + "Mamayev";
  for (const auto form :
       {Message::Form::kSingle, Message::Form::kDigest, Message::Form::kSummary}) {
    for (const auto change : {MessageItem::Change::kNone, MessageItem::Change::kMoved,
                              MessageItem::Change::kWithdrawn}) {
      Message message = Single(CustodyLimit());
      message.form = form;
      message.level = 1;
      MessageItem& item = message.items[0];
      item.change = change;
      item.told_earliest = item.told_latest = "2018-06-05";
      AddSecrets(secret, &item.deadline);
      item.alternatives.push_back(item.deadline);
      message.items.push_back(item);
      const Letter letter = WriteLetter(message, kPage);
      const std::string event = WriteCloudEvent(message, kPage);
      for (const std::string& part : {letter.subject, letter.text, letter.html, event}) {
        EXPECT_THAT(part, Not(HasSubstr("Zhanbolat")));
        EXPECT_THAT(part, Not(HasSubstr("Mamayev")));
      }
      EXPECT_LT(event.size(), 20'000u);
    }
  }
}

TEST_P(DiscreetLetter, PrivateEventStaysThin) {
  Message message = Single(CustodyLimit());
  message.receiver.set_private_(true);
  AddSecrets("Имя" + GetParam(), &message.items[0].deadline);
  EXPECT_LT(WriteCloudEvent(message, kPage).size(), 20'000u);
}

INSTANTIATE_TEST_SUITE_P(Texts, DiscreetLetter,
                         ::testing::Values("", " ", "Жанболат", "\r\nBcc: x", "{{heading}}",
                                           "{{{case}}}", "<b>", std::string(100'000, 'x'),
                                           "\xE2\x80\xA8", "&amp;"));

struct PrecisionCase {
  reg::DeadlinePrecision precision;
  reg::DeadlineNature nature;
  std::string words;
  MessageItem::Doubt doubt = MessageItem::Doubt::kSomeFact;
};

class Precision : public ::testing::TestWithParam<PrecisionCase> {};

TEST_P(Precision, IsSaidInWords) {
  reg::Deadline deadline = CustodyLimit();
  deadline.set_precision(GetParam().precision);
  deadline.set_nature(GetParam().nature);
  deadline.set_latest("2018-06-20");
  Message message = Single(deadline);
  message.items[0].doubt = GetParam().doubt;
  EXPECT_THAT(WriteLetter(message, kPage).text, HasSubstr(GetParam().words + "."));
}

INSTANTIATE_TEST_SUITE_P(
    All, Precision,
    ::testing::Values(
        PrecisionCase{reg::DEADLINE_PRECISION_EXACT, reg::DEADLINE_NATURE_OPENS,
                      "Exact: every date it is counted from is known"},
        PrecisionCase{reg::DEADLINE_PRECISION_WINDOW, reg::DEADLINE_NATURE_OPENS,
                      "Between 7 June 2018 and 20 June 2018: what it is counted from is known only "
                      "roughly"},
        PrecisionCase{reg::DEADLINE_PRECISION_NO_LATER_THAN, reg::DEADLINE_NATURE_OPENS,
                      "No later than 20 June 2018: may already be open; the day custody began is "
                      "unknown",
                      MessageItem::Doubt::kCustodyBegin},
        PrecisionCase{reg::DEADLINE_PRECISION_NO_LATER_THAN, reg::DEADLINE_NATURE_OPENS,
                      "No later than 20 June 2018: may already be open; a fact that is not known "
                      "can bring it forward"},
        PrecisionCase{reg::DEADLINE_PRECISION_NO_LATER_THAN, reg::DEADLINE_NATURE_HAPPENS,
                      "No later than 20 June 2018: the day custody began is unknown, and can bring "
                      "it forward",
                      MessageItem::Doubt::kCustodyBegin},
        PrecisionCase{reg::DEADLINE_PRECISION_NO_LATER_THAN, reg::DEADLINE_NATURE_HAPPENS,
                      "No later than 20 June 2018: a fact that is not known can bring it forward"},
        PrecisionCase{reg::DEADLINE_PRECISION_NO_EARLIER_THAN, reg::DEADLINE_NATURE_HAPPENS,
                      "No earlier than 7 June 2018: this is the date if nobody appealed",
                      MessageItem::Doubt::kAppeal},
        PrecisionCase{reg::DEADLINE_PRECISION_NO_EARLIER_THAN, reg::DEADLINE_NATURE_HAPPENS,
                      "No earlier than 7 June 2018: a fact that is not known can put it back"},
        PrecisionCase{reg::DEADLINE_PRECISION_ESTIMATE, reg::DEADLINE_NATURE_HAPPENS,
                      "An estimate: it may come earlier or later"}));

struct PastCase {
  reg::DeadlineNature nature;
  std::string subject;
  std::string words;
};

class Past : public ::testing::TestWithParam<PastCase> {};

TEST_P(Past, IsWordedByNature) {
  reg::Deadline deadline = CustodyLimit();
  deadline.set_nature(GetParam().nature);
  deadline.set_boundary(reg::DEADLINE_BOUNDARY_END_OF_DAY);
  deadline.set_earliest("2018-05-01");
  deadline.set_latest("2018-05-01");
  const Letter letter = WriteLetter(Single(deadline), kPage);
  EXPECT_THAT(letter.subject, HasSubstr(GetParam().subject));
  EXPECT_THAT(letter.text, HasSubstr(GetParam().words));
}

INSTANTIATE_TEST_SUITE_P(
    All, Past,
    ::testing::Values(PastCase{reg::DEADLINE_NATURE_ACT_BEFORE, "overdue",
                               "Overdue since the end of 1 May 2018"},
                      PastCase{reg::DEADLINE_NATURE_OPENS, "open", "Open since 1 May 2018"},
                      PastCase{reg::DEADLINE_NATURE_HAPPENS, "passed, unconfirmed",
                               "Passed on 1 May 2018, unconfirmed"},
                      PastCase{reg::DEADLINE_NATURE_LIMIT, "passed, unconfirmed", "unconfirmed"},
                      PastCase{reg::DEADLINE_NATURE_STATE_DUE, "no reply known",
                               "No reply known; it was owed by 1 May 2018"}));

TEST(Letter, LimitIsLawfulOnTheDayBeforeAndPassedOnItsDay) {
  Message message = Single(CustodyLimit());
  message.today = std::chrono::sys_days(std::chrono::June / 6 / 2018);
  EXPECT_EQ(WriteLetter(message, kPage).subject, "[c-7f3k9q2m] tomorrow");
  message.today = std::chrono::sys_days(std::chrono::June / 7 / 2018);
  EXPECT_EQ(WriteLetter(message, kPage).subject, "[c-7f3k9q2m] passed, unconfirmed");
}

TEST(Letter, WhatMayComeLaterThanItsDayHasNotPassedForCertain) {
  reg::Deadline deadline = CustodyLimit();
  deadline.set_earliest("2018-05-01");
  deadline.set_latest("2018-05-01");
  deadline.set_precision(reg::DEADLINE_PRECISION_NO_EARLIER_THAN);
  const Letter limit = WriteLetter(Single(deadline), kPage);
  EXPECT_THAT(limit.subject, HasSubstr("may have passed"));
  EXPECT_THAT(limit.text, HasSubstr("May have passed at the end of 30 April 2018; it is not "
                                    "certain: was it extended or ended?"));
  deadline.set_nature(reg::DEADLINE_NATURE_HAPPENS);
  deadline.set_boundary(reg::DEADLINE_BOUNDARY_FROM_DAY);
  EXPECT_THAT(WriteLetter(Single(deadline), kPage).text,
              HasSubstr("May have passed on 1 May 2018; it is not certain: did it happen?"));
}

TEST(Letter, LimitThatHoldsNobodyIsNotExtended) {
  reg::Deadline deadline = CustodyLimit();
  deadline.set_kind(reg::DEADLINE_KIND_LIMITATION);
  deadline.set_earliest("2018-05-01");
  deadline.set_latest("2018-05-01");
  const std::string text = WriteLetter(Single(deadline), kPage).text;
  EXPECT_THAT(text, HasSubstr("Passed at the end of 30 April 2018, unconfirmed: did it end?"));
  EXPECT_THAT(text, Not(HasSubstr("extended")));
}

TEST(Letter, ChangeNoticeSaysOldAndNew) {
  Message message = Single(CustodyLimit());
  message.items[0].change = MessageItem::Change::kMoved;
  message.items[0].told_earliest = message.items[0].told_latest = "2018-05-07";
  const Letter moved = WriteLetter(message, kPage);
  EXPECT_THAT(moved.text, AllOf(HasSubstr("You were told: 7 May 2018"), HasSubstr("7 June 2018")));
  EXPECT_EQ(moved.subject, "[c-7f3k9q2m] date moved, now in 3 days");
  message.items[0].change = MessageItem::Change::kWithdrawn;
  const Letter withdrawn = WriteLetter(message, kPage);
  EXPECT_THAT(withdrawn.text, HasSubstr("Withdrawn: it no longer holds. You were told: 7 May"));
  EXPECT_THAT(withdrawn.text, Not(HasSubstr("Lawful until")));
  EXPECT_EQ(withdrawn.subject, "[c-7f3k9q2m] withdrawn");
}

TEST(Letter, DigestHasABlockForEachCaseInOrder) {
  Message message = Single(CustodyLimit());
  message.form = Message::Form::kDigest;
  MessageItem second = message.items[0];
  message.items.push_back(second);
  second.deadline.set_name("cases/c-other/deadlines/d");
  message.items.push_back(second);
  const Letter letter = WriteLetter(message, kPage);
  const size_t first_case = letter.text.find("== c-7f3k9q2m ==");
  const size_t second_case = letter.text.find("== c-other ==");
  ASSERT_NE(first_case, std::string::npos);
  ASSERT_NE(second_case, std::string::npos);
  EXPECT_LT(first_case, second_case);
  EXPECT_EQ(letter.text.find("== c-7f3k9q2m ==", first_case + 1), std::string::npos);
  EXPECT_EQ(letter.subject, "Vigil: digest, 3 dates, the next in 3 days");
  EXPECT_THAT(letter.text, HasSubstr("3 within 7 days, 0 later, 0 open, past or closed."));
  EXPECT_EQ(letter.form, "digest");
  EXPECT_THAT(letter.text, HasSubstr("Digest of 4 June 2018"));
}

// Twelve findings in two cases.
Message DigestWithFindings() {
  Message message = Single(CustodyLimit());
  message.form = Message::Form::kDigest;
  for (int i = 0; i < 12; ++i) {
    reg::Finding& finding = message.findings.emplace_back();
    finding.set_name(std::string(i < 11 ? "cases/c-7f3k9q2m" : "cases/c-other") + "/findings/f");
    finding.set_text("SECRET day unknown.");
    finding.set_remedy("Ask counsel.");
  }
  return message;
}

TEST(Letter, FindingsAreCountedByCaseAndNoMoreIsSaidOfThem) {
  const Letter letter = WriteLetter(DigestWithFindings(), kPage);
  EXPECT_THAT(letter.text, HasSubstr("== 12 findings in 2 cases: what is missing or does not fit"));
  EXPECT_THAT(letter.text,
              HasSubstr("- c-7f3k9q2m: 11 https://vigil.example/cases/c-7f3k9q2m\n- c-other: 1 "));
  for (const std::string& form : {letter.text, letter.html}) {
    EXPECT_THAT(form, AllOf(Not(HasSubstr("SECRET")), Not(HasSubstr(" more"))));
  }
}

TEST(Letter, FindingsThatWereNotAllRead_AreCountedAsAtLeastSoMany) {
  Message message = DigestWithFindings();
  message.more_findings = true;
  EXPECT_THAT(WriteLetter(message, kPage).text, HasSubstr("== at least 12 findings in 2 cases"));
}

TEST(Letter, APrivateReceiverReadsTheFirstFindingsAndWhatToDo) {
  Message message = DigestWithFindings();
  message.receiver.set_private_(true);
  const Letter letter = WriteLetter(message, kPage);
  for (const std::string& form : {letter.text, letter.html}) {
    EXPECT_THAT(form,
                AllOf(HasSubstr("SECRET day unknown. Ask counsel."), HasSubstr("and 2 more")));
  }
  message.receiver.set_language("ru");
  EXPECT_THAT(WriteLetter(message, kPage).text,
              AllOf(HasSubstr("12 замечаний в 2 делах"), HasSubstr("и ещё 2")));
}

TEST(Letter, FindingsAlone_AreTheSubjectAndNoDatesAreCounted) {
  Message message = DigestWithFindings();
  message.items.clear();
  const Letter letter = WriteLetter(message, kPage);
  EXPECT_EQ(letter.subject,
            "Vigil: digest, 12 findings in 2 cases: what is missing or does not fit");
  EXPECT_THAT(letter.text, HasSubstr("== 12 findings in 2 cases"));
  EXPECT_THAT(letter.text, Not(HasSubstr("within 7 days")));
  EXPECT_THAT(letter.html, Not(HasSubstr("<p></p>\n<h2>")));
}

TEST(Letter, WithoutFindingsNothingIsSaidOfThem) {
  Message message = DigestWithFindings();
  message.findings.clear();
  const Letter letter = WriteLetter(message, kPage);
  EXPECT_THAT(letter.text, Not(HasSubstr("finding")));
  EXPECT_THAT(letter.html, Not(HasSubstr("<ul>")));
}

TEST(Letter, HourExactLimitSaysTheHour) {
  reg::Deadline deadline = CustodyLimit();
  deadline.set_earliest_time("2018-06-07T14:30:00+06:00");
  deadline.set_latest_time("2018-06-07T14:30:00+06:00");
  EXPECT_THAT(WriteLetter(Single(deadline), kPage).text,
              HasSubstr("Lawful until 7 June 2018 14:30 (UTC+06:00)"));
}

TEST(Letter, LaggingRegistryIsSaid) {
  Message message = Single(CustodyLimit());
  message.known_at = absl::FromUnixSeconds(1'528'081'200);
  EXPECT_THAT(WriteLetter(message, kPage).text, HasSubstr("As known at 2018-06-04 09:00 +06:00"));
}

TEST(Letter, DossierLinksToItsPage) {
  reg::Deadline deadline = CustodyLimit();
  deadline.set_name("dossiers/mission/deadlines/d");
  EXPECT_THAT(WriteLetter(Single(deadline), kPage).text,
              HasSubstr("https://vigil.example/dossiers/mission"));
}

TEST(Letter, TheStandInReadsWhetherItWasNotAcknowledgedOrNotDelivered) {
  Message message = Single(CustodyLimit());
  message.level = 1;
  const auto said = [&message](const char* language, bool undelivered) {
    message.receiver.set_language(language);
    message.undelivered = undelivered;
    const Letter letter = WriteLetter(message, kPage);
    return letter.subject + "\n" + letter.text;
  };
  EXPECT_THAT(said("en", false), AllOf(HasSubstr("in 3 days, not acknowledged\n"),
                                       HasSubstr("nobody has acknowledged it")));
  EXPECT_THAT(said("en", true),
              AllOf(HasSubstr("in 3 days, not delivered\n"), HasSubstr("could not be delivered to"),
                    Not(HasSubstr("has acknowledged")), HasSubstr("passed on to you")));
  EXPECT_THAT(said("ru", false),
              AllOf(HasSubstr(", не подтверждено\n"), HasSubstr("никто не подтвердил")));
  EXPECT_THAT(said("ru", true), AllOf(HasSubstr(", не доставлено\n"), HasSubstr("не дошло"),
                                      Not(HasSubstr("никто не подтвердил"))));
}

TEST(Letter, ATestSaysThatNothingIsDue) {
  Message message = Single(CustodyLimit());
  message.form = Message::Form::kTest;
  message.items.clear();
  const Letter letter = WriteLetter(message, kPage);
  EXPECT_EQ(letter.subject, "Vigil: test message");
  EXPECT_EQ(letter.form, "test");
  for (const std::string& form : {letter.text, letter.html}) {
    EXPECT_THAT(form, AllOf(HasSubstr("nothing is due"), HasSubstr("tries out whether reminders"),
                            HasSubstr(kPage), Not(HasSubstr("{{"))));
  }
  message.receiver.set_language("ru");
  EXPECT_EQ(WriteLetter(message, kPage).subject, "Vigil: пробное сообщение");
}

TEST(Letter, ATroubleSaysWithWhomWhatSinceWhenAndWhatToDo) {
  const Letter letter = WriteLetter(GoneWebhook(), kPage);
  EXPECT_EQ(letter.subject, "Vigil: a receiver cannot be reached");
  EXPECT_EQ(letter.form, "trouble");
  for (const std::string& form : {letter.text, letter.html}) {
    EXPECT_THAT(form, AllOf(HasSubstr("receivers/hook"), HasSubstr("was disabled"),
                            HasSubstr("2018-06-04 06:00 +06:00"), HasSubstr("HTTP 410"),
                            HasSubstr("3 messages"), HasSubstr("switch it on again"),
                            HasSubstr("Look after it"), HasSubstr("you look after this receiver")));
    EXPECT_THAT(form, AllOf(Not(HasSubstr("acknowledge")), Not(HasSubstr("{{"))));
  }
}

}  // namespace
}  // namespace vigil::alert
