// Documents as tables: what csv_documents.h reads back.
#pragma once

#include <map>
#include <string>

#include "registry-svc/exchange/csv_documents.h"

namespace vigil::registry {

// Learns first, from all documents, which columns there are; then writes their rows. Names in the
// documents are as in a file: whole for a case or dossier, bare ids for its facts.
class CsvTables {
 public:
  void Learn(const v1::CaseDocument& document);

  // The first row of a table; empty where it has no other.
  std::string Header(CsvRows rows) const;
  // The document's rows in a table.
  std::string RowsOf(CsvRows rows, const v1::CaseDocument& document) const;

 private:
  struct Table {
    // Paths in the order of their fields.
    std::map<std::string, std::string> columns;
    bool has_rows = false;
  };

  std::map<CsvRows, Table> tables_;
};

}  // namespace vigil::registry
