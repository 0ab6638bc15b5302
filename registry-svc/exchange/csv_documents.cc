#include "registry-svc/exchange/csv_documents.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <utility>

#include "common/csv/csv.h"
#include "common/csv/fields.h"
#include "common/yaml/nearest.h"
#include "registry-svc/exchange/read_files.h"

namespace vigil::registry {
namespace {

constexpr size_t kMaxColumns = 4000;

// A bare id becomes a full name.
std::string Named(const char* collection, const std::string& id) {
  return id.find('/') == std::string::npos ? std::string(collection) + id : id;
}

// The field of Fact for a kind, `verdict`; null where there is none.
const google::protobuf::FieldDescriptor* KindField(const std::string& kind) {
  const auto* field = v1::Fact::descriptor()->FindFieldByName(kind);
  return field != nullptr && field->containing_oneof() != nullptr ? field : nullptr;
}

std::string UnknownKind(const std::string& kind) {
  std::vector<std::string> known;
  const auto* what = v1::Fact::descriptor()->FindOneofByName("what");
  for (int i = 0; i < what->field_count(); ++i) known.push_back(what->field(i)->name());
  const std::string nearest = Nearest(kind, known);
  return nearest.empty()
             ? fmt::format("`{:.80}` is no kind of fact", kind)
             : fmt::format("`{:.80}` is no kind of fact; did you mean `{}`?", kind, nearest);
}

// `2` of `facts[2].date`, whose rest is put into `path`.
std::optional<size_t> TakeFact(std::string_view& path) {
  constexpr std::string_view kFacts = "facts[";
  if (!path.starts_with(kFacts)) return std::nullopt;
  size_t index = 0;
  const auto [end, error] =
      std::from_chars(path.data() + kFacts.size(), path.data() + path.size(), index);
  if (error != std::errc()) return std::nullopt;
  path.remove_prefix(std::min(path.size(), static_cast<size_t>(end - path.data()) + 2));
  return index;
}

}  // namespace

// The header of one file.
struct CsvDocuments::Table {
  std::string file;
  CsvRows rows = CsvRows::kCases;
  std::vector<std::string> columns;

  // From 1; 0 where there is none of that name.
  int ColumnOf(std::string_view name) const {
    const auto at = std::find(columns.begin(), columns.end(), name);
    return at == columns.end() ? 0 : static_cast<int>(at - columns.begin()) + 1;
  }
  Place At(int line, int column) const {
    return {
        .file = file, .line = line, .column = column, .key = column > 0 ? columns[column - 1] : ""};
  }
  // Empty where there is no such column.
  const std::string& Cell(const std::vector<std::string>& cells, const char* column) const {
    static const auto& none = *new std::string();
    const int at = ColumnOf(column);
    return at == 0 ? none : cells[at - 1];
  }
  // The place of a field's path, or of what is around it; else of the column that names the row.
  Place At(int line, std::string_view path) const {
    if (path == "name") path = "";
    if (path == "what") path = kKindColumn;
    for (; !path.empty(); path = path.substr(0, path.find_last_of(".["))) {
      if (const int column = ColumnOf(path); column > 0) return At(line, column);
      if (path.find_first_of(".[") == std::string_view::npos) break;
    }
    const char* const name = rows == CsvRows::kFacts   ? kFactColumn
                             : rows == CsvRows::kCases ? kCaseColumn
                                                       : kDossierColumn;
    return At(line, ColumnOf(name));
  }
  bool IsPath(std::string_view column) const {
    if (column.empty() || column == kCaseColumn || column == kDossierColumn) return false;
    return rows != CsvRows::kFacts || (column != kFactColumn && column != kKindColumn);
  }
  const google::protobuf::Descriptor* type() const {
    return rows == CsvRows::kFacts   ? v1::Fact::descriptor()
           : rows == CsvRows::kCases ? v1::Case::descriptor()
                                     : v1::Dossier::descriptor();
  }
};

// The rows about one case or dossier.
struct CsvDocuments::Rows {
  struct Row {
    std::shared_ptr<const Table> table;
    int line = 1;
  };
  // The column with its name beside a fact.
  const char* name_column = kCaseColumn;
  // Of the case or dossier itself.
  std::optional<Row> record;
  std::vector<Row> facts;

  Place PlaceOf(std::string_view path) const {
    const std::optional<size_t> fact = TakeFact(path);
    if (fact && *fact < facts.size()) return facts[*fact].table->At(facts[*fact].line, path);
    path.remove_prefix(std::min(path.size(), path.find('.')));
    if (path.starts_with('.')) path.remove_prefix(1);
    if (record) return record->table->At(record->line, path);
    const Row& row = facts.front();
    return row.table->At(row.line, row.table->ColumnOf(name_column));
  }
};

namespace {

void AddProblem(const Place& place, std::string message, FilesRead& read) {
  read.Add(BadFile(place, std::move(message)));
}

// Says of each column what is wrong with it.
template <class Table>
void CheckColumns(const Table& table, FilesRead& read) {
  std::set<std::string_view> seen;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    const std::string& column = table.columns[i];
    std::string wrong;
    if (!column.empty() && !seen.insert(column).second) {
      wrong = "this column is there twice; keep one";
    } else if (table.IsPath(column)) {
      wrong = CheckPath(column, table.type());
    }
    if (wrong.empty()) continue;
    AddProblem(table.At(1, static_cast<int>(i) + 1), std::move(wrong), read);
  }
}

// Sets what a row states; each wrong cell is a problem.
template <class Table>
void SetCells(const Table& table, int line, const std::vector<std::string>& cells,
              google::protobuf::Message& message, FilesRead& read) {
  for (size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].empty()) continue;
    std::string wrong;
    if (table.columns[i].empty()) {
      wrong = "this cell stands below no header; name the column";
    } else if (table.IsPath(table.columns[i])) {
      wrong = SetField(table.columns[i], cells[i], &message);
    }
    if (wrong.empty()) continue;
    AddProblem(table.At(line, static_cast<int>(i) + 1), std::move(wrong), read);
  }
}

}  // namespace

Document& CsvDocuments::DocumentOf(const std::string& name, FilesRead& read) {
  const auto [at, is_new] = at_.try_emplace(name, read.documents.size());
  if (!is_new) return read.documents[at->second];
  auto rows = rows_[name] = std::make_shared<Rows>();
  Document& document = read.documents.emplace_back();
  document.place_of = [rows](const std::string& path) { return rows->PlaceOf(path); };
  if (name.starts_with("dossiers/")) {
    rows->name_column = kDossierColumn;
    document.content.mutable_dossier()->set_name(name);
  } else {
    document.content.mutable_case_()->set_name(name);
  }
  return document;
}

void CsvDocuments::ReadRow(const std::shared_ptr<const Table>& table, int line,
                           const std::vector<std::string>& cells, FilesRead& read) {
  if (cells.size() != table->columns.size()) {
    return AddProblem(table->At(line, ""),
                      fmt::format("the row has {} cells and the header {}; give it as many",
                                  cells.size(), table->columns.size()),
                      read);
  }
  const std::string &of_case = table->Cell(cells, kCaseColumn),
                    &of_dossier = table->Cell(cells, kDossierColumn);
  if (of_case.empty() == of_dossier.empty()) {
    return AddProblem(table->At(line, std::max(1, table->ColumnOf(kCaseColumn))),
                      "write the id of the case, or that of the dossier", read);
  }
  const std::string name =
      of_case.empty() ? Named("dossiers/", of_dossier) : Named("cases/", of_case);
  Document& document = DocumentOf(name, read);
  if (table->rows == CsvRows::kFacts) {
    rows_[name]->facts.push_back({table, line});
    return ReadFact(*table, line, cells, *document.content.add_facts(), read);
  }
  std::optional<Rows::Row>& record = rows_[name]->record;
  if (record) {
    return AddProblem(table->At(line, ""), fmt::format("{} is stated twice; keep one row", name),
                      read);
  }
  record = Rows::Row{table, line};
  if (of_case.empty()) {
    SetCells(*table, line, cells, *document.content.mutable_dossier(), read);
  } else {
    SetCells(*table, line, cells, *document.content.mutable_case_(), read);
  }
}

void CsvDocuments::ReadFact(const Table& table, int line, const std::vector<std::string>& cells,
                            v1::Fact& fact, FilesRead& read) {
  fact.set_name(table.Cell(cells, kFactColumn));
  if (const std::string& kind = table.Cell(cells, kKindColumn); !kind.empty()) {
    const auto* field = KindField(kind);
    if (field == nullptr) return AddProblem(table.At(line, kKindColumn), UnknownKind(kind), read);
    fact.GetReflection()->MutableMessage(&fact, field);
  }
  SetCells(table, line, cells, fact, read);
}

void CsvDocuments::Read(const std::string& file, std::string_view text, FilesRead& read) {
  auto table = std::make_shared<Table>();
  table->file = file;
  CsvReader reader(text);
  const bool has_header = reader.Next(table->columns);
  const auto fail = [&](int line, int column, std::string message) {
    AddProblem({.file = file, .line = line, .column = column, .key = ""}, std::move(message), read);
  };
  const auto has = [&](const char* column) { return table->ColumnOf(column) > 0; };
  if (has_header && (table->columns.size() > kMaxColumns ||
                     !(has(kFactColumn) || has(kCaseColumn) || has(kDossierColumn)))) {
    return fail(1, 1,
                table->columns.size() > kMaxColumns
                    ? fmt::format("more than {} columns; split the table", kMaxColumns)
                    : "a column `case`, `dossier` or `fact` is missing; the first row holds the "
                      "names of the columns, split by commas");
  }
  table->rows = has(kFactColumn)   ? CsvRows::kFacts
                : has(kCaseColumn) ? CsvRows::kCases
                                   : CsvRows::kDossiers;
  const size_t before = read.problems.size();
  if (has_header) CheckColumns(*table, read);
  // Below a wrong header every row would be wrong.
  if (read.problems.size() > before) return;
  std::vector<std::string> cells;
  while (reader.Next(cells)) ReadRow(table, reader.line(), cells, read);
  if (const auto& problem = reader.problem()) fail(problem->line, problem->column, problem->text);
}

}  // namespace vigil::registry
