// Dates as sources give them: a day, a month, a year, a span, or open at one end.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/civil/day.h"

namespace vigil::civil {

// How precise a span is.
enum class Precision { kNone, kDay, kMonth, kYear, kSpan, kOpen };

// The days on which something may have happened.
struct Span {
  // First possible day; absent where the span is open at the start ("by 28 April 2018") or there is
  // no date.
  std::optional<Day> first;
  // Last possible day; absent where the span is open at the end or there is no date.
  std::optional<Day> last;
  Precision precision = Precision::kNone;

  // Both ends are known, so that a date can be counted from it.
  bool closed() const { return first.has_value() && last.has_value(); }
  // A single day.
  bool exact() const { return closed() && *first == *last; }
  // There is no date at all.
  bool empty() const { return !first.has_value() && !last.has_value(); }
  // The day from which something so dated counts as having happened: the last possible one; where
  // the end is open, the first. Absent without a date.
  std::optional<Day> known_from() const { return last.has_value() ? last : first; }
};

// Reads `2018-04-13`, `2017-11`, `2010`, `2018-02-01/2018-02-10` (each end a day, month or year),
// `../2018-04-28`, `2018-04-28/..`; the empty text is no date. INVALID_ARGUMENT with what is wrong.
absl::StatusOr<Span> ParseSpan(std::string_view text);

// A span of one day.
Span SpanOf(Day day);

// A span of several days.
Span SpanOf(Day first, Day last);

// `2018-04-13`, or `2017-11-01 … 2017-11-30`, or `2018-04-28 or before`: for sentences.
std::string DescribeSpan(const Span& span);

}  // namespace vigil::civil
