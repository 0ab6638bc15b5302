#include "registry-svc/rpc/duplicate_reads.h"

#include <algorithm>
#include <set>

#include "registry-svc/casebook/duplicates.h"
#include "registry-svc/casebook/refusals.h"
#include "registry-svc/casebook/search_terms.h"
#include "registry-svc/casebook/validate.h"
#include "registry-svc/rpc/duplicate_pairs.h"
#include "registry-svc/rpc/past_duplicates.h"

namespace vigil::registry {
namespace {

// Keys of names read for one page of all; a case has some 1,500 at the very most.
constexpr int kPageKeys = 5'000;

FilePtr FindLive(const Snapshot& snapshot, const std::string& name) {
  const PackedPtr packed = snapshot.FindPacked(name);
  return packed && !packed->dossier && !packed->deleted ? snapshot.Scan(packed) : nullptr;
}

// The other cases that share one of the keys.
absl::StatusOr<std::set<std::string>> Sharing(Store& store, const std::string& name,
                                              const std::vector<SearchKey>& keys) {
  std::set<std::string> others;
  for (const SearchKey& key : keys) {
    absl::StatusOr<std::vector<SearchKey>> shared =
        store.FindKeys({{.field = kPairKey, .key = key.key, .beginning = false}}, kCompared);
    if (!shared.ok()) return refusals::FromStore(shared.status());
    for (const SearchKey& other : *shared) others.insert(other.file);
  }
  others.erase(name);
  return others;
}

// Hands over the pairs of a file with those of the others that `wants` lets through.
template <class Wants, class Take>
absl::Status VisitPairs(const Backend& backend, const Snapshot& snapshot, const FilePtr& file,
                        const std::vector<SearchKey>& keys, Wants wants, Take take) {
  absl::StatusOr<std::set<std::string>> others = Sharing(backend.store, file->name(), keys);
  if (!others.ok()) return others.status();
  std::optional<Likeness> likeness;
  for (const std::string& name : *others) {
    const FilePtr other = wants(name) ? FindLive(snapshot, name) : nullptr;
    if (!other) continue;
    if (!likeness) likeness = LikenessOf(*file);
    const Alike alike = Compare(*likeness, LikenessOf(*other));
    if (alike.score > 0) take(MakeDuplicate(*file, *other, alike));
  }
  return absl::OkStatus();
}

// Hands over the pairs of the cases from `from` on, until it is `enough` with one. The case to go
// on with; empty at the end.
template <class Take, class Enough>
absl::StatusOr<std::string> VisitAllPairs(const Backend& backend, const Snapshot& snapshot,
                                          const std::string& from, Take take, Enough enough) {
  absl::StatusOr<std::vector<SearchKey>> keys = backend.store.KeysFrom(from, kPairKey, kPageKeys);
  if (!keys.ok()) return refusals::FromStore(keys.status());
  const bool more = keys->size() == kPageKeys;
  for (auto key = keys->begin(); key != keys->end();) {
    const std::string& name = key->file;
    const auto end = std::find_if(key, keys->end(), [&](const auto& k) { return k.file != name; });
    // Of the last one not all keys may have been read.
    if (more && end == keys->end()) return name;
    const FilePtr file = FindLive(snapshot, name);
    const auto later = [&](const std::string& other) { return other > name; };
    absl::Status visited;
    if (file) visited = VisitPairs(backend, snapshot, file, {key, end}, later, take);
    if (!visited.ok()) return visited;
    key = end;
    if (key != keys->end() && enough()) return key->file;
  }
  return std::string();
}

absl::StatusOr<v1::ListDuplicatesResponse> OfOne(const Backend& backend,
                                                 const v1::ListDuplicatesRequest& request,
                                                 const PinnedArguments& arguments) {
  v1::ListDuplicatesResponse response;
  const std::shared_ptr<const Snapshot> snapshot = backend.book.Present();
  const FilePtr file = FindLive(*snapshot, request.parent());
  if (!file) return response;
  absl::StatusOr<std::vector<SearchKey>> keys = backend.store.KeysOf({file->name()}, {kPairKey});
  if (!keys.ok()) return refusals::FromStore(keys.status());
  PinnedPage<v1::Duplicate> page(arguments);
  const auto any = [](const std::string&) { return true; };
  const auto take = [&](const v1::Duplicate& duplicate) {
    page.Add(duplicate, PlaceAmongOne(duplicate));
  };
  if (absl::Status s = VisitPairs(backend, *snapshot, file, *keys, any, take); !s.ok()) return s;
  response.set_next_page_token(page.Take(backend.sealer, request, *response.mutable_duplicates()));
  return response;
}

// By the name of the first. A cursor is the place of the last pair given, or the case to go on
// with.
absl::StatusOr<v1::ListDuplicatesResponse> OfAll(const Backend& backend,
                                                 const v1::ListDuplicatesRequest& request,
                                                 const PinnedArguments& arguments) {
  const std::shared_ptr<const Snapshot> snapshot = backend.book.Present();
  const std::string& cursor = arguments.page.cursor;
  PinnedPage<v1::Duplicate> page(arguments);
  const auto take = [&](const v1::Duplicate& duplicate) {
    page.Add(duplicate, PlaceAmongAll(duplicate));
  };
  const auto enough = [&] { return page.total() > arguments.page.size; };
  const auto next =
      VisitAllPairs(backend, *snapshot, cursor.substr(0, cursor.find(' ')), take, enough);
  if (!next.ok()) return next.status();
  v1::ListDuplicatesResponse response;
  std::string token = page.Take(backend.sealer, request, *response.mutable_duplicates());
  if (token.empty() && !next->empty()) token = SealPageToken(backend.sealer, request, *next);
  response.set_next_page_token(std::move(token));
  return response;
}

// In another order: each page compares all cases.
absl::StatusOr<v1::ListDuplicatesResponse> OfAllSorted(const Backend& backend, const Gone& gone,
                                                       const v1::ListDuplicatesRequest& request,
                                                       const PinnedArguments& arguments) {
  const std::shared_ptr<const Snapshot> snapshot = backend.book.Present();
  PinnedPage<v1::Duplicate> page(arguments);
  const auto take = [&](const v1::Duplicate& duplicate) {
    page.Add(duplicate, PlaceAmongAll(duplicate));
  };
  std::string from;
  do {
    if (gone()) return absl::CancelledError("the caller has gone");
    const auto next = VisitAllPairs(backend, *snapshot, from, take, gone);
    if (!next.ok()) return next.status();
    from = *next;
  } while (!from.empty());
  v1::ListDuplicatesResponse response;
  response.set_next_page_token(page.Take(backend.sealer, request, *response.mutable_duplicates()));
  return response;
}

}  // namespace

absl::StatusOr<PinnedArguments> ReadDuplicatesArguments(const Backend& backend,
                                                        const v1::ListDuplicatesRequest& request) {
  if (!IsOfAll(request.parent())) {
    if (!IsCaseName(request.parent())) {
      return refusals::BadName("parent", "cases/{case}, or cases/- for all");
    }
    if (!backend.book.Present()->FindPacked(request.parent())) {
      return refusals::CaseNotFound(request.parent());
    }
  }
  return ReadArguments<v1::Duplicate>(backend.sealer, request);
}

absl::StatusOr<v1::ListDuplicatesResponse> FindDuplicates(const Backend& backend, const Gone& gone,
                                                          const v1::ListDuplicatesRequest& request,
                                                          const PinnedArguments& arguments) {
  if (!request.known_at().empty()) {
    return FindPastDuplicates(backend, gone, request, arguments);
  }
  if (!IsOfAll(request.parent())) return OfOne(backend, request, arguments);
  return arguments.order.empty() ? OfAll(backend, request, arguments)
                                 : OfAllSorted(backend, gone, request, arguments);
}

}  // namespace vigil::registry
