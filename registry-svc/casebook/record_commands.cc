#include <fmt/format.h>

#include <map>
#include <set>

#include "common/rpc/times.h"
#include "registry-svc/casebook/command_parts.h"
#include "registry-svc/casebook/commands.h"
#include "registry-svc/casebook/refusals.h"
#include "registry-svc/casebook/validate.h"

namespace vigil::registry::commands {
namespace {

constexpr int64_t kMaxRecordBytes = 1 << 20;
constexpr size_t kMaxReceiptId = 200;

std::shared_ptr<const v1::Record> FindRecord(const Draft& draft, const std::string& name) {
  const RecordMap& records = draft.settings().records;
  const auto at = records.find(name);
  return at == records.end() ? nullptr : at->second;
}

absl::Status CheckReceipt(int index, const v1::Receipt& receipt) {
  const std::string field = fmt::format("receipts[{}]", index);
  if (receipt.id().empty() || receipt.id().size() > kMaxReceiptId) {
    return refusals::BadField("REQUIRED", field + ".id",
                              fmt::format("{}.id: 1 to {} bytes", field, kMaxReceiptId));
  }
  if (receipt.kind() == v1::Receipt::KIND_UNSPECIFIED) {
    return refusals::BadField("REQUIRED", field + ".kind", fmt::format("{}.kind: missing", field));
  }
  if (!receipt.parent().empty() && !IsCaseName(receipt.parent()) &&
      !IsDossierName(receipt.parent())) {
    return refusals::BadName(field + ".parent", "cases/{case} or dossiers/{dossier}");
  }
  if (absl::Status s = rpc::CheckTime(receipt.time(), field + ".time"); !s.ok()) return s;
  return rpc::CheckTime(receipt.until(), field + ".until");
}

absl::StatusOr<std::vector<StoredReceipt>> NewReceipts(Draft& draft,
                                                       const v1::RecordReceiptsRequest& request) {
  std::vector<std::string> ids;
  for (int i = 0; i < request.receipts_size(); ++i) {
    if (absl::Status s = CheckReceipt(i, request.receipts(i)); !s.ok()) return s;
    ids.push_back(request.receipts(i).id());
  }
  absl::StatusOr<std::set<std::string>> known = draft.store().KnownReceipts(ids);
  if (!known.ok()) return refusals::FromStore(known.status());
  std::vector<StoredReceipt> fresh;
  for (const v1::Receipt& receipt : request.receipts()) {
    if (draft.HasReceipt(receipt.id()) || !known->insert(receipt.id()).second) continue;
    fresh.push_back(
        {.receipt = receipt, .shard = request.has_position() ? request.position().shard() : -1});
  }
  return fresh;
}

std::shared_ptr<const ReceiptList> Longer(const ReceiptList& list,
                                          const std::vector<const v1::Receipt*>& more) {
  auto out = std::make_shared<ReceiptList>(list);
  for (const v1::Receipt* receipt : more) out->Add(*receipt);
  return out;
}

// Receipts of a case that is not there are journaled, and belong to nothing.
void PlaceReceipts(Draft& draft, const std::vector<StoredReceipt>& fresh) {
  std::map<std::string, std::vector<const v1::Receipt*>> by_parent;
  std::map<int, std::vector<const v1::Receipt*>> loose;
  for (const StoredReceipt& stored : fresh) {
    if (stored.receipt.parent().empty()) {
      if (stored.shard >= 0) loose[stored.shard].push_back(&stored.receipt);
    } else {
      by_parent[stored.receipt.parent()].push_back(&stored.receipt);
    }
  }
  for (const auto& [name, receipts] : by_parent) {
    const FilePtr file = draft.Find(name);
    if (file) draft.ReplaceReceipts(*file, Longer(*file->receipts, receipts));
  }
  for (const auto& [shard, receipts] : loose) {
    std::shared_ptr<const ReceiptList>& list = draft.ChangeSettings().loose_receipts[shard];
    list = Longer(list ? *list : ReceiptList(), receipts);
  }
}

}  // namespace

absl::StatusOr<std::string> PutRecord(Draft& draft, const v1::PutRecordRequest& request) {
  v1::Record record = request.record();
  if (!IsRecordName(record.name())) return refusals::BadName("record.name", "records/{type}/{id}");
  if (static_cast<int64_t>(record.ByteSizeLong()) > kMaxRecordBytes) {
    return refusals::BadField("TEXT_TOO_LONG", "record.body",
                              fmt::format("record.body: at most {} bytes", kMaxRecordBytes));
  }
  const std::shared_ptr<const v1::Record> old = FindRecord(draft, record.name());
  if (old && request.create_only()) return refusals::AlreadyThere(record.name());
  const std::string present = old ? old->etag() : std::string();
  if (absl::Status s = CheckEtag(record.name(), present, record.etag()); !s.ok()) return s;
  record.set_etag(RandomEtag(draft.random()));
  *record.mutable_update_time() = Now(draft);
  draft.PutRecord(record);
  return record.name();
}

absl::StatusOr<std::string> DeleteRecord(Draft& draft, const v1::DeleteRecordRequest& request) {
  if (!IsRecordName(request.name())) return refusals::BadName("name", "records/{type}/{id}");
  const std::shared_ptr<const v1::Record> old = FindRecord(draft, request.name());
  if (!old) return refusals::RecordNotFound(request.name());
  if (absl::Status s = CheckEtag(request.name(), old->etag(), request.etag()); !s.ok()) return s;
  draft.DeleteRecord(*old);
  return request.name();
}

absl::Status RecordReceipts(Draft& draft, const v1::RecordReceiptsRequest& request) {
  const int shard = request.position().shard();
  if (request.has_position() && (shard < 0 || shard >= Snapshot::kShards)) {
    return refusals::BadField("BAD_SHARD", "position.shard",
                              fmt::format("position.shard: 0 to {}", Snapshot::kShards - 1));
  }
  absl::StatusOr<std::vector<StoredReceipt>> fresh = NewReceipts(draft, request);
  if (!fresh.ok()) return fresh.status();
  if (request.has_position()) draft.PutPosition(request.position());
  if (fresh->empty()) return absl::OkStatus();
  PlaceReceipts(draft, *fresh);
  draft.PutReceipts(*std::move(fresh));
  return absl::OkStatus();
}

}  // namespace vigil::registry::commands
