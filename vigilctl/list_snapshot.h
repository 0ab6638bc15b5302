// Snapshots of the public list of those associated with financing of terrorism and extremism, and
// what differs between two of them. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace vigil::vigilctl {

// One row of a snapshot.
struct Listed {
  // Line of the file, from 1.
  int line = 0;
  // As the list writes it, surname first.
  std::string name;
  // Every cell that holds something, by its column; what only numbers the rows is left out.
  std::map<std::string, std::string> cells;
};

// Reads a table (common/csv/csv.h) whose first row names its columns: `name`, or `lname` and
// `fname`, with `mname`, as the published list calls them; further columns are compared, and `num`
// is not. INVALID_ARGUMENT `file:line: what is wrong`, also for a snapshot without a row: a
// download that failed is no empty list.
absl::StatusOr<std::vector<Listed>> ReadSnapshot(const std::string& file, std::string_view text);

// What became of one row. `before` is null for one that was added, `after` for one that was taken
// off.
struct ListChange {
  const Listed* before = nullptr;
  const Listed* after = nullptr;
  // Of a row that is in both: the columns that differ, in order of their names.
  std::vector<std::string> columns;
};

// The differences, in order of the new snapshot, then what was taken off in order of the old one.
// Rows are one person where `iin` is the same, else, where one of them has none, where name and
// `birthdate` are. Borrows both.
std::vector<ListChange> CompareSnapshots(const std::vector<Listed>& before,
                                         const std::vector<Listed>& after);

}  // namespace vigil::vigilctl
