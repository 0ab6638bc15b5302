#include "registry-svc/casebook/search_fill.h"

#include "common/log/log.h"
#include "registry-svc/casebook/search_terms.h"

namespace vigil::registry {
namespace {

// Keys of one commit.
constexpr size_t kPart = 50'000;

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
  absl::Status status;
  snapshot.ForEach([&](const FilePtr& file) {
    const std::set<SearchKey> keys = SearchKeysOf(*file);
    batch.search_keys.insert(batch.search_keys.end(), keys.begin(), keys.end());
    if (batch.search_keys.size() < kPart || !status.ok()) return;
    status = store.Commit(batch);
    batch = Batch();
  });
  if (!status.ok()) return status;
  batch.meta[kMetaSearchKeys] = std::string(kSearchKeysVersion);
  return store.Commit(batch);
}

}  // namespace vigil::registry
