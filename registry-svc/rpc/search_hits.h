// The cases that a search finds, as it collects them.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/civil/day.h"
#include "registry-svc/casebook/packed_file.h"
#include "registry-svc/casebook/search_query.h"
#include "registry-svc/casebook/search_terms.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil::registry {

// What a case must be like on the day of the search, beside its words; all empty: anything.
struct Narrowing {
  std::set<v1::Situation> situations;
  std::set<v1::DeadlineKind> deadline_kinds;
  // Known ones; empty: those of deadlines that stand.
  std::set<v1::DeadlineState> deadline_states;
  std::optional<civil::Day> deadline_from, deadline_until;

  bool deadlines() const {
    return !deadline_kinds.empty() || !deadline_states.empty() || deadline_from || deadline_until;
  }
  bool empty() const { return situations.empty() && !deadlines(); }
};

// Whether a file is a live case of that kind, by the numbers of its day (PackReading): by what
// everyone is told, whoever asks.
bool LetsThrough(const Narrowing& narrowing, const PackedFile& numbers);

// What the hits can be narrowed by further. A count is what the search would find.
class SearchFacets {
 public:
  // One more hit of a search so narrowed.
  void AddNumbers(const Narrowing& narrowing, const PackedFile& numbers);
  // Keys of hits, of which kinds of facts, articles and places count.
  template <class Keys>
  void AddKeys(const Keys& keys) {
    for (const SearchKey& key : keys) AddKey(key);
  }
  void Take(v1::SearchCasesResponse& out);

 private:
  // Counts of the values of one field.
  using Counts = std::map<std::string, int>;

  void AddKey(const SearchKey& key);
  static void TakeField(std::string_view field, const Counts& counts, v1::SearchCasesResponse& out);

  Counts situations_, kinds_, states_, facts_, articles_, places_;
  std::set<std::string> localities_;
};

struct Hit {
  std::string name;
  Found found;
  // Where it stands among the hits: the best first, then by display name and name.
  std::string place;
};

struct SearchHits {
  std::vector<Hit> all;
  SearchFacets facets;
  // There are more.
  bool cut_off = false;

  // Takes and counts a case of a search so narrowed; false, and cut off, where no more are taken.
  bool Add(const Narrowing& narrowing, const PackedFile& file, const Found& found);
  void Sort();
};

}  // namespace vigil::registry
