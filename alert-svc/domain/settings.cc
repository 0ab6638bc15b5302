#include "alert-svc/domain/settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "absl/time/time.h"
#include "alert-svc/domain/bad_setting.h"
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
    if (!IsCountry(country)) return BadSetting(subscription.name(), "countries", kCode);
  }
  const std::string& calendar = subscription.calendar();
  if (calendar.empty() || IsCountry(calendar)) return absl::OkStatus();
  return BadSetting(subscription.name(), "calendar", kCode);
}

// What a policy is about; the fields are named.
absl::Status CheckScope(const v1::Policy& policy) {
  if (policy.kinds().empty() && policy.natures().empty() && policy.cases().empty() &&
      policy.tags().empty()) {
    return BadSetting(policy.name(), "kinds", "at least one kind, nature, case or tag");
  }
  for (int nature : policy.natures()) {
    if (nature <= 0 || !registry::v1::DeadlineNature_IsValid(nature)) {
      return BadSetting(policy.name(), "natures",
                        "one of act_before, opens, happens, state_due, limit");
    }
  }
  for (const std::string& name : policy.cases()) {
    const std::size_t slash = name.find('/');
    const std::string_view folder = std::string_view(name).substr(0, slash);
    if ((folder != "cases" && folder != "dossiers") || slash + 1 >= name.size() ||
        name == kAllCases) {
      return BadSetting(policy.name(), "cases",
                        "names like cases/c-7f3k9q2m; leave it out for all");
    }
  }
  for (const std::string& tag : policy.tags()) {
    if (tag.empty()) return BadSetting(policy.name(), "tags", "an empty tag is on no case");
  }
  return absl::OkStatus();
}

bool IsAbout(const v1::Policy& policy, const PolicySubject& subject) {
  if (!HasOrEmpty(policy.kinds(), subject.kind) || !HasOrEmpty(policy.natures(), subject.nature) ||
      !HasOrEmpty(policy.cases(), subject.parent)) {
    return false;
  }
  return policy.tags().empty() ||
         (subject.tags &&
          std::any_of(subject.tags->begin(), subject.tags->end(),
                      [&](const auto& tag) { return HasOrEmpty(policy.tags(), tag); }));
}

int Specificity(const v1::Policy& policy) {
  return (policy.cases().empty() ? 0 : 8) + (policy.tags().empty() ? 0 : 4) +
         (policy.natures().empty() ? 0 : 2) + (policy.kinds().empty() ? 0 : 1);
}

// All that may tell policies apart: each kind and nature, anywhere and in what policies name.
class Subjects {
 public:
  Subjects(const Settings& before, const Settings& after) {
    all_.emplace_back();
    for (const Settings* settings : {&before, &after}) {
      for (const auto& [name, policy] : settings->policies()) {
        for (const std::string& one : policy.cases()) all_.push_back({one, {}});
        for (const std::string& tag : policy.tags()) all_.push_back({{}, {tag}});
      }
    }
  }
  template <class Check>
  absl::Status Each(const Check& check) const {
    for (const auto& [parent, tags] : all_) {
      for (int kind = 1; kind < registry::v1::DeadlineKind_ARRAYSIZE; ++kind) {
        for (int nature = 1; nature < registry::v1::DeadlineNature_ARRAYSIZE; ++nature) {
          const PolicySubject subject{static_cast<registry::v1::DeadlineKind>(kind),
                                      static_cast<registry::v1::DeadlineNature>(nature), parent,
                                      &tags};
          if (absl::Status s = check(subject); !s.ok()) return s;
        }
      }
    }
    return absl::OkStatus();
  }

 private:
  std::vector<std::pair<std::string, std::vector<std::string>>> all_;
};

// As it must speak about who is held.
bool SpeaksUp(const v1::Policy& policy) {
  return policy.channel() == v1::Policy::CHANNEL_AT_ONCE && !policy.lead_days().empty() &&
         policy.escalate_after_hours() >= 0;
}

// Whether a list that means all where it is empty holds something that another does not.
template <class List>
bool HoldsMore(const List& before, const List& after) {
  if (before.empty()) return false;
  return after.empty() || !std::all_of(after.begin(), after.end(),
                                       [&](const auto& one) { return HasOrEmpty(before, one); });
}

absl::Status CheckLeads(const v1::Policy& policy) {
  for (const auto* leads : {&policy.lead_days(), &policy.conditional_lead_days()}) {
    for (int lead : *leads) {
      if (lead < 0 || lead > 900)
        return BadSetting(policy.name(), "lead_days", "between 0 and 900");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Settings::Put(const v1::Policy& policy) {
  if (!IsSettingName(policy.name(), "policies/")) {
    return BadSetting(policy.name(), "name",
                      "must be policies/ and lower-case letters, digits, '-'");
  }
  if (absl::Status scope = CheckScope(policy); !scope.ok()) return scope;
  if (policy.channel() == v1::Policy::CHANNEL_UNSPECIFIED) {
    return BadSetting(policy.name(), "channel", "one of at_once, daily, weekly, never");
  }
  if (policy.hourly_within_hours() < 0 || policy.hourly_within_hours() > kMostHours) {
    return BadSetting(policy.name(), "hourly_within_hours", "between 0 and 96");
  }
  if (policy.repeat_days() < 0) return BadSetting(policy.name(), "repeat_days", "not negative");
  if (absl::Status leads = CheckLeads(policy); !leads.ok()) return leads;
  policies_[policy.name()] = policy;
  return absl::OkStatus();
}

absl::Status Settings::Put(const v1::Receiver& receiver) {
  if (!IsSettingName(receiver.name(), "receivers/")) {
    return BadSetting(receiver.name(), "name",
                      "must be receivers/ and lower-case letters, digits, '-'");
  }
  if (receiver.way_case() == v1::Receiver::WAY_NOT_SET) {
    return BadSetting(receiver.name(), "email",
                      "one of email, webhook, slack and matrix is needed");
  }
  if (receiver.owner() == receiver.name()) {
    return BadSetting(receiver.name(), "owner",
                      "another receiver: it cannot be told of its own trouble");
  }
  for (const auto& [name, other] : receivers_) {
    if (name != receiver.name() && ReceiverNumber(name) == ReceiverNumber(receiver.name())) {
      return BadSetting(receiver.name(), "name",
                        "collides with another receiver: choose another name");
    }
  }
  receivers_[receiver.name()] = receiver;
  return absl::OkStatus();
}

absl::Status Settings::Put(const v1::Subscription& subscription) {
  if (!IsSettingName(subscription.name(), "subscriptions/")) {
    return BadSetting(subscription.name(), "name",
                      "must be subscriptions/ and lower-case letters, digits, '-'");
  }
  if (!FindZone(subscription.time_zone())) {
    return BadSetting(subscription.name(), "time_zone", "an IANA zone like Asia/Almaty");
  }
  if (subscription.has_hour() && (subscription.hour() < 0 || subscription.hour() > 23)) {
    return BadSetting(subscription.name(), "hour", "between 0 and 23");
  }
  if (subscription.has_quiet_from() != subscription.has_quiet_until() ||
      !IsHour(subscription.quiet_from()) || !IsHour(subscription.quiet_until())) {
    return BadSetting(subscription.name(), "quiet_from", "two hours between 0 and 23, or neither");
  }
  if (absl::Status countries = CheckCountries(subscription); !countries.ok()) return countries;
  subscriptions_[subscription.name()] = subscription;
  return absl::OkStatus();
}

absl::Status Settings::Put(const v1::Silence& silence) {
  if (!IsSettingName(silence.name(), "silences/")) {
    return BadSetting(silence.name(), "name",
                      "must be silences/ and lower-case letters, digits, '-'");
  }
  if (silence.cases().empty()) return BadSetting(silence.name(), "cases", "name them, or cases/-");
  if (silence.owner().empty()) return BadSetting(silence.name(), "owner", "a silence has an owner");
  if (silence.reason().empty())
    return BadSetting(silence.name(), "reason", "say why, without names");
  if (!silence.has_end_time())
    return BadSetting(silence.name(), "end_time", "a silence has an end");
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

const v1::Policy* Settings::PolicyFor(const PolicySubject& subject) const {
  const v1::Policy* found = nullptr;
  for (const auto& [name, policy] : policies_) {
    if (!IsAbout(policy, subject)) continue;
    if (!found || Specificity(policy) > Specificity(*found)) found = &policy;
  }
  return found;
}

const v1::Receiver* Settings::FindReceiver(std::string_view name) const {
  auto it = receivers_.find(name);
  return it == receivers_.end() ? nullptr : &it->second;
}

const v1::Subscription* Settings::FindSubscription(std::string_view name) const {
  auto it = subscriptions_.find(name);
  return it == subscriptions_.end() ? nullptr : &it->second;
}

std::string_view WhyMute(const v1::Receiver& receiver) {
  if (receiver.disabled()) return "the receiver is disabled";
  const bool bad = receiver.trouble().kind() == v1::Trouble::KIND_BAD_ADDRESS;
  return bad ? "the receiver's address was refused" : "";
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
  for (const auto& [name, receiver] : settings.receivers()) {
    if (receiver.owner().empty() || settings.FindReceiver(receiver.owner())) continue;
    return rpc::FailedPrecondition(
        "RECEIVER_MISSING", {{"receiver", receiver.owner()}},
        fmt::format("{}: owner: there is no {}", name, receiver.owner()));
  }
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
  return BadSetting(subscription.name(), "calendar",
                    fmt::format("there is no calendar of {}; there is one of: {}",
                                subscription.calendar(), fmt::join(there, ", ")));
}

absl::Status CheckWatched(const Settings& before, const Settings& after) {
  return Subjects(before, after).Each([&](const PolicySubject& subject) -> absl::Status {
    if (!before.PolicyFor(subject) || after.PolicyFor(subject)) return absl::OkStatus();
    const std::string& name = registry::v1::DeadlineKind_Name(subject.kind);
    return rpc::FailedPrecondition(
        "KIND_UNWATCHED", {{"kind", name}},
        fmt::format("{} would be left without a policy, and nobody would be told of it: give it "
                    "another one first, with channel `never` where silence is meant",
                    name));
  });
}

absl::Status CheckHeld(const Settings& before, const Settings& after) {
  return Subjects(before, after).Each([&](const PolicySubject& subject) -> absl::Status {
    if (!IsHeld(subject.kind)) return absl::OkStatus();
    const v1::Policy* policy = after.PolicyFor(subject);
    if (!policy || SpeaksUp(*policy)) return absl::OkStatus();
    const v1::Policy* was = before.PolicyFor(subject);
    if (was && !SpeaksUp(*was)) return absl::OkStatus();
    const std::string& name = registry::v1::DeadlineKind_Name(subject.kind);
    return rpc::FailedPrecondition(
        "HELD_UNTOLD", {{"policy", policy->name()}, {"kind", name}},
        fmt::format("{} would decide about {}, where somebody is held: give it channel `at_once`, "
                    "lead_days, and an escalation that is not negative",
                    policy->name(), name));
  });
}

bool IsWider(const v1::Silence& before, const v1::Silence& after) {
  const auto& cases = before.cases();
  const bool all = std::find(cases.begin(), cases.end(), kAllCases) != cases.end();
  return TimeOf(after.end_time()) > TimeOf(before.end_time()) ||
         (!all && HoldsMore(cases, after.cases())) || HoldsMore(before.kinds(), after.kinds()) ||
         HoldsMore(before.receivers(), after.receivers());
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
  if (absl::Status held = CheckHeld(Settings(), settings); !held.ok()) return held;
  return CheckReferences(settings);
}

}  // namespace vigil::alert
