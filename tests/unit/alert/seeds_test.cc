#include <gtest/gtest.h>

#include "alert-svc/domain/settings.h"
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
  EXPECT_EQ(checked.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(checked.ToString().find("subscriptions/advocacy: receiver"), std::string::npos);
}

TEST(Seeds, UnknownZone_IsRefused) {
  v1::AlertSeeds seeds = Shipped();
  seeds.mutable_subscriptions(0)->set_time_zone("Asia/Nowhere");
  EXPECT_FALSE(CheckSeeds(seeds).ok());
}

}  // namespace
}  // namespace vigil::alert
