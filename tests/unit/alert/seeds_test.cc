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
    EXPECT_TRUE(settings.PolicyFor(static_cast<registry::v1::DeadlineKind>(kind)))
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

}  // namespace
}  // namespace vigil::alert
