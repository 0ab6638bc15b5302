#include "registry-svc/store/sqlite.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <utility>

namespace vigil::registry {
namespace {

constexpr int kBusyTimeoutMs = 5000;

absl::StatusCode CodeOf(int result) {
  // What was written may be on disk or not: only a fresh start can tell.
  if (result == SQLITE_IOERR_FSYNC) return absl::StatusCode::kDataLoss;
  switch (result & 0xff) {
    case SQLITE_FULL:
      return absl::StatusCode::kResourceExhausted;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return absl::StatusCode::kDataLoss;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return absl::StatusCode::kUnavailable;
    case SQLITE_CANTOPEN:
      return absl::StatusCode::kNotFound;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return absl::StatusCode::kPermissionDenied;
    case SQLITE_CONSTRAINT:
      return absl::StatusCode::kAlreadyExists;
    default:
      return absl::StatusCode::kInternal;
  }
}

std::string_view Advice(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kResourceExhausted:
      return "the disk is full: free space; nothing was changed";
    case absl::StatusCode::kDataLoss:
      return "this is no database or a damaged one: restore it from a backup";
    case absl::StatusCode::kUnavailable:
      return "another process holds the database";
    case absl::StatusCode::kNotFound:
      return "cannot be opened: does its folder exist?";
    case absl::StatusCode::kPermissionDenied:
      return "may not be written: check its owner and mode";
    default:
      return "the database refused";
  }
}

absl::Status Error(sqlite3* database, int result) {
  const char* file = database != nullptr ? sqlite3_db_filename(database, "main") : nullptr;
  const char* said = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(result);
  const absl::StatusCode code = CodeOf(result);
  if (result == SQLITE_IOERR_FSYNC) {
    return {code, fmt::format("{}: the disk did not take what was written", file)};
  }
  return {code,
          fmt::format("{}: {} ({})", file != nullptr ? file : "database", Advice(code), said)};
}

}  // namespace

Statement::Statement(sqlite3* database, sqlite3_stmt* statement)
    : database_(database), statement_(statement) {}

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_), statement_(std::exchange(other.statement_, nullptr)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(database_, other.database_);
  std::swap(statement_, other.statement_);
  return *this;
}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement& Statement::Bind(int parameter, std::string_view text) {
  sqlite3_bind_text64(statement_, parameter, text.data() != nullptr ? text.data() : "", text.size(),
                      SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

Statement& Statement::BindBlob(int parameter, std::string_view bytes) {
  // A null pointer would bind NULL instead of an empty blob.
  sqlite3_bind_blob64(statement_, parameter, bytes.data() != nullptr ? bytes.data() : "",
                      bytes.size(), SQLITE_STATIC);
  return *this;
}

Statement& Statement::Bind(int parameter, int64_t value) {
  sqlite3_bind_int64(statement_, parameter, value);
  return *this;
}

absl::Status Statement::Run() {
  absl::StatusOr<bool> row = true;
  do {
    row = Step();
  } while (row.ok() && *row);
  Reset();
  return row.status();
}

absl::StatusOr<bool> Statement::Step() {
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  return Error(database_, result);
}

void Statement::Reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

std::string_view Statement::Text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  const int size = sqlite3_column_bytes(statement_, column);
  return text != nullptr ? std::string_view(text, size) : std::string_view();
}

std::string_view Statement::Blob(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const int size = sqlite3_column_bytes(statement_, column);
  return bytes != nullptr ? std::string_view(bytes, size) : std::string_view();
}

int64_t Statement::Integer(int column) const { return sqlite3_column_int64(statement_, column); }

absl::StatusOr<Database> Database::OpenFile(const std::string& path, int flags) {
  // SQLite would leave it to the umask who may read a new file.
  if ((flags & SQLITE_OPEN_CREATE) != 0) {
    const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file >= 0) close(file);
  }
  sqlite3* handle = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database(handle);
  if (result != SQLITE_OK) {
    const absl::StatusCode code = CodeOf(result);
    return absl::Status(code, fmt::format("{}: {}", path, Advice(code)));
  }
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  return database;
}

absl::StatusOr<Database> Database::Open(const std::string& path) {
  absl::StatusOr<Database> database = OpenFile(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  if (!database.ok()) return database.status();
  if (absl::Status status = database->Configure(); !status.ok()) return status;
  return database;
}

absl::StatusOr<Database> Database::OpenReader(const std::string& path) {
  return OpenFile(path, SQLITE_OPEN_READONLY);
}

absl::Status Database::Configure() {
  absl::StatusOr<std::string> mode = QueryText("PRAGMA journal_mode=WAL");
  if (!mode.ok()) return mode.status();
  if (*mode != "wal") return absl::InternalError("the file system cannot hold a WAL database");
  return Execute(
      "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;"
      "PRAGMA cache_size=-16384");
}

Database::Database(Database&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}

Database& Database::operator=(Database&& other) noexcept {
  std::swap(handle_, other.handle_);
  return *this;
}

Database::~Database() { sqlite3_close_v2(handle_); }

absl::Status Database::CopyFrom(Database& source) {
  sqlite3_backup* backup = sqlite3_backup_init(handle_, "main", source.handle_, "main");
  if (backup == nullptr) return Error(handle_, sqlite3_errcode(handle_));
  // In one step, and so in one read transaction: with several, each commit meanwhile would start it
  // anew. Readers do not keep writers waiting.
  const int result = sqlite3_backup_step(backup, -1);
  const int finished = sqlite3_backup_finish(backup);
  if (result == SQLITE_DONE && finished == SQLITE_OK) return absl::OkStatus();
  return Error(handle_, result == SQLITE_DONE ? finished : result);
}

absl::StatusOr<Statement> Database::Prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int result = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (result != SQLITE_OK) return Error(handle_, result);
  return Statement(handle_, statement);
}

absl::Status Database::Execute(const std::string& sql) {
  const int result = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  return result == SQLITE_OK ? absl::OkStatus() : Error(handle_, result);
}

absl::StatusOr<int64_t> Database::QueryInteger(std::string_view sql) {
  absl::StatusOr<Statement> statement = Prepare(sql);
  if (!statement.ok()) return statement.status();
  absl::StatusOr<bool> row = statement->Step();
  if (!row.ok()) return row.status();
  return *row ? statement->Integer(0) : 0;
}

absl::StatusOr<std::string> Database::QueryText(std::string_view sql) {
  absl::StatusOr<Statement> statement = Prepare(sql);
  if (!statement.ok()) return statement.status();
  absl::StatusOr<bool> row = statement->Step();
  if (!row.ok()) return row.status();
  return *row ? std::string(statement->Text(0)) : std::string();
}

}  // namespace vigil::registry
