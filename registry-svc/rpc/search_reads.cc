#include "registry-svc/rpc/search_reads.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "common/seal/page_token.h"
#include "registry-svc/casebook/list_places.h"
#include "registry-svc/casebook/name_match.h"
#include "registry-svc/casebook/refusals.h"
#include "registry-svc/casebook/veil.h"
#include "registry-svc/rpc/known_at.h"

namespace vigil::registry {
namespace {

constexpr size_t kMaxText = 400;
constexpr size_t kMaxWords = 16;
constexpr size_t kMaxFacetValues = 20;

absl::StatusOr<std::vector<std::string>> ReadWords(std::string_view field, std::string_view text) {
  if (text.size() > kMaxText) {
    return refusals::BadField("TEXT_TOO_LONG", field,
                              fmt::format("{}: at most {} bytes", field, kMaxText));
  }
  std::vector<std::string> words = KeyWords(text);
  if (words.empty() && !text.empty()) {
    return refusals::BadField("REQUIRED", field,
                              fmt::format("{}: there is no letter or digit in it", field));
  }
  if (words.size() > kMaxWords) {
    return refusals::BadField("TOO_MANY", field,
                              fmt::format("{}: at most {} words", field, kMaxWords));
  }
  return words;
}

absl::Status AddExact(std::string_view field, std::string_view text, KeyField key,
                      std::vector<SearchDemand>& demands) {
  absl::StatusOr<std::vector<std::string>> words = ReadWords(field, text);
  if (!words.ok()) return words.status();
  for (std::string& word : *words) demands.push_back(SearchDemand::Exactly(key, std::move(word)));
  return absl::OkStatus();
}

absl::Status CheckDay(std::string_view field, const std::string& text) {
  if (text.empty() || civil::ParseDay(text)) return absl::OkStatus();
  return refusals::BadDate(field, text);
}

absl::Status ReadNarrowing(const v1::SearchCasesRequest& request, SearchArguments& out) {
  if (absl::Status s = AddExact("article", request.article(), kArticleKey, out.demands); !s.ok()) {
    return s;
  }
  if (absl::Status s = AddExact("place", request.place(), kPlaceKey, out.demands); !s.ok()) {
    return s;
  }
  for (const int situation : request.situations()) {
    out.situations.insert(static_cast<v1::Situation>(situation));
  }
  for (const int kind : request.deadline_kinds()) {
    out.deadline_kinds.insert(static_cast<v1::DeadlineKind>(kind));
  }
  if (absl::Status s = CheckDay("deadline_from", request.deadline_from()); !s.ok()) return s;
  if (absl::Status s = CheckDay("deadline_until", request.deadline_until()); !s.ok()) return s;
  out.deadline_from = request.deadline_from();
  out.deadline_until = request.deadline_until();
  return absl::OkStatus();
}

bool NarrowsDeadlines(const SearchArguments& arguments) {
  return !arguments.deadline_kinds.empty() || !arguments.deadline_from.empty() ||
         !arguments.deadline_until.empty();
}

bool Stands(const v1::Deadline& deadline) {
  return deadline.state() == v1::DEADLINE_STATE_UPCOMING ||
         deadline.state() == v1::DEADLINE_STATE_DUE ||
         deadline.state() == v1::DEADLINE_STATE_PASSED;
}

// One deadline that stands has all that is asked of deadlines.
bool HasDeadline(const DayReading& reading, const SearchArguments& arguments) {
  const auto fits = [&](const v1::Deadline& deadline) {
    const std::string& from = arguments.deadline_from;
    const std::string& until = arguments.deadline_until;
    return Stands(deadline) &&
           (arguments.deadline_kinds.empty() ||
            arguments.deadline_kinds.contains(deadline.kind())) &&
           (from.empty() || deadline.earliest() >= from) &&
           (until.empty() || deadline.earliest() <= until);
  };
  return std::any_of(reading.derived.deadlines.begin(), reading.derived.deadlines.end(), fits);
}

struct Hit {
  FilePtr file;
  Found found;
  // Where it stands among the hits.
  std::string place;
};

struct Hits {
  std::vector<Hit> all;
  bool cut_off = false;
};

// The case is live and, today, as asked for; by what everyone is told, whoever asks.
bool LetsThrough(const Backend& backend, const SearchArguments& arguments, const FilePtr& file) {
  if (!file || !file->record || file->deleted()) return false;
  if (arguments.situations.empty() && !NarrowsDeadlines(arguments)) return true;
  const std::shared_ptr<const DayReading> today = backend.book.Read(file, std::nullopt);
  if (!arguments.situations.empty() &&
      !arguments.situations.contains(ToldCase(*today).situation())) {
    return false;
  }
  return !NarrowsDeadlines(arguments) || HasDeadline(*today, arguments);
}

Hit MakeHit(const FilePtr& file, const Found& found) {
  // More worth first: the number falls as the worth rises.
  std::string place = fmt::format("{:06}", 999'999 - found.worth);
  place += PlaceOf(*file);
  return {.file = file, .found = found, .place = std::move(place)};
}

// Cases by title, where no word is asked for.
Hits CollectNarrowed(const Backend& backend, const SearchArguments& arguments) {
  constexpr size_t kFetch = 256;
  Hits hits;
  std::string place;
  while (true) {
    const std::vector<PackedPtr> part = backend.book.index().Cases(place, kFetch, false);
    for (const PackedPtr& packed : part) {
      const FilePtr file = backend.book.Open(packed);
      if (!LetsThrough(backend, arguments, file)) continue;
      hits.cut_off = hits.all.size() == kMaxFound;
      if (hits.cut_off) return hits;
      hits.all.push_back(MakeHit(file, Found()));
    }
    if (part.size() < kFetch) return hits;
    place = PlaceOf(*part.back());
  }
}

absl::StatusOr<Hits> CollectHits(const Backend& backend, const SearchArguments& arguments) {
  if (arguments.demands.empty()) return CollectNarrowed(backend, arguments);
  Hits hits;
  const std::shared_ptr<const Snapshot> snapshot = backend.book.Present();
  absl::StatusOr<FoundFiles> found = FindFiles(backend.store, arguments.demands);
  if (!found.ok()) return refusals::FromStore(found.status());
  hits.cut_off = found->cut_off;
  for (const auto& [name, how] : found->files) {
    const FilePtr file = snapshot->Find(name);
    if (LetsThrough(backend, arguments, file)) hits.all.push_back(MakeHit(file, how));
  }
  std::sort(hits.all.begin(), hits.all.end(),
            [](const Hit& a, const Hit& b) { return a.place < b.place; });
  return hits;
}

// Counts of the values of one field.
using Counts = std::map<std::string, int>;

void AddFacets(std::string_view field, const Counts& counts, v1::SearchCasesResponse& out) {
  std::vector<std::pair<int, std::string>> order;
  for (const auto& [value, count] : counts) order.emplace_back(-count, value);
  std::sort(order.begin(), order.end());
  if (order.size() > kMaxFacetValues) order.resize(kMaxFacetValues);
  for (const auto& [count, value] : order) {
    v1::SearchCasesResponse::Facet& facet = *out.add_facets();
    facet.set_field(std::string(field));
    facet.set_value(value);
    facet.set_count(-count);
  }
}

// What the hits can be narrowed by further. A count is what the search would find.
absl::Status CountFacets(const Backend& backend, const Hits& hits, v1::SearchCasesResponse& out) {
  Counts situations, kinds, articles, places;
  std::set<std::string> localities;
  for (const Hit& hit : hits.all) {
    const std::shared_ptr<const DayReading> today = backend.book.Read(hit.file, std::nullopt);
    ++situations[v1::Situation_Name(ToldCase(*today).situation())];
    std::set<v1::DeadlineKind> standing;
    for (const v1::Deadline& deadline : today->derived.deadlines) {
      if (Stands(deadline)) standing.insert(deadline.kind());
    }
    for (const v1::DeadlineKind kind : standing) ++kinds[v1::DeadlineKind_Name(kind)];
    absl::StatusOr<std::vector<SearchKey>> keys =
        backend.store.KeysOf(hit.file->name(), {kArticleKey, kPlaceKey, kLocalityKey});
    if (!keys.ok()) return refusals::FromStore(keys.status());
    for (const SearchKey& key : *keys) {
      if (key.field == kArticleKey) ++articles[key.key];
      if (key.field == kPlaceKey) ++places[key.key];
      if (key.field == kLocalityKey) localities.insert(key.key);
    }
  }
  std::erase_if(places, [&](const auto& place) { return !localities.contains(place.first); });
  AddFacets("situation", situations, out);
  AddFacets("deadline_kind", kinds, out);
  AddFacets("article", articles, out);
  AddFacets("place", places, out);
  return absl::OkStatus();
}

std::string BestName(const v1::Case& record, const std::vector<std::string>& query) {
  int best = 0;
  std::string text = record.display_name();
  for (const FoldedName& name : FoldNames(record)) {
    const int score = ScoreName(query, name.words);
    if (score <= best) continue;
    best = score;
    text = name.text;
  }
  return text;
}

void AddResult(const Backend& backend, Disclosure& disclosure, const SearchArguments& arguments,
               const Hit& hit, v1::SearchCasesResponse& out) {
  v1::SearchCasesResponse::Result& result = *out.add_results();
  *result.mutable_case_() = disclosure.Show(*hit.file, *backend.book.Read(hit.file, arguments.day));
  result.set_matched_name(BestName(*hit.file->record, arguments.words));
  for (int field = v1::SearchField_MIN + 1; field <= v1::SearchField_MAX; ++field) {
    if ((hit.found.fields & 1u << field) == 0) continue;
    result.add_matched_fields(static_cast<v1::SearchField>(field));
  }
}

}  // namespace

absl::StatusOr<SearchArguments> ReadSearch(const Backend& backend,
                                           const v1::SearchCasesRequest& request) {
  if (absl::Status s = CheckKnownAt(request.known_at()); !s.ok()) return s;
  SearchArguments out;
  absl::StatusOr<Page> page = OpenPage(backend.sealer, request);
  if (!page.ok()) return page.status();
  out.page = *std::move(page);
  const auto day = ReadAsOf(request.as_of());
  if (!day.ok()) return day.status();
  out.day = *day;
  absl::StatusOr<std::vector<std::string>> words = ReadWords("query", request.query());
  if (!words.ok()) return words.status();
  out.words = *std::move(words);
  for (const std::string& word : out.words) out.demands.push_back(SearchDemand::Word(word));
  if (absl::Status s = ReadNarrowing(request, out); !s.ok()) return s;
  if (out.demands.empty() && out.situations.empty() && !NarrowsDeadlines(out)) {
    return refusals::BadField("REQUIRED", "query",
                              "query: write a name, a part of one or a word, or narrow the search");
  }
  return out;
}

absl::StatusOr<v1::SearchCasesResponse> FindCases(const Backend& backend, Disclosure& disclosure,
                                                  const v1::SearchCasesRequest& request,
                                                  const SearchArguments& arguments) {
  absl::StatusOr<Hits> hits = CollectHits(backend, arguments);
  if (!hits.ok()) return hits.status();
  v1::SearchCasesResponse response;
  response.set_total_size(static_cast<int>(hits->all.size()));
  response.set_cut_off(hits->cut_off);
  const Page& page = arguments.page;
  if (page.cursor.empty()) {
    if (absl::Status s = CountFacets(backend, *hits, response); !s.ok()) return s;
  }
  const auto first = std::find_if(hits->all.begin(), hits->all.end(),
                                  [&](const Hit& hit) { return hit.place > page.cursor; });
  for (auto hit = first; hit != hits->all.end(); ++hit) {
    if (response.results_size() == page.size) {
      response.set_next_page_token(SealPageToken(backend.sealer, request, std::prev(hit)->place));
      break;
    }
    AddResult(backend, disclosure, arguments, *hit, response);
  }
  return response;
}

}  // namespace vigil::registry
