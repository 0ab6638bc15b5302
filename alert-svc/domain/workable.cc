#include "alert-svc/domain/workable.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "alert-svc/domain/address.h"
#include "alert-svc/domain/bad_setting.h"
#include "alert-svc/domain/settings.h"

namespace vigil::alert {
namespace {

constexpr int kMostLeadDays = 900;
constexpr std::string_view kAllCases = "cases/-";

bool IsResource(std::string_view name, std::string_view collection) {
  if (!name.starts_with(collection)) return false;
  const std::string_view id = name.substr(collection.size());
  return !id.empty() &&
         id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

// One case or dossier.
bool IsParent(std::string_view name) {
  return (IsResource(name, "cases/") && name != kAllCases) || IsResource(name, "dossiers/");
}

bool IsHttpUrl(std::string_view url) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    const std::string_view begin = url.substr(0, scheme.size());
    if (!std::equal(begin.begin(), begin.end(), scheme.begin(), scheme.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a | 0x20 : a) == b; })) {
      continue;
    }
    const std::string_view rest = url.substr(scheme.size());
    return !rest.empty() && std::string_view("/?#:").find(rest.front()) == std::string_view::npos &&
           std::none_of(url.begin(), url.end(),
                        [](unsigned char c) { return c <= ' ' || c == 0x7F; });
  }
  return false;
}

template <class Setting>
absl::Status CheckKinds(const Setting& setting) {
  for (const int kind : setting.kinds()) {
    if (kind != 0 && registry::v1::DeadlineKind_IsValid(kind)) continue;
    return BadSetting(setting.name(), "kinds",
                      "kinds of deadlines, like DEADLINE_KIND_CUSTODY_LIMIT");
  }
  return absl::OkStatus();
}

// A field of a receiver, and what it must be.
using Fault = std::optional<std::pair<std::string_view, std::string_view>>;

Fault FaultOf(const v1::Email& email) {
  if (IsPlainAddress(email.address())) return std::nullopt;
  return {{"email.address", "one address like anna@example.org, without a name or brackets"}};
}

Fault FaultOf(const v1::Webhook& webhook) {
  if (!IsHttpUrl(webhook.url())) return {{"webhook.url", "an http:// or https:// address"}};
  if (webhook.secret_file().empty()) {
    return {{"webhook.secret_file", "the file with the secret that signs: none is sent unsigned"}};
  }
  return std::nullopt;
}

Fault FaultOf(const v1::Slack& slack) {
  if (!slack.url_file().empty()) return std::nullopt;
  return {{"slack.url_file", "the file with the hook's URL"}};
}

Fault FaultOf(const v1::Matrix& matrix) {
  if (!IsHttpUrl(matrix.homeserver())) {
    return {{"matrix.homeserver", "an http:// or https:// address"}};
  }
  if (!matrix.room().starts_with('!')) {
    return {{"matrix.room", "the room's id, like !abc:example.org"}};
  }
  if (matrix.access_token_file().empty()) {
    return {{"matrix.access_token_file", "the file with the token of the account that writes"}};
  }
  return std::nullopt;
}

Fault FaultOf(const v1::Receiver& receiver) {
  switch (receiver.way_case()) {
    case v1::Receiver::kEmail:
      return FaultOf(receiver.email());
    case v1::Receiver::kWebhook:
      return FaultOf(receiver.webhook());
    case v1::Receiver::kSlack:
      return FaultOf(receiver.slack());
    case v1::Receiver::kMatrix:
      return FaultOf(receiver.matrix());
    case v1::Receiver::WAY_NOT_SET:
      break;
  }
  return std::nullopt;  // refused by Put
}

template <class Setting>
absl::Status CheckAs(const google::protobuf::Any& body) {
  Setting setting;
  return body.UnpackTo(&setting) ? CheckWorkable(setting) : absl::OkStatus();
}

}  // namespace

absl::Status CheckWorkable(const v1::Policy& policy) {
  if (absl::Status kinds = CheckKinds(policy); !kinds.ok()) return kinds;
  if (!v1::Policy::Channel_IsValid(policy.channel())) {
    return BadSetting(policy.name(), "channel", "one of at_once, daily, weekly, never");
  }
  if (policy.alone_within_days() < 0 || policy.alone_within_days() > kMostLeadDays) {
    return BadSetting(policy.name(), "alone_within_days", "between 0 and 900");
  }
  return absl::OkStatus();
}

absl::Status CheckWorkable(const v1::Receiver& receiver) {
  if (const Fault fault = FaultOf(receiver)) {
    return BadSetting(receiver.name(), fault->first, fault->second);
  }
  if (receiver.limits().per_minute() < 0) {
    return BadSetting(receiver.name(), "limits.per_minute", "not negative; 0 for no limit");
  }
  if (receiver.limits().in_flight() < 0) {
    return BadSetting(receiver.name(), "limits.in_flight", "not negative; 0 for the usual limit");
  }
  return absl::OkStatus();
}

absl::Status CheckWorkable(const v1::Subscription& subscription) {
  for (const std::string& name : subscription.cases()) {
    if (IsParent(name)) continue;
    return BadSetting(subscription.name(), "cases",
                      "names like cases/c-7f3k9q2m; leave it out for all");
  }
  for (const std::string& tag : subscription.tags()) {
    if (tag.empty()) return BadSetting(subscription.name(), "tags", "an empty tag is on no case");
  }
  return CheckKinds(subscription);
}

absl::Status CheckWorkable(const v1::Silence& silence) {
  for (const std::string& name : silence.cases()) {
    if (IsParent(name) || name == kAllCases) continue;
    return BadSetting(silence.name(), "cases", "names like cases/c-7f3k9q2m, or cases/- for all");
  }
  for (const std::string& name : silence.receivers()) {
    if (IsSettingName(name, "receivers/")) continue;
    return BadSetting(silence.name(), "receivers",
                      "names like receivers/counsel; leave it out for all");
  }
  return CheckKinds(silence);
}

absl::Status CheckWorkable(const google::protobuf::Any& body) {
  for (const auto check : {CheckAs<v1::Policy>, CheckAs<v1::Receiver>, CheckAs<v1::Subscription>,
                           CheckAs<v1::Silence>}) {
    if (absl::Status s = check(body); !s.ok()) return s;
  }
  return absl::OkStatus();
}

}  // namespace vigil::alert
