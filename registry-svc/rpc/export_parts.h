// Cases and dossiers as files, part by part.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "registry-svc/casebook/snapshot.h"
#include "registry-svc/exchange/csv_tables.h"
#include "registry-svc/rpc/disclosure.h"
#include "vigil/registry/v1/exchange.pb.h"

namespace vigil::registry {

// Of one snapshot. Each part costs a few milliseconds; the first one of CSV reads everything for
// its columns, some 50 µs a case: not for a reactor.
class ExportParts {
 public:
  // The names of the request, without their facts where it is redacted; all live ones where it has
  // none.
  ExportParts(std::shared_ptr<const Snapshot> snapshot, v1::ExportFilesRequest request);

  // Fills in the next part, and notes the confidential facts it shows; false when all is told.
  bool Next(Disclosure& disclosure, v1::ExportFilesResponse& part);

 private:
  void Begin(Disclosure& disclosure);
  // The next document, until there is none.
  bool NextDocument(Disclosure& disclosure, v1::CaseDocument& document);
  bool NextYaml(Disclosure& disclosure, v1::ExportFilesResponse& part);
  bool NextJson(Disclosure& disclosure, v1::ExportFilesResponse& part);
  bool NextCsv(Disclosure& disclosure, v1::ExportFilesResponse& part);

  const std::shared_ptr<const Snapshot> snapshot_;
  const v1::ExportFilesRequest request_;
  bool begun_ = false;
  std::vector<std::string> names_;
  size_t next_ = 0;
  // Of JSON: the end of the array is told.
  bool closed_ = false;
  // Of CSV: the columns, and which table is being told.
  CsvTables tables_;
  size_t table_ = 0;
};

// What an export tells of a file, in the form of an import. `redacted`: without confidential facts.
v1::CaseDocument ExportedDocument(const CaseFile& file, bool redacted, Disclosure& disclosure);

}  // namespace vigil::registry
