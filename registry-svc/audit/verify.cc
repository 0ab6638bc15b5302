#include "registry-svc/audit/verify.h"

#include <fmt/format.h>
#include <sodium.h>

#include <optional>
#include <utility>

#include "registry-svc/audit/expected_index.h"
#include "registry-svc/audit/expected_rows.h"
#include "registry-svc/journal/entry.h"

namespace vigil::registry {
namespace {

// One chain, and what a witness says of it.
struct Chain {
  v1::AuditFault::Part part;
  std::string_view sql;
  const v1::ChainHead* witness;  // null: none
  ChainEnd end = {};
  bool broken = false;
};

void AddFault(v1::VerifyAuditResponse& out, v1::AuditFault::Part part, int64_t number,
              std::string what) {
  v1::AuditFault& fault = *out.add_faults();
  fault.set_part(part);
  fault.set_number(number);
  fault.set_what(std::move(what));
}

std::string_view NameOf(const Chain& chain) {
  return chain.part == v1::AuditFault::PART_JOURNAL ? "journal" : "access trail";
}

// Follows the chain to its end or its first broken link, and hands on what each link holds.
template <class Link, class Take>
absl::Status Walk(Database& database, Chain& chain, v1::VerifyAuditResponse& out, Take take) {
  absl::StatusOr<Statement> rows = database.Prepare(chain.sql);
  if (!rows.ok()) return rows.status();
  absl::StatusOr<bool> row = true;
  Link link;
  while ((row = rows->Step()).ok() && *row) {
    const JournalEntry entry = {.revision = rows->Integer(0),
                                .hash = std::string(rows->Blob(1)),
                                .payload = std::string(rows->Blob(2))};
    const std::string wrong = FollowLink(chain.end, entry, link);
    if (!wrong.empty()) {
      AddFault(out, chain.part, chain.end.number + 1, wrong);
      chain.broken = true;
      return absl::OkStatus();
    }
    const bool seen = chain.witness != nullptr && chain.witness->number() == entry.revision;
    if (seen && chain.witness->hash() != Hex(entry.hash)) {
      AddFault(out, v1::AuditFault::PART_WITNESS, entry.revision,
               fmt::format("the {} went another way than the witness saw", NameOf(chain)));
    }
    if (absl::Status taken = take(link); !taken.ok()) return taken;
  }
  return row.status();
}

void CheckTail(const Chain& chain, v1::VerifyAuditResponse& out) {
  if (chain.broken || chain.witness == nullptr || chain.witness->number() <= chain.end.number) {
    return;
  }
  AddFault(out, v1::AuditFault::PART_WITNESS, chain.end.number + 1,
           fmt::format("the {} ends at {}, the witness saw {}: its tail was cut off, or an older "
                       "backup was restored",
                       NameOf(chain), chain.end.number, chain.witness->number()));
}

void SetHead(v1::ChainHead& head, const ChainEnd& end) {
  head.set_number(end.number);
  head.set_hash(Hex(end.hash));
}

absl::Status Verify(Database& database, const v1::AuditHead* witness,
                    v1::VerifyAuditResponse& out) {
  absl::StatusOr<std::string> id =
      database.QueryText("SELECT value FROM meta WHERE key='journal_id'");
  if (!id.ok()) return id.status();
  Chain journal = {.part = v1::AuditFault::PART_JOURNAL,
                   .sql = "SELECT revision, hash, payload FROM journal ORDER BY revision",
                   .witness = witness != nullptr ? &witness->journal() : nullptr};
  Chain accesses = {.part = v1::AuditFault::PART_ACCESSES,
                    .sql = "SELECT number, hash, payload FROM accesses ORDER BY number",
                    .witness = witness != nullptr ? &witness->accesses() : nullptr};
  ExpectedRows rows;
  absl::StatusOr<ExpectedIndex> index = ExpectedIndex::Open(database);
  if (!index.ok()) return index.status();
  absl::Status status = Walk<v1::Change>(database, journal, out, [&](const v1::Change& change) {
    rows.Fold(change);
    return index->Fold(change.revision(), change);
  });
  status.Update(Walk<v1::Access>(database, accesses, out,
                                 [](const v1::Access&) { return absl::OkStatus(); }));
  if (!status.ok()) return status;
  CheckTail(journal, out);
  CheckTail(accesses, out);
  // Past a broken link nothing is known of what the rows must be.
  if (!journal.broken) {
    status.Update(rows.Compare(database, out));
    status.Update(index->Compare(out));
  }
  out.mutable_head()->set_journal_id(*id);
  SetHead(*out.mutable_head()->mutable_journal(), journal.end);
  SetHead(*out.mutable_head()->mutable_accesses(), accesses.end);
  out.set_intact(out.faults().empty());
  return status;
}

}  // namespace

absl::StatusOr<v1::VerifyAuditResponse> VerifyAudit(Database& database,
                                                    const v1::AuditHead* witness) {
  if (sodium_init() < 0) return absl::InternalError("libsodium cannot be set up");
  v1::VerifyAuditResponse out;
  absl::Status status = database.Execute("BEGIN");
  if (!status.ok()) return status;
  status = Verify(database, witness, out);
  (void)database.Execute("COMMIT");
  if (!status.ok()) return status;
  return out;
}

absl::StatusOr<v1::VerifyAuditResponse> VerifyAuditFile(const std::string& path,
                                                        const v1::AuditHead* witness) {
  absl::StatusOr<Database> database = Database::OpenReader(path);
  if (!database.ok()) return database.status();
  return VerifyAudit(*database, witness);
}

}  // namespace vigil::registry
