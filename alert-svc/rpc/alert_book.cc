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
    auto next = std::make_shared<AlertMap>(*present_);
    for (auto& [case_name, alerts] : cases) {
      if (PublishCase(case_name, std::move(alerts), *next)) news = true;
    }
    while (events_.size() > kEventsKept) events_.pop_front();
    present_ = std::move(next);
  }
  if (news) Wake();
}

bool AlertBook::PublishCase(const std::string& case_name, std::vector<v1::Alert> alerts,
                            AlertMap& next) {
  bool news = false;
  std::vector<std::string>& names = by_case_[case_name];
  std::set<std::string> gone(names.begin(), names.end());
  names.clear();
  for (v1::Alert& alert : alerts) {
    names.push_back(alert.name());
    gone.erase(alert.name());
    AlertPtr& entry = next[alert.name()];
    if (entry && entry->SerializeAsString() == alert.SerializeAsString()) continue;
    entry = std::make_shared<const v1::Alert>(std::move(alert));
    events_.push_back({++last_, entry});
    news = true;
  }
  for (const std::string& name : gone) {
    auto it = next.find(name);
    if (it == next.end()) continue;
    v1::Alert closed = *it->second;
    closed.set_state(v1::ALERT_STATE_CLOSED);
    events_.push_back({++last_, std::make_shared<const v1::Alert>(std::move(closed))});
    next.erase(it);
    news = true;
  }
  return news;
}

std::shared_ptr<const AlertMap> AlertBook::Present() const {
  absl::MutexLock lock(&mutex_);
  return present_;
}

AlertPtr AlertBook::Find(std::string_view name) const {
  const auto present = Present();
  auto it = present->find(name);
  return it == present->end() ? nullptr : it->second;
}

std::string AlertBook::TokenOf(std::int64_t number) const {
  return fmt::format("{}-{}", instance_, number);
}

AlertBook::StartingPoint AlertBook::StartAt(std::string_view token, absl::Time closed_since) const {
  absl::MutexLock lock(&mutex_);
  if (token.empty()) return {last_, {}};
  std::int64_t number = kFromTheStart;
  if (token.starts_with(instance_ + "-")) {
    const std::string_view digits = token.substr(instance_.size() + 1);
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
  }
  const std::int64_t oldest = events_.empty() ? last_ : events_.front().number - 1;
  if (number >= oldest && number <= last_) return {number, {}};
  StartingPoint point{last_, {}};
  for (const auto& [name, alert] : *present_) {
    const bool closed = alert->state() == v1::ALERT_STATE_CLOSED && alert->has_fire_time() &&
                        TimeOf(alert->fire_time()) >= closed_since;
    if (closed || HasFired(*alert)) point.first.push_back(alert);
  }
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
