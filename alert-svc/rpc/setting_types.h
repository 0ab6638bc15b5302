// What differs between the types of settings, for code that is the same for all of them.
#pragma once

#include <google/protobuf/field_mask.pb.h>

#include <string>
#include <string_view>
#include <vector>

#include "vigil/alert/v1/settings_service.pb.h"

namespace vigil::alert {

// For each type: its collection, the field of an id in its Create request, and where its requests
// and responses hold it.
template <class Setting>
struct SettingType;

template <>
struct SettingType<v1::Policy> {
  static constexpr std::string_view kCollection = "policies/";
  static constexpr std::string_view kIdField = "policy_id";
  static const v1::Policy& Of(const v1::CreatePolicyRequest& request) { return request.policy(); }
  static const v1::Policy& Of(const v1::UpdatePolicyRequest& request) { return request.policy(); }
  static const std::string& Id(const v1::CreatePolicyRequest& request) {
    return request.policy_id();
  }
  static auto* In(v1::ListPoliciesResponse& response) { return response.mutable_policies(); }
};

template <>
struct SettingType<v1::Receiver> {
  static constexpr std::string_view kCollection = "receivers/";
  static constexpr std::string_view kIdField = "receiver_id";
  static const v1::Receiver& Of(const v1::CreateReceiverRequest& request) {
    return request.receiver();
  }
  static const v1::Receiver& Of(const v1::UpdateReceiverRequest& request) {
    return request.receiver();
  }
  static const std::string& Id(const v1::CreateReceiverRequest& request) {
    return request.receiver_id();
  }
  static auto* In(v1::ListReceiversResponse& response) { return response.mutable_receivers(); }
};

template <>
struct SettingType<v1::Subscription> {
  static constexpr std::string_view kCollection = "subscriptions/";
  static constexpr std::string_view kIdField = "subscription_id";
  static const v1::Subscription& Of(const v1::CreateSubscriptionRequest& request) {
    return request.subscription();
  }
  static const v1::Subscription& Of(const v1::UpdateSubscriptionRequest& request) {
    return request.subscription();
  }
  static const std::string& Id(const v1::CreateSubscriptionRequest& request) {
    return request.subscription_id();
  }
  static auto* In(v1::ListSubscriptionsResponse& response) {
    return response.mutable_subscriptions();
  }
};

template <>
struct SettingType<v1::Silence> {
  static constexpr std::string_view kCollection = "silences/";
  static constexpr std::string_view kIdField = "silence_id";
  static const v1::Silence& Of(const v1::CreateSilenceRequest& request) {
    return request.silence();
  }
  static const std::string& Id(const v1::CreateSilenceRequest& request) {
    return request.silence_id();
  }
  static auto* In(v1::ListSilencesResponse& response) { return response.mutable_silences(); }
};

// The fields that an update may change: all but the name and what the service sets.
template <class Setting>
std::vector<std::string_view> MutableFields() {
  std::vector<std::string_view> fields;
  const auto& type = *Setting::descriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const std::string& name = type.field(i)->name();
    if (name != "name" && name != "etag" && name != "updated_by" && name != "trouble") {
      fields.push_back(name);
    }
  }
  return fields;
}

// Who writes where a receiver's messages go, or that they go again, has looked after its trouble.
inline void Resolve(const google::protobuf::FieldMask& mask, v1::Receiver& receiver) {
  for (const std::string& path : mask.paths()) {
    const std::string root = path.substr(0, path.find('.'));
    const auto* field = v1::Receiver::descriptor()->FindFieldByName(root);
    if (field->containing_oneof() || root == "disabled") receiver.clear_trouble();
  }
}

template <class Setting>
void Resolve(const google::protobuf::FieldMask&, Setting&) {}

}  // namespace vigil::alert
