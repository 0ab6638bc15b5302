// Working days of one country: weekends, public holidays, moved days off and decreed working
// Saturdays.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "common/civil/day.h"
#include "vigil/rules/v1/calendar.pb.h"

namespace vigil::civil {

// What a roll to a working day did, so that it can be explained.
struct Roll {
  Day day;
  // One line for each day skipped or, where a Saturday works by decree, for that; empty on a plain
  // working day.
  std::vector<std::string> steps;
  // False where a day off or its year had to be judged without knowing the year's decrees.
  bool known = true;
};

// Immutable once made; safe from any thread.
class WorkingDays {
 public:
  // Saturdays and Sundays off, no holiday, no year known.
  WorkingDays() = default;

  // Compiles a calendar of data/calendars. INVALID_ARGUMENT naming the key that is wrong.
  static absl::StatusOr<WorkingDays> Make(const rules::v1::Calendar& calendar);

  // People work on this day.
  bool IsWorking(Day day) const;
  // Why people do not work: "Saturday", "Victory Day", "day off moved from Saturday 2018-04-28";
  // empty on a working day.
  std::string_view WhyOff(Day day) const;
  // Why people work on a weekend: "working Saturday by decree"; empty otherwise.
  std::string_view WhyWorking(Day day) const;
  // The decrees on moved days of this year are in the calendar.
  bool KnowsYear(int year) const { return known_years_.contains(year); }

  // The day itself or the next working day, with the reasons.
  Roll RollForward(Day day) const;
  // The day itself or the last working day before it.
  Day RollBack(Day day) const;
  // The n-th working day after `day`, which is not counted itself; n >= 1.
  Day AddWorkingDays(Day day, int n) const;

 private:
  std::unordered_map<int64_t, std::string>
      off_;  // weekdays off, and holidays on weekends, with the reason
  std::unordered_map<int64_t, std::string> working_;  // weekends that work, with the reason
  std::set<int> known_years_;
};

// Calendars by ISO 3166-1 alpha-2 code of their country.
using Calendars = std::map<std::string, WorkingDays, std::less<>>;

}  // namespace vigil::civil
