// The search for cases, by the table of search keys.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/seal/page_token.h"
#include "registry-svc/casebook/search_query.h"
#include "registry-svc/rpc/backend.h"
#include "registry-svc/rpc/disclosure.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil::registry {

// What a search asks for, read and checked.
struct SearchArguments {
  Page page;
  // The day to show cases as of.
  std::optional<civil::Day> day;
  // Folded words of the query.
  std::vector<std::string> words;
  // Of the query, the article and the place; empty where only what follows narrows.
  std::vector<SearchDemand> demands;
  // What the case must be like today; empty: anything.
  std::set<v1::Situation> situations;
  std::set<v1::DeadlineKind> deadline_kinds;
  std::string deadline_from, deadline_until;
};

// INVALID_ARGUMENT naming the field: neither words nor anything that narrows, a text without a
// letter, one that is too long, too many words, a day that is none.
absl::StatusOr<SearchArguments> ReadSearch(const Backend& backend,
                                           const v1::SearchCasesRequest& request);

// Live cases that have all that is asked for, best first, then by display name and name. Reads from
// disk: not on a reactor's thread. Where nothing but the situation or deadlines narrows, every case
// is looked at.
absl::StatusOr<v1::SearchCasesResponse> FindCases(const Backend& backend, Disclosure& disclosure,
                                                  const v1::SearchCasesRequest& request,
                                                  const SearchArguments& arguments);

}  // namespace vigil::registry
