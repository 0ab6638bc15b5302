#include "registry-svc/rpc/duplicate_reads.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "common/filter/filter.h"
#include "registry-svc/casebook/duplicates.h"
#include "registry-svc/casebook/refusals.h"
#include "registry-svc/casebook/search_terms.h"
#include "registry-svc/casebook/validate.h"

namespace vigil::registry {
namespace {

// Keys of names read for one page of all; a case has some 1,500 at the very most.
constexpr int kPageKeys = 5'000;
// Cases compared with one, for each two words of its names.
constexpr int kCompared = 1'000;

bool IsOfAll(const std::string& parent) { return parent.empty() || parent == "cases/-"; }

FilePtr FindLive(const Snapshot& snapshot, const std::string& name) {
  FilePtr file = snapshot.Find(name);
  return file && file->record && !file->deleted() ? file : nullptr;
}

// A pair, and where it stands in the list.
struct Pair {
  std::string place;
  v1::Duplicate duplicate;
};

v1::Duplicate MakeDuplicate(const CaseFile& a, const CaseFile& b, const Alike& alike) {
  const CaseFile& first = a.name() < b.name() ? a : b;
  const CaseFile& second = a.name() < b.name() ? b : a;
  v1::Duplicate out;
  out.set_first(first.name());
  out.set_second(second.name());
  out.add_display_names(first.record->display_name());
  out.add_display_names(second.record->display_name());
  out.set_score(alike.score);
  for (const std::string_view reason : alike.reasons) out.add_reasons(std::string(reason));
  return out;
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

// Adds the pairs of a file with those of the others that `wants` lets through, where they match.
template <class Wants>
absl::Status AddPairs(const Backend& backend, const Snapshot& snapshot, const FilePtr& file,
                      const std::vector<SearchKey>& keys, Wants wants, const Filter& filter,
                      std::vector<Pair>& pairs) {
  absl::StatusOr<std::set<std::string>> others = Sharing(backend.store, file->name(), keys);
  if (!others.ok()) return others.status();
  std::optional<Likeness> likeness;
  for (const std::string& name : *others) {
    const FilePtr other = wants(name) ? FindLive(snapshot, name) : nullptr;
    if (!other) continue;
    if (!likeness) likeness = LikenessOf(*file);
    const Alike alike = Compare(*likeness, LikenessOf(*other));
    if (alike.score == 0) continue;
    v1::Duplicate duplicate = MakeDuplicate(*file, *other, alike);
    if (!filter.Matches(duplicate)) continue;
    pairs.push_back({.place = {}, .duplicate = std::move(duplicate)});
  }
  return absl::OkStatus();
}

// Sorts the pairs by place and takes the page; the place of the last one that was taken where more
// are left.
std::string TakePage(std::vector<Pair>& pairs, const Page& page, v1::ListDuplicatesResponse& out) {
  std::erase_if(pairs, [&](const Pair& pair) { return pair.place <= page.cursor; });
  std::sort(pairs.begin(), pairs.end(),
            [](const Pair& a, const Pair& b) { return a.place < b.place; });
  const size_t size = std::min(pairs.size(), static_cast<size_t>(page.size));
  for (size_t i = 0; i < size; ++i) *out.add_duplicates() = std::move(pairs[i].duplicate);
  return size < pairs.size() ? pairs[size - 1].place : std::string();
}

absl::StatusOr<v1::ListDuplicatesResponse> OfOne(const Backend& backend,
                                                 const v1::ListDuplicatesRequest& request,
                                                 const Page& page, const Filter& filter) {
  v1::ListDuplicatesResponse response;
  const std::shared_ptr<const Snapshot> snapshot = backend.book.Present();
  const FilePtr file = FindLive(*snapshot, request.parent());
  if (!file) return response;
  absl::StatusOr<std::vector<SearchKey>> keys = backend.store.KeysOf(file->name(), {kPairKey});
  if (!keys.ok()) return refusals::FromStore(keys.status());
  std::vector<Pair> pairs;
  const auto any = [](const std::string&) { return true; };
  absl::Status added = AddPairs(backend, *snapshot, file, *keys, any, filter, pairs);
  if (!added.ok()) return added;
  for (Pair& pair : pairs) {
    const v1::Duplicate& duplicate = pair.duplicate;
    pair.place =
        fmt::format("{:03} {} {}", 100 - duplicate.score(), duplicate.first(), duplicate.second());
  }
  const std::string last = TakePage(pairs, page, response);
  if (!last.empty()) response.set_next_page_token(SealPageToken(backend.sealer, request, last));
  return response;
}

// Each pair stands with its first case, so that it comes once. A cursor is the place of the last
// pair given, or the case to go on with.
absl::StatusOr<v1::ListDuplicatesResponse> OfAll(const Backend& backend,
                                                 const v1::ListDuplicatesRequest& request,
                                                 const Page& page, const Filter& filter) {
  v1::ListDuplicatesResponse response;
  const std::shared_ptr<const Snapshot> snapshot = backend.book.Present();
  const std::string from = page.cursor.substr(0, page.cursor.find(' '));
  absl::StatusOr<std::vector<SearchKey>> keys = backend.store.KeysFrom(from, kPairKey, kPageKeys);
  if (!keys.ok()) return refusals::FromStore(keys.status());
  const bool more = keys->size() == kPageKeys;
  std::vector<Pair> pairs;
  std::string next;  // case to go on with; empty at the end
  for (auto key = keys->begin(); key != keys->end() && next.empty();) {
    const std::string& name = key->file;
    const auto end = std::find_if(key, keys->end(), [&](const auto& k) { return k.file != name; });
    // Of the last one not all keys may have been read.
    if (more && end == keys->end()) {
      next = name;
      break;
    }
    const FilePtr file = FindLive(*snapshot, name);
    const auto later = [&](const std::string& other) { return other > name; };
    absl::Status added;
    if (file) added = AddPairs(backend, *snapshot, file, {key, end}, later, filter, pairs);
    if (!added.ok()) return added;
    key = end;
    const bool full = pairs.size() > static_cast<size_t>(page.size);
    if (full && key != keys->end()) next = key->file;
  }
  for (Pair& pair : pairs) {
    pair.place = pair.duplicate.first() + ' ' + pair.duplicate.second();
  }
  std::string last = TakePage(pairs, page, response);
  if (last.empty()) last = next;
  if (!last.empty()) response.set_next_page_token(SealPageToken(backend.sealer, request, last));
  return response;
}

}  // namespace

absl::StatusOr<Page> ReadDuplicatesPage(const Backend& backend,
                                        const v1::ListDuplicatesRequest& request) {
  if (!IsOfAll(request.parent())) {
    if (!IsCaseName(request.parent())) {
      return refusals::BadName("parent", "cases/{case}, or cases/- for all");
    }
    if (!backend.book.Present()->Find(request.parent())) {
      return refusals::CaseNotFound(request.parent());
    }
  }
  return OpenPage(backend.sealer, request);
}

absl::StatusOr<v1::ListDuplicatesResponse> FindDuplicates(const Backend& backend,
                                                          const v1::ListDuplicatesRequest& request,
                                                          const Page& page) {
  const absl::StatusOr<Filter> filter =
      Filter::Parse(request.filter(), v1::Duplicate::descriptor());
  if (!filter.ok()) return filter.status();
  return IsOfAll(request.parent()) ? OfAll(backend, request, page, *filter)
                                   : OfOne(backend, request, page, *filter);
}

}  // namespace vigil::registry
