// From what a store holds to a first snapshot.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
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
// RulesActivated in wire form, of which only the vocabularies are set.
inline constexpr char kMetaVocabularies[] = "vocabularies";

// Makes the first snapshot of what a store loads into it. Each file is packed as its rows come, and
// derived once when all are there: of the files as they are worked with only one for each processor
// is in memory at a time, and the cache begins empty. A file of which something else was told last
// is untold, and stands among those whose day is over: the first day turn tells what moved since.
class Loader final : public Rows {
 public:
  // Readings are of the local days of `now`.
  Loader(std::shared_ptr<FileCache> cache, const RuleBook& rules, absl::Time now)
      : cache_(std::move(cache)), rules_(rules), now_(now) {}

  // DATA_LOSS naming a fact that cannot be read or whose case is missing.
  absl::Status TakeCase(v1::Case record) override;
  absl::Status TakeDossier(v1::Dossier dossier) override;
  absl::Status TakeFact(v1::Fact fact) override;
  absl::Status TakeReceipt(StoredReceipt receipt) override;
  absl::Status TakeToldPrint(std::string_view name, uint64_t print) override;

  // Once, when all is taken. DATA_LOSS as above.
  absl::StatusOr<std::shared_ptr<const Snapshot>> Finish(Contents contents);

 private:
  struct Loading {
    std::shared_ptr<PackedFile> packed = std::make_shared<PackedFile>();
    std::shared_ptr<ReceiptList> receipts;
    uint64_t told_print = 0;
  };

  absl::Status Derive(Loading& loading) const;
  // On as many threads as there are processors.
  absl::Status DeriveAll();
  std::shared_ptr<const Settings> MakeSettings(Contents& contents) const;

  const std::shared_ptr<FileCache> cache_;
  const RuleBook& rules_;
  const absl::Time now_;
  absl::flat_hash_map<std::string, Loading> files_;
  // Receipts without a case, by shard.
  std::map<int, std::shared_ptr<ReceiptList>> loose_;
};

// Version of calendars and time-zone data.
std::string CalendarVersion(const RuleBook& rules);

}  // namespace vigil::registry
