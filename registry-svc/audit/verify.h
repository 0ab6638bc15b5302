// The verifier: reads the chains of a database from the first link to the last, and compares what
// is stored, and the index by which the past is read, with what was journaled.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "registry-svc/store/sqlite.h"
#include "vigil/registry/v1/audit.pb.h"

namespace vigil::registry {

// Needs no key: sealed content is compared as it is sealed. Reads one state throughout, also of a
// database that is being written to, whose log is not cut back meanwhile. About 100 bytes of memory
// for each case, fact, record and receipt. `witness` may be null; of its journal id nothing is
// asked: what was restored keeps its past. Errors of sqlite.h; what is wrong with the record is in
// the answer.
absl::StatusOr<v1::VerifyAuditResponse> VerifyAudit(Database& database,
                                                    const v1::AuditHead* witness);

// Of a database file or a backup, read only.
absl::StatusOr<v1::VerifyAuditResponse> VerifyAuditFile(const std::string& path,
                                                        const v1::AuditHead* witness);

}  // namespace vigil::registry
