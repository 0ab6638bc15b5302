#include "registry-svc/casebook/search_fill.h"

#include <algorithm>
#include <set>
#include <vector>

#include "common/log/log.h"
#include "registry-svc/casebook/search_terms.h"

namespace vigil::registry {
namespace {

// Keys of one commit, some 100 bytes of memory each: a commit writes most pages of the table anew.
constexpr size_t kPart = 1'000'000;

// By name, so that the table's index by file grows at its end.
std::vector<PackedPtr> CasesOf(const Snapshot& snapshot) {
  std::vector<PackedPtr> cases;
  snapshot.ForEachPacked([&](const PackedPtr& file) {
    if (!file->dossier) cases.push_back(file);
  });
  std::sort(cases.begin(), cases.end(),
            [](const PackedPtr& a, const PackedPtr& b) { return a->name < b->name; });
  return cases;
}

absl::Status CommitSorted(Store& store, Batch& batch) {
  std::sort(batch.search_keys.begin(), batch.search_keys.end());
  absl::Status status = store.Commit(batch);
  batch = Batch();
  return status;
}

}  // namespace

absl::Status FillSearchKeys(Store& store, const Snapshot& snapshot,
                            const std::map<std::string, std::string>& meta) {
  const auto there = meta.find(kMetaSearchKeys);
  if (there != meta.end() && there->second == kSearchKeysVersion) return absl::OkStatus();
  if (snapshot.file_count() > 0) {
    Log(LogLevel::kInfo, "making the keys of the search anew", {{"files", snapshot.file_count()}});
  }
  Batch batch;
  batch.clear_search_keys = true;
  for (const PackedPtr& packed : CasesOf(snapshot)) {
    const std::set<SearchKey> keys = SearchKeysOf(*snapshot.Scan(packed));
    batch.search_keys.insert(batch.search_keys.end(), keys.begin(), keys.end());
    if (batch.search_keys.size() < kPart) continue;
    if (absl::Status s = CommitSorted(store, batch); !s.ok()) return s;
  }
  batch.meta[kMetaSearchKeys] = std::string(kSearchKeysVersion);
  return CommitSorted(store, batch);
}

}  // namespace vigil::registry
