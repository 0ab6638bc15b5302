#include "registry-svc/casebook/deadline_difference.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "common/day_state/day_state.h"
#include "registry-svc/casebook/veil.h"

namespace vigil::registry {

bool IsToldAnew(const v1::Case& before, const v1::Case& after) {
  return before.situation() != after.situation() ||
         before.situation_since() != after.situation_since() ||
         !std::equal(before.flags().begin(), before.flags().end(), after.flags().begin(),
                     after.flags().end());
}

uint64_t PrintOf(const v1::Case& told) {
  v1::Case print;
  print.set_situation(told.situation());
  print.set_situation_since(told.situation_since());
  *print.mutable_flags() = told.flags();
  return std::hash<std::string>()(print.SerializeAsString());
}

Printed::Printed(const DayReading& reading)
    : deadlines_(&reading.derived.deadlines), reading_(&reading) {
  Print();
}

Printed::Printed(const std::vector<v1::Deadline>& told) : deadlines_(&told) { Print(); }

v1::Deadline Printed::Told(size_t index) const {
  return reading_ != nullptr ? ToldDeadline(*reading_, index) : (*deadlines_)[index];
}

void Printed::Print() {
  prints_.reserve(deadlines_->size());
  std::string bytes;
  for (size_t i = 0; i < deadlines_->size(); ++i) {
    const v1::Deadline& deadline = (*deadlines_)[i];
    const bool veiled = reading_ != nullptr && IsVeiled(*reading_, i);
    if (veiled || IsStateOfTheDay(deadline.state())) {
      v1::Deadline told = Told(i);
      if (IsStateOfTheDay(told.state())) told.clear_state();
      told.SerializeToString(&bytes);
    } else {
      deadline.SerializeToString(&bytes);
    }
    prints_.push_back(std::hash<std::string_view>()(bytes));
  }
}

uint64_t Printed::print() const {
  if (prints_.empty()) return 0;
  return std::hash<std::string_view>()(
      {reinterpret_cast<const char*>(prints_.data()), prints_.size() * sizeof(uint64_t)});
}

v1::DeadlinesChanged Difference(const std::string& parent, const Printed& before,
                                const Printed& after) {
  v1::DeadlinesChanged change;
  change.set_parent(parent);
  std::unordered_map<std::string_view, size_t> gone;
  for (size_t i = 0; i < before.size(); ++i) gone.emplace(before.name(i), i);
  for (size_t i = 0; i < after.size(); ++i) {
    const auto old = gone.find(after.name(i));
    if (old == gone.end()) {
      *change.add_after() = after.Told(i);
      continue;
    }
    if (before.print(old->second) != after.print(i)) {
      *change.add_before() = before.Told(old->second);
      *change.add_after() = after.Told(i);
    }
    gone.erase(old);
  }
  if (gone.empty()) return change;
  for (size_t i = 0; i < before.size(); ++i) {
    if (gone.contains(before.name(i))) *change.add_before() = before.Told(i);
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
