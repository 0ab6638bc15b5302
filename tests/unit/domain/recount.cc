#include "tests/unit/domain/recount.h"

#include <gtest/gtest.h>

#include <charconv>
#include <sstream>

#include "absl/time/time.h"

namespace vigil::registry {
namespace {

using civil::Day;

civil::Term TermOf(const std::string& text) {
  const auto term = civil::ParseTerm(text);
  EXPECT_TRUE(term.ok()) << text;
  return term.ok() ? *term : civil::Term();
}

int NumberOf(std::string_view text) {
  int out = 0;
  EXPECT_EQ(std::from_chars(text.data(), text.data() + text.size(), out).ec, std::errc()) << text;
  return out;
}

const civil::WorkingDays& CalendarOf(const RuleBook& rules, const std::string& country) {
  static const civil::WorkingDays& none = *new civil::WorkingDays();
  const auto found = rules.calendars().find(country);
  return found == rules.calendars().end() ? none : found->second;
}

Day Apply(const std::string& operation, Day day, const RuleBook& rules) {
  const size_t slash = operation.find('/');
  const std::string after = slash == std::string::npos ? "" : operation.substr(slash + 1);
  if (operation.starts_with("+P")) return civil::Add(day, TermOf(operation.substr(1)));
  if (operation.starts_with("-P")) return civil::Subtract(day, TermOf(operation.substr(1)));
  if (operation.starts_with("-")) return day - std::chrono::days(NumberOf(operation.substr(1)));
  if (operation.starts_with("roll/")) return CalendarOf(rules, after).RollForward(day).day;
  if (operation.starts_with("max/")) return std::max(day, *civil::ParseDay(after));
  if (operation.starts_with("+") && operation[slash - 1] == 'W') {
    return CalendarOf(rules, after).AddWorkingDays(day, NumberOf(operation.substr(1, slash - 2)));
  }
  ADD_FAILURE() << "no operation: " << operation;
  return day;
}

// A count from the minute, on the clock of a zone.
std::string FromTheMinute(const std::string& begun, const std::string& operation,
                          const std::string& zone_name) {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone(zone_name, &zone)) << zone_name;
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%dT%H:%M", begun, zone, &time, &error)) << error;
  const civil::Term term = TermOf(operation.substr(1));
  return absl::FormatTime("%Y-%m-%d", time + absl::Hours(24 * term.days + term.hours), zone);
}

bool IsCredit(const std::string& operation) {
  return operation.starts_with("-") && !operation.starts_with("-P");
}

// Notes what the operations of one end do.
Day Follow(Day day, const std::vector<std::string>& operations, const RuleBook& rules,
           Recounted& out) {
  for (size_t i = 0; i < operations.size(); ++i) {
    const std::string& operation = operations[i];
    day = Apply(operation, day, rules);
    if (operation.starts_with("+P")) out.terms.push_back(TermOf(operation.substr(1)));
    if (IsCredit(operation)) out.credited.push_back(NumberOf(operation.substr(1)));
    if (i + 1 == operations.size() || !IsCredit(operations[i + 1])) {
      out.passed.push_back(civil::FormatDay(day));
    }
  }
  return day;
}

std::string DayOf(const std::string& count, const v1::Deadline& deadline, const RuleBook& rules,
                  std::string& input, Recounted& out) {
  std::istringstream in(count);
  std::string word;
  in >> word;
  input = word.substr(0, 10);
  if (word.size() > 10) {
    std::string operation;
    in >> operation;
    return FromTheMinute(word, operation, deadline.time_zone());
  }
  const auto begin = civil::ParseDay(word);
  EXPECT_TRUE(begin.has_value()) << count;
  if (!begin) return "";
  std::vector<std::string> operations;
  while (in >> word) operations.push_back(word);
  return civil::FormatDay(Follow(*begin, operations, rules, out));
}

}  // namespace

Recounted Recount(const v1::Deadline& deadline, const RuleBook& rules) {
  static const std::string kBetween = " … ";
  Recounted out;
  const std::string& count = deadline.count();
  const size_t split = count.find(kBetween);
  out.earliest = DayOf(count.substr(0, split), deadline, rules, out.first_input, out);
  if (split == std::string::npos) {
    out.latest = out.earliest;
    out.last_input = out.first_input;
  } else {
    out.latest = DayOf(count.substr(split + kBetween.size()), deadline, rules, out.last_input, out);
  }
  return out;
}

}  // namespace vigil::registry
