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
  deadline.set_earliest("2018-06-07");
  deadline.set_latest("2018-06-07");
  deadline.set_boundary(reg::DEADLINE_BOUNDARY_BEFORE_DAY);
  deadline.set_precision(reg::DEADLINE_PRECISION_NO_LATER_THAN);
  deadline.add_assumptions("PART_UNKNOWN");
  deadline.set_state(reg::DEADLINE_STATE_UPCOMING);
  return deadline;
}

Feed Write(const reg::Deadline& deadline, bool names = false, absl::Time now = kNow) {
  Feed feed = WriteFeed(
      {deadline},
      {.display_name = "Limits", .names = names, .page_url = "https://vigil.example", .now = now});
  // Unfolded, for the comparisons.
  for (std::size_t at; (at = feed.text.find("\r\n ")) != std::string::npos;) {
    feed.text.erase(at, 3);
  }
  return feed;
}

TEST(Feed, Event_HasItsDatesAndStaysTheSameEvent) {
  const std::string text = Write(Limit()).text;
  for (const char* line :
       {"METHOD:PUBLISH\r\n", "X-WR-CALNAME:Limits\r\n", "UID:cases.c-1.deadlines.d-1@vigil\r\n",
        "DTSTART;VALUE=DATE:20180607\r\n", "DTEND;VALUE=DATE:20180608\r\n",
        "SUMMARY:[c-1] custody limit\r\n", "URL:https://vigil.example/cases/c-1\r\n",
        "DTSTAMP:20180428T030000Z\r\n", "STATUS:CONFIRMED\r\n", "TRIGGER:-P14D\r\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
  EXPECT_THAT(text, HasSubstr("2018-06-06 is the last day"));
  EXPECT_THAT(text, HasSubstr("How sure: no later than"));
}

TEST(Feed, Names_AreInAPrivateOneAlone) {
  for (const char* word : {"Person", "2 months", "PART_UNKNOWN"}) {
    EXPECT_THAT(Write(Limit()).text, Not(HasSubstr(word)));
    EXPECT_THAT(Write(Limit(), true).text, HasSubstr(word));
  }
}

TEST(Feed, Withdrawn_IsCancelledAndRingsNoMore) {
  reg::Deadline deadline = Limit();
  deadline.set_state(reg::DEADLINE_STATE_WITHDRAWN);
  const std::string text = Write(deadline).text;
  EXPECT_THAT(text, HasSubstr("STATUS:CANCELLED"));
  EXPECT_THAT(text, Not(HasSubstr("VALARM")));
}

TEST(Feed, Sequence_GrowsAndTheEtagFollowsTheEventsAlone) {
  reg::Deadline moved = Limit();
  moved.set_latest("2018-06-09");
  const Feed first = Write(Limit()), later = Write(Limit(), false, kNow + absl::Hours(2));
  EXPECT_EQ(first.etag, later.etag);
  EXPECT_THAT(first.text, HasSubstr("SEQUENCE:160611\r\n"));
  EXPECT_THAT(later.text, HasSubstr("SEQUENCE:160613\r\n"));
  EXPECT_NE(Write(moved).etag, first.etag);
}

TEST(Feed, TextOfOthers_StaysOnItsLine) {
  reg::Deadline deadline = Limit();
  deadline.set_title("a\r\nATTENDEE:b,c;d");
  EXPECT_THAT(Write(deadline, true).text, Not(HasSubstr("\nATTENDEE")));
}

TEST(Feed, DeadlineWithoutADate_IsLeftOut) {
  reg::Deadline deadline = Limit();
  deadline.clear_earliest();
  EXPECT_THAT(Write(deadline).text, Not(HasSubstr("VEVENT")));
}

}  // namespace
}  // namespace vigil::gateway::ical
