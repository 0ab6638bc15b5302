#include "common/civil/span.h"

#include <fmt/format.h>

namespace vigil::civil {
namespace {

absl::Status Malformed(std::string_view text, std::string_view why) {
  return absl::InvalidArgumentError(
      fmt::format("'{}' is no date: {}; write 2018-04-13, 2017-11, 2010, 2018-02-01/2018-02-10 or "
                  "../2018-04-28",
                  text, why));
}

// A day, a month or a year; nothing for anything else.
std::optional<Span> ParsePoint(std::string_view text) {
  if (text.size() == 10) {
    const std::optional<Day> day = ParseDay(text);
    if (!day) return std::nullopt;
    return Span{day, day, Precision::kDay};
  }
  if (text.size() == 7) {
    const std::optional<Day> first = ParseDay(std::string(text) + "-01");
    if (!first) return std::nullopt;
    return Span{first, AddMonths(*first, 1) - std::chrono::days(1), Precision::kMonth};
  }
  if (text.size() == 4) {
    const std::optional<Day> first = ParseDay(std::string(text) + "-01-01");
    if (!first) return std::nullopt;
    return Span{first, AddMonths(*first, 12) - std::chrono::days(1), Precision::kYear};
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<Span> ParseSpan(std::string_view text) {
  if (text.empty()) return Span{};
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) {
    const std::optional<Span> point = ParsePoint(text);
    if (!point) return Malformed(text, "no such day, month or year");
    return *point;
  }
  const std::string_view from = text.substr(0, slash);
  const std::string_view to = text.substr(slash + 1);
  Span span{std::nullopt, std::nullopt, Precision::kSpan};
  if (from != "..") {
    const std::optional<Span> start = ParsePoint(from);
    if (!start) return Malformed(text, "its start is none");
    span.first = start->first;
  }
  if (to != "..") {
    const std::optional<Span> end = ParsePoint(to);
    if (!end) return Malformed(text, "its end is none");
    span.last = end->last;
  }
  if (span.empty()) return Malformed(text, "both ends are open");
  if (!span.closed()) {
    span.precision = Precision::kOpen;
  } else if (*span.last < *span.first) {
    return Malformed(text, "it ends before it starts");
  }
  return span;
}

Span SpanOf(Day day) { return Span{day, day, Precision::kDay}; }

Span SpanOf(Day first, Day last) {
  return Span{first, last, first == last ? Precision::kDay : Precision::kSpan};
}

std::string DescribeSpan(const Span& span) {
  if (span.empty()) return "an unknown day";
  if (!span.first) return fmt::format("{} or before", FormatDay(*span.last));
  if (!span.last) return fmt::format("{} or after", FormatDay(*span.first));
  if (span.exact()) return FormatDay(*span.first);
  return fmt::format("{} … {}", FormatDay(*span.first), FormatDay(*span.last));
}

}  // namespace vigil::civil
