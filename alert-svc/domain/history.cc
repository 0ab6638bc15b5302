#include "alert-svc/domain/history.h"

#include <algorithm>

namespace vigil::alert {

using registry::v1::Receipt;

bool IsFinal(const Receipt& receipt) {
  switch (receipt.kind()) {
    case Receipt::KIND_SENT:
    case Receipt::KIND_DEAD:
    case Receipt::KIND_MUTED:
    case Receipt::KIND_SKIPPED:
    case Receipt::KIND_IN_DIGEST:
      return true;
    default:
      return false;
  }
}

bool IsTold(const Receipt& receipt) {
  return receipt.kind() == Receipt::KIND_SENT || receipt.kind() == Receipt::KIND_IN_DIGEST;
}

Actions::Actions(const std::vector<Receipt>& receipts) {
  for (const Receipt& receipt : receipts) {
    if (receipt.kind() == Receipt::KIND_ACKNOWLEDGED) {
      acknowledged.emplace(receipt.alert(), TimeOf(receipt.time()));
    }
    if (receipt.kind() == Receipt::KIND_SNOOZED) {
      Snooze& snooze = snoozed[receipt.alert()];
      snooze.until = TimeOf(receipt.until());
      ++snooze.count;
    }
  }
}

History::History(const std::vector<Receipt>& receipts, std::string_view receiver) {
  for (const Receipt& receipt : receipts) {
    if (receipt.receiver() != receiver) continue;
    if (IsFinal(receipt)) finals[receipt.reminder()] = &receipt;
    if (IsTold(receipt)) {
      if (receipt.step() >= kMovedStep) ++notices;
      if (!last_told || TimeOf(receipt.time()) >= TimeOf(last_told->time())) last_told = &receipt;
    }
    if (receipt.kind() == Receipt::KIND_FAILED) {
      Failed& entry = failed[receipt.reminder()];
      if (receipt.attempts() >= entry.attempts) {
        entry.attempts = receipt.attempts();
        entry.retry = TimeOf(receipt.until());
      }
    }
  }
}

absl::Time History::NotBefore(std::string_view reminder, absl::Time due) const {
  auto it = failed.find(reminder);
  return it == failed.end() ? due : std::max(due, it->second.retry);
}

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

google::protobuf::Timestamp ToProto(absl::Time time) {
  google::protobuf::Timestamp proto;
  const std::int64_t ms = absl::ToUnixMillis(time);
  const std::int64_t seconds = ms >= 0 ? ms / 1000 : (ms - 999) / 1000;
  proto.set_seconds(seconds);
  proto.set_nanos(static_cast<int>(ms - seconds * 1000) * 1'000'000);
  return proto;
}

}  // namespace vigil::alert
