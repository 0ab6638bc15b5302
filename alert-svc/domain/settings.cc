#include "alert-svc/domain/settings.h"

#include <fmt/format.h>

#include "absl/time/time.h"
#include "alert-svc/domain/ids.h"

namespace vigil::alert {
namespace {

constexpr int kMostHours = 96;

absl::Status Wrong(std::string_view name, std::string_view field, std::string_view what) {
  return absl::InvalidArgumentError(fmt::format("{}: {}: {}", name, field, what));
}

bool IsName(std::string_view name, std::string_view collection) {
  if (!name.starts_with(collection) || name.size() <= collection.size()) return false;
  for (char c : name.substr(collection.size())) {
    if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-') return false;
  }
  return true;
}

bool IsHour(int hour) { return hour >= 0 && hour <= 23; }

absl::Status CheckLeads(const v1::Policy& policy) {
  for (const auto* leads : {&policy.lead_days(), &policy.conditional_lead_days()}) {
    for (int lead : *leads) {
      if (lead < 0 || lead > 900) return Wrong(policy.name(), "lead_days", "between 0 and 900");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Settings::Put(const v1::Policy& policy) {
  if (!IsName(policy.name(), "policies/")) {
    return Wrong(policy.name(), "name", "must be policies/ and lower-case letters, digits, '-'");
  }
  if (policy.kinds().empty()) return Wrong(policy.name(), "kinds", "at least one kind");
  if (policy.channel() == v1::Policy::CHANNEL_UNSPECIFIED) {
    return Wrong(policy.name(), "channel", "one of at_once, daily, weekly, never");
  }
  if (policy.hourly_within_hours() < 0 || policy.hourly_within_hours() > kMostHours) {
    return Wrong(policy.name(), "hourly_within_hours", "between 0 and 96");
  }
  if (policy.repeat_days() < 0) return Wrong(policy.name(), "repeat_days", "not negative");
  if (absl::Status leads = CheckLeads(policy); !leads.ok()) return leads;
  policies_[policy.name()] = policy;
  return absl::OkStatus();
}

absl::Status Settings::Put(const v1::Receiver& receiver) {
  if (!IsName(receiver.name(), "receivers/")) {
    return Wrong(receiver.name(), "name", "must be receivers/ and lower-case letters, digits, '-'");
  }
  if (receiver.way_case() == v1::Receiver::WAY_NOT_SET) {
    return Wrong(receiver.name(), "email", "an e-mail address or a webhook is needed");
  }
  for (const auto& [name, other] : receivers_) {
    if (name != receiver.name() && ReceiverNumber(name) == ReceiverNumber(receiver.name())) {
      return Wrong(receiver.name(), "name", "collides with another receiver: choose another name");
    }
  }
  receivers_[receiver.name()] = receiver;
  return absl::OkStatus();
}

absl::Status Settings::Put(const v1::Subscription& subscription) {
  if (!IsName(subscription.name(), "subscriptions/")) {
    return Wrong(subscription.name(), "name",
                 "must be subscriptions/ and lower-case letters, digits, '-'");
  }
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(subscription.time_zone(), &zone)) {
    return Wrong(subscription.name(), "time_zone", "an IANA zone like Asia/Almaty");
  }
  if (subscription.has_hour() && (subscription.hour() < 0 || subscription.hour() > 23)) {
    return Wrong(subscription.name(), "hour", "between 0 and 23");
  }
  if (subscription.has_quiet_from() != subscription.has_quiet_until() ||
      !IsHour(subscription.quiet_from()) || !IsHour(subscription.quiet_until())) {
    return Wrong(subscription.name(), "quiet_from", "two hours between 0 and 23, or neither");
  }
  subscriptions_[subscription.name()] = subscription;
  return absl::OkStatus();
}

void Settings::SetSince(std::string_view subscription, absl::Time time) {
  since_[std::string(subscription)] = time;
}

absl::Time Settings::Since(std::string_view subscription) const {
  auto it = since_.find(subscription);
  return it == since_.end() ? absl::InfiniteFuture() : it->second;
}

void Settings::Remove(std::string_view name) {
  if (auto it = policies_.find(name); it != policies_.end()) policies_.erase(it);
  if (auto it = receivers_.find(name); it != receivers_.end()) receivers_.erase(it);
  if (auto it = subscriptions_.find(name); it != subscriptions_.end()) subscriptions_.erase(it);
  if (auto it = since_.find(name); it != since_.end()) since_.erase(it);
}

const v1::Policy* Settings::PolicyFor(registry::v1::DeadlineKind kind) const {
  for (const auto& [name, policy] : policies_) {
    for (int has : policy.kinds()) {
      if (has == kind) return &policy;
    }
  }
  return nullptr;
}

const v1::Receiver* Settings::FindReceiver(std::string_view name) const {
  auto it = receivers_.find(name);
  return it == receivers_.end() ? nullptr : &it->second;
}

const v1::Subscription* Settings::FindSubscription(std::string_view name) const {
  auto it = subscriptions_.find(name);
  return it == subscriptions_.end() ? nullptr : &it->second;
}

absl::Status CheckSeeds(const v1::AlertSeeds& seeds) {
  Settings settings;
  for (const auto& policy : seeds.policies()) {
    if (absl::Status put = settings.Put(policy); !put.ok()) return put;
  }
  for (const auto& receiver : seeds.receivers()) {
    if (absl::Status put = settings.Put(receiver); !put.ok()) return put;
  }
  for (const auto& subscription : seeds.subscriptions()) {
    if (absl::Status put = settings.Put(subscription); !put.ok()) return put;
    if (!settings.FindReceiver(subscription.receiver())) {
      return Wrong(subscription.name(), "receiver", "is no receiver of this file");
    }
    if (!subscription.stand_in().empty() && !settings.FindReceiver(subscription.stand_in())) {
      return Wrong(subscription.name(), "stand_in", "is no receiver of this file");
    }
    for (const std::string& member : subscription.team()) {
      if (!settings.FindReceiver(member)) {
        return Wrong(subscription.name(), "team", "is no receiver of this file");
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace vigil::alert
