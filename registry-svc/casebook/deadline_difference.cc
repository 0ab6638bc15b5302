#include "registry-svc/casebook/deadline_difference.h"

#include <functional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "registry-svc/casebook/veil.h"

namespace vigil::registry {

bool IsStateOfTheDay(v1::DeadlineState state) {
  switch (state) {
    case v1::DEADLINE_STATE_UNSPECIFIED:
    case v1::DEADLINE_STATE_UPCOMING:
    case v1::DEADLINE_STATE_DUE:
    case v1::DEADLINE_STATE_PASSED:
      return true;
    default:
      return false;
  }
}

std::vector<uint64_t> PrintsOf(DayReading& reading) {
  std::vector<uint64_t> prints;
  prints.reserve(reading.derived.deadlines.size());
  std::string bytes;
  for (size_t i = 0; i < reading.derived.deadlines.size(); ++i) {
    v1::Deadline veiled;
    if (IsVeiled(reading, i)) veiled = ToldDeadline(reading, i);
    v1::Deadline& deadline = IsVeiled(reading, i) ? veiled : reading.derived.deadlines[i];
    const v1::DeadlineState state = deadline.state();
    if (IsStateOfTheDay(state)) deadline.clear_state();
    deadline.SerializeToString(&bytes);
    deadline.set_state(state);
    prints.push_back(std::hash<std::string_view>()(bytes));
  }
  return prints;
}

v1::DeadlinesChanged Difference(const std::string& parent, const DayReading* before,
                                const DayReading& after) {
  v1::DeadlinesChanged change;
  change.set_parent(parent);
  std::unordered_map<std::string_view, size_t> gone;
  if (before != nullptr) {
    const auto& deadlines = before->derived.deadlines;
    for (size_t i = 0; i < deadlines.size(); ++i) gone.emplace(deadlines[i].name(), i);
  }
  for (size_t i = 0; i < after.derived.deadlines.size(); ++i) {
    const v1::Deadline& deadline = after.derived.deadlines[i];
    const auto old = gone.find(deadline.name());
    if (old == gone.end()) {
      *change.add_after() = ToldDeadline(after, i);
      continue;
    }
    if (before->prints[old->second] != after.prints[i]) {
      *change.add_before() = ToldDeadline(*before, old->second);
      *change.add_after() = ToldDeadline(after, i);
    }
    gone.erase(old);
  }
  if (gone.empty()) return change;
  for (size_t i = 0; i < before->derived.deadlines.size(); ++i) {
    if (gone.contains(before->derived.deadlines[i].name())) {
      *change.add_before() = ToldDeadline(*before, i);
    }
  }
  return change;
}

std::vector<v1::DeadlinesChanged> InItems(v1::DeadlinesChanged change, size_t bytes) {
  std::vector<v1::DeadlinesChanged> items;
  if (change.ByteSizeLong() <= bytes) {
    items.push_back(std::move(change));
    return items;
  }
  size_t taken = bytes;
  // The item that takes `size` bytes more.
  const auto item = [&](size_t size) -> v1::DeadlinesChanged& {
    if (taken >= bytes) {
      items.emplace_back().set_parent(change.parent());
      taken = 0;
    }
    taken += size;
    return items.back();
  };
  // `before` begins with the other sides of `after`, in their order.
  int old = 0;
  for (v1::Deadline& now : *change.mutable_after()) {
    v1::DeadlinesChanged& here = item(now.ByteSizeLong());
    if (old < change.before_size() && change.before(old).name() == now.name()) {
      taken += change.before(old).ByteSizeLong();
      *here.add_before() = std::move(*change.mutable_before(old++));
    }
    *here.add_after() = std::move(now);
  }
  for (; old < change.before_size(); ++old) {
    v1::DeadlinesChanged& here = item(change.before(old).ByteSizeLong());
    *here.add_before() = std::move(*change.mutable_before(old));
  }
  return items;
}

}  // namespace vigil::registry
