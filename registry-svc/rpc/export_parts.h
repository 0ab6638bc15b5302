// Cases and dossiers as files, part by part.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/civil/day.h"
#include "registry-svc/casebook/case_file.h"
#include "registry-svc/exchange/csv_tables.h"
#include "registry-svc/rpc/disclosure.h"
#include "vigil/registry/v1/exchange.pb.h"

namespace vigil::registry {

// One state of the record, as an export reads it.
struct ExportSource {
  int64_t revision = 0;
  // Of all files, deleted ones too; sorted.
  std::function<absl::StatusOr<std::vector<std::string>>()> names;
  // The file of a name; null where there is none.
  std::function<absl::StatusOr<FilePtr>(const std::string& name)> read;
};

// Each part costs a few milliseconds; the first one of CSV reads everything for its columns, some
// 50 µs a case: not for a reactor.
class ExportParts {
 public:
  // The names of the request, without their facts where it is redacted; all live ones where it has
  // none. With the facts as of a day; absent: of any day.
  ExportParts(ExportSource source, v1::ExportFilesRequest request,
              std::optional<civil::Day> day = std::nullopt);

  // Fills in the next part, and notes the confidential facts it shows; false when all is told, or
  // when the source has failed.
  bool Next(Disclosure& disclosure, v1::ExportFilesResponse& part);
  // Of the source, once Next has returned false.
  const absl::Status& status() const { return status_; }

 private:
  void Begin(Disclosure& disclosure);
  // The next document, until there is none.
  bool NextDocument(Disclosure& disclosure, v1::CaseDocument& document);
  std::string YamlFileOf(const std::string& name);
  bool NextYaml(Disclosure& disclosure, v1::ExportFilesResponse& part);
  bool NextJson(Disclosure& disclosure, v1::ExportFilesResponse& part);
  bool NextCsv(Disclosure& disclosure, v1::ExportFilesResponse& part);

  // What is told of a file, in the form of an import.
  v1::CaseDocument DocumentOf(const CaseFile& file, Disclosure& disclosure) const;
  // Whether a fact is told.
  bool Tells(const v1::Fact& fact) const;
  // The file of a name; null where there is none, and where the source fails.
  FilePtr Read(const std::string& name);

  const ExportSource source_;
  const v1::ExportFilesRequest request_;
  const std::optional<civil::Day> day_;
  bool begun_ = false;
  std::vector<std::string> names_;
  size_t next_ = 0;
  absl::Status status_;
  // Of JSON: the beginning and the end of the array are told.
  bool opened_ = false;
  bool closed_ = false;
  // Of CSV: the columns, and which table is being told.
  CsvTables tables_;
  size_t table_ = 0;
};

}  // namespace vigil::registry
