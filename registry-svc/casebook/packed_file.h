// A case or dossier as it is held by the million: what was recorded as bytes, and the few numbers
// by which lists are ordered and counted. What follows from the facts is derived again when the
// file is opened.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/civil/day.h"
#include "registry-svc/casebook/case_file.h"
#include "registry-svc/domain/rule_book.h"

namespace vigil::registry {

// A serialized fact; the file that it belongs to and those that it concerns share it.
using PackedFact = std::shared_ptr<const std::string>;

// Where a deadline stands in the list over all cases.
struct PackedDeadline {
  // Days since 1970 of `earliest`; kNoDay where it has none.
  int32_t day = 0;
  // In Derivation::deadlines of the present reading.
  uint32_t position = 0;
  uint8_t kind = 0;
  uint8_t state = 0;
};

// It may still come, is due or has passed: it was neither met nor waived, nor has it gone.
bool Stands(const PackedDeadline& deadline);

// Who is told a finding: where confidential facts change what is found (DayReading::open), everyone
// is told other findings than those who see all facts.
enum class FindingSide : uint8_t { kBoth, kWhole, kTold };

// Where a finding stands in the list over all cases.
struct PackedFinding {
  // Its place in the list (PlaceOf) without its name.
  std::string order;
  // In Derivation::findings of the present reading; in OpenReading::findings where it is kTold.
  uint32_t position = 0;
  FindingSide side = FindingSide::kBoth;
};

// After every day that there is.
inline constexpr int32_t kNoDay = INT32_MAX;

struct PackedFile {
  std::string name;
  std::string display_name;
  // A serialized Case, or a Dossier where `dossier`.
  std::string record;
  std::vector<PackedFact> own, foreign;
  std::shared_ptr<const ReceiptList> receipts;
  bool dossier = false;
  bool deleted = false;
  // CaseFile::untold.
  bool untold = false;
  // CaseFile::told_print.
  ToldPrint told_print;
  // A later state was committed: who still reads this one does so from an old snapshot. It may hold
  // what was erased since, and no cache keeps it.
  mutable std::atomic<bool> replaced{false};
  // As everyone is told.
  v1::Situation situation = v1::SITUATION_UNSPECIFIED;
  // Of the present reading, and the moment at which something else may follow.
  civil::Day day;
  absl::Time until;
  // By day, then name.
  std::vector<PackedDeadline> deadlines;
  // Of each side by place: the whole reading's, then what is told instead.
  std::vector<PackedFinding> findings;
};

using PackedPtr = std::shared_ptr<const PackedFile>;

// A file before (null: new) and after a commit.
struct FileChange {
  PackedPtr before, after;
};

// The file again, without its present reading. DATA_LOSS naming a fact that this build cannot read.
absl::StatusOr<CaseFile> Unpack(const PackedFile& packed);
// With its present reading, derived for its day.
absl::StatusOr<FilePtr> Unpack(const PackedFile& packed, const RuleBook& rules);

// Takes over what lists need of a reading of the file.
void PackReading(const DayReading& reading, PackedFile& packed);

// Packs the files of one transaction, so that a fact is held once for all files that it concerns.
class Packer {
 public:
  // The file must have its present reading. What did not change is shared with `packed_before`, the
  // file as it was, null for a new one. `before` is the same unpacked, where it is at hand: its
  // facts need not be serialized anew.
  PackedPtr Pack(const CaseFile& file, const PackedFile* packed_before,
                 const CaseFile* before = nullptr);

 private:
  std::vector<PackedFact> Share(const FactList& facts, const std::vector<PackedFact>* packed_before,
                                const FactList* before);

  // Packed so far, by name.
  std::unordered_map<std::string, PackedFact> facts_;
};

}  // namespace vigil::registry
