#include "registry-svc/audit/notifications.h"

#include <fmt/format.h>

namespace vigil::registry {
namespace {

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

bool IsAskedFor(const v1::Receipt& receipt, const NotificationQuery& query) {
  if (!query.parent.empty() && receipt.parent() != query.parent) return false;
  if (!query.receiver.empty() && receipt.receiver() != query.receiver) return false;
  const absl::Time time = TimeOf(receipt.time());
  return query.from <= time && time < query.until;
}

void TakeOf(const v1::Change& change, const ChainEnd& link, const NotificationQuery& query,
            const std::function<void(const Notification&)>& take) {
  for (const v1::ChangeItem& item : change.items()) {
    for (const v1::Receipt& receipt : item.receipts_recorded().receipts()) {
      if (IsAskedFor(receipt, query)) take({receipt, link, TimeOf(change.time())});
    }
  }
}

}  // namespace

absl::StatusOr<ChainEnd> ReadNotifications(Database& database, const NotificationQuery& query,
                                           const std::function<void(const Notification&)>& take) {
  absl::StatusOr<Statement> rows =
      database.Prepare("SELECT revision, hash, payload FROM journal ORDER BY revision");
  if (!rows.ok()) return rows.status();
  ChainEnd end;
  v1::Change change;
  absl::StatusOr<bool> row = true;
  while ((row = rows->Step()).ok() && *row) {
    const JournalEntry entry = {.revision = rows->Integer(0),
                                .hash = std::string(rows->Blob(1)),
                                .payload = std::string(rows->Blob(2))};
    const std::string wrong = FollowLink(end, entry, change);
    if (!wrong.empty()) {
      return absl::DataLossError(fmt::format("journal: revision {}: {}", end.number + 1, wrong));
    }
    TakeOf(change, end, query, take);
  }
  if (!row.ok()) return row.status();
  return end;
}

}  // namespace vigil::registry
