#include "vigilctl/list_snapshot.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/csv/csv.h"

namespace vigil::vigilctl {
namespace {

// Runs of spaces and line breaks become one space.
std::string Collapsed(const std::string& text) {
  return absl::StrJoin(absl::StrSplit(text, absl::ByAnyChar(" \t\r\n"), absl::SkipEmpty()), " ");
}

std::string Cell(const Listed& row, const std::string& column) {
  const auto found = row.cells.find(column);
  return found == row.cells.end() ? std::string() : found->second;
}

std::string NameOf(const Listed& row) {
  if (const std::string name = Cell(row, "name"); !name.empty()) return name;
  return Collapsed(
      fmt::format("{} {} {}", Cell(row, "lname"), Cell(row, "fname"), Cell(row, "mname")));
}

absl::Status Refusal(const std::string& file, int line, std::string_view what) {
  return absl::InvalidArgumentError(fmt::format("{}:{}: {}", file, line, what));
}

std::string NumberOf(const Listed& row) { return Cell(row, "iin"); }

std::string NameAndBirth(const Listed& row) {
  return fmt::format("{}\n{}", row.name, Cell(row, "birthdate"));
}

// Pairs the rows of two snapshots, each with one of the other at most.
class Pairing {
 public:
  // Pairs what is left by a key; rows with an empty one stay as they are. Two numbers are two
  // people, whatever they are called.
  template <class KeyOf>
  void By(KeyOf key_of, const std::vector<Listed>& before, const std::vector<Listed>& after) {
    std::multimap<std::string, const Listed*> left;
    for (const Listed& row : before) {
      if (!taken_.contains(&row)) left.emplace(key_of(row), &row);
    }
    for (const Listed& row : after) {
      const std::string key = key_of(row);
      if (key.empty() || before_of_.contains(&row)) continue;
      const auto [begin, end] = left.equal_range(key);
      const auto found = std::find_if(begin, end, [&](const auto& other) {
        return NumberOf(row).empty() || NumberOf(*other.second).empty() ||
               NumberOf(row) == NumberOf(*other.second);
      });
      if (found == end) continue;
      before_of_[&row] = found->second;
      taken_.insert(found->second);
      left.erase(found);
    }
  }

  const Listed* BeforeOf(const Listed& row) const {
    const auto found = before_of_.find(&row);
    return found == before_of_.end() ? nullptr : found->second;
  }
  bool IsPaired(const Listed& before) const { return taken_.contains(&before); }

 private:
  std::map<const Listed*, const Listed*> before_of_;
  std::set<const Listed*> taken_;
};

std::vector<std::string> Differing(const Listed& before, const Listed& after) {
  std::set<std::string> columns;
  for (const auto& [column, cell] : before.cells) columns.insert(column);
  for (const auto& [column, cell] : after.cells) columns.insert(column);
  std::vector<std::string> out;
  for (const std::string& column : columns) {
    if (Cell(before, column) != Cell(after, column)) out.push_back(column);
  }
  return out;
}

}  // namespace

absl::StatusOr<std::vector<Listed>> ReadSnapshot(const std::string& file, std::string_view text) {
  CsvReader reader(text);
  std::vector<std::string> columns, cells;
  reader.Next(columns);
  const auto has = [&](std::string_view column) {
    return std::find(columns.begin(), columns.end(), column) != columns.end();
  };
  if (!has("name") && !(has("lname") && has("fname"))) {
    return Refusal(file, 1, "a column `name` is missing, or `lname` and `fname`");
  }
  std::vector<Listed> rows;
  while (reader.Next(cells)) {
    if (cells.size() > columns.size()) {
      return Refusal(file, reader.line(), "the row has more cells than there are columns");
    }
    Listed& row = rows.emplace_back();
    row.line = reader.line();
    for (size_t i = 0; i < cells.size(); ++i) {
      std::string cell = Collapsed(cells[i]);
      if (!cell.empty() && columns[i] != "num") row.cells[columns[i]] = std::move(cell);
    }
    row.name = NameOf(row);
    if (row.name.empty()) return Refusal(file, row.line, "the row names nobody");
  }
  if (const auto& problem = reader.problem()) return Refusal(file, problem->line, problem->text);
  if (rows.empty()) return Refusal(file, 1, "there is no row; was it downloaded whole?");
  return rows;
}

std::vector<ListChange> CompareSnapshots(const std::vector<Listed>& before,
                                         const std::vector<Listed>& after) {
  Pairing pairing;
  pairing.By(NumberOf, before, after);
  pairing.By(NameAndBirth, before, after);
  std::vector<ListChange> out;
  for (const Listed& row : after) {
    const Listed* old = pairing.BeforeOf(row);
    if (old == nullptr) {
      out.push_back({.before = nullptr, .after = &row, .columns = {}});
    } else if (auto columns = Differing(*old, row); !columns.empty()) {
      out.push_back({.before = old, .after = &row, .columns = std::move(columns)});
    }
  }
  for (const Listed& row : before) {
    if (!pairing.IsPaired(row)) out.push_back({.before = &row, .after = nullptr, .columns = {}});
  }
  return out;
}

}  // namespace vigil::vigilctl
