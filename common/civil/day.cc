#include "common/civil/day.h"

#include <array>
#include <charconv>

namespace vigil::civil {
namespace {

using std::chrono::year_month_day;

bool ParseDigits(std::string_view text, int& out) {
  for (char c : text) {
    if (c < '0' || c > '9') return false;
  }
  return std::from_chars(text.data(), text.data() + text.size(), out).ec == std::errc();
}

void PutDigits(char* at, unsigned value, int width) {
  for (int i = width - 1; i >= 0; --i) {
    at[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

}  // namespace

std::optional<Day> ParseDay(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  int year = 0, month = 0, day = 0;
  if (!ParseDigits(text.substr(0, 4), year) || !ParseDigits(text.substr(5, 2), month) ||
      !ParseDigits(text.substr(8, 2), day) || year == 0) {
    return std::nullopt;
  }
  const year_month_day ymd{std::chrono::year(year), std::chrono::month(month),
                           std::chrono::day(day)};
  if (!ymd.ok()) return std::nullopt;
  return Day(ymd);
}

void AppendDay(Day day, std::string& out) {
  const year_month_day ymd(day);
  std::array<char, 10> text;
  PutDigits(text.data(), static_cast<unsigned>(static_cast<int>(ymd.year())), 4);
  text[4] = '-';
  PutDigits(text.data() + 5, static_cast<unsigned>(ymd.month()), 2);
  text[7] = '-';
  PutDigits(text.data() + 8, static_cast<unsigned>(ymd.day()), 2);
  out.append(text.data(), text.size());
}

std::string FormatDay(Day day) {
  std::string out;
  AppendDay(day, out);
  return out;
}

Day MakeDay(int year, unsigned month, unsigned day) {
  return Day(
      year_month_day{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)});
}

int YearOf(Day day) { return static_cast<int>(year_month_day(day).year()); }

Day AddMonths(Day day, int months) {
  const year_month_day start(day);
  const year_month_day moved = start + std::chrono::months(months);
  if (moved.ok()) return Day(moved);
  return Day(moved.year() / moved.month() / std::chrono::last);
}

int DaysBetween(Day a, Day b) { return static_cast<int>((b - a).count()); }

std::string_view WeekdayName(Day day) {
  static constexpr std::array<std::string_view, 7> kNames = {
      "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
  return kNames[std::chrono::weekday(day).c_encoding()];
}

bool IsWeekend(Day day) {
  const unsigned weekday = std::chrono::weekday(day).c_encoding();
  return weekday == 0 || weekday == 6;
}

}  // namespace vigil::civil
