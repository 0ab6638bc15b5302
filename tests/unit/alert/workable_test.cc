#include "alert-svc/domain/workable.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "alert-svc/domain/settings.h"
#include "common/rpc/errors.h"

namespace vigil::alert {
namespace {

constexpr auto kNoKind = static_cast<registry::v1::DeadlineKind>(999);

template <class Setting>
struct Case {
  std::string field;  // that is refused; empty: none
  std::function<void(Setting&)> change;
};

// The field that is refused; empty where none is. The journal's own are taken either way.
template <class Setting>
std::string FieldOf(const Setting& setting) {
  Settings settings;
  EXPECT_TRUE(settings.Put(setting).ok()) << "what is journaled is followed";
  google::protobuf::Any body;
  body.PackFrom(setting);
  const absl::Status refused = CheckWorkable(body);
  EXPECT_EQ(rpc::ReasonOf(refused), refused.ok() ? "" : "BAD_SETTING");
  return rpc::MetadataOf(refused)["field"];
}

template <class Setting>
void Expect(const Setting& good, const std::vector<Case<Setting>>& cases) {
  EXPECT_EQ(FieldOf(good), "");
  for (const auto& [field, change] : cases) {
    Setting setting = good;
    change(setting);
    EXPECT_EQ(FieldOf(setting), field) << setting.ShortDebugString();
  }
}

TEST(Workable, Policy) {
  v1::Policy policy;
  policy.set_name("policies/x");
  policy.add_kinds(registry::v1::DEADLINE_KIND_APPEAL);
  policy.set_channel(v1::Policy::CHANNEL_DAILY);
  Expect<v1::Policy>(
      policy, {
                  {"kinds", [](auto& p) { p.add_kinds(kNoKind); }},
                  {"kinds", [](auto& p) { p.add_kinds(registry::v1::DEADLINE_KIND_UNSPECIFIED); }},
                  {"channel", [](auto& p) { p.set_channel(static_cast<v1::Policy::Channel>(9)); }},
                  {"alone_within_days", [](auto& p) { p.set_alone_within_days(-1); }},
                  {"alone_within_days", [](auto& p) { p.set_alone_within_days(901); }},
              });
}

TEST(Workable, ReceiverByMail) {
  v1::Receiver mail;
  mail.set_name("receivers/x");
  mail.mutable_email()->set_address("anna@example.org");
  const auto to = [](const std::string& address) {
    return [address](v1::Receiver& r) { r.mutable_email()->set_address(address); };
  };
  Expect<v1::Receiver>(
      mail, {
                {"email.address", to("")},
                {"email.address", to("anna")},
                {"email.address", to("@example.org")},
                {"email.address", to("anna@")},
                {"email.address", to("Anna <anna@example.org>")},
                {"email.address", to("a@example.org,b@example.org")},
                {"limits.per_minute", [](auto& r) { r.mutable_limits()->set_per_minute(-5); }},
                {"limits.in_flight", [](auto& r) { r.mutable_limits()->set_in_flight(-1); }},
            });
}

TEST(Workable, ReceiverByAnotherWay) {
  v1::Receiver hook, slack, matrix;
  for (v1::Receiver* one : {&hook, &slack, &matrix}) one->set_name("receivers/x");
  hook.mutable_webhook()->set_url("https://hook.example.org:8443/in?x=1");
  hook.mutable_webhook()->set_secret_file("hook");
  const auto at = [](const std::string& url) {
    return [url](v1::Receiver& r) { r.mutable_webhook()->set_url(url); };
  };
  Expect<v1::Receiver>(
      hook, {
                {"", at("http://[::1]:80/")},
                {"webhook.url", at("")},
                {"webhook.url", at("x")},
                {"webhook.url", at("ftp://hook.example.org")},
                {"webhook.url", at("https://")},
                {"webhook.url", at("https:///in")},
                {"webhook.url", at("https://hook.example.org/a b")},
                {"webhook.secret_file", [](auto& r) { r.mutable_webhook()->clear_secret_file(); }},
            });
  slack.mutable_slack()->set_url_file("slack");
  Expect<v1::Receiver>(slack,
                       {{"slack.url_file", [](auto& r) { r.mutable_slack()->clear_url_file(); }}});
  matrix.mutable_matrix()->set_homeserver("https://matrix.example.org");
  matrix.mutable_matrix()->set_room("!abc:example.org");
  matrix.mutable_matrix()->set_access_token_file("matrix");
  Expect<v1::Receiver>(
      matrix,
      {
          {"matrix.homeserver", [](auto& r) { r.mutable_matrix()->set_homeserver("example.org"); }},
          {"matrix.room", [](auto& r) { r.mutable_matrix()->set_room("#lobby:example.org"); }},
          {"matrix.access_token_file",
           [](auto& r) { r.mutable_matrix()->clear_access_token_file(); }},
      });
}

TEST(Workable, Subscription) {
  v1::Subscription subscription;
  subscription.set_name("subscriptions/x");
  subscription.set_time_zone("Asia/Almaty");
  subscription.add_cases("cases/c-7f3k9q2m");
  subscription.add_cases("dossiers/hearing");
  Expect<v1::Subscription>(subscription, {
                                             {"cases", [](auto& s) { s.add_cases("nonsense"); }},
                                             {"cases", [](auto& s) { s.add_cases("cases/"); }},
                                             {"cases", [](auto& s) { s.add_cases("cases/C 1"); }},
                                             {"cases", [](auto& s) { s.add_cases("cases/-"); }},
                                             {"tags", [](auto& s) { s.add_tags(""); }},
                                             {"kinds", [](auto& s) { s.add_kinds(kNoKind); }},
                                         });
}

TEST(Workable, Silence) {
  v1::Silence silence;
  silence.set_name("silences/x");
  silence.set_owner("anna");
  silence.set_reason("moved");
  silence.mutable_end_time()->set_seconds(1);
  silence.add_cases("cases/-");
  silence.add_receivers("receivers/counsel");
  Expect<v1::Silence>(silence, {
                                   {"cases", [](auto& s) { s.add_cases("nonsense"); }},
                                   {"receivers", [](auto& s) { s.add_receivers("x"); }},
                                   {"kinds", [](auto& s) { s.add_kinds(kNoKind); }},
                               });
}

}  // namespace
}  // namespace vigil::alert
