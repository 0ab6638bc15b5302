#include "alert-svc/domain/history.h"

#include <algorithm>

namespace vigil::alert {

using registry::v1::Receipt;

bool IsOfFindings(const Receipt& receipt) {
  return receipt.deadline().empty() && !receipt.earliest().empty();
}

bool IsFinal(const Receipt& receipt) {
  switch (receipt.kind()) {
    case Receipt::KIND_SENT:
    case Receipt::KIND_DEAD:
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
    const std::string& alert = receipt.alert();
    const bool acknowledges = receipt.kind() == Receipt::KIND_ACKNOWLEDGED;
    if (acknowledges && !receipt.has_until()) {
      acknowledged.emplace(alert, TimeOf(receipt.time()));
    } else if (acknowledges) {
      acknowledged.erase(alert);  // the last word counts
      PutOff(receipt);
    } else if (receipt.kind() == Receipt::KIND_SNOOZED) {
      PutOff(receipt);
    } else if (receipt.kind() == Receipt::KIND_HANDED_OVER) {
      holders.insert(receipt.receiver());
      const int count = handed_over[alert].count + 1;
      handed_over[alert] = {receipt.receiver(), TimeOf(receipt.time()), receipt.step(), count};
    }
  }
  if (!handed_over.empty()) DropOvertaken(receipts);
}

void Actions::PutOff(const Receipt& receipt) {
  Snooze& snooze = snoozed[receipt.alert()];
  snooze.since = TimeOf(receipt.time());
  snooze.until = TimeOf(receipt.until());
  ++snooze.count;
}

// A newer step is a new alert: who holds the old one has nothing left to answer.
void Actions::DropOvertaken(const std::vector<Receipt>& receipts) {
  std::map<std::string_view, absl::Time> fired;
  absl::Time newest = absl::InfinitePast();
  for (const Receipt& receipt : receipts) {
    if (!IsTold(receipt)) continue;
    auto [it, first] = fired.emplace(receipt.alert(), TimeOf(receipt.time()));
    if (!first) it->second = std::min(it->second, TimeOf(receipt.time()));
  }
  for (const auto& [alert, time] : fired) newest = std::max(newest, time);
  std::erase_if(handed_over, [&](const auto& entry) {
    auto it = fired.find(entry.first);
    return it != fired.end() && it->second < newest;
  });
}

bool Actions::IsHeldBy(std::string_view alert, std::string_view receiver) const {
  auto it = handed_over.find(alert);
  return it != handed_over.end() && it->second.receiver == receiver;
}

bool Actions::IsHandedOn(std::string_view alert, std::string_view receiver) const {
  auto it = handed_over.find(alert);
  return it != handed_over.end() && it->second.receiver != receiver;
}

History::History(const std::vector<Receipt>& receipts, std::string_view receiver) {
  for (const Receipt& receipt : receipts) {
    if (receipt.receiver() != receiver) continue;
    if (IsFinal(receipt)) finals[receipt.reminder()] = &receipt;
    if (receipt.kind() == Receipt::KIND_MUTED) muted.insert(receipt.reminder());
    if (IsTold(receipt)) {
      if (receipt.step() >= kMovedStep) ++notices;
      if (!last_told || TimeOf(receipt.time()) >= TimeOf(last_told->time())) last_told = &receipt;
    }
    if (receipt.kind() == Receipt::KIND_FAILED && !receipt.digest().empty()) {
      InDigest& in = digests[receipt.reminder()];
      if (in.digest != receipt.digest()) in = {receipt.digest(), TimeOf(receipt.time())};
    } else if (receipt.kind() == Receipt::KIND_FAILED) {
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
