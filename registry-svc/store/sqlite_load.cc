// What SqliteStore reads at start.
#include <algorithm>
#include <climits>
#include <string>
#include <utility>
#include <vector>

#include "registry-svc/casebook/sealed_fact.h"
#include "registry-svc/store/read_rows.h"
#include "registry-svc/store/sqlite_store.h"

namespace vigil::registry {
namespace {

// Entries of which a start checks the chain.
constexpr int64_t kCheckedEntries = 1000;

}  // namespace

absl::StatusOr<Contents> SqliteStore::Load(Rows& rows) {
  Contents out;
  absl::Status status = FirstFailure({
      [&] { return DestroyErasedKeys(); },
      [&] { return LoadRows(rows); },
      [&] { return LoadRest(out); },
      [&] { return LoadJournalHead(out); },
      [&] { return LoadAccessHead(out); },
  });
  if (!status.ok()) return status;
  return out;
}

absl::Status SqliteStore::LoadRows(Rows& rows) {
  return FirstFailure({
      [&] {
        return ForEachMessage<v1::Case>(database_, "SELECT body FROM cases", [&](v1::Case record) {
          return rows.TakeCase(std::move(record));
        });
      },
      [&] {
        return ForEachMessage<v1::Dossier>(
            database_, "SELECT body FROM dossiers",
            [&](v1::Dossier dossier) { return rows.TakeDossier(std::move(dossier)); });
      },
      [&] { return LoadFacts(rows); },
      [&] {
        return ForEachRow(database_, "SELECT body, shard FROM receipts ORDER BY number",
                          [&](const Statement& row) {
                            StoredReceipt stored;
                            stored.shard = static_cast<int32_t>(row.Integer(1));
                            absl::Status s = ParseRow(row.Blob(0), stored.receipt);
                            return s.ok() ? rows.TakeReceipt(std::move(stored)) : s;
                          });
      },
      [&] {
        return ForEachRow(
            database_, "SELECT name, print FROM told_prints", [&](const Statement& row) {
              return rows.TakeToldPrint(row.Text(0), static_cast<uint64_t>(row.Integer(1)));
            });
      },
  });
}

absl::Status SqliteStore::LoadFacts(Rows& rows) {
  const auto take = [&](const Statement& row) {
    v1::Fact fact;
    if (absl::Status s = ParseRow(row.Blob(0), fact); !s.ok()) return s;
    if (absl::Status s = OpenFact(*vault_, row.Blob(1), fact); !s.ok()) return s;
    return rows.TakeFact(std::move(fact));
  };
  return ForEachRow(database_, "SELECT body, sealed FROM facts ORDER BY number", take);
}

absl::Status SqliteStore::LoadRest(Contents& contents) {
  return FirstFailure({
      [&] {
        return ForEachMessage<v1::Record>(database_, "SELECT body FROM records ORDER BY name",
                                          [&](v1::Record record) {
                                            contents.records.push_back(std::move(record));
                                            return absl::OkStatus();
                                          });
      },
      [&] {
        return ForEachRow(database_, "SELECT shard, epoch, stream_id FROM shard_positions",
                          [&](const Statement& row) {
                            v1::ShardPosition& position = contents.positions.emplace_back();
                            position.set_shard(static_cast<int32_t>(row.Integer(0)));
                            position.set_epoch(std::string(row.Text(1)));
                            position.set_stream_id(std::string(row.Text(2)));
                            return absl::OkStatus();
                          });
      },
      [&] {
        return ForEachRow(database_, "SELECT key, value FROM meta", [&](const Statement& row) {
          contents.meta[std::string(row.Text(0))] = std::string(row.Blob(1));
          return absl::OkStatus();
        });
      },
      [&] {
        return ForEachRow(database_, "SELECT version FROM rule_archives",
                          [&](const Statement& row) {
                            contents.rule_versions.insert(std::string(row.Text(0)));
                            return absl::OkStatus();
                          });
      },
  });
}

absl::Status SqliteStore::DestroyErasedKeys() {
  std::vector<std::string> ids;
  absl::Status read =
      ForEachRow(database_, "SELECT id FROM erased_keys", [&](const Statement& row) {
        ids.emplace_back(row.Blob(0));
        return absl::OkStatus();
      });
  return read.ok() ? vault_->Destroy(ids, absl::Now()) : read;
}

absl::StatusOr<Told> SqliteStore::ReadTold(const std::string& name) {
  Told told;
  Statement& record = statements_.told_case.Bind(1, name);
  absl::Status status =
      ForEachRow(record, [&](const Statement& row) { return ParseRow(row.Blob(0), told.record); });
  record.Reset();
  if (!status.ok()) return status;
  Statement& deadlines = statements_.told_deadlines.Bind(1, name);
  status = ForEachRow(deadlines, [&](const Statement& row) {
    return ParseRow(row.Blob(0), told.deadlines.emplace_back());
  });
  deadlines.Reset();
  if (!status.ok()) return status;
  return told;
}

absl::Status SqliteStore::LoadJournalHead(Contents& contents) {
  absl::StatusOr<int64_t> last =
      database_.QueryInteger("SELECT coalesce(max(revision), 0) FROM journal");
  if (!last.ok()) return last.status();
  // One entry more than is checked: its hash anchors the check.
  const int64_t anchor = std::max<int64_t>(0, *last - kCheckedEntries);
  absl::StatusOr<std::vector<JournalEntry>> entries = ReadJournal(
      std::max<int64_t>(0, anchor - 1), static_cast<int>(kCheckedEntries) + 1, INT64_MAX);
  if (!entries.ok()) return entries.status();
  std::string hash;
  if (anchor > 0) {
    hash = entries->front().hash;
    entries->erase(entries->begin());
  }
  if (absl::Status s = VerifyChain(anchor, hash, *entries); !s.ok()) return s;
  contents.revision = *last;
  if (!entries->empty()) contents.hash = entries->back().hash;
  revision_ = *last;
  return absl::OkStatus();
}

// Its chain is checked by whoever verifies it: nothing is built on it.
absl::Status SqliteStore::LoadAccessHead(Contents& contents) {
  return ForEachRow(database_, "SELECT number, hash FROM accesses ORDER BY number DESC LIMIT 1",
                    [&](const Statement& row) {
                      contents.accesses = {.number = row.Integer(0),
                                           .hash = std::string(row.Blob(1))};
                      return absl::OkStatus();
                    });
}

}  // namespace vigil::registry
