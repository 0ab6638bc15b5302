#include "alert-svc/deliver/standing.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace vigil::alert {
namespace {

namespace reg = registry::v1;

template <class T>
bool ParseNumber(std::string_view text, T* value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::optional<Day> ParseDay(std::string_view iso) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  if (iso.size() != 10 || iso[4] != '-' || iso[7] != '-' || !ParseNumber(iso.substr(0, 4), &year) ||
      !ParseNumber(iso.substr(5, 2), &month) || !ParseNumber(iso.substr(8, 2), &day)) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  if (!date.ok()) return std::nullopt;
  return Day(date);
}

std::string_view LatestOf(const reg::Deadline& d) {
  return d.latest().empty() ? d.earliest() : d.latest();
}

bool IsSingleDay(const reg::Deadline& d) { return LatestOf(d) == d.earliest(); }

bool IsHolding(const reg::Deadline& d) {
  return d.kind() == reg::DEADLINE_KIND_CUSTODY_LIMIT ||
         d.kind() == reg::DEADLINE_KIND_EXTRADITION_CUSTODY_LIMIT ||
         d.kind() == reg::DEADLINE_KIND_COMMITTAL_END;
}

bool IsSettled(const reg::Deadline& d) {
  return d.state() == reg::DEADLINE_STATE_MET || d.state() == reg::DEADLINE_STATE_WAIVED ||
         d.state() == reg::DEADLINE_STATE_WITHDRAWN;
}

bool IsPast(const reg::Deadline& d, Day today) {
  if (d.nature() == reg::DEADLINE_NATURE_OPENS) return DaysTo(today, d.earliest()).value_or(1) <= 0;
  const int64_t last = DaysTo(today, LatestOf(d)).value_or(1);
  return d.boundary() == reg::DEADLINE_BOUNDARY_BEFORE_DAY ? last <= 0 : last < 0;
}

bool MayBeEarlier(const reg::Deadline& d) {
  return d.precision() == reg::DEADLINE_PRECISION_NO_LATER_THAN ||
         d.precision() == reg::DEADLINE_PRECISION_ESTIMATE;
}

bool MayBeLater(const reg::Deadline& d) {
  return d.precision() == reg::DEADLINE_PRECISION_NO_EARLIER_THAN ||
         d.precision() == reg::DEADLINE_PRECISION_ESTIMATE;
}

bool IsOpenForSure(const reg::Deadline& d, Day today) {
  return !MayBeLater(d) && DaysTo(today, LatestOf(d)).value_or(1) <= 0;
}

std::optional<int64_t> DaysTo(Day today, std::string_view iso) {
  const std::optional<Day> day = ParseDay(iso);
  if (!day.has_value()) return std::nullopt;
  return (*day - today).count();
}

int64_t DaysAhead(const reg::Deadline& d, Day today) {
  if (IsSettled(d) || IsPast(d, today)) return -1;
  return std::max<int64_t>(0, DaysTo(today, d.earliest()).value_or(0));
}

std::string CaseCode(std::string_view name) {
  const size_t start = name.find('/');
  if (start == std::string_view::npos) return std::string(name);
  name.remove_prefix(start + 1);
  return std::string(name.substr(0, name.find('/')));
}

std::string PageLink(std::string_view deadline_name, std::string_view page_url) {
  const char* folder = deadline_name.starts_with("dossiers/") ? "dossiers" : "cases";
  return fmt::format("{}/{}/{}", page_url, folder, CaseCode(deadline_name));
}

}  // namespace vigil::alert
