#include <fmt/format.h>

#include <algorithm>

#include "tests/simulation/oracle.h"
#include "tests/simulation/oracle_parts.h"

// Whether the copies of a message say the same.
namespace vigil::alert::sim {
namespace {

// Of a date that moved, or went, a copy says what it was when the set was sealed.
bool HaveOneDate(const MessageItem& one, const MessageItem& other) {
  const std::set<std::string> dates = {one.deadline.earliest(), one.told_earliest};
  const auto is_told = [&](const std::string& date) {
    return !date.empty() && dates.contains(date);
  };
  return is_told(other.deadline.earliest()) || is_told(other.told_earliest);
}

// Whether a message says of an item what another one does.
bool Says(const Message& message, const MessageItem& item) {
  return std::any_of(message.items.begin(), message.items.end(), [&](const MessageItem& own) {
    return own.deadline.name() == item.deadline.name() && HaveOneDate(own, item);
  });
}

}  // namespace

// What one of two copies says and the other does not; empty where that is nothing, or excused.
std::string Oracle::HowTheyDiffer(const Accepted& before, const Accepted& after) const {
  const bool restored = RestoredBetween(before.attempted, after.attempted);
  for (const MessageItem& item : before.message.items) {
    // engine.md, 4: a registry that is an older one may not have the deadline.
    if (restored && !IsInRecord(item.deadline.name())) continue;
    if (!Says(after.message, item)) return "lacks " + item.deadline.name();
  }
  for (const MessageItem& item : after.message.items) {
    if (!Says(before.message, item)) return "has " + item.deadline.name();
  }
  return "";
}

void Oracle::CopiesSayTheSame() {
  std::map<std::string, const Accepted*> first;
  for (const Accepted& copy : run_.sink_.taken()) {
    const auto [known, fresh] = first.emplace(copy.message.id, &copy);
    if (fresh) continue;
    // What was tried first may be taken last.
    const bool in_order = known->second->attempted <= copy.attempted;
    const Accepted& before = in_order ? *known->second : copy;
    const Accepted& after = in_order ? copy : *known->second;
    if (IsForgotten(before, after)) continue;
    // What a summary held went with the Redis that it was sealed in: only digests keep that in the
    // journal, too.
    if (after.message.form == Message::Form::kSummary &&
        (Happened(Fault::Kind::kRedisLoss, before.attempted, after.attempted) ||
         RestoredBetween(before.attempted, after.attempted))) {
      continue;
    }
    const std::string how = HowTheyDiffer(before, after);
    if (how.empty()) continue;
    Violation(fmt::format("another copy: {} at {} {}, which was not so at {}", after.message.id,
                          Text(Calendar(after.attempted)), how, Text(Calendar(before.attempted))));
  }
}

}  // namespace vigil::alert::sim
