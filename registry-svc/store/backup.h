// Backup and restore of a database file.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "vigil/registry/v1/audit.pb.h"

namespace vigil::registry {

// Copies a database, also one that a registry-svc is writing to: what was committed when the copy
// began, with the journal and the access trail, without the keys (vault.h). The copy is checked and
// durable on return, one plain file, mode 0600; it appears whole or not at all. ALREADY_EXISTS
// where `target` is there; errors of sqlite.h.
absl::Status BackupDatabase(const std::string& source, const std::string& target);

// Copies a keyring, and replaces the copy of before: an older one would hold keys that were
// destroyed since. To be kept apart from the backups, and from the master key.
absl::Status BackupKeyring(const std::string& keyring, const std::string& target);

// What a restore came to.
struct Restored {
  // The chains that the restored database holds.
  v1::AuditHead head;
  // Where the database that was there lies now; empty: there was none.
  std::string put_aside;
};

// Puts a backup in the place of a database. The journal gets another id, so that tokens of what was
// there are refused with RESYNC rather than taken for places in this one. The backup is verified
// first: DATA_LOSS naming the fault, and nothing has changed. FAILED_PRECONDITION where a
// registry-svc has the database open, or the backup is of a newer build. A database that is there
// is put aside, never deleted.
absl::StatusOr<Restored> RestoreDatabase(const std::string& backup, const std::string& database);

}  // namespace vigil::registry
