#include "gateway/ical/wording.h"

#include <algorithm>
#include <string_view>

#include "common/civil/day.h"
#include "common/words/kind_words.h"
#include "common/yaml/enum_name.h"
#include "fmt/format.h"

namespace vigil::gateway::ical {
namespace {

namespace reg = registry::v1;

// "no later than" for DEADLINE_PRECISION_NO_LATER_THAN.
std::string PrecisionText(reg::DeadlinePrecision precision) {
  const auto* value = reg::DeadlinePrecision_descriptor()->FindValueByNumber(precision);
  std::string words = value == nullptr ? "not said" : ShortEnumName(value);
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

std::string_view LatestOf(const reg::Deadline& deadline) {
  return deadline.latest().empty() ? deadline.earliest() : deadline.latest();
}

bool IsSingleDay(const reg::Deadline& deadline) {
  return LatestOf(deadline) == deadline.earliest();
}

std::string SpanText(std::string_view first, std::string_view last) {
  return first == last ? std::string(first) : fmt::format("a day from {} to {}", first, last);
}

std::string DayBefore(std::string_view day) {
  const auto parsed = civil::ParseDay(day);
  return parsed ? civil::FormatDay(*parsed - std::chrono::days(1)) : std::string(day);
}

std::string_view StateNote(reg::DeadlineState state) {
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

std::string HoursText(const reg::Deadline& deadline) {
  if (deadline.latest_time().empty() || deadline.latest_time() == deadline.earliest_time()) {
    return deadline.earliest_time();
  }
  return fmt::format("a moment from {} to {}", deadline.earliest_time(), deadline.latest_time());
}

std::string BoundaryNote(const reg::Deadline& deadline) {
  if (!deadline.earliest_time().empty()) return "until " + HoursText(deadline);
  const std::string_view day = IsSingleDay(deadline) ? "this day" : "one of these days";
  switch (deadline.boundary()) {
    case reg::DEADLINE_BOUNDARY_BEFORE_DAY:
      return fmt::format("before {}", day);
    case reg::DEADLINE_BOUNDARY_END_OF_DAY:
      return fmt::format("by the end of {}", day);
    case reg::DEADLINE_BOUNDARY_FROM_DAY:
      return fmt::format("from {} on", day);
    default:
      return IsSingleDay(deadline) ? "" : "on one of these days";
  }
}

// That a window is one is said by its days.
std::string PrecisionNote(const reg::Deadline& deadline) {
  const bool plain = deadline.precision() == reg::DEADLINE_PRECISION_EXACT ||
                     deadline.precision() == reg::DEADLINE_PRECISION_WINDOW;
  return plain ? "" : PrecisionText(deadline.precision());
}

std::string WhenText(const reg::Deadline& deadline) {
  if (!deadline.earliest_time().empty()) return fmt::format("Until {}.", HoursText(deadline));
  const std::string span = SpanText(deadline.earliest(), LatestOf(deadline));
  switch (deadline.boundary()) {
    case reg::DEADLINE_BOUNDARY_BEFORE_DAY:
      return fmt::format("Before {} begins: {} is the last day.", span,
                         SpanText(DayBefore(deadline.earliest()), DayBefore(LatestOf(deadline))));
    case reg::DEADLINE_BOUNDARY_END_OF_DAY:
      return fmt::format("Until the end of {}.", span);
    case reg::DEADLINE_BOUNDARY_FROM_DAY:
      return fmt::format("From the beginning of {} on.", span);
    default:
      return fmt::format("On {}.", span);
  }
}

}  // namespace

std::string WhatText(const reg::Deadline& deadline, bool names) {
  if (names && !deadline.title().empty()) return deadline.title();
  return std::string(KindWordsFor(deadline.kind(), "en").title);
}

std::string NotesText(const reg::Deadline& deadline) {
  std::string text;
  const auto add = [&text](std::string_view note) {
    if (note.empty()) return;
    if (!text.empty()) text += "; ";
    text += note;
  };
  add(StateNote(deadline.state()));
  add(BoundaryNote(deadline));
  add(PrecisionNote(deadline));
  return text;
}

std::string DescriptionText(const reg::Deadline& deadline, bool names) {
  std::string text =
      fmt::format("{}\nHow sure: {}.", WhenText(deadline), PrecisionText(deadline.precision()));
  if (!deadline.rule().empty()) text += fmt::format("\nRule: {}.", deadline.rule());
  if (!names) return text;
  for (const std::string& assumption : deadline.assumptions()) {
    text += fmt::format("\nAssumed: {}.", assumption);
  }
  return text;
}

std::string LeftOutText(std::size_t most) {
  return fmt::format(
      "Vigil: this calendar holds the first {} dates only; make one with a filter to see all",
      most);
}

}  // namespace vigil::gateway::ical
