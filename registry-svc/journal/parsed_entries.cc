#include "registry-svc/journal/parsed_entries.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "registry-svc/journal/touched.h"

namespace vigil::registry {
namespace {

// Null where it cannot be read.
ParsedEntries::EntryPtr Parse(const JournalEntry& stored) {
  auto entry = std::make_shared<ParsedEntry>();
  if (!entry->change.ParseFromString(stored.payload)) return nullptr;
  auto& items = *entry->change.mutable_items();
  const auto of_no_file = [](const v1::ChangeItem& item) { return FilesOf(item).empty(); };
  items.erase(std::remove_if(items.begin(), items.end(), of_no_file), items.end());
  for (const v1::ChangeItem& item : items) {
    for (const std::string& file : FilesOf(item)) entry->items[file].push_back(&item);
  }
  return entry;
}

}  // namespace

ParsedEntries::Kept ParsedEntries::Find(int64_t revision) {
  absl::MutexLock lock(&mutex_);
  if (const auto at = young_.find(revision); at != young_.end()) return at->second;
  const auto at = old_.find(revision);
  return at == old_.end() ? Kept() : at->second;
}

void ParsedEntries::Keep(int64_t revision, Kept kept) {
  absl::MutexLock lock(&mutex_);
  if (young_.contains(revision)) return;
  if (young_bytes_ + kept.bytes > bytes_) {
    old_ = std::exchange(young_, {});
    young_bytes_ = 0;
  }
  young_bytes_ += kept.bytes;
  young_.emplace(revision, std::move(kept));
}

absl::StatusOr<ParsedEntries::EntryPtr> ParsedEntries::Read(int64_t revision) {
  Kept kept = Find(revision);
  if (!kept.entry) {
    const absl::StatusOr<std::vector<JournalEntry>> stored = read_(revision - 1, 1, 1);
    if (!stored.ok()) return stored.status();
    if (!stored->empty() && stored->front().revision == revision) {
      kept = {.entry = Parse(stored->front()), .bytes = stored->front().payload.size()};
    }
    if (!kept.entry) {
      return absl::DataLossError(fmt::format("journal: revision {} cannot be read", revision));
    }
  }
  EntryPtr entry = kept.entry;
  Keep(revision, std::move(kept));
  return entry;
}

}  // namespace vigil::registry
