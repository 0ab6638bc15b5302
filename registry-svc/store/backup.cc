#include "registry-svc/store/backup.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <functional>

#include "absl/cleanup/cleanup.h"
#include "registry-svc/audit/verify.h"
#include "registry-svc/casebook/ids.h"
#include "registry-svc/casebook/loading.h"
#include "registry-svc/store/file_lock.h"
#include "registry-svc/store/schema.h"
#include "registry-svc/store/sqlite.h"

namespace vigil::registry {
namespace {

namespace fs = std::filesystem;

absl::Status Sync(const std::string& path, int flags) {
  const int file = open(path.c_str(), flags | O_CLOEXEC);
  const bool synced = file >= 0 && fsync(file) == 0;
  const int error = errno;
  if (file >= 0) close(file);
  if (synced) return absl::OkStatus();
  return absl::FailedPreconditionError(
      fmt::format("{}: cannot be made durable: {}", path, std::strerror(error)));
}

absl::Status Rename(const std::string& from, const std::string& to) {
  if (rename(from.c_str(), to.c_str()) == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(
      fmt::format("{}: cannot be moved to {}: {}", from, to, std::strerror(errno)));
}

std::string FolderOf(const std::string& path) {
  const std::string folder = fs::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

absl::Status CheckPages(Database& database, const std::string& path) {
  absl::StatusOr<std::string> verdict = database.QueryText("PRAGMA quick_check(1)");
  if (!verdict.ok()) return verdict.status();
  if (*verdict == "ok") return absl::OkStatus();
  return absl::DataLossError(fmt::format("{}: is damaged ({})", path, *verdict));
}

// Copies into one plain file without a log beside it, after which `finish` may change the copy.
absl::Status Copy(const std::string& source, const std::string& target,
                  const std::function<absl::Status(Database&)>& finish) {
  {
    absl::StatusOr<Database> from = Database::OpenReader(source);
    if (!from.ok()) return from.status();
    absl::StatusOr<Database> to = Database::Open(target);
    if (!to.ok()) return to.status();
    // Open made a log, which the copy must not have.
    absl::Status status = to->Execute("PRAGMA journal_mode=DELETE");
    if (status.ok()) status = to->CopyFrom(*from);
    if (status.ok()) status = to->Execute("PRAGMA journal_mode=DELETE");
    if (status.ok()) status = CheckPages(*to, target);
    if (status.ok()) status = finish(*to);
    if (!status.ok()) return status;
  }
  return Sync(target, O_RDWR);
}

// Refuses what is no backup of ours, and what somebody changed.
absl::Status CheckBackup(const std::string& backup, v1::AuditHead& head) {
  absl::StatusOr<Database> database = Database::OpenReader(backup);
  if (!database.ok()) return database.status();
  absl::StatusOr<int64_t> version = database->QueryInteger("PRAGMA user_version");
  if (!version.ok()) return version.status();
  if (*version < 1 || *version > SchemaVersion()) {
    return absl::FailedPreconditionError(fmt::format(
        "{}: is no backup of a registry, or one of a newer build (schema {})", backup, *version));
  }
  if (absl::Status s = CheckPages(*database, backup); !s.ok()) return s;
  absl::StatusOr<v1::VerifyAuditResponse> verified = VerifyAudit(*database, nullptr);
  if (!verified.ok()) return verified.status();
  head = verified->head();
  if (verified->intact()) return absl::OkStatus();
  const v1::AuditFault& fault = verified->faults(0);
  return absl::DataLossError(fmt::format(
      "{}: was changed: {} {}{}", backup, fault.what(), fault.name().empty() ? "at " : "in ",
      fault.name().empty() ? fmt::format("{}", fault.number()) : fault.name()));
}

// Another name for the database that is there, which the restored one then replaces in one step: at
// no time is there none.
absl::StatusOr<std::string> PutAside(const std::string& database) {
  if (!fs::exists(database)) return std::string();
  // The last connection brings the log into the file. A damaged one keeps its log.
  (void)Database::Open(database);
  std::string aside;
  for (int n = 1; aside.empty() || fs::exists(aside); ++n) {
    aside = fmt::format("{}.before-restore-{}", database, n);
  }
  if (link(database.c_str(), aside.c_str()) != 0) {
    return absl::FailedPreconditionError(
        fmt::format("{}: cannot be made: {}", aside, std::strerror(errno)));
  }
  for (const char* part : {"-wal", "-shm"}) {
    if (!fs::exists(database + part)) continue;
    if (absl::Status s = Rename(database + part, aside + part); !s.ok()) return s;
  }
  return aside;
}

}  // namespace

absl::Status BackupKeyring(const std::string& keyring, const std::string& target) {
  const std::string draft = fmt::format("{}.{}.new", target, getpid());
  const auto clean = absl::MakeCleanup([&] { unlink(draft.c_str()); });
  absl::Status status = Copy(keyring, draft, [](Database&) { return absl::OkStatus(); });
  if (status.ok()) status = Rename(draft, target);
  if (status.ok()) status = Sync(FolderOf(target), O_RDONLY | O_DIRECTORY);
  return status;
}

absl::Status BackupDatabase(const std::string& source, const std::string& target) {
  if (fs::exists(target)) {
    return absl::AlreadyExistsError(fmt::format("{}: is there already: name another file", target));
  }
  const std::string draft = fmt::format("{}.{}.new", target, getpid());
  const auto clean = absl::MakeCleanup([&] { unlink(draft.c_str()); });
  absl::Status status = Copy(source, draft, [](Database&) { return absl::OkStatus(); });
  if (status.ok()) status = Rename(draft, target);
  if (status.ok()) status = Sync(FolderOf(target), O_RDONLY | O_DIRECTORY);
  return status;
}

absl::StatusOr<Restored> RestoreDatabase(const std::string& backup, const std::string& database) {
  absl::StatusOr<int> lock = LockDatabase(database);
  if (!lock.ok()) return lock.status();
  const auto unlock = absl::MakeCleanup([&] { close(*lock); });
  Restored out;
  if (absl::Status s = CheckBackup(backup, out.head); !s.ok()) return s;
  const std::string draft = fmt::format("{}.{}.new", database, getpid());
  const auto clean = absl::MakeCleanup([&] { unlink(draft.c_str()); });
  out.head.set_journal_id(RandomUuid(SecureRandom()));
  absl::Status status = Copy(backup, draft, [&](Database& copy) {
    absl::StatusOr<Statement> put = copy.Prepare("INSERT OR REPLACE INTO meta VALUES(?,?)");
    if (!put.ok()) return put.status();
    return put->Bind(1, kMetaJournalId).BindBlob(2, out.head.journal_id()).Run();
  });
  if (!status.ok()) return status;
  absl::StatusOr<std::string> aside = PutAside(database);
  if (!aside.ok()) return aside.status();
  out.put_aside = *std::move(aside);
  status = Rename(draft, database);
  if (status.ok()) status = Sync(FolderOf(database), O_RDONLY | O_DIRECTORY);
  if (!status.ok()) return status;
  return out;
}

}  // namespace vigil::registry
