#include "alert-svc/rpc/alert_book.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "alert-svc/domain/history.h"

namespace vigil::alert {
namespace {

constexpr std::size_t kEventsKept = 10'000;
// Read under one lock.
constexpr std::size_t kPart = 1'000;

}  // namespace

bool HasFired(const v1::Alert& alert) {
  switch (alert.state()) {
    case v1::ALERT_STATE_SENT:
    case v1::ALERT_STATE_ACKNOWLEDGED:
    case v1::ALERT_STATE_SNOOZED:
    case v1::ALERT_STATE_ESCALATED:
    case v1::ALERT_STATE_DEAD:
      return true;
    default:
      return false;
  }
}

bool IsUnacknowledged(const v1::Alert& alert) {
  return HasFired(alert) && alert.state() != v1::ALERT_STATE_ACKNOWLEDGED &&
         alert.state() != v1::ALERT_STATE_SNOOZED;
}

bool IsOverdue(const v1::Alert& alert) {
  return IsUnacknowledged(alert) && alert.deadline_state() == registry::v1::DEADLINE_STATE_PASSED;
}

void AlertBook::Publish(CaseAlerts cases) {
  bool news = false;
  {
    absl::MutexLock lock(&mutex_);
    for (auto& [case_name, alerts] : cases) {
      if (PublishCase(case_name, std::move(alerts))) news = true;
    }
    while (events_.size() > kEventsKept) events_.pop_front();
  }
  if (news) Wake();
}

void AlertBook::Count(const v1::Alert& alert, int by) {
  if (IsUnacknowledged(alert)) counts_.unacknowledged += by;
  if (IsOverdue(alert)) counts_.overdue += by;
}

bool AlertBook::PublishCase(const std::string& case_name, std::vector<v1::Alert> alerts) {
  bool news = false;
  std::vector<std::string>& names = by_case_[case_name];
  std::set<std::string> gone(names.begin(), names.end());
  names.clear();
  for (v1::Alert& alert : alerts) {
    names.push_back(alert.name());
    gone.erase(alert.name());
    AlertPtr& entry = present_[alert.name()];
    if (entry && entry->SerializeAsString() == alert.SerializeAsString()) continue;
    if (entry) Count(*entry, -1);
    Count(alert, 1);
    entry = std::make_shared<const v1::Alert>(std::move(alert));
    events_.push_back({++last_, entry});
    news = true;
  }
  for (const std::string& name : gone) {
    auto it = present_.find(name);
    if (it == present_.end()) continue;
    Count(*it->second, -1);
    v1::Alert closed = *it->second;
    closed.set_state(v1::ALERT_STATE_CLOSED);
    events_.push_back({++last_, std::make_shared<const v1::Alert>(std::move(closed))});
    present_.erase(it);
    news = true;
  }
  return news;
}

AlertPtr AlertBook::Find(std::string_view name) const {
  absl::MutexLock lock(&mutex_);
  auto it = present_.find(name);
  return it == present_.end() ? nullptr : it->second;
}

void AlertBook::ForEach(const std::function<void(const AlertPtr&)>& take) const {
  std::vector<AlertPtr> part;
  std::string last;
  do {
    part.clear();
    {
      absl::MutexLock lock(&mutex_);
      for (auto it = present_.upper_bound(last); it != present_.end() && part.size() < kPart;
           ++it) {
        part.push_back(it->second);
      }
    }
    for (const AlertPtr& alert : part) take(alert);
    if (!part.empty()) last = part.back()->name();
  } while (part.size() == kPart);
}

AlertBook::Counts AlertBook::counts() const {
  absl::MutexLock lock(&mutex_);
  return counts_;
}

std::string AlertBook::TokenOf(std::int64_t number) const {
  return fmt::format("{}-{}", instance_, number);
}

bool AlertBook::IsToken(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == 0 || dash == std::string_view::npos) return false;
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [read, error] = std::from_chars(text.data() + dash + 1, end, number);
  return error == std::errc() && read == end && number >= kFromTheStart;
}

AlertBook::StartingPoint AlertBook::StartAt(std::string_view token, absl::Time closed_since) const {
  StartingPoint point;
  {
    absl::MutexLock lock(&mutex_);
    if (token.empty()) return {last_, {}};
    std::int64_t number = kFromTheStart;
    if (token.starts_with(instance_ + "-")) {
      const std::string_view digits = token.substr(instance_.size() + 1);
      std::from_chars(digits.data(), digits.data() + digits.size(), number);
    }
    const std::int64_t oldest = events_.empty() ? last_ : events_.front().number - 1;
    if (number >= oldest && number <= last_) return {number, {}};
    point.after = last_;
  }
  // What changes from here on is told as a change, too.
  ForEach([&](const AlertPtr& alert) {
    const bool closed = alert->state() == v1::ALERT_STATE_CLOSED && alert->has_fire_time() &&
                        TimeOf(alert->fire_time()) >= closed_since;
    if (closed || HasFired(*alert)) point.first.push_back(alert);
  });
  return point;
}

AlertEvent AlertBook::After(std::int64_t number) const {
  absl::MutexLock lock(&mutex_);
  if (number >= last_) return {};
  if (events_.empty() || events_.front().number > number + 1) return {-1, nullptr};
  return events_[static_cast<std::size_t>(number + 1 - events_.front().number)];
}

void AlertBook::Listen(std::weak_ptr<Watcher> watcher) {
  absl::MutexLock lock(&mutex_);
  std::erase_if(watchers_, [](const auto& w) { return w.expired(); });
  watchers_.push_back(std::move(watcher));
}

void AlertBook::Wake() {
  std::vector<std::weak_ptr<Watcher>> watchers;
  {
    absl::MutexLock lock(&mutex_);
    watchers = watchers_;
  }
  for (const auto& weak : watchers) {
    if (auto watcher = weak.lock()) watcher->OnNews();
  }
}

void AlertBook::Close() {
  {
    absl::MutexLock lock(&mutex_);
    closed_ = true;
  }
  Wake();
}

bool AlertBook::closed() const {
  absl::MutexLock lock(&mutex_);
  return closed_;
}

}  // namespace vigil::alert
