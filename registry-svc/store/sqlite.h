// A thin layer over SQLite: RAII and absl::Status instead of result codes.
//
// A Database and its Statements belong to one thread at a time. Errors: NOT_FOUND and
// PERMISSION_DENIED (the file cannot be opened), DATA_LOSS (no database, a damaged one, or one that
// the disk did not take), RESOURCE_EXHAUSTED (disk full), UNAVAILABLE
// (locked by another process), ALREADY_EXISTS (a constraint), INTERNAL (anything else). The message
// names the file and what SQLite said.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

struct sqlite3;
struct sqlite3_stmt;

namespace vigil::registry {

// A prepared statement. Parameters count from 1, columns from 0.
class Statement {
 public:
  Statement() = default;
  Statement(sqlite3* database, sqlite3_stmt* statement);
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  ~Statement();

  // The text is borrowed until the next Step or Run has returned.
  Statement& Bind(int parameter, std::string_view text);
  Statement& BindBlob(int parameter, std::string_view bytes);
  Statement& Bind(int parameter, int64_t value);

  // Runs to the end and resets; for statements without rows of interest.
  absl::Status Run();
  // True while there is a row.
  absl::StatusOr<bool> Step();
  // Ready to be bound and stepped again.
  void Reset();

  // Of the present row; valid until the next Step.
  std::string_view Text(int column) const;
  std::string_view Blob(int column) const;
  int64_t Integer(int column) const;

 private:
  sqlite3* database_ = nullptr;
  sqlite3_stmt* statement_ = nullptr;
};

// A connection.
class Database {
 public:
  // Opens or creates the file (mode 0600), in WAL mode with synchronous=FULL and foreign keys. A
  // reader is opened read-only and sees what is committed.
  static absl::StatusOr<Database> Open(const std::string& path);
  static absl::StatusOr<Database> OpenReader(const std::string& path);

  Database(Database&& other) noexcept;
  Database& operator=(Database&& other) noexcept;
  ~Database();

  // Replaces the content of this database by that of another, as committed now, while others write
  // to that one.
  absl::Status CopyFrom(Database& source);

  absl::StatusOr<Statement> Prepare(std::string_view sql);
  // Runs one or more statements without parameters.
  absl::Status Execute(const std::string& sql);
  // The single integer that a query such as `PRAGMA user_version` gives.
  absl::StatusOr<int64_t> QueryInteger(std::string_view sql);
  // The single text that a query gives; empty without a row.
  absl::StatusOr<std::string> QueryText(std::string_view sql);

 private:
  explicit Database(sqlite3* handle) : handle_(handle) {}
  static absl::StatusOr<Database> OpenFile(const std::string& path, int flags);
  absl::Status Configure();

  sqlite3* handle_ = nullptr;
};

}  // namespace vigil::registry
