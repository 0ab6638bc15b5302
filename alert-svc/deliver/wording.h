#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "vigil/registry/v1/deadline.pb.h"

// Plain words for what a deadline's fields mean. Pure. Nothing here reads a name, a title, an
// explanation or an assumption: whatever is returned may stand in a mail that must stay discreet.
namespace vigil::alert {

using Day = std::chrono::sys_days;

// "Custody limit"; "Date" for a kind that this version does not know.
std::string_view KindText(registry::v1::DeadlineKind kind);

// What is due, one sentence: "Custody must be extended or end."
std::string_view WhatText(registry::v1::DeadlineKind kind);

// "7 June 2018".
std::string DayText(Day day);
// The same; the text itself where it is no date.
std::string DayText(std::string_view iso_day);

// When, with the boundary said: "Lawful until the end of 6 June 2018; must be extended or ended
// before 7 June 2018 00:00."
std::string WhenText(const registry::v1::Deadline& deadline);

// How sure, with the precision said: "No later than 13 April 2018: may already be open; the day
// custody began is unknown."
std::string SureText(const registry::v1::Deadline& deadline);

// Where it stands on `today`, the local day of the message, worded by nature: "In 3 days.",
// "Overdue since 6 June 2018.", "Open since …", "Passed on …, unconfirmed.", "No reply known …".
std::string StandText(const registry::v1::Deadline& deadline, Day today);

// The same in a few words for a subject line: "in 3 days", "overdue", "open", "passed,
// unconfirmed", "no reply known", "withdrawn".
std::string UrgencyText(const registry::v1::Deadline& deadline, Day today);

// Days from `today` to its first day, 0 where it is due; -1 where it has passed or is closed, and
// where a right is already open.
int64_t DaysAhead(const registry::v1::Deadline& deadline, Day today);

// What to do: the deadline's action, or a sentence by actor and nature where discreet.
std::string_view ActionText(const registry::v1::Deadline& deadline);

// An assumption in words: "no appeal is assumed"; the code itself where it is not known.
std::string AssumptionText(std::string_view code);

// "cases/c-7f3k9q2m/deadlines/x" → "c-7f3k9q2m".
std::string CaseCode(std::string_view name);

}  // namespace vigil::alert
