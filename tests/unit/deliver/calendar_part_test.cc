#include "alert-svc/deliver/calendar_part.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alert-svc/deliver/standing.h"
#include "tests/unit/deliver/sample_message.h"

namespace vigil::alert {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Of 4 June 2018, 03:00 UTC.
std::string Written(Message message) {
  std::string text = WriteCalendar(message, kPage);
  for (size_t at; (at = text.find("\r\n ")) != std::string::npos;) text.erase(at, 3);
  return text;
}

TEST(CalendarPart, EventSaysOfWhichCaseAndKindItIs) {
  const std::string text = Written(Single(CustodyLimit()));
  EXPECT_THAT(text, HasSubstr("\r\nUID:cases.c-7f3k9q2m.deadlines.d-1@vigil\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\nRELATED-TO:cases.c-7f3k9q2m@vigil\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\nCATEGORIES:Custody limit\r\n"));
}

TEST(CalendarPart, LimitExactToTheHourIsAnEventAtThatTime) {
  registry::v1::Deadline deadline = CustodyLimit();
  deadline.set_earliest_time("2018-06-07T14:30:00+06:00");
  deadline.set_latest_time("2018-06-07T14:30:00+06:00");
  const std::string text = Written(Single(deadline));
  EXPECT_THAT(text, HasSubstr("\r\nDTSTART:20180607T083000Z\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("VALUE=DATE")));
}

TEST(CalendarPart, LastModifiedIsWhenTheDatesCameIntoTheRecord) {
  registry::v1::Deadline deadline = CustodyLimit();
  deadline.mutable_known_time()->set_seconds(1'528'070'400);  // 00:00
  EXPECT_THAT(Written(Single(deadline)), HasSubstr("\r\nLAST-MODIFIED:20180604T000000Z\r\n"));
  EXPECT_THAT(Written(Single(deadline)), HasSubstr("\r\nDTSTAMP:20180604T030000Z\r\n"));
}

TEST(CalendarPart, LastModifiedOfAWithdrawnDateIsWhenThatIsTold) {
  Message message = Single(CustodyLimit());
  message.items[0].deadline.mutable_known_time()->set_seconds(1'528'070'400);
  message.items[0].change = MessageItem::Change::kWithdrawn;
  const std::string text = Written(message);
  EXPECT_THAT(text, HasSubstr("\r\nLAST-MODIFIED:20180604T030000Z\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\nSTATUS:CANCELLED\r\n"));
}

std::size_t Count(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; ++at) ++count;
  return count;
}

TEST(CalendarPart, WhatIsToComeRings) {
  const std::string text = Written(Single(CustodyLimit()));
  EXPECT_EQ(Count(text, "BEGIN:VALARM\r\n"), 3u);
  EXPECT_EQ(Count(text, "\r\nACTION:DISPLAY\r\n"), 3u);
  for (const char* part : {"\r\nTRIGGER:-P2W\r\n", "\r\nTRIGGER:-P1W\r\n", "\r\nTRIGGER:-P1D\r\n",
                           "\r\nUID:7d.cases.c-7f3k9q2m.deadlines.d-1@vigil\r\n"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(CalendarPart, WhatIsWithdrawnPastOrDoneDoesNotRing) {
  Message message = Single(CustodyLimit());
  message.items[0].change = MessageItem::Change::kWithdrawn;
  EXPECT_THAT(Written(message), Not(HasSubstr("VALARM")));
  message.items[0].change = MessageItem::Change::kNone;
  message.today = *ParseDay("2018-06-07");
  EXPECT_THAT(Written(message), Not(HasSubstr("VALARM")));
  message.today = *ParseDay("2018-06-04");
  message.items[0].deadline.set_state(registry::v1::DEADLINE_STATE_MET);
  EXPECT_THAT(Written(message), Not(HasSubstr("VALARM")));
}

TEST(CalendarPart, AlarmNamesNobodyUnlessTheMailDoes) {
  Message message = Single(CustodyLimit());
  message.items[0].deadline.set_case_display_name("A. Sample");
  EXPECT_THAT(Written(message), Not(HasSubstr("Sample")));
  EXPECT_THAT(Written(message), HasSubstr("\r\nDESCRIPTION:[c-7f3k9q2m] Custody limit\r\n"));
  message.receiver.set_private_(true);
  EXPECT_THAT(Written(message),
              HasSubstr("\r\nDESCRIPTION:[c-7f3k9q2m] Custody limit\\, A. Sample\r\n"));
}

TEST(CalendarPart, ALaterMessageHasAHigherSequence) {
  Message later = Single(CustodyLimit());
  EXPECT_THAT(Written(later), HasSubstr("\r\nSEQUENCE:19379880\r\n"));
  later.time += absl::Minutes(1);
  EXPECT_THAT(Written(later), HasSubstr("\r\nSEQUENCE:19379882\r\n"));
}

}  // namespace
}  // namespace vigil::alert
