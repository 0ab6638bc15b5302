// The search for cases: the present ones by the table of search keys, those of the past by a scan.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/seal/page_token.h"
#include "registry-svc/casebook/search_query.h"
#include "registry-svc/rpc/backend.h"
#include "registry-svc/rpc/disclosure.h"
#include "registry-svc/rpc/record_view.h"
#include "registry-svc/rpc/search_hits.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil::registry {

// What a search asks for, read and checked.
struct SearchArguments {
  Page page;
  // Of the past: the revision that all pages are of.
  std::optional<int64_t> pinned;
  // The day in the world, by which cases are narrowed and shown; absent: each one's local day.
  std::optional<civil::Day> day;
  // Folded words of the query.
  std::vector<std::string> words;
  // Of the query, the kind of fact, the article and the place; empty where only what follows
  // narrows.
  std::vector<SearchDemand> demands;
  // What the case must be like on the day of the search.
  Narrowing narrowing;
};

// INVALID_ARGUMENT naming the field: neither words nor anything that narrows, a text without a
// letter, one that is too long, too many words, a day that is none.
absl::StatusOr<SearchArguments> ReadSearch(const Backend& backend,
                                           const v1::SearchCasesRequest& request);

// Live cases that have all that is asked for, best first, then by display name and name. Reads from
// disk: not on a reactor's thread. Where nothing but the situation or deadlines narrows, see
// NarrowedCases; as of a day that is named every case is then derived. CANCELLED once `gone` says
// so.
absl::StatusOr<v1::SearchCasesResponse> FindCases(const Backend& backend, const Gone& gone,
                                                  Disclosure& disclosure,
                                                  const v1::SearchCasesRequest& request,
                                                  const SearchArguments& arguments);

// Those of the record as it was known at `known_at`: every case of that time is looked at, without
// `as_of` on the day of that moment. CANCELLED once `gone` says so.
absl::StatusOr<v1::SearchCasesResponse> FindPastCases(const Backend& backend, const Gone& gone,
                                                      Disclosure& disclosure,
                                                      const v1::SearchCasesRequest& request,
                                                      SearchArguments arguments);

}  // namespace vigil::registry
