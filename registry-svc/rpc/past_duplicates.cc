#include "registry-svc/rpc/past_duplicates.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "registry-svc/casebook/duplicates.h"
#include "registry-svc/casebook/search_terms.h"
#include "registry-svc/rpc/duplicate_pairs.h"

namespace vigil::registry {
namespace {

// The keys by which two cases are compared, hashed: two that only hash alike are not alike.
std::set<uint64_t> PairsOf(const CaseFile& file) {
  std::set<uint64_t> pairs;
  for (const SearchKey& key : SearchKeysOf(file)) {
    if (key.field == kPairKey) pairs.insert(std::hash<std::string>()(key.key));
  }
  return pairs;
}

// Which cases share keys; 16 bytes a key and the names.
class PairTable {
 public:
  static absl::StatusOr<PairTable> Read(const RecordView& record, const Gone& gone) {
    PairTable table;
    const auto add = [&](const FilePtr& file) {
      if (file->deleted()) return absl::OkStatus();
      const auto number = static_cast<uint32_t>(table.names_.size());
      table.names_.push_back(file->name());
      for (const uint64_t pair : PairsOf(*file)) table.pairs_.emplace_back(pair, number);
      return absl::OkStatus();
    };
    if (absl::Status s = record.ForEach("cases/", gone, add); !s.ok()) return s;
    std::sort(table.pairs_.begin(), table.pairs_.end());
    return table;
  }

  // The cases from `from` on, by name.
  std::vector<std::string> NamesFrom(const std::string& from) const {
    std::vector<std::string> names;
    std::copy_if(names_.begin(), names_.end(), std::back_inserter(names),
                 [&](const std::string& name) { return name >= from; });
    std::sort(names.begin(), names.end());
    return names;
  }

  // Those whose names come after that of the file, of each key so many.
  std::set<std::string> SharingAfter(const CaseFile& file) const {
    std::set<std::string> others;
    for (const uint64_t pair : PairsOf(file)) {
      auto at = std::lower_bound(pairs_.begin(), pairs_.end(), std::pair(pair, uint32_t{0}));
      for (int i = 0; i < kCompared && at != pairs_.end() && at->first == pair; ++at, ++i) {
        if (names_[at->second] > file.name()) others.insert(names_[at->second]);
      }
    }
    return others;
  }

 private:
  std::vector<std::string> names_;
  std::vector<std::pair<uint64_t, uint32_t>> pairs_;
};

bool ShareOne(const std::set<uint64_t>& a, const std::set<uint64_t>& b) {
  return std::any_of(a.begin(), a.end(), [&](uint64_t pair) { return b.contains(pair); });
}

absl::Status AddOfOne(RecordView& record, const Gone& gone, const std::string& parent,
                      PinnedPage<v1::Duplicate>& page) {
  const absl::StatusOr<FilePtr> file = record.FindFile("parent", parent);
  if (!file.ok()) return file.status();
  if ((*file)->deleted()) return absl::OkStatus();
  const Likeness likeness = LikenessOf(**file);
  const std::set<uint64_t> pairs = PairsOf(**file);
  return record.ForEach("cases/", gone, [&](const FilePtr& other) {
    if (other->deleted() || other->name() == parent) return absl::OkStatus();
    if (!ShareOne(pairs, PairsOf(*other))) return absl::OkStatus();
    const Alike alike = Compare(likeness, LikenessOf(*other));
    if (alike.score == 0) return absl::OkStatus();
    const v1::Duplicate duplicate = MakeDuplicate(**file, *other, alike);
    page.Add(duplicate, PlaceAmongOne(duplicate));
    return absl::OkStatus();
  });
}

// From a case on until so many were found; `size` 0: all. The case to go on with; empty at the end.
absl::StatusOr<std::string> AddOfAll(RecordView& record, const Gone& gone, const std::string& from,
                                     int size, PinnedPage<v1::Duplicate>& page) {
  const absl::StatusOr<PairTable> table = PairTable::Read(record, gone);
  if (!table.ok()) return table.status();
  for (const std::string& name : table->NamesFrom(from)) {
    if (gone()) return absl::CancelledError("the caller has gone");
    if (size > 0 && page.total() > size) return name;
    const absl::StatusOr<FilePtr> file = record.Scan(name);
    if (!file.ok()) return file.status();
    const Likeness likeness = LikenessOf(**file);
    for (const std::string& after : table->SharingAfter(**file)) {
      const absl::StatusOr<FilePtr> other = record.Scan(after);
      if (!other.ok()) return other.status();
      const Alike alike = Compare(likeness, LikenessOf(**other));
      if (alike.score == 0) continue;
      const v1::Duplicate duplicate = MakeDuplicate(**file, **other, alike);
      page.Add(duplicate, PlaceAmongAll(duplicate));
    }
  }
  return std::string();
}

}  // namespace

absl::StatusOr<v1::ListDuplicatesResponse> FindPastDuplicates(
    const Backend& backend, const Gone& gone, const v1::ListDuplicatesRequest& request,
    PinnedArguments arguments) {
  absl::StatusOr<RecordView> record =
      RecordView::Open(backend, request.known_at(), &arguments.pinned);
  if (!record.ok()) return record.status();
  PinnedPage<v1::Duplicate> page(arguments);
  const std::string& cursor = arguments.page.cursor;
  std::string next;
  if (!IsOfAll(request.parent())) {
    const absl::Status added = AddOfOne(*record, gone, request.parent(), page);
    if (!added.ok()) return added;
  } else {
    const bool sorted = !arguments.order.empty();
    const std::string from = sorted ? "" : cursor.substr(0, cursor.find(' '));
    auto added = AddOfAll(*record, gone, from, sorted ? 0 : arguments.page.size, page);
    if (!added.ok()) return added.status();
    next = *std::move(added);
  }
  v1::ListDuplicatesResponse response;
  std::string token = page.Take(backend.sealer, request, *response.mutable_duplicates());
  if (token.empty() && !next.empty()) {
    token = SealPageToken(backend.sealer, request, CursorAt(arguments.pinned, next));
  }
  response.set_next_page_token(std::move(token));
  return response;
}

}  // namespace vigil::registry
