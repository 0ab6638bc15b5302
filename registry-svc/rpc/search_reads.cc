#include "registry-svc/rpc/search_reads.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "registry-svc/casebook/list_places.h"
#include "registry-svc/casebook/name_match.h"
#include "registry-svc/casebook/refusals.h"
#include "registry-svc/rpc/narrowed_cases.h"
#include "registry-svc/rpc/pinned_page.h"
#include "registry-svc/rpc/search_hits.h"

namespace vigil::registry {
namespace {

constexpr size_t kMaxText = 400;
constexpr size_t kMaxWords = 16;

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

absl::Status ReadDay(std::string_view field, const std::string& text,
                     std::optional<civil::Day>& day) {
  day = civil::ParseDay(text);
  return day || text.empty() ? absl::OkStatus() : refusals::BadDate(field, text);
}

absl::Status ReadFactKind(const std::string& kind, std::vector<SearchDemand>& demands) {
  if (kind.empty()) return absl::OkStatus();
  const auto* const what = v1::Fact::descriptor()->FindOneofByName("what");
  const auto* const field = v1::Fact::descriptor()->FindFieldByName(kind);
  if (field == nullptr || field->containing_oneof() != what) {
    return refusals::BadField(
        "BAD_FACT_KIND", "fact_kind",
        fmt::format("fact_kind: '{:.40}' is no kind of fact: write one as a fact names it, "
                    "'verdict'",
                    kind));
  }
  demands.push_back(SearchDemand::Exactly(kKindKey, kind));
  return absl::OkStatus();
}

absl::Status ReadStates(const v1::SearchCasesRequest& request, Narrowing& narrowing) {
  for (const int number : request.deadline_states()) {
    const auto state = static_cast<v1::DeadlineState>(number);
    if (!v1::DeadlineState_IsValid(number) || state == v1::DEADLINE_STATE_UNSPECIFIED) {
      return refusals::BadField("BAD_DEADLINE_STATE", "deadline_states",
                                fmt::format("deadline_states: {} is no state", number));
    }
    narrowing.deadline_states.insert(state);
  }
  return absl::OkStatus();
}

absl::Status ReadNarrowing(const v1::SearchCasesRequest& request, SearchArguments& out) {
  if (absl::Status s = ReadFactKind(request.fact_kind(), out.demands); !s.ok()) return s;
  if (absl::Status s = AddExact("article", request.article(), kArticleKey, out.demands); !s.ok()) {
    return s;
  }
  if (absl::Status s = AddExact("place", request.place(), kPlaceKey, out.demands); !s.ok()) {
    return s;
  }
  Narrowing& narrowing = out.narrowing;
  for (const int situation : request.situations()) {
    narrowing.situations.insert(static_cast<v1::Situation>(situation));
  }
  for (const int kind : request.deadline_kinds()) {
    narrowing.deadline_kinds.insert(static_cast<v1::DeadlineKind>(kind));
  }
  if (absl::Status s = ReadStates(request, narrowing); !s.ok()) return s;
  absl::Status from = ReadDay("deadline_from", request.deadline_from(), narrowing.deadline_from);
  if (!from.ok()) return from;
  return ReadDay("deadline_until", request.deadline_until(), narrowing.deadline_until);
}

// A live case, with the numbers of a reading of it.
PackedPtr NumbersOf(const CaseFile& file, const DayReading& reading) {
  auto numbers = std::make_shared<PackedFile>();
  numbers->name = file.name();
  numbers->display_name = file.display_name();
  PackReading(reading, *numbers);
  return numbers;
}

// The case with the numbers of the day that is searched. Those of today are held, but midnight may
// have passed, and the day not be turned yet.
PackedPtr NumbersOn(const Backend& backend, std::optional<civil::Day> day,
                    const PackedPtr& packed) {
  const bool held = !day && backend.book.clock().Now() < packed->until;
  if (held || packed->dossier || packed->deleted) return packed;
  const FilePtr file = backend.book.Scan(packed);
  return NumbersOf(*file, *backend.book.Read(file, day));
}

// What ends a search whose caller has gone.
absl::Status CheckThere(const Gone& gone) {
  return gone() ? absl::CancelledError("the caller has gone") : absl::OkStatus();
}

// Counts the kinds of facts, articles and places of the hits.
absl::Status CountKeys(const Backend& backend, const Gone& gone, SearchHits& hits) {
  constexpr size_t kAtOnce = 500;
  std::vector<std::string> names;
  for (const Hit& hit : hits.all) {
    names.push_back(hit.name);
    if (names.size() < kAtOnce && &hit != &hits.all.back()) continue;
    if (absl::Status s = CheckThere(gone); !s.ok()) return s;
    const absl::StatusOr<std::vector<SearchKey>> keys =
        backend.store.KeysOf(names, {kKindKey, kArticleKey, kPlaceKey, kLocalityKey});
    if (!keys.ok()) return refusals::FromStore(keys.status());
    hits.facets.AddKeys(*keys);
    names.clear();
  }
  return absl::OkStatus();
}

// Takes those of the cases that are asked for, until the hits are enough.
absl::Status AddNarrowed(const Backend& backend, const Gone& gone, const SearchArguments& arguments,
                         const std::vector<PackedPtr>& cases, SearchHits& hits) {
  for (const PackedPtr& packed : cases) {
    if (hits.cut_off) break;
    if (absl::Status s = CheckThere(gone); !s.ok()) return s;
    const PackedPtr numbers = NumbersOn(backend, arguments.day, packed);
    if (!LetsThrough(arguments.narrowing, *numbers)) continue;
    hits.Add(arguments.narrowing, *numbers, Found());
  }
  return absl::OkStatus();
}

// Cases by title, where no word is asked for. As of a day that is named all are looked at.
absl::StatusOr<SearchHits> CollectNarrowed(const Backend& backend, const Gone& gone,
                                           const SearchArguments& arguments) {
  constexpr size_t kFetch = 256;
  SearchHits hits;
  std::string place;
  for (bool more = true; more && !hits.cut_off;) {
    const std::vector<PackedPtr> part = arguments.day
                                            ? backend.book.index().Cases(place, kFetch, false)
                                            : NarrowedCases(backend, arguments.narrowing);
    absl::Status s = AddNarrowed(backend, gone, arguments, part, hits);
    if (!s.ok()) return s;
    more = arguments.day && part.size() == kFetch;
    if (more) place = PlaceOf(*part.back());
  }
  return hits;
}

absl::StatusOr<SearchHits> CollectFound(const Backend& backend, const Gone& gone,
                                        const SearchArguments& arguments) {
  SearchHits hits;
  absl::StatusOr<FoundFiles> found = FindFiles(backend.store, arguments.demands);
  if (!found.ok()) return refusals::FromStore(found.status());
  const std::shared_ptr<const Snapshot> snapshot = backend.book.Present();
  for (const auto& [name, how] : found->files) {
    if (absl::Status s = CheckThere(gone); !s.ok()) return s;
    const PackedPtr packed = snapshot->FindPacked(name);
    if (!packed) continue;
    const PackedPtr numbers = NumbersOn(backend, arguments.day, packed);
    if (!LetsThrough(arguments.narrowing, *numbers)) continue;
    hits.Add(arguments.narrowing, *numbers, how);
  }
  hits.cut_off = found->cut_off;
  return hits;
}

// Of the past there is no table: the keys of each case of that time are made anew.
absl::StatusOr<SearchHits> CollectPast(RecordView& record, const Gone& gone,
                                       const SearchArguments& arguments) {
  SearchHits hits;
  const auto look = [&](const FilePtr& file) -> absl::Status {
    if (file->deleted()) return absl::OkStatus();
    const std::set<SearchKey> keys = SearchKeysOf(*file);
    const std::optional<Found> found = FindIn(keys, arguments.demands);
    if (!found) return absl::OkStatus();
    const auto then = record.Read(file, arguments.day);
    if (!then.ok()) return then.status();
    const PackedPtr numbers = NumbersOf(*file, **then);
    if (!LetsThrough(arguments.narrowing, *numbers)) return absl::OkStatus();
    // Ends the walk: no more are taken.
    if (!hits.Add(arguments.narrowing, *numbers, *found)) return absl::OutOfRangeError("enough");
    hits.facets.AddKeys(keys);
    return absl::OkStatus();
  };
  const absl::Status walked = record.ForEach("cases/", gone, look);
  if (!walked.ok() && !hits.cut_off) return walked;
  return hits;
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

absl::Status AddResult(RecordView& record, Disclosure& disclosure, const SearchArguments& arguments,
                       const Hit& hit, v1::SearchCasesResponse& out) {
  const absl::StatusOr<FilePtr> file = record.FindFile("name", hit.name);
  if (!file.ok()) return file.status();
  const auto reading = record.Read(*file, arguments.day);
  if (!reading.ok()) return reading.status();
  v1::SearchCasesResponse::Result& result = *out.add_results();
  *result.mutable_case_() = disclosure.Show(**file, **reading);
  result.set_matched_name(BestName(*(*file)->record, arguments.words));
  for (int field = v1::SearchField_MIN + 1; field <= v1::SearchField_MAX; ++field) {
    if ((hit.found.fields & 1u << field) == 0) continue;
    result.add_matched_fields(static_cast<v1::SearchField>(field));
  }
  return absl::OkStatus();
}

// The page of the hits that was asked for.
absl::StatusOr<v1::SearchCasesResponse> Answer(const Backend& backend, RecordView& record,
                                               Disclosure& disclosure,
                                               const v1::SearchCasesRequest& request,
                                               const SearchArguments& arguments, SearchHits hits) {
  hits.Sort();
  v1::SearchCasesResponse response;
  response.set_total_size(static_cast<int>(hits.all.size()));
  response.set_cut_off(hits.cut_off);
  const Page& page = arguments.page;
  if (page.cursor.empty()) hits.facets.Take(response);
  const auto first = std::find_if(hits.all.begin(), hits.all.end(),
                                  [&](const Hit& hit) { return hit.place > page.cursor; });
  for (auto hit = first; hit != hits.all.end(); ++hit) {
    if (response.results_size() == page.size) {
      const std::string cursor = CursorAt(arguments.pinned, std::prev(hit)->place);
      response.set_next_page_token(SealPageToken(backend.sealer, request, cursor));
      break;
    }
    absl::Status s = AddResult(record, disclosure, arguments, *hit, response);
    if (!s.ok()) return s;
  }
  return response;
}

}  // namespace

absl::StatusOr<SearchArguments> ReadSearch(const Backend& backend,
                                           const v1::SearchCasesRequest& request) {
  SearchArguments out;
  absl::StatusOr<Page> page = OpenPage(backend.sealer, request);
  if (!page.ok()) return page.status();
  out.page = *std::move(page);
  if (!request.known_at().empty()) TakePinned(out.page, out.pinned);
  const auto day = ReadAsOf(request.as_of());
  if (!day.ok()) return day.status();
  out.day = *day;
  absl::StatusOr<std::vector<std::string>> words = ReadWords("query", request.query());
  if (!words.ok()) return words.status();
  out.words = *std::move(words);
  for (const std::string& word : out.words) out.demands.push_back(SearchDemand::Word(word));
  if (absl::Status s = ReadNarrowing(request, out); !s.ok()) return s;
  if (out.demands.empty() && out.narrowing.empty()) {
    return refusals::BadField("REQUIRED", "query",
                              "query: write a name, a part of one or a word, or narrow the search");
  }
  return out;
}

absl::StatusOr<v1::SearchCasesResponse> FindCases(const Backend& backend, const Gone& gone,
                                                  Disclosure& disclosure,
                                                  const v1::SearchCasesRequest& request,
                                                  const SearchArguments& arguments) {
  absl::StatusOr<SearchHits> hits = arguments.demands.empty()
                                        ? CollectNarrowed(backend, gone, arguments)
                                        : CollectFound(backend, gone, arguments);
  if (!hits.ok()) return hits.status();
  // The answer tells of facets on the first page.
  if (arguments.page.cursor.empty()) {
    if (absl::Status s = CountKeys(backend, gone, *hits); !s.ok()) return s;
  }
  // Opened after, so that it holds all of them.
  absl::StatusOr<RecordView> record = RecordView::Open(backend, "");
  if (!record.ok()) return record.status();
  return Answer(backend, *record, disclosure, request, arguments, *std::move(hits));
}

absl::StatusOr<v1::SearchCasesResponse> FindPastCases(const Backend& backend, const Gone& gone,
                                                      Disclosure& disclosure,
                                                      const v1::SearchCasesRequest& request,
                                                      SearchArguments arguments) {
  absl::StatusOr<RecordView> record =
      RecordView::Open(backend, request.known_at(), &arguments.pinned);
  if (!record.ok()) return record.status();
  absl::StatusOr<SearchHits> hits = CollectPast(*record, gone, arguments);
  if (!hits.ok()) return hits.status();
  return Answer(backend, *record, disclosure, request, arguments, *std::move(hits));
}

}  // namespace vigil::registry
