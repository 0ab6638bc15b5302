#include "registry-svc/audit/expected_rows.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <sodium.h>

#include "registry-svc/audit/row_fault.h"

namespace vigil::registry {
namespace {

// Of a row whose journal entry is by a build that journaled less: any content will do.
constexpr std::array<unsigned char, 16> kAny{};

// Every change of a file's facts renews these, and journals the fact alone.
void ClearStamps(v1::Case& record) {
  record.clear_etag();
  record.clear_update_time();
}
void ClearStamps(v1::Dossier& dossier) {
  dossier.clear_etag();
  dossier.clear_update_time();
}
void ClearStamps(google::protobuf::Message&) {}

std::string KeyOf(const v1::Receipt& receipt) { return "receipts/" + receipt.id(); }
template <class Message>
std::string KeyOf(const Message& message) {
  return message.name();
}

}  // namespace

ExpectedRows::Digest ExpectedRows::DigestOf(const google::protobuf::Message& message,
                                            std::string_view sealed) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream out(&bytes);
    google::protobuf::io::CodedOutputStream coded(&out);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  bytes.push_back('\0');
  bytes.append(sealed);
  Digest digest;
  crypto_generichash(digest.data(), digest.size(),
                     reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), nullptr,
                     0);
  return digest;
}

void ExpectedRows::FoldFact(const v1::FactChanged& change) {
  const v1::Fact& fact = change.fact();
  const bool unsealed = fact.confidential() && change.sealed().empty() && !fact.has_erase_time();
  rows_[fact.name()] = unsealed ? kAny : DigestOf(fact, change.sealed());
}

void ExpectedRows::Fold(const v1::Change& change) {
  for (const v1::ChangeItem& item : change.items()) {
    switch (item.item_case()) {
      case v1::ChangeItem::kCaseChanged: {
        v1::Case record = item.case_changed().case_();
        ClearStamps(record);
        rows_[record.name()] = DigestOf(record, "");
        break;
      }
      case v1::ChangeItem::kDossierChanged: {
        v1::Dossier dossier = item.dossier_changed().dossier();
        ClearStamps(dossier);
        rows_[dossier.name()] = DigestOf(dossier, "");
        break;
      }
      case v1::ChangeItem::kFactChanged:
        FoldFact(item.fact_changed());
        break;
      case v1::ChangeItem::kRecordChanged: {
        const v1::Record& record = item.record_changed().record();
        if (item.record_changed().deleted()) {
          rows_.erase(record.name());
        } else {
          rows_[record.name()] = DigestOf(record, "");
        }
        break;
      }
      case v1::ChangeItem::kReceiptsRecorded:
        for (const v1::Receipt& receipt : item.receipts_recorded().receipts()) {
          rows_[KeyOf(receipt)] = DigestOf(receipt, "");
        }
        break;
      default:
        // Derived, or without a row of its own.
        break;
    }
  }
}

template <class Message>
absl::Status ExpectedRows::CompareTable(Database& database, std::string_view sql,
                                        v1::VerifyAuditResponse& out) {
  absl::StatusOr<Statement> rows = database.Prepare(sql);
  if (!rows.ok()) return rows.status();
  absl::StatusOr<bool> row = true;
  Message message;
  while ((row = rows->Step()).ok() && *row) {
    const std::string_view body = rows->Blob(1);
    const std::string name(rows->Text(0));
    if (!message.ParseFromArray(body.data(), static_cast<int>(body.size()))) {
      AddRowFault(out, name, "the row cannot be read");
      continue;
    }
    if constexpr (!std::is_same_v<Message, v1::Receipt>) {
      if (message.name() != name) AddRowFault(out, name, "the row holds another name");
    }
    const auto expected = rows_.find(KeyOf(message));
    if (expected == rows_.end()) {
      AddRowFault(out, name, "the row was never journaled, or is there twice");
      continue;
    }
    ClearStamps(message);
    if (expected->second != kAny && expected->second != DigestOf(message, rows->Blob(2))) {
      AddRowFault(out, name, "the row differs from what was journaled");
    }
    rows_.erase(expected);
  }
  return row.status();
}

absl::Status ExpectedRows::Compare(Database& database, v1::VerifyAuditResponse& out) {
  absl::Status status = CompareTable<v1::Case>(database, "SELECT name, body, x'' FROM cases", out);
  status.Update(CompareTable<v1::Dossier>(database, "SELECT name, body, x'' FROM dossiers", out));
  status.Update(
      CompareTable<v1::Fact>(database, "SELECT name, body, coalesce(sealed, x'') FROM facts", out));
  status.Update(CompareTable<v1::Record>(database, "SELECT name, body, x'' FROM records", out));
  status.Update(CompareTable<v1::Receipt>(database, "SELECT id, body, x'' FROM receipts", out));
  if (!status.ok()) return status;
  for (const auto& [name, digest] : rows_) AddRowFault(out, name, "the row is missing");
  return absl::OkStatus();
}

}  // namespace vigil::registry
