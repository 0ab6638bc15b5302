#include "registry-svc/exchange/csv_tables.h"

#include <functional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/csv/csv.h"
#include "common/csv/fields.h"

namespace vigil::registry {
namespace {

// A row before it has a table's columns: the cells that name it, then its fields.
struct LooseRow {
  std::vector<std::string> names;
  std::vector<NamedText> fields;
};

// The fields of a resource but for its name, which has a column of its own.
template <class Message>
std::vector<NamedText> FieldsBut(Message message) {
  message.clear_name();
  return FieldsOf(message);
}

std::string KindOf(const v1::Fact& fact) {
  const auto* what = fact.GetReflection()->GetOneofFieldDescriptor(
      fact, v1::Fact::descriptor()->FindOneofByName("what"));
  return what == nullptr ? "" : what->name();
}

LooseRow FactRow(const v1::CaseDocument& document, const v1::Fact& fact) {
  const std::string kind = KindOf(fact);
  LooseRow row{.names = {document.case_().name(), document.dossier().name(), fact.name(), kind},
               .fields = FieldsBut(fact)};
  // A kind that says nothing more is in its column already.
  std::erase_if(row.fields, [&](const NamedText& field) { return field.path == kind; });
  return row;
}

void ForEachRow(CsvRows rows, const v1::CaseDocument& document,
                const std::function<void(const LooseRow&)>& visit) {
  if (rows == CsvRows::kFacts) {
    for (const v1::Fact& fact : document.facts()) visit(FactRow(document, fact));
  } else if (rows == CsvRows::kCases && document.has_case_()) {
    visit({.names = {document.case_().name()}, .fields = FieldsBut(document.case_())});
  } else if (rows == CsvRows::kDossiers && document.has_dossier()) {
    visit({.names = {document.dossier().name()}, .fields = FieldsBut(document.dossier())});
  }
}

std::vector<std::string> NameColumns(CsvRows rows) {
  switch (rows) {
    case CsvRows::kCases:
      return {kCaseColumn};
    case CsvRows::kDossiers:
      return {kDossierColumn};
    case CsvRows::kFacts:
      return {kCaseColumn, kDossierColumn, kFactColumn, kKindColumn};
  }
  return {};
}

}  // namespace

void CsvTables::Learn(const v1::CaseDocument& document) {
  for (const CsvRows rows : {CsvRows::kCases, CsvRows::kDossiers, CsvRows::kFacts}) {
    Table& table = tables_[rows];
    ForEachRow(rows, document, [&](const LooseRow& row) {
      table.has_rows = true;
      for (const NamedText& field : row.fields) table.columns.try_emplace(field.order, field.path);
    });
  }
}

std::string CsvTables::Header(CsvRows rows) const {
  const auto table = tables_.find(rows);
  if (table == tables_.end() || !table->second.has_rows) return "";
  std::vector<std::string> cells = NameColumns(rows);
  for (const auto& [order, path] : table->second.columns) cells.push_back(path);
  return CsvRow(cells);
}

std::string CsvTables::RowsOf(CsvRows rows, const v1::CaseDocument& document) const {
  const auto table = tables_.find(rows);
  if (table == tables_.end()) return "";
  std::string out;
  ForEachRow(rows, document, [&](const LooseRow& row) {
    std::unordered_map<std::string_view, std::string_view> texts;
    for (const NamedText& field : row.fields) texts.emplace(field.order, field.text);
    std::vector<std::string> cells = row.names;
    for (const auto& [order, path] : table->second.columns) {
      const auto text = texts.find(order);
      cells.emplace_back(text == texts.end() ? std::string_view() : text->second);
    }
    out += CsvRow(cells);
  });
  return out;
}

}  // namespace vigil::registry
