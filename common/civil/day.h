// Days of the calendar, without a time or a zone, and the month arithmetic of legal terms.
//
// Pure functions; safe from any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace vigil::civil {

// A day of the proleptic Gregorian calendar.
using Day = std::chrono::sys_days;

// Reads `YYYY-MM-DD`, nothing else; nothing where the text is no day of the years 1 to 9999.
std::optional<Day> ParseDay(std::string_view text);

// Writes `YYYY-MM-DD`.
std::string FormatDay(Day day);

// Appends `YYYY-MM-DD` to `out`, for hot paths.
void AppendDay(Day day, std::string& out);

// The day from its parts; the parts must form a day.
Day MakeDay(int year, unsigned month, unsigned day);

// The year of a day.
int YearOf(Day day);

// Adds months (negative ones too): the same day-number, or the last day of the month where it has
// none (31 March + 1 month = 30 April).
Day AddMonths(Day day, int months);

// `b - a` in days.
int DaysBetween(Day a, Day b);

// "Monday" … "Sunday".
std::string_view WeekdayName(Day day);

// Saturday or Sunday.
bool IsWeekend(Day day);

}  // namespace vigil::civil
