#include "registry-svc/store/search_table.h"

#include <algorithm>
#include <utility>

namespace vigil::registry {
namespace {

// The first text after all that begin with `key`. No byte of UTF-8 is 0xFF.
std::string EndOf(std::string key) {
  key.back() = static_cast<char>(static_cast<unsigned char>(key.back()) + 1);
  return key;
}

// A word that is searched for is looked up some hundred times, with each letter that may be
// another: what lies above the leaves stays in memory also where the table is large.
constexpr char kCache[] = "PRAGMA cache_size=-32768";  // KiB

// Steps to the end, and leaves the statement ready for the next call. Nothing in `fields`: of all.
absl::Status Collect(Statement& read, std::vector<SearchKey>& keys,
                     const std::vector<int>& fields = {}) {
  absl::StatusOr<bool> row = true;
  while ((row = read.Step()).ok() && *row) {
    const int field = static_cast<int>(read.Integer(0));
    if (!fields.empty() && std::find(fields.begin(), fields.end(), field) == fields.end()) continue;
    keys.push_back(
        {.field = field, .key = std::string(read.Text(1)), .file = std::string(read.Text(2))});
  }
  read.Reset();
  return row.status();
}

}  // namespace

absl::StatusOr<std::unique_ptr<SearchTable>> SearchTable::Open(Database& writer,
                                                               const std::string& path) {
  absl::StatusOr<Database> reader = Database::OpenReader(path);
  if (!reader.ok()) return reader.status();
  if (absl::Status s = reader->Execute(kCache); !s.ok()) return s;
  std::unique_ptr<SearchTable> table(new SearchTable(*std::move(reader)));
  if (absl::Status s = table->Prepare(writer); !s.ok()) return s;
  return table;
}

absl::Status SearchTable::Prepare(Database& writer) {
  absl::MutexLock lock(&mutex_);
  const std::tuple<Database*, Statement*, std::string_view> statements[] = {
      {&writer, &clear_, "DELETE FROM search_keys"},
      {&writer, &put_, "INSERT INTO search_keys VALUES(?,?,?) ON CONFLICT DO NOTHING"},
      {&writer, &remove_, "DELETE FROM search_keys WHERE field=? AND key=? AND file=?"},
      {&reader_, &begin_, "BEGIN"},
      {&reader_, &end_, "COMMIT"},
      {&reader_, &whole_,
       "SELECT field, key, file FROM search_keys WHERE field=? AND key=? ORDER BY file LIMIT ?"},
      {&reader_, &beginning_,
       "SELECT field, key, file FROM search_keys WHERE field=? AND key>=? AND key<? "
       "ORDER BY key, file LIMIT ?"},
      {&reader_, &of_file_,
       "SELECT field, key, file FROM search_keys WHERE file=? ORDER BY field, key"},
      {&reader_, &from_file_, kKeysFromFile},
  };
  for (const auto& [database, statement, sql] : statements) {
    absl::StatusOr<Statement> prepared = database->Prepare(sql);
    if (!prepared.ok()) return prepared.status();
    *statement = *std::move(prepared);
  }
  return absl::OkStatus();
}

absl::Status SearchTable::Write(const Batch& batch) {
  if (batch.clear_search_keys) {
    if (absl::Status s = clear_.Run(); !s.ok()) return s;
  }
  const auto run = [](Statement& statement, const std::vector<SearchKey>& keys) {
    for (const SearchKey& key : keys) {
      statement.Bind(1, int64_t{key.field}).Bind(2, key.key).Bind(3, key.file);
      if (absl::Status s = statement.Run(); !s.ok()) return s;
    }
    return absl::OkStatus();
  };
  if (absl::Status s = run(remove_, batch.deleted_search_keys); !s.ok()) return s;
  return run(put_, batch.search_keys);
}

absl::Status SearchTable::LookUp(const KeyLookup& lookup, int64_t limit,
                                 std::vector<SearchKey>& keys) {
  const std::string end = lookup.beginning ? EndOf(lookup.key) : std::string();
  Statement& read = lookup.beginning ? beginning_ : whole_;
  read.Bind(1, int64_t{lookup.field}).Bind(2, lookup.key);
  if (!lookup.beginning) return Collect(read.Bind(3, limit), keys);
  return Collect(read.Bind(3, end).Bind(4, limit), keys);
}

absl::StatusOr<std::vector<SearchKey>> SearchTable::FindKeys(const std::vector<KeyLookup>& lookups,
                                                             int limit) {
  std::vector<SearchKey> keys;
  absl::MutexLock lock(&mutex_);
  // One state for all of them, and one lock of the file.
  absl::Status status = begin_.Run();
  if (!status.ok()) return status;
  for (const KeyLookup& lookup : lookups) {
    const int64_t left = limit - static_cast<int64_t>(keys.size());
    if (left <= 0 || !status.ok()) break;
    status = LookUp(lookup, left, keys);
  }
  status.Update(end_.Run());
  if (!status.ok()) return status;
  return keys;
}

absl::StatusOr<std::vector<SearchKey>> SearchTable::KeysOf(const std::vector<std::string>& files,
                                                           const std::vector<int>& fields) {
  std::vector<SearchKey> keys;
  absl::MutexLock lock(&mutex_);
  absl::Status status = begin_.Run();
  if (!status.ok()) return status;
  for (const std::string& file : files) {
    if (status.ok()) status = Collect(of_file_.Bind(1, file), keys, fields);
  }
  status.Update(end_.Run());
  if (!status.ok()) return status;
  return keys;
}

absl::StatusOr<std::vector<SearchKey>> SearchTable::KeysFrom(const std::string& file, int field,
                                                             int limit) {
  std::vector<SearchKey> keys;
  absl::MutexLock lock(&mutex_);
  from_file_.Bind(1, file).Bind(2, int64_t{field}).Bind(3, int64_t{limit});
  if (absl::Status s = Collect(from_file_, keys); !s.ok()) return s;
  return keys;
}

}  // namespace vigil::registry
