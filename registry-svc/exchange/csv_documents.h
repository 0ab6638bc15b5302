// Cases, dossiers and facts as rows of tables.
//
// A table has a header of paths (common/csv/fields.h). With a column `fact` each row is a fact,
// else with `case` a case, else with `dossier` a dossier; these columns hold ids or whole names. A
// fact has its `case` or `dossier` beside it, and in `kind` what happened (`verdict`); the other
// columns are fields of Case, Dossier or Fact. An empty cell states nothing.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "registry-svc/exchange/document.h"

namespace vigil::registry {

struct FilesRead;  // read_files.h

// What the rows of a table are.
enum class CsvRows { kCases, kDossiers, kFacts };

// Names of the columns that are no paths.
inline constexpr char kCaseColumn[] = "case";
inline constexpr char kDossierColumn[] = "dossier";
inline constexpr char kFactColumn[] = "fact";
inline constexpr char kKindColumn[] = "kind";

// Gathers the rows of all tables by the case or dossier that they are about.
class CsvDocuments {
 public:
  // Reads one table into the documents; a cell that is wrong is a problem and states nothing.
  void Read(const std::string& file, std::string_view text, FilesRead& read);

 private:
  struct Table;
  struct Rows;

  Document& DocumentOf(const std::string& name, FilesRead& read);
  void ReadRow(const std::shared_ptr<const Table>& table, int line,
               const std::vector<std::string>& cells, FilesRead& read);
  void ReadFact(const Table& table, int line, const std::vector<std::string>& cells, v1::Fact& fact,
                FilesRead& read);

  // Where the document of a name is in FilesRead::documents, and its rows.
  std::map<std::string, size_t> at_;
  std::map<std::string, std::shared_ptr<Rows>> rows_;
};

}  // namespace vigil::registry
