#include "common/civil/working_days.h"

#include <fmt/format.h>

namespace vigil::civil {
namespace {

using std::chrono::days;

// Calendars are compiled for these years; beyond them only weekends are known.
constexpr int kFirstYear = 1990;
constexpr int kLastYear = 2079;

int64_t Key(Day day) { return day.time_since_epoch().count(); }

absl::Status Wrong(std::string_view key, std::string_view what) {
  return absl::InvalidArgumentError(fmt::format("{}: {}", key, what));
}

struct Holiday {
  Day day;
  std::string name;
  bool extends;
};

absl::StatusOr<std::vector<Holiday>> Holidays(const rules::v1::Calendar& calendar) {
  std::vector<Holiday> out;
  for (const auto& fixed : calendar.fixed()) {
    const std::optional<Day> probe = ParseDay("2000-" + fixed.month_day());
    if (!probe) {
      return Wrong("fixed.month_day", fmt::format("'{}' is no MM-DD", fixed.month_day()));
    }
    const int from = fixed.from_year() == 0 ? kFirstYear : fixed.from_year();
    const int until = fixed.until_year() == 0 ? kLastYear : fixed.until_year();
    for (int year = from; year <= until; ++year) {
      const std::optional<Day> day = ParseDay(fmt::format("{:04}-{}", year, fixed.month_day()));
      if (day) out.push_back({*day, fixed.name(), !fixed.stays_on_weekend()});
    }
  }
  for (const auto& dated : calendar.dated()) {
    const std::optional<Day> day = ParseDay(dated.date());
    if (!day) return Wrong("dated.date", fmt::format("'{}' is no YYYY-MM-DD", dated.date()));
    out.push_back({*day, dated.name(), !dated.stays_on_weekend()});
  }
  return out;
}

}  // namespace

absl::StatusOr<WorkingDays> WorkingDays::Make(const rules::v1::Calendar& calendar) {
  WorkingDays out;
  absl::StatusOr<std::vector<Holiday>> holidays = Holidays(calendar);
  if (!holidays.ok()) return holidays.status();
  for (const Holiday& holiday : *holidays) out.off_[Key(holiday.day)] = holiday.name;
  for (const Holiday& holiday : *holidays) {
    if (!holiday.extends || !IsWeekend(holiday.day)) continue;
    Day next = holiday.day + days(1);
    while (IsWeekend(next) || out.off_.contains(Key(next))) next += days(1);
    out.off_[Key(next)] = fmt::format("day off for {} on {} {}", holiday.name,
                                      WeekdayName(holiday.day), FormatDay(holiday.day));
  }
  for (const auto& moved : calendar.moved()) {
    const std::optional<Day> works = ParseDay(moved.works());
    const std::optional<Day> off = ParseDay(moved.day_off());
    if (!works) return Wrong("moved.works", fmt::format("'{}' is no YYYY-MM-DD", moved.works()));
    if (!off) return Wrong("moved.day_off", fmt::format("'{}' is no YYYY-MM-DD", moved.day_off()));
    out.off_.erase(Key(*works));
    out.working_[Key(*works)] = fmt::format("a working {} by decree", WeekdayName(*works));
    out.off_[Key(*off)] =
        fmt::format("day off moved from {} {}", WeekdayName(*works), FormatDay(*works));
  }
  out.known_years_.insert(calendar.known_years().begin(), calendar.known_years().end());
  return out;
}

std::string_view WorkingDays::WhyWorking(Day day) const {
  if (!IsWeekend(day)) return {};
  const auto found = working_.find(Key(day));
  return found == working_.end() ? std::string_view() : std::string_view(found->second);
}

std::string_view WorkingDays::WhyOff(Day day) const {
  const auto found = off_.find(Key(day));
  if (found != off_.end()) return found->second;
  if (IsWeekend(day) && !working_.contains(Key(day))) return WeekdayName(day);
  return {};
}

bool WorkingDays::IsWorking(Day day) const { return WhyOff(day).empty(); }

Roll WorkingDays::RollForward(Day day) const {
  Roll roll{day, {}, true};
  if (const std::string_view why = WhyWorking(day); !why.empty()) {
    roll.steps.push_back(fmt::format("{} is {}: no roll.", FormatDay(day), why));
  }
  for (std::string_view why = WhyOff(roll.day); !why.empty(); why = WhyOff(roll.day)) {
    roll.steps.push_back(fmt::format("{} is no working day ({}).", FormatDay(roll.day), why));
    if (!KnowsYear(YearOf(roll.day))) roll.known = false;
    roll.day += days(1);
  }
  if (roll.day != day) {
    roll.steps.push_back(
        fmt::format("Rolled to {} {}.", WeekdayName(roll.day), FormatDay(roll.day)));
  }
  if (!roll.known) {
    roll.steps.push_back(fmt::format(
        "The calendar does not know the moved days of {}: check this roll.", YearOf(day)));
  }
  return roll;
}

Day WorkingDays::RollBack(Day day) const {
  while (!IsWorking(day)) day -= days(1);
  return day;
}

Day WorkingDays::AddWorkingDays(Day day, int n) const {
  while (n > 0) {
    day += days(1);
    if (IsWorking(day)) --n;
  }
  return day;
}

}  // namespace vigil::civil
