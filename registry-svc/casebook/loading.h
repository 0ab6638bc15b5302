// From what a store holds to a first snapshot.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "registry-svc/casebook/ids.h"
#include "registry-svc/casebook/snapshot.h"
#include "registry-svc/casebook/store.h"
#include "registry-svc/domain/rule_book.h"

namespace vigil::registry {

// Keys of Contents::meta.
inline constexpr char kMetaJournalId[] = "journal_id";
inline constexpr char kMetaEpoch[] = "journal_epoch";
inline constexpr char kMetaSecret[] = "secret";
inline constexpr char kMetaRules[] = "rules_version";
inline constexpr char kMetaCalendars[] = "calendar_version";

// The state as journaled last: each file's present reading holds the stored deadlines, for the day
// before time began, so that the first day turn tells what moved since. DATA_LOSS naming a fact
// that cannot be read or whose case is missing.
absl::StatusOr<std::shared_ptr<const Snapshot>> MakeFirstSnapshot(Contents contents);

// Version of calendars and time-zone data.
std::string CalendarVersion(const RuleBook& rules);

}  // namespace vigil::registry
