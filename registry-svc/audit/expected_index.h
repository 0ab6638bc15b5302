// What the index of the journal by case and dossier must hold, by the journal. A read of the past
// goes by the index: an entry that it lacks would be left out of what the record knew.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "registry-svc/store/sqlite.h"
#include "vigil/registry/v1/audit.pb.h"
#include "vigil/registry/v1/journal.pb.h"

namespace vigil::registry {

// Looks up each row that the journal asks for, and then whether there are more. Holds no row in
// memory but those that are missing.
class ExpectedIndex {
 public:
  // In a database of a build before the index there is none, until a service has opened it: nothing
  // is expected of it. `database` is borrowed.
  static absl::StatusOr<ExpectedIndex> Open(Database& database);

  // The entries in order. Errors of sqlite.h.
  absl::Status Fold(int64_t revision, const v1::Change& change);

  // Adds a fault for each row that is missing, or that no entry asks for. Once, after the last
  // entry.
  absl::Status Compare(v1::VerifyAuditResponse& out);

 private:
  explicit ExpectedIndex(Database& database) : database_(&database) {}

  // Rows that no entry asks for.
  absl::Status FindForeign(v1::VerifyAuditResponse& out);

  Database* database_;
  bool indexed_ = false;
  // By records and receipts too.
  bool services_ = false;
  Statement has_;
  int64_t expected_ = 0;
  int64_t missing_ = 0;
  // As many of them as are told.
  std::vector<std::pair<std::string, int64_t>> first_missing_;
};

}  // namespace vigil::registry
