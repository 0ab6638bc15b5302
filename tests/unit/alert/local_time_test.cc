// LocalMoment and LocalDay against clocks that are walked minute by minute through 46 years, by the
// C library's reading of the zones.
#include "alert-svc/domain/local_time.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

namespace vigil::alert {
namespace {

using civil::Day;

constexpr std::int64_t kHour = 3600, kDay = 24 * kHour;
constexpr std::int64_t kFirstDay = 10'957;         // 2000-01-01, in days since 1970
constexpr std::int64_t kEndDay = 10'957 + 16'802;  // 2046-01-01
constexpr std::int64_t kFrom = (kFirstDay - 2) * kDay, kTo = (kEndDay + 2) * kDay;
constexpr std::int64_t kNever = INT64_MAX;

// From this moment on the clock of a zone is so many seconds ahead of UTC.
struct Shift {
  std::int64_t at;
  std::int64_t ahead;
};

std::int64_t AheadAt(std::int64_t at) {
  const time_t time = at;
  tm local;
  localtime_r(&time, &local);
  return local.tm_gmtoff;
}

// All changes of a zone's clock: looked for hour by hour, then narrowed down to the second.
std::vector<Shift> ShiftsOf(const char* zone) {
  setenv("TZ", zone, 1);
  tzset();
  std::vector<Shift> shifts = {{kFrom, AheadAt(kFrom)}};
  for (std::int64_t hour = kFrom; hour < kTo; hour += kHour) {
    const std::int64_t ahead = AheadAt(hour + kHour);
    if (ahead == shifts.back().ahead) continue;
    std::int64_t before = hour, after = hour + kHour;
    while (after - before > 1) {
      const std::int64_t middle = (before + after) / 2;
      (AheadAt(middle) == ahead ? after : before) = middle;
    }
    shifts.push_back({after, ahead});
  }
  return shifts;
}

// What a clock on the wall shows, minute after minute.
class WalkedClock {
 public:
  struct Midnight {
    std::int64_t at;  // the first minute of a day
    std::int64_t day, before;
  };

  explicit WalkedClock(std::vector<Shift> shifts)
      : shifts_(std::move(shifts)), hours_((kEndDay - kFirstDay) * 24, kNever) {
    std::size_t shift = 0;
    std::int64_t last_day = (kFrom + shifts_[0].ahead) / kDay;
    for (std::int64_t at = kFrom; at < kTo; at += 60) {
      while (shift + 1 < shifts_.size() && shifts_[shift + 1].at <= at) ++shift;
      const std::int64_t local = at + shifts_[shift].ahead;
      if (local % kHour == 0) ShowHour(local / kHour, at);
      if (local / kDay != last_day) midnights_.push_back({at, local / kDay, last_day});
      last_day = local / kDay;
    }
  }

  // When it first shows this hour; where it never does, the hour as the clock before the gap
  // would have shown it.
  std::int64_t MomentOf(std::int64_t day, int hour) const {
    const std::int64_t seen = hours_[(day - kFirstDay) * 24 + hour];
    if (seen != kNever) return seen;
    const std::int64_t local = day * kDay + hour * kHour;
    for (std::size_t i = 1; i < shifts_.size(); ++i) {
      const std::int64_t before = shifts_[i].at + shifts_[i - 1].ahead;
      const std::int64_t after = shifts_[i].at + shifts_[i].ahead;
      if (before <= local && local < after) return local - shifts_[i - 1].ahead;
    }
    return kNever;
  }
  const std::vector<Midnight>& midnights() const { return midnights_; }
  std::size_t skipped() const { return std::count(hours_.begin(), hours_.end(), kNever); }

 private:
  void ShowHour(std::int64_t hour, std::int64_t at) {
    const std::int64_t index = hour - kFirstDay * 24;
    if (index < 0 || index >= static_cast<std::int64_t>(hours_.size())) return;
    hours_[index] = std::min(hours_[index], at);
  }

  const std::vector<Shift> shifts_;
  std::vector<std::int64_t> hours_;  // when it first shows each full hour
  std::vector<Midnight> midnights_;
};

Day DayAt(std::int64_t day) { return Day(std::chrono::days(day)); }

class Walked : public ::testing::TestWithParam<const char*> {};

TEST_P(Walked, EveryHourOfEveryDay_IsTheMomentTheClockShowsIt) {
  const WalkedClock clock(ShiftsOf(GetParam()));
  const absl::TimeZone zone = Zone(GetParam());
  for (std::int64_t day = kFirstDay; day < kEndDay; ++day) {
    for (int hour = 0; hour < 24; ++hour) {
      const std::int64_t moment = absl::ToUnixSeconds(LocalMoment(DayAt(day), hour, zone));
      ASSERT_EQ(moment, clock.MomentOf(day, hour))
          << civil::FormatDay(DayAt(day)) << " " << hour << ":00";
    }
  }
  EXPECT_GT(clock.skipped(), 0u) << "a zone without a gap proves little";
}

TEST_P(Walked, EveryMidnight_TurnsTheDayAtItsMinute) {
  const WalkedClock clock(ShiftsOf(GetParam()));
  const absl::TimeZone zone = Zone(GetParam());
  for (const WalkedClock::Midnight& midnight : clock.midnights()) {
    const absl::Time at = absl::FromUnixSeconds(midnight.at);
    ASSERT_EQ(LocalDay(at, zone), DayAt(midnight.day)) << absl::FormatTime(at, zone);
    ASSERT_EQ(LocalDay(at - absl::Seconds(1), zone), DayAt(midnight.before))
        << absl::FormatTime(at, zone);
  }
  EXPECT_GT(clock.midnights().size(), 16'000u);
}

// Gaps at midnight, of half an hour, of two hours, of a whole day; zones of 45 minutes; a zone
// whose State says from year to year when; and ours.
INSTANTIATE_TEST_SUITE_P(Zones, Walked,
                         ::testing::Values("America/New_York", "Europe/Berlin", "Africa/Cairo",
                                           "Australia/Lord_Howe", "Pacific/Chatham",
                                           "Antarctica/Troll", "America/Santiago", "Pacific/Apia",
                                           "Asia/Gaza", "Asia/Almaty"),
                         [](const auto& zone) {
                           std::string name = zone.param;
                           std::replace(name.begin(), name.end(), '/', '_');
                           return name;
                         });

}  // namespace
}  // namespace vigil::alert
