#include "registry-svc/rpc/search_reads.h"

#include <algorithm>

#include "common/seal/page_token.h"
#include "registry-svc/casebook/name_fold.h"
#include "registry-svc/casebook/refusals.h"
#include "registry-svc/rpc/known_at.h"

namespace vigil::registry {
namespace {

constexpr size_t kMaxQuery = 400;

struct Hit {
  int score = 0;
  FilePtr file;
  const std::string* matched = nullptr;
};

Hit BestName(const FilePtr& file, const std::vector<std::string>& query) {
  Hit best{.score = 0, .file = file, .matched = nullptr};
  for (const SearchName& name : *file->names) {
    const int score = MatchScore(query, name.words);
    if (score > best.score) best = {.score = score, .file = file, .matched = &name.text};
  }
  return best;
}

}  // namespace

absl::StatusOr<v1::SearchCasesResponse> FindCases(const Backend& backend, Disclosure& disclosure,
                                                  const v1::SearchCasesRequest& request) {
  if (absl::Status s = CheckKnownAt(request.known_at()); !s.ok()) return s;
  const absl::StatusOr<Page> page = OpenPage(backend.sealer, request);
  if (!page.ok()) return page.status();
  const auto day = ReadAsOf(request.as_of());
  if (!day.ok()) return day.status();
  if (request.query().size() > kMaxQuery) {
    return refusals::BadField("TEXT_TOO_LONG", "query", "query: a name has fewer letters");
  }
  const std::vector<std::string> words = FoldWords(request.query());
  if (words.empty()) {
    return refusals::BadField("REQUIRED", "query", "query: write a name or a part of one");
  }
  std::vector<Hit> hits;
  const std::shared_ptr<const Snapshot> snapshot = backend.book.Present();
  for (const FilePtr& file : snapshot->Cases()) {
    if (file->deleted()) continue;
    Hit hit = BestName(file, words);
    if (hit.score > 0) hits.push_back(std::move(hit));
  }
  std::stable_sort(hits.begin(), hits.end(),
                   [](const Hit& a, const Hit& b) { return a.score > b.score; });
  hits.resize(std::min(hits.size(), static_cast<size_t>(page->size)));
  v1::SearchCasesResponse response;
  for (const Hit& hit : hits) {
    auto& result = *response.add_results();
    *result.mutable_case_() = disclosure.Show(*hit.file, *backend.book.Read(hit.file, *day));
    result.set_matched_name(*hit.matched);
  }
  return response;
}

}  // namespace vigil::registry
