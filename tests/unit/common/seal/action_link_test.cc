#include "common/seal/action_link.h"

#include <gmock/gmock.h>

namespace vigil {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

const ActionLink kLink{"alerts/0123456789abcdef0123456789abcdef", "receivers/anna", "ru",
                       absl::FromUnixSeconds(1'527'476'400)};

TEST(ActionLink, Opened_IsWhatWasSealed) {
  const Sealer sealer("key");
  const auto link = OpenActionLink(Sealer("key"), SealActionLink(sealer, kLink));
  ASSERT_TRUE(link);
  EXPECT_EQ(link->alert, kLink.alert);
  EXPECT_EQ(link->receiver, kLink.receiver);
  EXPECT_EQ(link->language, "ru");
  EXPECT_EQ(link->expires, kLink.expires);
}

TEST(ActionLink, InAnAddress_TellsNothing) {
  const std::string sealed = SealActionLink(Sealer("key"), kLink);
  EXPECT_THAT(sealed, Not(ContainsRegex("[^A-Za-z0-9_-]")));
  EXPECT_THAT(sealed, Not(HasSubstr("anna")));
  EXPECT_LT(sealed.size(), 250u);
}

TEST(ActionLink, ChangedAnywhereOrCut_DoesNotOpen) {
  const Sealer sealer("key");
  const std::string sealed = SealActionLink(sealer, kLink);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    // The last letter holds bits that no byte is made of.
    if (i + 1 < sealed.size()) {
      EXPECT_FALSE(OpenActionLink(sealer, changed)) << i;
    }
    EXPECT_FALSE(OpenActionLink(sealer, sealed.substr(0, i))) << i;
  }
  EXPECT_FALSE(OpenActionLink(sealer, sealed + "A"));
  EXPECT_FALSE(OpenActionLink(sealer, std::string(100'000, 'A')));
}

TEST(ActionLink, SealedWithAnotherKeyOrForAnotherUse_DoesNotOpen) {
  const Sealer sealer("key");
  EXPECT_FALSE(OpenActionLink(Sealer("other"), SealActionLink(sealer, kLink)));
  EXPECT_FALSE(OpenActionLink(sealer, sealer.Seal("alerts/a\nreceivers/b\nen\n9999999999\n", "")));
}

TEST(ActionLink, WithAFieldTooManyOrNoTime_DoesNotOpen) {
  const Sealer sealer("key");
  for (const char* alert : {"alerts/a\nreceivers/b", "alerts/a\nreceivers/b\nen\n9\n"}) {
    ActionLink link = kLink;
    link.alert = alert;
    EXPECT_FALSE(OpenActionLink(sealer, SealActionLink(sealer, link))) << alert;
  }
  EXPECT_FALSE(OpenActionLink(sealer, sealer.Seal("a\nb\nen\nsoon\n", "action link")));
}

}  // namespace
}  // namespace vigil
