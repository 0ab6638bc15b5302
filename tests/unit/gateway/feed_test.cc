#include "gateway/ical/feed.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace vigil::gateway::ical {
namespace {

namespace reg = registry::v1;
using ::testing::HasSubstr;
using ::testing::Not;

const absl::Time kNow = absl::FromUnixSeconds(1'524'884'400);

reg::Deadline Limit() {
  reg::Deadline deadline;
  deadline.set_name("cases/c-1/deadlines/d-1");
  deadline.set_kind(reg::DEADLINE_KIND_CUSTODY_LIMIT);
  deadline.set_title("Custody limit, 2 months");
  deadline.set_case_display_name("A. Person");
  deadline.set_rule("KZ.CPC.151.1@1");
  deadline.set_earliest("2018-06-07");
  deadline.set_latest("2018-06-07");
  deadline.set_boundary(reg::DEADLINE_BOUNDARY_BEFORE_DAY);
  deadline.set_precision(reg::DEADLINE_PRECISION_NO_LATER_THAN);
  deadline.add_assumptions("PART_UNKNOWN");
  deadline.set_state(reg::DEADLINE_STATE_UPCOMING);
  return deadline;
}

FeedOptions Options() {
  FeedOptions options;
  options.display_name = "Limits";
  options.page_url = "https://vigil.example";
  options.now = kNow;
  return options;
}

// Its case changed at kNow.
Feed Write(const reg::Deadline& deadline, const FeedOptions& options = Options()) {
  return WriteFeed({deadline}, {{"cases/c-1", kNow}}, options);
}

// The text with its folded lines put together again.
std::string Unfolded(std::string text) {
  for (std::size_t at; (at = text.find("\r\n ")) != std::string::npos;) text.erase(at, 3);
  return text;
}

std::string TextOf(const reg::Deadline& deadline) { return Unfolded(Write(deadline).text); }

std::string PrivateTextOf(const reg::Deadline& deadline) {
  FeedOptions options = Options();
  options.names = true;
  return Unfolded(Write(deadline, options).text);
}

TEST(Feed, Event_HasItsDatesAndStaysTheSameEvent) {
  const std::string text = TextOf(Limit());
  for (const char* line : {"METHOD:PUBLISH\r\n",
                           "NAME:Limits\r\n",
                           "X-WR-CALNAME:Limits\r\n",
                           "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n",
                           "X-PUBLISHED-TTL:PT1H\r\n",
                           "UID:cases.c-1.deadlines.d-1@vigil\r\n",
                           "DTSTART;VALUE=DATE:20180607\r\n",
                           "DTEND;VALUE=DATE:20180608\r\n",
                           "URL:https://vigil.example/cases/c-1\r\n",
                           "RELATED-TO:cases.c-1@vigil\r\n",
                           "CATEGORIES:Custody limit\r\n",
                           "COLOR:firebrick\r\n",
                           "DTSTAMP:20180428T030000Z\r\n",
                           "LAST-MODIFIED:20180428T030000Z\r\n",
                           "STATUS:CONFIRMED\r\n",
                           "TRANSP:TRANSPARENT\r\n",
                           "CLASS:CONFIDENTIAL\r\n",
                           "TRIGGER:-P2W\r\n",
                           "TRIGGER:-P1W\r\n",
                           "TRIGGER:-P1D\r\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(Feed, Description_SaysWhenInFullAndHowSure) {
  const std::string text = TextOf(Limit());
  EXPECT_THAT(text, HasSubstr("Before 2018-06-07 begins: 2018-06-06 is the last day."));
  EXPECT_THAT(text, HasSubstr("\\nHow sure: no later than."));
  EXPECT_THAT(text, HasSubstr("\\nRule: KZ.CPC.151.1@1."));
}

struct Noted {
  const char* name;
  void (*change)(reg::Deadline&);
  const char* summary;
};

class FeedSummary : public ::testing::TestWithParam<Noted> {};

TEST_P(FeedSummary, OfADeadline_SaysWhatItsDayCannot) {
  reg::Deadline deadline = Limit();
  GetParam().change(deadline);
  EXPECT_THAT(TextOf(deadline), HasSubstr(GetParam().summary));
}

INSTANTIATE_TEST_SUITE_P(
    All, FeedSummary,
    ::testing::Values(
        Noted{"BeforeADay", [](reg::Deadline&) {},
              "SUMMARY:[c-1] Custody limit (before this day\\; no later than)\r\n"},
        Noted{"UntilItsEnd",
              [](reg::Deadline& d) {
                d.set_boundary(reg::DEADLINE_BOUNDARY_END_OF_DAY);
                d.set_precision(reg::DEADLINE_PRECISION_EXACT);
              },
              "SUMMARY:[c-1] Custody limit (by the end of this day)\r\n"},
        Noted{"Window",
              [](reg::Deadline& d) {
                d.set_latest("2018-06-09");
                d.set_boundary(reg::DEADLINE_BOUNDARY_FROM_DAY);
                d.set_precision(reg::DEADLINE_PRECISION_WINDOW);
              },
              "SUMMARY:[c-1] Custody limit (from one of these days on)\r\n"},
        Noted{"ToTheHour",
              [](reg::Deadline& d) {
                d.set_earliest_time("2018-06-07T14:30:00+06:00");
                d.set_precision(reg::DEADLINE_PRECISION_EXACT);
              },
              "SUMMARY:[c-1] Custody limit (until 2018-06-07T14:30:00+06:00)\r\n"},
        Noted{"Done", [](reg::Deadline& d) { d.set_state(reg::DEADLINE_STATE_MET); },
              "SUMMARY:[c-1] Custody limit (done\\; before this day\\; no later than)\r\n"}),
    [](const auto& info) { return info.param.name; });

TEST(Feed, Calich87_Alarm_IsShownAndNeverMailed) {
  const std::string text = TextOf(Limit());
  std::size_t alarms = 0;
  const std::string begin = "BEGIN:VALARM\r\n";
  for (std::size_t at = text.find(begin); at != std::string::npos; at = text.find(begin, at + 1)) {
    const std::string alarm = text.substr(at, text.find("END:VALARM", at) - at);
    EXPECT_THAT(alarm, HasSubstr("\r\nACTION:DISPLAY\r\n"));
    ++alarms;
  }
  EXPECT_GT(alarms, 0u);
  EXPECT_THAT(text, Not(HasSubstr("ACTION:EMAIL")));
}

TEST(Feed, Window_IsAnEventFromItsFirstToItsLastDay) {
  reg::Deadline deadline = Limit();
  deadline.set_latest("2018-06-09");
  const std::string text = TextOf(deadline);
  EXPECT_THAT(text, HasSubstr("DTSTART;VALUE=DATE:20180607\r\n"));
  EXPECT_THAT(text, HasSubstr("DTEND;VALUE=DATE:20180610\r\n"));
  EXPECT_THAT(text, HasSubstr("a day from 2018-06-06 to 2018-06-08 is the last day"));
}

TEST(Feed, Names_AreInAPrivateOneAlone) {
  for (const char* word : {"Person", "2 months", "PART_UNKNOWN"}) {
    EXPECT_THAT(TextOf(Limit()), Not(HasSubstr(word)));
    EXPECT_THAT(PrivateTextOf(Limit()), HasSubstr(word));
  }
}

TEST(Feed, Withdrawn_IsCancelledWithAHigherSequenceAndRingsNoMore) {
  reg::Deadline deadline = Limit();
  EXPECT_THAT(TextOf(deadline), HasSubstr("SEQUENCE:19273320\r\n"));
  deadline.set_state(reg::DEADLINE_STATE_WITHDRAWN);
  const std::string text = TextOf(deadline);
  EXPECT_THAT(text, HasSubstr("STATUS:CANCELLED\r\n"));
  EXPECT_THAT(text, HasSubstr("SEQUENCE:19273321\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("VALARM")));
}

TEST(Feed, AskedForAgain_IsTheSameToTheByte) {
  FeedOptions options = Options();
  options.now = kNow + absl::Minutes(1);
  const Feed first = Write(Limit());
  const Feed later = Write(Limit(), options);
  EXPECT_EQ(first.text, later.text);
  EXPECT_EQ(first.etag, later.etag);
  EXPECT_EQ(first.etag.front(), '"');
}

TEST(Feed, CaseThatChanged_GivesItsEventsAHigherSequenceAndLaterStamps) {
  const Feed later = WriteFeed({Limit()}, {{"cases/c-1", kNow + absl::Minutes(1)}}, Options());
  EXPECT_THAT(later.text, HasSubstr("SEQUENCE:19273322\r\n"));
  EXPECT_THAT(later.text, HasSubstr("DTSTAMP:20180428T030100Z\r\n"));
  EXPECT_THAT(later.text, HasSubstr("LAST-MODIFIED:20180428T030100Z\r\n"));
  EXPECT_NE(later.etag, Write(Limit()).etag);
}

TEST(Feed, FactOfADossierThatIsNewer_Counts) {
  reg::Deadline deadline = Limit();
  deadline.mutable_known_time()->set_seconds(absl::ToUnixSeconds(kNow) + 60);
  EXPECT_THAT(TextOf(deadline), HasSubstr("SEQUENCE:19273322\r\n"));
}

TEST(Feed, LimitExactToTheHour_IsAnEventAtThatTime) {
  reg::Deadline deadline = Limit();
  deadline.set_earliest_time("2018-06-07T14:30:00+06:00");
  deadline.set_latest_time("2018-06-07T14:30:00+06:00");
  const std::string text = TextOf(deadline);
  EXPECT_THAT(text, HasSubstr("DTSTART:20180607T083000Z\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("DTEND")));
  EXPECT_THAT(text, Not(HasSubstr("VALUE=DATE:")));
}

TEST(Feed, WindowExactToTheHour_IsFromItsFirstToItsLastMoment) {
  reg::Deadline deadline = Limit();
  deadline.set_earliest_time("2018-06-07T14:30:00+06:00");
  deadline.set_latest_time("2018-06-08T02:30:00+06:00");
  const std::string text = TextOf(deadline);
  EXPECT_THAT(text, HasSubstr("DTSTART:20180607T083000Z\r\nDTEND:20180607T203000Z\r\n"));
}

TEST(Feed, MovedDate_ChangesTheEtag) {
  reg::Deadline moved = Limit();
  moved.set_latest("2018-06-09");
  EXPECT_NE(Write(moved).etag, Write(Limit()).etag);
}

TEST(Feed, TextOfOthers_StaysOnItsLine) {
  reg::Deadline deadline = Limit();
  deadline.set_title("a\r\nATTENDEE:b,c;d");
  EXPECT_THAT(PrivateTextOf(deadline),
              HasSubstr("SUMMARY:[c-1] a  ATTENDEE:b\\,c\\;d\\, A. Person"));
  FeedOptions options = Options();
  options.display_name = "x\r\nBEGIN:VEVENT;y";
  const std::string text = Unfolded(Write(Limit(), options).text);
  EXPECT_THAT(text, HasSubstr("\r\nNAME:x  BEGIN:VEVENT\\;y\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\nX-WR-CALNAME:x  BEGIN:VEVENT;y\r\n"));
}

TEST(Feed, LongLines_AreFoldedBetweenLetters) {
  FeedOptions options = Options();
  options.names = true;
  for (std::size_t shift = 0; shift < 4; ++shift) {
    reg::Deadline deadline = Limit();
    std::string title(shift, 'x');
    for (int i = 0; i < 60; ++i) title += i % 2 ? "ж" : "\U0001F4C5";
    deadline.set_title(title);
    const std::string text = Write(deadline, options).text;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find("\r\n", at);
      ASSERT_NE(end, std::string::npos);
      EXPECT_LE(end - at, 75u);
      EXPECT_EQ(text.substr(at, end - at).find('\n'), std::string::npos);
      // What follows a fold begins a letter.
      if (text[at] == ' ') {
        EXPECT_NE(static_cast<unsigned char>(text[at + 1]) & 0xC0, 0x80) << shift;
      }
      at = end + 2;
    }
    EXPECT_THAT(Unfolded(text), HasSubstr(title));
  }
}

TEST(Feed, DeadlineWithoutADate_IsLeftOut) {
  reg::Deadline deadline = Limit();
  deadline.clear_earliest();
  EXPECT_THAT(TextOf(deadline), Not(HasSubstr("VEVENT")));
}

TEST(Feed, MoreThanItHolds_IsSaidOnToday) {
  FeedOptions options = Options();
  options.most = 2;
  const std::string all = WriteFeed({Limit(), Limit()}, {}, options).text;
  EXPECT_THAT(all, Not(HasSubstr("left-out")));
  const std::string text = Unfolded(WriteFeed({Limit(), Limit(), Limit()}, {}, options).text);
  EXPECT_THAT(text, HasSubstr("DTSTART;VALUE=DATE:20180428"));
  EXPECT_THAT(text, HasSubstr("UID:left-out@vigil\r\n"));
  EXPECT_THAT(text, HasSubstr("DTSTAMP:20180428T000000Z\r\n"));
  EXPECT_THAT(text, HasSubstr("holds the first 2 dates only"));
}

}  // namespace
}  // namespace vigil::gateway::ical
