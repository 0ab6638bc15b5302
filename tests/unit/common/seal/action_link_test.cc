#include "common/seal/action_link.h"

#include <gmock/gmock.h>

namespace vigil {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

const ActionLink kLink{"alerts/0123456789abcdef0123456789abcdef", "receivers/anna",
                       "00112233445566778899aabbccddeeff",        "ru",
                       absl::FromUnixSeconds(1'527'476'400),      "Asia/Almaty"};

TEST(ActionLink, Opened_IsWhatWasSealed) {
  const Sealer sealer("key");
  const auto link = OpenActionLink(Sealer("key"), SealActionLink(sealer, kLink));
  ASSERT_TRUE(link);
  EXPECT_EQ(link->alert, kLink.alert);
  EXPECT_EQ(link->receiver, kLink.receiver);
  EXPECT_EQ(link->way, kLink.way);
  EXPECT_EQ(link->language, "ru");
  EXPECT_EQ(link->expires, kLink.expires);
  EXPECT_EQ(link->time_zone, "Asia/Almaty");
}

TEST(ActionLink, SentBeforeTheyHadATimeZone_StillOpens) {
  const Sealer sealer("key");
  const auto link = OpenActionLink(
      sealer, sealer.Seal("alerts/a\nreceivers/anna\n0011\nru\n1527476400\n", "action link"));
  ASSERT_TRUE(link);
  EXPECT_EQ(link->receiver, "receivers/anna");
  EXPECT_EQ(link->time_zone, "");
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

TEST(WayOfAReceiver, IsWhereItsMessagesGoAndNothingElse) {
  alert::v1::Receiver anna;
  anna.mutable_email()->set_address("anna@office.example");
  const std::string way = WayOf(anna);
  EXPECT_EQ(way.size(), 32u);
  EXPECT_EQ(way.find_first_not_of("0123456789abcdef"), std::string::npos);

  alert::v1::Receiver same = anna;
  same.set_name("receivers/anna");
  same.set_display_name("Anna");
  same.set_language("ru");
  same.set_private_(true);
  same.set_disabled(true);
  same.mutable_limits()->set_per_minute(1);
  same.set_etag("2");
  EXPECT_EQ(WayOf(same), way);

  alert::v1::Receiver moved = anna;
  moved.mutable_email()->set_address("anna@home.example");
  EXPECT_NE(WayOf(moved), way);
  alert::v1::Receiver encrypted = anna;
  encrypted.mutable_email()->set_openpgp_key("key");
  EXPECT_NE(WayOf(encrypted), way);
  alert::v1::Receiver machine;
  machine.mutable_webhook()->set_url("anna@office.example");
  EXPECT_NE(WayOf(machine), way);
  alert::v1::Receiver room;
  room.mutable_slack()->set_url_file("anna@office.example");
  EXPECT_NE(WayOf(room), way);
  EXPECT_NE(WayOf(room), WayOf(machine));
}

TEST(ActionLink, SealedWithAnotherKeyOrForAnotherUse_DoesNotOpen) {
  const Sealer sealer("key");
  EXPECT_FALSE(OpenActionLink(Sealer("other"), SealActionLink(sealer, kLink)));
  EXPECT_FALSE(
      OpenActionLink(sealer, sealer.Seal("alerts/a\nreceivers/b\nway\nen\n9999999999\n", "")));
}

TEST(ActionLink, WithAFieldTooManyOrNoTime_DoesNotOpen) {
  const Sealer sealer("key");
  for (const char* alert : {"alerts/a\nreceivers/b", "alerts/a\nreceivers/b\nway\nen\n9\n"}) {
    ActionLink link = kLink;
    link.alert = alert;
    EXPECT_FALSE(OpenActionLink(sealer, SealActionLink(sealer, link))) << alert;
  }
  EXPECT_FALSE(OpenActionLink(sealer, sealer.Seal("a\nb\nw\nen\nsoon\n", "action link")));
  EXPECT_TRUE(OpenActionLink(sealer, sealer.Seal("a\nb\nw\nen\n9\n", "action link")));
}

}  // namespace
}  // namespace vigil
