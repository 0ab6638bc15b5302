// A case or a dossier as the casebook holds it: what was recorded, and what follows from it today.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "common/civil/day.h"
#include "registry-svc/casebook/receipt_list.h"
#include "registry-svc/domain/case_view.h"
#include "registry-svc/domain/checked_fact.h"
#include "registry-svc/domain/deadline.h"
#include "registry-svc/domain/rule_book.h"
#include "vigil/registry/v1/case.pb.h"
#include "vigil/registry/v1/deadline.pb.h"

namespace vigil::registry {

using FactList = std::vector<std::shared_ptr<const CheckedFact>>;

// What follows on one day where the confidential facts are left out: all that is told to everyone.
struct OpenReading {
  v1::Case rendered;
  std::vector<v1::Finding> findings;
  // Of each deadline of the whole reading: it is another from open facts alone, or rests on a
  // confidential one. Such a deadline is told without its reasoning.
  std::vector<bool> veiled;
};

// What follows from a file's facts on one day, and on those after it until something else does.
struct DayReading {
  civil::Day day;
  // The first day on which something else may follow; Day::max() where there is none.
  civil::Day next;
  // The calendar time during which the file's local day is one of these: from ≤ t < until.
  absl::Time from, until;
  // The case with its situation and flags; empty for a dossier.
  v1::Case rendered;
  // With their state on the day, the case's display name and zone.
  Derivation derived;
  // Null where the confidential facts change nothing. See veil.h.
  std::shared_ptr<const OpenReading> open;

  // What follows on that day is this.
  bool Covers(civil::Day other) const { return day <= other && other < next; }
};

// Prints of all that watchers are told of a reading (deadline_difference.h): where they are equal,
// there is nothing to tell.
struct ToldPrint {
  uint64_t situation = 0;
  uint64_t deadlines = 0;

  bool operator==(const ToldPrint&) const = default;
};

// A case (`record` set) or a dossier (`dossier` set). Its parts are immutable and shared, so that a
// copy is cheap and a change replaces only what it changes.
struct CaseFile {
  std::shared_ptr<const v1::Case> record;
  std::shared_ptr<const v1::Dossier> dossier;
  absl::TimeZone zone;
  // Its own facts in the order of recording, retracted ones too.
  std::shared_ptr<const FactList> own;
  // Facts of other files that concern it.
  std::shared_ptr<const FactList> foreign;
  // Those of this file, in the order of recording.
  std::shared_ptr<const ReceiptList> receipts;
  std::shared_ptr<const DayReading> present;
  // What follows today was not told yet: the store has what was told last. Only until the first day
  // turn of a start.
  bool untold = false;
  // Of what was told last, unless it is untold.
  ToldPrint told_print;

  const std::string& name() const { return record ? record->name() : dossier->name(); }
  const std::string& display_name() const {
    return record ? record->display_name() : dossier->display_name();
  }
  const std::string& etag() const { return record ? record->etag() : dossier->etag(); }
  bool deleted() const {
    return (record && record->has_delete_time()) || (dossier && dossier->has_delete_time());
  }
  // Nothing where there is none of that name.
  std::shared_ptr<const CheckedFact> FindOwn(std::string_view fact_name) const;
};

using FilePtr = std::shared_ptr<const CaseFile>;

// A file without facts. `record` or `dossier` must be checked.
CaseFile NewCaseFile(std::shared_ptr<const v1::Case> record,
                     std::shared_ptr<const v1::Dossier> dossier);

// Takes away what follows from the facts: situation and flags.
void ClearDerived(v1::Case& record);

// After `record` was replaced: the zone.
void RefreshRecord(CaseFile& file);

// A list with one more fact, or with the fact of the same name replaced.
std::shared_ptr<const FactList> WithFact(const FactList& facts,
                                         std::shared_ptr<const CheckedFact> fact);

// What follows on a day; about 20 µs, twice that where a fact is confidential. A deleted case has
// no deadlines and no findings.
DayReading ReadOn(const CaseFile& file, const RuleBook& rules, civil::Day day);

// The local day of a moment.
civil::Day LocalDay(absl::Time time, absl::TimeZone zone);
// The zone of an IANA name; `Asia/Almaty` for the empty one. False where there is no such zone.
bool FindZone(std::string_view name, absl::TimeZone& zone);

}  // namespace vigil::registry
