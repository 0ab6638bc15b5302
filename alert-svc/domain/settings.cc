#include "alert-svc/domain/settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "absl/time/time.h"
#include "alert-svc/domain/history.h"
#include "alert-svc/domain/ids.h"
#include "alert-svc/domain/local_time.h"
#include "alert-svc/domain/plan.h"
#include "common/rpc/errors.h"

namespace vigil::alert {
namespace {

constexpr int kMostHours = 96;
constexpr std::size_t kMostIdLetters = 40;
constexpr std::string_view kAllCases = "cases/-";

absl::Status Wrong(std::string_view name, std::string_view field, std::string_view what) {
  return rpc::InvalidArgument("BAD_SETTING", field, fmt::format("{}: {}: {}", name, field, what));
}

absl::Status Missing(const v1::Subscription& subscription, std::string_view field,
                     const std::string& receiver) {
  return rpc::FailedPrecondition(
      "RECEIVER_MISSING", {{"subscription", subscription.name()}, {"receiver", receiver}},
      fmt::format("{}: {}: there is no {}", subscription.name(), field, receiver));
}

template <class Setting>
absl::StatusOr<bool> PutAs(const google::protobuf::Any& body, Settings& settings) {
  Setting setting;
  if (!body.UnpackTo(&setting)) return false;
  if (absl::Status put = settings.Put(setting); !put.ok()) return put;
  return true;
}

template <class List, class Value>
bool HasOrEmpty(const List& list, const Value& value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

// Whether a silence is about this, its end and its approval apart.
bool IsAbout(const v1::Silence& silence, std::string_view case_name,
             registry::v1::DeadlineKind kind, std::string_view receiver) {
  const bool all =
      std::find(silence.cases().begin(), silence.cases().end(), kAllCases) != silence.cases().end();
  return (all || HasOrEmpty(silence.cases(), case_name)) && HasOrEmpty(silence.kinds(), kind) &&
         HasOrEmpty(silence.receivers(), receiver);
}

bool IsHour(int hour) { return hour >= 0 && hour <= 23; }

bool IsCountry(std::string_view code) {
  return code.size() == 2 &&
         std::all_of(code.begin(), code.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

absl::Status CheckCountries(const v1::Subscription& subscription) {
  constexpr std::string_view kCode = "an ISO 3166-1 code of two letters, KZ";
  for (const std::string& country : subscription.countries()) {
    if (!IsCountry(country)) return Wrong(subscription.name(), "countries", kCode);
  }
  const std::string& calendar = subscription.calendar();
  if (calendar.empty() || IsCountry(calendar)) return absl::OkStatus();
  return Wrong(subscription.name(), "calendar", kCode);
}

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
  if (!IsSettingName(policy.name(), "policies/")) {
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
  if (!IsSettingName(receiver.name(), "receivers/")) {
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
  if (!IsSettingName(subscription.name(), "subscriptions/")) {
    return Wrong(subscription.name(), "name",
                 "must be subscriptions/ and lower-case letters, digits, '-'");
  }
  if (!FindZone(subscription.time_zone())) {
    return Wrong(subscription.name(), "time_zone", "an IANA zone like Asia/Almaty");
  }
  if (subscription.has_hour() && (subscription.hour() < 0 || subscription.hour() > 23)) {
    return Wrong(subscription.name(), "hour", "between 0 and 23");
  }
  if (subscription.has_quiet_from() != subscription.has_quiet_until() ||
      !IsHour(subscription.quiet_from()) || !IsHour(subscription.quiet_until())) {
    return Wrong(subscription.name(), "quiet_from", "two hours between 0 and 23, or neither");
  }
  if (absl::Status countries = CheckCountries(subscription); !countries.ok()) return countries;
  subscriptions_[subscription.name()] = subscription;
  return absl::OkStatus();
}

absl::Status Settings::Put(const v1::Silence& silence) {
  if (!IsSettingName(silence.name(), "silences/")) {
    return Wrong(silence.name(), "name", "must be silences/ and lower-case letters, digits, '-'");
  }
  if (silence.cases().empty()) return Wrong(silence.name(), "cases", "name them, or cases/-");
  if (silence.owner().empty()) return Wrong(silence.name(), "owner", "a silence has an owner");
  if (silence.reason().empty()) return Wrong(silence.name(), "reason", "say why, without names");
  if (!silence.has_end_time()) return Wrong(silence.name(), "end_time", "a silence has an end");
  silences_[silence.name()] = silence;
  return absl::OkStatus();
}

absl::StatusOr<bool> Settings::PutBody(const google::protobuf::Any& body) {
  for (const auto put :
       {PutAs<v1::Policy>, PutAs<v1::Receiver>, PutAs<v1::Subscription>, PutAs<v1::Silence>}) {
    absl::StatusOr<bool> done = put(body, *this);
    if (!done.ok() || *done) return done;
  }
  return false;
}

absl::Time Settings::SilentUntil(std::string_view case_name, registry::v1::DeadlineKind kind,
                                 std::string_view receiver, absl::Time now) const {
  absl::Time until = absl::InfinitePast();
  for (const auto& [name, silence] : silences_) {
    const absl::Time end = TimeOf(silence.end_time());
    if (end <= now || !IsAbout(silence, case_name, kind, receiver)) continue;
    if (IsHeld(kind) && silence.approved_by().empty()) continue;
    until = std::max(until, end);
  }
  return until;
}

void Settings::SetSince(std::string_view setting, absl::Time time) {
  since_[std::string(setting)] = time;
}

std::int64_t Settings::RevisionOf(const v1::Policy& policy) const {
  const absl::Time time = Since(policy.name());
  return time == absl::InfiniteFuture() ? 0 : absl::ToUnixMillis(time);
}

absl::Time Settings::Since(std::string_view subscription) const {
  auto it = since_.find(subscription);
  return it == since_.end() ? absl::InfiniteFuture() : it->second;
}

void Settings::Remove(std::string_view name) {
  if (auto it = policies_.find(name); it != policies_.end()) policies_.erase(it);
  if (auto it = receivers_.find(name); it != receivers_.end()) receivers_.erase(it);
  if (auto it = subscriptions_.find(name); it != subscriptions_.end()) subscriptions_.erase(it);
  if (auto it = silences_.find(name); it != silences_.end()) silences_.erase(it);
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

bool IsSettingId(std::string_view id) {
  return !id.empty() && id.size() <= kMostIdLetters &&
         std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

bool IsSettingName(std::string_view name, std::string_view collection) {
  return name.starts_with(collection) && IsSettingId(name.substr(collection.size()));
}

absl::Status CheckReferences(const Settings& settings) {
  for (const auto& [name, subscription] : settings.subscriptions()) {
    if (!settings.FindReceiver(subscription.receiver())) {
      return Missing(subscription, "receiver", subscription.receiver());
    }
    if (!subscription.stand_in().empty() && !settings.FindReceiver(subscription.stand_in())) {
      return Missing(subscription, "stand_in", subscription.stand_in());
    }
    for (const std::string& member : subscription.team()) {
      if (!settings.FindReceiver(member)) return Missing(subscription, "team", member);
    }
  }
  return absl::OkStatus();
}

absl::Status CheckCalendar(const v1::Subscription& subscription,
                           const civil::Calendars& calendars) {
  if (subscription.calendar().empty() || calendars.contains(subscription.calendar())) {
    return absl::OkStatus();
  }
  std::vector<std::string_view> there;
  for (const auto& [country, days] : calendars) there.push_back(country);
  return Wrong(subscription.name(), "calendar",
               fmt::format("there is no calendar of {}; there is one of: {}",
                           subscription.calendar(), fmt::join(there, ", ")));
}

absl::Status CheckWatched(const Settings& before, const Settings& after) {
  for (int number = 1; number < registry::v1::DeadlineKind_ARRAYSIZE; ++number) {
    const auto kind = static_cast<registry::v1::DeadlineKind>(number);
    if (!before.PolicyFor(kind) || after.PolicyFor(kind)) continue;
    const std::string& name = registry::v1::DeadlineKind_Name(kind);
    return rpc::FailedPrecondition(
        "KIND_UNWATCHED", {{"kind", name}},
        fmt::format("{} would be left without a policy, and nobody would be told of it: give it "
                    "another one first, with channel `never` where silence is meant",
                    name));
  }
  return absl::OkStatus();
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
  }
  return CheckReferences(settings);
}

}  // namespace vigil::alert
