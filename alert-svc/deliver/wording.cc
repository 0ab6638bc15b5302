#include "alert-svc/deliver/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

namespace vigil::alert {
namespace {

namespace reg = registry::v1;

struct KindWords {
  std::string_view title;
  std::string_view what;
};

// By number of DeadlineKind.
constexpr KindWords kKinds[] = {
    {"Date", "A date needs a look."},
    {"Parole", "Parole can be asked for."},
    {"Replacement of the penalty", "A milder penalty can be asked for."},
    {"End of the sentence", "The main penalty ends."},
    {"End of a ban", "A ban ends."},
    {"Record expunged", "The criminal record is expunged."},
    {"List check", "Check the list, and ask to be taken off it."},
    {"Entry into force", "A decision enters into force."},
    {"Appeal", "Last day to appeal."},
    {"Custody limit", "Custody must be extended or end."},
    {"Motion to extend custody", "The motion to extend custody must be filed."},
    {"Forced hospital stay", "The forced hospital stay must be extended or end."},
    {"Medical review", "A commission must review the forced stay."},
    {"UN follow-up", "The State owes a UN body a report."},
    {"Extradition custody limit", "Custody for extradition must end."},
    {"Renewal of protection", "Protection must be renewed."},
    {"Duty to report", "The person must report."},
    {"INTERPOL decision", "INTERPOL owes a decision."},
    {"Limitation", "Prosecution or execution is time-barred."},
    {"Court decision", "A court owes a decision."},
    {"Next motion", "The next motion becomes possible."},
    {"Reply of the State", "The State owes a reply."},
    {"Filing with a UN body", "Last day to file with a UN body."},
    {"Planned event", "Something planned takes place."},
    {"Case review", "Nobody has touched the case for long."},
    {"Date set by hand", "A date that was set by hand."},
};

constexpr std::string_view kMonths[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};

template <class T>
bool ParseNumber(std::string_view text, T* value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size();
}

std::optional<Day> ParseDay(std::string_view iso) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  if (iso.size() != 10 || iso[4] != '-' || iso[7] != '-' || !ParseNumber(iso.substr(0, 4), &year) ||
      !ParseNumber(iso.substr(5, 2), &month) || !ParseNumber(iso.substr(8, 2), &day)) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  if (!date.ok()) return std::nullopt;
  return Day(date);
}

std::string DayBefore(std::string_view iso) {
  const std::optional<Day> day = ParseDay(iso);
  return day.has_value() ? DayText(*day - std::chrono::days(1)) : std::string(iso);
}

// "2018-06-07T14:30:00+06:00" → "7 June 2018 14:30 (UTC+06:00)".
std::string TimeText(std::string_view rfc3339) {
  if (rfc3339.size() < 19) return std::string(rfc3339);
  std::string_view zone = rfc3339.substr(19);
  if (!zone.empty() && zone.front() == '.') {
    const size_t end = zone.find_first_of("+-Z");
    zone = end == std::string_view::npos ? std::string_view() : zone.substr(end);
  }
  if (zone == "Z") zone = "";
  return fmt::format("{} {} (UTC{})", DayText(rfc3339.substr(0, 10)), rfc3339.substr(11, 5), zone);
}

bool IsSingle(const reg::Deadline& d) { return d.latest().empty() || d.earliest() == d.latest(); }

// "on 7 June 2018", "on a day from 1 to …": the span of days itself.
std::string Span(const reg::Deadline& d) {
  if (IsSingle(d)) return DayText(d.earliest());
  return fmt::format("a day between {} and {}", DayText(d.earliest()), DayText(d.latest()));
}

// Somebody is held until then, unless a court extends it.
bool IsHolding(const reg::Deadline& d) {
  return d.kind() == reg::DEADLINE_KIND_CUSTODY_LIMIT ||
         d.kind() == reg::DEADLINE_KIND_EXTRADITION_CUSTODY_LIMIT ||
         d.kind() == reg::DEADLINE_KIND_COMMITTAL_END;
}

std::string BeforeDayText(const reg::Deadline& d) {
  const std::string before = DayBefore(d.earliest());
  const std::string before_latest = DayBefore(d.latest());
  if (IsHolding(d)) {
    return IsSingle(d) ? fmt::format(
                             "Lawful until the end of {}; must be extended or ended before {} "
                             "00:00.",
                             before, DayText(d.earliest()))
                       : fmt::format(
                             "Lawful until the end of {} at least, of {} at most; must be "
                             "extended or ended before 00:00 of {}.",
                             before, before_latest, Span(d));
  }
  return IsSingle(d)
             ? fmt::format("Until the end of {}, before {} 00:00.", before, DayText(d.earliest()))
             : fmt::format(
                   "Until the end of {} to be safe, of {} at the latest; before 00:00 of {}.",
                   before, before_latest, Span(d));
}

std::string HourText(const reg::Deadline& d) {
  const std::string first = TimeText(d.earliest_time());
  const bool single = d.latest_time().empty() || d.latest_time() == d.earliest_time();
  const std::string span =
      single ? first : fmt::format("a moment between {} and {}", first, TimeText(d.latest_time()));
  if (IsHolding(d)) {
    return fmt::format("Lawful until {}; must be extended or ended by then.", span);
  }
  return fmt::format("Until {}.", span);
}

// Days from `today` to a day; nullopt where it is no date.
std::optional<int64_t> DaysTo(Day today, std::string_view iso) {
  const std::optional<Day> day = ParseDay(iso);
  if (!day.has_value()) return std::nullopt;
  return (*day - today).count();
}

std::string_view Latest(const reg::Deadline& d) {
  return d.latest().empty() ? d.earliest() : d.latest();
}

// A few words, without a date, for what has begun or gone by.
std::string_view PastWords(reg::DeadlineNature nature) {
  switch (nature) {
    case reg::DEADLINE_NATURE_ACT_BEFORE:
      return "overdue";
    case reg::DEADLINE_NATURE_OPENS:
      return "open";
    case reg::DEADLINE_NATURE_STATE_DUE:
      return "no reply known";
    default:
      return "passed, unconfirmed";
  }
}

std::string PastText(const reg::Deadline& d) {
  const std::string first = DayText(d.earliest());
  // Of a boundary before a day, the last day was the one before.
  const std::string last =
      d.boundary() == reg::DEADLINE_BOUNDARY_BEFORE_DAY ? DayBefore(Latest(d)) : DayText(Latest(d));
  switch (d.nature()) {
    case reg::DEADLINE_NATURE_ACT_BEFORE:
      return fmt::format("Overdue since the end of {}.", last);
    case reg::DEADLINE_NATURE_OPENS:
      return fmt::format("Open since {}.", first);
    case reg::DEADLINE_NATURE_STATE_DUE:
      return fmt::format("No reply known; it was owed by {}.", last);
    case reg::DEADLINE_NATURE_LIMIT:
      return fmt::format("Passed at the end of {}, unconfirmed: {}", last,
                         IsHolding(d) ? "was it extended or ended?" : "did it end?");
    default:
      return fmt::format("Passed on {}, unconfirmed: did it happen?", last);
  }
}

std::string InDays(int64_t days) {
  if (days == 0) return "today";
  if (days == 1) return "tomorrow";
  return fmt::format("in {} days", days);
}

std::string_view ClosedWords(reg::DeadlineState state) {
  switch (state) {
    case reg::DEADLINE_STATE_MET:
      return "done";
    case reg::DEADLINE_STATE_WAIVED:
      return "waived";
    case reg::DEADLINE_STATE_WITHDRAWN:
      return "withdrawn";
    default:
      return "";
  }
}

// A right that opens has begun with its first day, anything else is over after its last.
bool IsPast(const reg::Deadline& d, Day today) {
  if (d.nature() == reg::DEADLINE_NATURE_OPENS) return DaysTo(today, d.earliest()).value_or(1) <= 0;
  const int64_t last = DaysTo(today, Latest(d)).value_or(1);
  return d.boundary() == reg::DEADLINE_BOUNDARY_BEFORE_DAY ? last <= 0 : last < 0;
}

}  // namespace

std::string_view KindText(reg::DeadlineKind kind) {
  return kKinds[reg::DeadlineKind_IsValid(kind) ? kind : 0].title;
}

std::string_view WhatText(reg::DeadlineKind kind) {
  return kKinds[reg::DeadlineKind_IsValid(kind) ? kind : 0].what;
}

std::string DayText(Day day) {
  const std::chrono::year_month_day date(day);
  return fmt::format("{} {} {}", static_cast<unsigned>(date.day()),
                     kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()));
}

std::string DayText(std::string_view iso_day) {
  const std::optional<Day> day = ParseDay(iso_day);
  return day.has_value() ? DayText(*day) : std::string(iso_day);
}

std::string WhenText(const reg::Deadline& d) {
  if (!d.earliest_time().empty()) return HourText(d);
  switch (d.boundary()) {
    case reg::DEADLINE_BOUNDARY_BEFORE_DAY:
      return BeforeDayText(d);
    case reg::DEADLINE_BOUNDARY_END_OF_DAY:
      return fmt::format("Until the end of {} (24:00).", Span(d));
    case reg::DEADLINE_BOUNDARY_FROM_DAY:
      return fmt::format("From 00:00 of {} on.", Span(d));
    default:
      return fmt::format("On {}.", Span(d));
  }
}

std::string SureText(const reg::Deadline& d) {
  const std::string first = DayText(d.earliest());
  const std::string last = DayText(Latest(d));
  switch (d.precision()) {
    case reg::DEADLINE_PRECISION_EXACT:
      return "Exact: every date it is counted from is known.";
    case reg::DEADLINE_PRECISION_WINDOW:
      return fmt::format("Between {} and {}: what it is counted from is known only roughly.", first,
                         last);
    case reg::DEADLINE_PRECISION_NO_LATER_THAN:
      return d.nature() == reg::DEADLINE_NATURE_OPENS
                 ? fmt::format(
                       "No later than {}: may already be open; the day custody began is unknown.",
                       last)
                 : fmt::format("No later than {}: a fact that is not known can bring it forward.",
                               last);
    case reg::DEADLINE_PRECISION_NO_EARLIER_THAN:
      return fmt::format("No earlier than {}: this is the date if nobody appealed.", first);
    case reg::DEADLINE_PRECISION_ESTIMATE:
      return "An estimate: it may come earlier or later.";
    default:
      return "How sure the date is was not said.";
  }
}

std::string StandText(const reg::Deadline& d, Day today) {
  if (d.state() == reg::DEADLINE_STATE_WITHDRAWN) return "Withdrawn: it no longer holds.";
  if (d.state() == reg::DEADLINE_STATE_MET) return "Done.";
  if (d.state() == reg::DEADLINE_STATE_WAIVED) return "Waived.";
  if (IsPast(d, today)) return PastText(d);
  const std::optional<int64_t> first = DaysTo(today, d.earliest());
  if (!first.has_value()) return "";
  if (*first > 0) return fmt::format("Comes {}.", InDays(*first));
  const int64_t last = DaysTo(today, Latest(d)).value_or(0);
  return last == 0 ? "Due today."
                   : fmt::format("Due now; the last day it can be is {}.", InDays(last));
}

std::string UrgencyText(const reg::Deadline& d, Day today) {
  if (const std::string_view closed = ClosedWords(d.state()); !closed.empty()) {
    return std::string(closed);
  }
  if (IsPast(d, today)) return std::string(PastWords(d.nature()));
  const int64_t first = DaysTo(today, d.earliest()).value_or(0);
  return first > 0 ? InDays(first) : "due now";
}

int64_t DaysAhead(const reg::Deadline& d, Day today) {
  if (!ClosedWords(d.state()).empty() || IsPast(d, today)) return -1;
  return std::max<int64_t>(0, DaysTo(today, d.earliest()).value_or(0));
}

std::string_view ActionText(const reg::Deadline& d) {
  switch (d.actor()) {
    case reg::DEADLINE_ACTOR_US:
      return "This one is ours: open the case, act, and mark it done.";
    case reg::DEADLINE_ACTOR_COUNSEL:
      return "Counsel acts on this one: check that they know, and mark it done.";
    case reg::DEADLINE_ACTOR_STATE:
      return "The State must act: find out whether it did, and record it.";
    default:
      return "Look at the case and record what happened.";
  }
}

std::string AssumptionText(std::string_view code) {
  if (code == "NO_APPEAL") return "it is assumed that nobody appealed";
  if (code == "CUSTODY_FROM_VERDICT") return "custody is counted from the day of the verdict";
  if (code == "GRAVITY_ASSUMED") return "the gravity of the offence is assumed";
  if (code == "PART_UNKNOWN") return "the part of the article is unknown";
  if (code == "LAW_READ_IN_2025_EDITION") return "the law was read in its 2025 edition";
  return std::string(code);
}

std::string CaseCode(std::string_view name) {
  const size_t start = name.find('/');
  if (start == std::string_view::npos) return std::string(name);
  name.remove_prefix(start + 1);
  return std::string(name.substr(0, name.find('/')));
}

}  // namespace vigil::alert
