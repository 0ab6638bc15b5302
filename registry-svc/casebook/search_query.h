// From the words of a search to the cases that have all of them, by the table of search keys.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "registry-svc/casebook/search_terms.h"
#include "registry-svc/casebook/store.h"

namespace vigil::registry {

// One thing that a case must have to be found.
class SearchDemand {
 public:
  // A folded word, wherever it stands: a name as it is, by its beginning, by its sound or but for
  // one letter; an article; a place and a word of a fact as they are or by their beginning. Numbers
  // as they are, or up to a dash.
  static SearchDemand Word(std::string word);
  // Exactly this key; nothing is said of where it was found.
  static SearchDemand Exactly(KeyField field, std::string key);

  // What is to be looked up, the best first.
  std::vector<KeyLookup> Lookups() const;
  // What a key of the file is worth to the demand, 0 for an exact one; nothing where it does not
  // meet it.
  std::optional<int> WorthOf(const SearchKey& key) const;
  bool exact() const { return exact_.has_value(); }

 private:
  std::optional<KeyField> exact_;
  std::string word_;
  std::string sound_;
  bool number_ = false;
};

// How a case was found.
struct Found {
  // The sum over the demands of the best that each found.
  int worth = 0;
  // Bit n: in the v1::SearchField of number n.
  uint32_t fields = 0;
};

struct FoundFiles {
  // By name.
  std::unordered_map<std::string, Found> files;
  // There may be more than were looked at.
  bool cut_off = false;
};

// Cases that a search looks at.
inline constexpr size_t kMaxFound = 10'000;

// The files that meet all demands, of which there is one at least. Begins with the demand that
// fewest files meet, and looks at kMaxFound of these; reads from disk. Errors are those of the
// store.
absl::StatusOr<FoundFiles> FindFiles(Store& store, const std::vector<SearchDemand>& demands);

// What a file has for all demands by its own keys; nothing where it does not meet one.
std::optional<Found> FindIn(const std::set<SearchKey>& keys,
                            const std::vector<SearchDemand>& demands);

}  // namespace vigil::registry
