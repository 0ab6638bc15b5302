#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "vigil/registry/v1/deadline.pb.h"

// Where a deadline stands on a day, before any language words it. Pure. Nothing here reads a name,
// a title, an explanation or an assumption.
namespace vigil::alert {

using Day = std::chrono::sys_days;

// "2018-06-07"; nullopt where it is no date.
std::optional<Day> ParseDay(std::string_view iso);

// `latest`, or `earliest` where there is none.
std::string_view LatestOf(const registry::v1::Deadline& deadline);

// Whether the first and the last possible day are one.
bool IsSingleDay(const registry::v1::Deadline& deadline);

// Somebody is held until then, unless a court extends it.
bool IsHolding(const registry::v1::Deadline& deadline);

// Done, waived or withdrawn.
bool IsSettled(const registry::v1::Deadline& deadline);

// A right that opens has begun with its first day, anything else is over after its last; of a
// boundary before a day, with it.
bool IsPast(const registry::v1::Deadline& deadline, Day today);

// Whether its first or last possible day may be another one, earlier or later than computed: what
// has come by them may not have come, or may have come before.
bool MayBeEarlier(const registry::v1::Deadline& deadline);
bool MayBeLater(const registry::v1::Deadline& deadline);

// Whether a right has begun for certain: on the last day that it can, where none is later.
bool IsOpenForSure(const registry::v1::Deadline& deadline, Day today);

// Days from `today` to a day; nullopt where it is no date.
std::optional<int64_t> DaysTo(Day today, std::string_view iso);

// Days from `today` to its first day, 0 where it is due; -1 where it has passed or is closed, and
// where a right is already open.
int64_t DaysAhead(const registry::v1::Deadline& deadline, Day today);

// "cases/c-7f3k9q2m/deadlines/x" → "c-7f3k9q2m".
std::string CaseCode(std::string_view name);

// The page of the case or dossier that a deadline belongs to. `page_url` without a slash at its
// end.
std::string PageLink(std::string_view deadline_name, std::string_view page_url);

}  // namespace vigil::alert
