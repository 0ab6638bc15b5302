#include <gtest/gtest.h>

#include "alert-svc/domain/settings.h"
#include "common/rpc/errors.h"
#include "common/yaml/yaml.h"

namespace vigil::alert {
namespace {

v1::AlertSeeds Shipped() {
  v1::AlertSeeds seeds;
  EXPECT_TRUE(LoadYaml(VIGIL_SOURCE_DIR "/data/alerts.yaml", &seeds).ok());
  return seeds;
}

TEST(Seeds, Shipped_HoldTogether) { EXPECT_TRUE(CheckSeeds(Shipped()).ok()); }

TEST(Seeds, Shipped_HaveAPolicyForEveryKind) {
  Settings settings;
  const v1::AlertSeeds seeds = Shipped();
  for (const auto& policy : seeds.policies()) ASSERT_TRUE(settings.Put(policy).ok());
  for (int kind = 1; kind < registry::v1::DeadlineKind_ARRAYSIZE; ++kind) {
    EXPECT_TRUE(settings.PolicyFor({static_cast<registry::v1::DeadlineKind>(kind)}))
        << registry::v1::DeadlineKind_Name(kind);
  }
}

TEST(Seeds, SubscriptionToNobody_IsRefusedByName) {
  v1::AlertSeeds seeds = Shipped();
  seeds.mutable_subscriptions(0)->set_receiver("receivers/nobody");
  const absl::Status checked = CheckSeeds(seeds);
  EXPECT_EQ(checked.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(checked.ToString().find("subscriptions/advocacy: receiver"), std::string::npos);
}

TEST(Seeds, UnknownZone_IsRefused) {
  v1::AlertSeeds seeds = Shipped();
  seeds.mutable_subscriptions(0)->set_time_zone("Asia/Nowhere");
  EXPECT_FALSE(CheckSeeds(seeds).ok());
}

TEST(Settings, KindThatLosesItsOnlyPolicy_IsRefusedByKind) {
  const v1::AlertSeeds seeds = Shipped();
  Settings before;
  for (const auto& policy : seeds.policies()) ASSERT_TRUE(before.Put(policy).ok());
  Settings after = before;
  after.Remove("policies/manual");
  const absl::Status checked = CheckWatched(before, after);
  EXPECT_EQ(rpc::ReasonOf(checked), "KIND_UNWATCHED");
  EXPECT_EQ(rpc::MetadataOf(checked)["kind"], "DEADLINE_KIND_MANUAL");
  EXPECT_TRUE(CheckWatched(after, before).ok());
}

TEST(Settings, SilenceWithoutOwnerReasonOrEnd_IsRefused) {
  v1::Silence silence;
  silence.set_name("silences/x");
  silence.add_cases("cases/-");
  silence.set_owner("staff");
  silence.set_reason("moved");
  silence.mutable_end_time()->set_seconds(1);
  Settings settings;
  ASSERT_TRUE(settings.Put(silence).ok());
  for (const char* field : {"cases", "owner", "reason", "end_time"}) {
    v1::Silence poor = silence;
    poor.GetReflection()->ClearField(&poor, poor.GetDescriptor()->FindFieldByName(field));
    EXPECT_EQ(rpc::MetadataOf(settings.Put(poor))["field"], field);
  }
}

v1::Policy PolicyOf(const std::string& id, int lead) {
  v1::Policy policy;
  policy.set_name("policies/" + id);
  policy.add_lead_days(lead);
  policy.set_channel(v1::Policy::CHANNEL_AT_ONCE);
  return policy;
}

TEST(Policies, TheMostSpecificOneHolds) {
  using namespace registry::v1;
  v1::Policy kind = PolicyOf("d-kind", 1), nature = PolicyOf("c-nature", 2);
  v1::Policy both = PolicyOf("e-both", 3), tag = PolicyOf("f-tag", 4), one = PolicyOf("g-one", 5);
  kind.add_kinds(DEADLINE_KIND_APPEAL);
  nature.add_natures(DEADLINE_NATURE_ACT_BEFORE);
  both.add_kinds(DEADLINE_KIND_APPEAL);
  both.add_natures(DEADLINE_NATURE_ACT_BEFORE);
  tag.add_tags("media");
  one.add_cases("cases/c-1");
  v1::Policy later = kind;
  later.set_name("policies/z-kind");
  Settings settings;
  const std::vector<std::string> tags = {"youth", "media"};
  const PolicySubject subject{DEADLINE_KIND_APPEAL, DEADLINE_NATURE_ACT_BEFORE, "cases/c-1", &tags};
  EXPECT_FALSE(settings.PolicyFor(subject));
  for (const v1::Policy& more : {later, kind, nature, both, tag, one}) {
    ASSERT_TRUE(settings.Put(more).ok()) << more.name();
    EXPECT_EQ(settings.PolicyFor(subject)->name(), more.name());
  }
  const PolicySubject elsewhere{DEADLINE_KIND_APPEAL, DEADLINE_NATURE_OPENS, "cases/c-2"};
  EXPECT_EQ(settings.PolicyFor(elsewhere)->name(), "policies/d-kind");
  EXPECT_FALSE(settings.PolicyFor({DEADLINE_KIND_MANUAL}));
}

TEST(Policies, WhatCannotBe_IsRefusedByField) {
  const auto field_of = [](const auto& change) {
    v1::Policy policy = PolicyOf("x", 1);
    policy.add_kinds(registry::v1::DEADLINE_KIND_APPEAL);
    change(policy);
    Settings settings;
    return rpc::MetadataOf(settings.Put(policy))["field"];
  };
  EXPECT_EQ(field_of([](v1::Policy& p) { p.clear_kinds(); }), "kinds");
  EXPECT_EQ(
      field_of([](v1::Policy& p) { p.add_natures(registry::v1::DEADLINE_NATURE_UNSPECIFIED); }),
      "natures");
  EXPECT_EQ(field_of([](v1::Policy& p) { p.add_cases("c-1"); }), "cases");
  EXPECT_EQ(field_of([](v1::Policy& p) { p.add_cases("cases/-"); }), "cases");
  EXPECT_EQ(field_of([](v1::Policy& p) { p.add_tags(""); }), "tags");
}

TEST(Policies, CaseThatLosesItsOnlyPolicy_IsRefused) {
  v1::Policy policy = PolicyOf("one", 1);
  policy.add_cases("cases/c-1");
  Settings before;
  ASSERT_TRUE(before.Put(policy).ok());
  EXPECT_EQ(rpc::ReasonOf(CheckWatched(before, Settings())), "KIND_UNWATCHED");
}

TEST(Policies, ThatLeaveSomebodyHeldUntold_AreRefused) {
  Settings before;
  const v1::AlertSeeds seeds = Shipped();
  for (const auto& policy : seeds.policies()) ASSERT_TRUE(before.Put(policy).ok());
  const auto refused = [&](const std::string& name, const auto& change) {
    Settings after = before;
    auto it = before.policies().find(name);
    v1::Policy policy = it != before.policies().end() ? it->second : v1::Policy();
    policy.set_name(name);
    change(policy);
    EXPECT_TRUE(after.Put(policy).ok());
    return rpc::ReasonOf(CheckHeld(before, after));
  };
  using P = v1::Policy;
  EXPECT_EQ(refused("policies/held", [](P& p) { p.set_channel(P::CHANNEL_NEVER); }), "HELD_UNTOLD");
  EXPECT_EQ(refused("policies/held", [](P& p) { p.set_channel(P::CHANNEL_DAILY); }), "HELD_UNTOLD");
  EXPECT_EQ(refused("policies/held", [](P& p) { p.clear_lead_days(); }), "HELD_UNTOLD");
  EXPECT_EQ(refused("policies/held", [](P& p) { p.set_escalate_after_hours(-1); }), "HELD_UNTOLD");
  EXPECT_EQ(refused("policies/held", [](P& p) { p.set_escalate_after_hours(8); }), "");
  EXPECT_EQ(refused("policies/filing", [](P& p) { p.set_channel(P::CHANNEL_NEVER); }), "");
  const auto never = [](P& p) {
    p.add_cases("cases/c-1");
    p.set_channel(P::CHANNEL_NEVER);
  };
  EXPECT_EQ(refused("policies/quiet", never), "HELD_UNTOLD");
  EXPECT_EQ(refused("policies/quiet",
                    [&](P& p) {
                      never(p);
                      p.add_kinds(registry::v1::DEADLINE_KIND_APPEAL);
                    }),
            "");
}

TEST(Settings, WiderSilence_IsToldFromANarrowerOne) {
  v1::Silence silence;
  silence.add_cases("cases/c-1");
  silence.add_kinds(registry::v1::DEADLINE_KIND_CUSTODY_LIMIT);
  silence.add_receivers("receivers/desk");
  silence.mutable_end_time()->set_seconds(1000);
  const auto wider = [&](const auto& change) {
    v1::Silence after = silence;
    change(after);
    return IsWider(silence, after);
  };
  EXPECT_FALSE(wider([](v1::Silence& s) { s.set_reason("other"); }));
  EXPECT_FALSE(wider([](v1::Silence& s) { s.mutable_end_time()->set_seconds(999); }));
  EXPECT_TRUE(wider([](v1::Silence& s) { s.mutable_end_time()->set_seconds(1001); }));
  EXPECT_TRUE(wider([](v1::Silence& s) { s.add_cases("cases/c-2"); }));
  EXPECT_TRUE(wider([](v1::Silence& s) { s.set_cases(0, "cases/-"); }));
  EXPECT_TRUE(wider([](v1::Silence& s) { s.clear_kinds(); }));
  EXPECT_TRUE(wider([](v1::Silence& s) { s.clear_receivers(); }));
  silence.set_cases(0, "cases/-");
  silence.clear_receivers();
  EXPECT_FALSE(wider([](v1::Silence& s) {
    s.set_cases(0, "cases/c-1");
    s.add_receivers("receivers/desk");
  }));
}

}  // namespace
}  // namespace vigil::alert
