// The present state in the orders of the lists: what a page of today's lists is read from.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_set.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "registry-svc/casebook/packed_file.h"
#include "vigil/registry/v1/case.pb.h"
#include "vigil/registry/v1/deadline.pb.h"

namespace vigil::registry {

// Counts of the present state, each file on its own local day.
struct PresentCounts {
  // The journal's revision that they are of.
  int64_t revision = 0;
  int64_t live_cases = 0;
  int64_t deleted_cases = 0;
  int64_t live_dossiers = 0;
  int64_t deleted_dossiers = 0;
  // Of live cases, as everyone is told.
  std::array<int64_t, v1::Situation_ARRAYSIZE> situations{};
  // By kind and state.
  std::array<std::array<int64_t, v1::DeadlineState_ARRAYSIZE>, v1::DeadlineKind_ARRAYSIZE>
      deadlines{};
  int64_t all_deadlines = 0;
  // That those find who see all facts; that everyone is told.
  int64_t findings = 0;
  int64_t told_findings = 0;
};

// A deadline or a finding: its file, and where it is in the present reading of that.
struct IndexedRow {
  PackedPtr file;
  uint32_t position = 0;
};

// Places are those of list_places.h. Deadlines stand at the same place for everyone. Findings are
// kept for both sides: for those who see all facts, and as everyone is told; where confidential
// facts change nothing they are one.
//
// Thread-safe. Reads take time with what they return and the logarithm of what there is; they hold
// up each other never, and a commit for as long.
class PresentIndex {
 public:
  PresentIndex();
  PresentIndex(const PresentIndex&) = delete;
  PresentIndex& operator=(const PresentIndex&) = delete;

  // Each name once. The first update costs less a file than the others.
  void Update(const std::vector<FileChange>& changes, int64_t revision);

  PresentCounts Counts() const;

  // The first `limit` that stand after `place`; without the deleted ones, unless they are wanted.
  std::vector<PackedPtr> Cases(std::string_view place, size_t limit, bool deleted_too) const;
  std::vector<PackedPtr> Dossiers(std::string_view place, size_t limit, bool deleted_too) const;

  // Live cases in a situation, as everyone is told, and with a deadline of a kind that stands.
  std::vector<PackedPtr> CasesIn(v1::Situation situation, std::string_view place,
                                 size_t limit) const;
  std::vector<PackedPtr> CasesWith(v1::DeadlineKind kind, std::string_view place,
                                   size_t limit) const;
  // Live cases with a deadline in a state.
  std::vector<PackedPtr> CasesInState(v1::DeadlineState state, std::string_view place,
                                      size_t limit) const;
  // How many there are of these.
  size_t CountWith(v1::DeadlineKind kind) const;
  size_t CountInState(v1::DeadlineState state) const;
  // Files that have a deadline with its day in [first, last] (days since 1970), each once; nothing
  // where there are more than `limit` such deadlines.
  std::optional<std::vector<PackedPtr>> FilesWithin(int32_t first, int32_t last,
                                                    size_t limit) const;

  // At least `limit` rows that stand after `place`, where there are as many. As the index does not
  // know the names of rows, all of their files' rows of that day (or that rank) come with them,
  // and those at `place` itself come too: the reader leaves out what is not after it.
  std::vector<IndexedRow> Deadlines(std::string_view place, size_t limit) const;
  // `told`: as everyone is told, else as those who see all facts.
  std::vector<IndexedRow> Findings(std::string_view place, size_t limit, bool told) const;

  // Names of files whose present reading is over at `now`, those that waited longest first.
  std::vector<std::string> OverBy(absl::Time now, size_t limit) const;
  // When the next present reading is over; InfiniteFuture where none ever is.
  absl::Time NextMidnight() const;

 private:
  // Of a file: where it is in files_.
  using Number = uint32_t;
  using Files = std::vector<PackedPtr>;

  struct HashName {
    using is_transparent = void;
    const Files* files;
    size_t operator()(std::string_view name) const { return std::hash<std::string_view>()(name); }
    size_t operator()(Number file) const { return (*this)((*files)[file]->name); }
  };
  struct SameName {
    using is_transparent = void;
    const Files* files;
    bool operator()(Number a, Number b) const { return a == b; }
    bool operator()(Number a, std::string_view b) const { return (*files)[a]->name == b; }
    bool operator()(std::string_view a, Number b) const { return (*files)[b]->name == a; }
  };
  // By display name, then name.
  struct ByTitle {
    using is_transparent = void;
    struct Title {
      std::string_view display_name, name;
    };
    const Files* files;
    Title Of(Number file) const;
    static bool Less(const Title& a, const Title& b);
    bool operator()(Number a, Number b) const { return Less(Of(a), Of(b)); }
    bool operator()(const Title& a, Number b) const { return Less(a, Of(b)); }
    bool operator()(Number a, const Title& b) const { return Less(Of(a), b); }
  };
  // A deadline (`order` is its day) or a finding (its place without its name, which its file
  // holds); its rank among those of its file.
  template <class Order>
  struct Row {
    Order order;
    Number file;
    uint32_t rank;
  };
  // By order, then as the full names of rows compare: by file, then rank.
  template <class Order>
  struct ByRow {
    using is_transparent = void;
    // The first row of a file at an order.
    struct Start {
      Order order;
      std::string_view file;
    };
    const Files* files;
    bool operator()(const Row<Order>& a, const Row<Order>& b) const {
      if (a.order != b.order) return a.order < b.order;
      return a.file == b.file ? a.rank < b.rank : Compare(a.file, NameOf(b.file)) < 0;
    }
    bool operator()(const Row<Order>& a, const Start& b) const {
      return a.order != b.order ? a.order < b.order : Compare(a.file, b.file) < 0;
    }
    bool operator()(const Start& a, const Row<Order>& b) const {
      return a.order != b.order ? a.order < b.order : Compare(b.file, a.file) > 0;
    }
    const std::string& NameOf(Number file) const { return (*files)[file]->name; }
    int Compare(Number file, std::string_view name) const {
      return ComparePaths(NameOf(file), name);
    }
  };
  using Titles = absl::btree_set<Number, ByTitle>;
  template <class Order>
  using Rows = absl::btree_set<Row<Order>, ByRow<Order>>;

  // As the names of what is in them compare: `cases/a-b/deadlines/x` comes before
  // `cases/a/deadlines/x`.
  static int ComparePaths(std::string_view a, std::string_view b);
  // The orders that a change of a file leaves as they are.
  struct Kept {
    bool title = false;
    bool facets = false;
    bool deadlines = false;
  };
  static Kept KeptBy(const PackedFile& before, const PackedFile& after);
  Number NumberOf(const std::string& name) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Remove(Number number, Kept kept) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Add(Number number, Kept kept) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The first files: sorted by all orders at once.
  void Fill(const std::vector<FileChange>& changes) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Calls `visit` for each facet that the file is in.
  template <class Visit>
  void ForEachFacet(const PackedFile& file, Visit visit) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void FillTitles() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  template <class Order, class List>
  void FillRows(Rows<Order>& rows, List list) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Count(const PackedFile& file, int sign) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::vector<PackedPtr> TitlesAfter(const Titles& titles, std::string_view place,
                                     size_t limit) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  // `position(file, rank)` of the rows that are wanted; nothing for others.
  template <class Order, class PositionOf>
  std::vector<IndexedRow> RowsAfter(const Rows<Order>& rows,
                                    const typename ByRow<Order>::Start& start, size_t limit,
                                    PositionOf position) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  mutable absl::Mutex mutex_;
  Files files_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_set<Number, HashName, SameName> numbers_ ABSL_GUARDED_BY(mutex_);
  Titles live_cases_ ABSL_GUARDED_BY(mutex_);
  Titles all_cases_ ABSL_GUARDED_BY(mutex_);
  Titles live_dossiers_ ABSL_GUARDED_BY(mutex_);
  Titles all_dossiers_ ABSL_GUARDED_BY(mutex_);
  // Live cases by situation, by the kinds of their deadlines that stand, and by the states of all.
  std::vector<Titles> situations_ ABSL_GUARDED_BY(mutex_);
  std::vector<Titles> kinds_ ABSL_GUARDED_BY(mutex_);
  std::vector<Titles> states_ ABSL_GUARDED_BY(mutex_);
  Rows<int32_t> deadlines_ ABSL_GUARDED_BY(mutex_);
  Rows<std::string_view> findings_ ABSL_GUARDED_BY(mutex_);
  absl::btree_set<std::pair<absl::Time, Number>> midnights_ ABSL_GUARDED_BY(mutex_);
  PresentCounts counts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace vigil::registry
