#include "alert-svc/trouble/trouble.h"

#include <gmock/gmock.h>

#include "tests/unit/trouble/trouble_world.h"

namespace vigil::alert {
namespace {

using registry::v1::Receipt;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using v1::Trouble;

class TroubleTest : public ::testing::Test {
 protected:
  Trouble::Kind Found() const {
    const std::optional<Trouble> found = FoundTrouble(world_.world(), world_.hook());
    return found ? found->kind() : Trouble::KIND_UNSPECIFIED;
  }
  // As the service does with what it found.
  void Note(int hour) {
    const std::optional<Trouble> found = FoundTrouble(world_.world(), world_.hook());
    world_.Write(*WithTrouble(world_.hook(), *found), hour);
  }
  void FailFrom(int first, int last, int step = 10) {
    for (int hour = first; hour <= last; hour += step) world_.Attempt(hour, Receipt::KIND_FAILED);
  }

  TroubleWorld world_;
};

TEST_F(TroubleTest, AfterTwoDaysWithoutSuccess_ItIsFailing) {
  FailFrom(1, 48, 47);
  EXPECT_EQ(Found(), Trouble::KIND_UNSPECIFIED);
  FailFrom(49, 49);
  EXPECT_EQ(Found(), Trouble::KIND_FAILING);
  const Trouble found = *FoundTrouble(world_.world(), world_.hook());
  EXPECT_EQ(TimeOf(found.start_time()), TroubleWorld::At(1));
  EXPECT_EQ(found.detail(), "HTTP 503");
}

TEST_F(TroubleTest, TimeWithoutAttempts_IsNoFailure) {
  FailFrom(1, 1);
  world_.Write(world_.hook(), 400);
  FailFrom(500, 500);
  EXPECT_EQ(Found(), Trouble::KIND_UNSPECIFIED) << "what was before it was written does not count";
}

TEST_F(TroubleTest, NotedOnce_ItIsNotFoundAgainUntilItIsGivenUp) {
  FailFrom(1, 61);
  Note(61);
  EXPECT_FALSE(world_.hook().disabled());
  FailFrom(71, 111);
  EXPECT_EQ(Found(), Trouble::KIND_UNSPECIFIED);
  FailFrom(121, 121);
  EXPECT_EQ(Found(), Trouble::KIND_GIVEN_UP) << "five days, the writing of the trouble apart";
  Note(121);
  EXPECT_TRUE(world_.hook().disabled());
  EXPECT_EQ(world_.hook().disabled_reason(), "took nothing for five days: HTTP 503");
  EXPECT_EQ(Found(), Trouble::KIND_UNSPECIFIED);
}

TEST_F(TroubleTest, OneSuccess_EndsIt) {
  FailFrom(1, 61);
  Note(61);
  EXPECT_FALSE(IsOver(world_.world(), world_.hook()));
  world_.Attempt(62, Receipt::KIND_SENT);
  EXPECT_TRUE(IsOver(world_.world(), world_.hook()));
}

TEST_F(TroubleTest, WhoSwitchesItOnAgain_BeginsAnew) {
  FailFrom(1, 131);
  Note(131);
  v1::Receiver again = world_.hook();
  again.set_disabled(false);
  again.clear_trouble();
  world_.Write(again, 200);
  FailFrom(201, 241);
  EXPECT_EQ(Found(), Trouble::KIND_UNSPECIFIED);
  FailFrom(251, 251);
  EXPECT_EQ(Found(), Trouble::KIND_FAILING);
}

TEST_F(TroubleTest, EmailIsNotDisabledForFailing) {
  v1::Receiver mail = world_.hook();
  mail.mutable_email()->set_address("a@example.org");
  world_.Write(mail, 0);
  FailFrom(1, 200);
  EXPECT_EQ(Found(), Trouble::KIND_UNSPECIFIED);
}

TEST_F(TroubleTest, GoneDisables_AndSaysNothingNewOfWhatIsDisabled) {
  Trouble gone;
  gone.set_kind(Trouble::KIND_GONE);
  std::optional<v1::Receiver> changed = WithTrouble(world_.hook(), gone);
  ASSERT_TRUE(changed);
  EXPECT_TRUE(changed->disabled());
  EXPECT_EQ(changed->disabled_reason(), "answered HTTP 410 (gone)");
  EXPECT_FALSE(WithTrouble(*changed, gone));
}

TEST_F(TroubleTest, BadAddressIsNotDisabledAndStaysUntilItIsWrittenAnew) {
  v1::Receiver mail = world_.hook();
  mail.mutable_email()->set_address("a@example.org");
  Trouble bad, refused;
  bad.set_kind(Trouble::KIND_BAD_ADDRESS);
  refused.set_kind(Trouble::KIND_REFUSED);
  const std::optional<v1::Receiver> noted = WithTrouble(*WithTrouble(mail, refused), bad);
  ASSERT_TRUE(noted) << "it is worse than what was noted";
  EXPECT_FALSE(noted->disabled());
  EXPECT_NE(WhyMute(*noted), "");
  EXPECT_FALSE(WithTrouble(*noted, refused));
  world_.Write(*noted, 1);
  world_.Attempt(2, Receipt::KIND_SENT);
  EXPECT_FALSE(IsOver(world_.world(), world_.hook()));
}

TEST_F(TroubleTest, WhatWasRefusedAsPolicyIsOverWithTheNextSuccess) {
  v1::Receiver mail = world_.hook();
  mail.mutable_email()->set_address("a@example.org");
  mail.mutable_trouble()->set_kind(Trouble::KIND_REFUSED);
  *mail.mutable_trouble()->mutable_start_time() = ToProto(TroubleWorld::At(1));
  world_.Write(mail, 1);
  EXPECT_EQ(WhyMute(mail), "");
  EXPECT_FALSE(IsOver(world_.world(), world_.hook()));
  world_.Attempt(2, Receipt::KIND_SENT);
  EXPECT_TRUE(IsOver(world_.world(), world_.hook()));
}

class HearersTest : public TroubleTest {
 protected:
  HearersTest() {
    for (const char* name : {"receivers/keeper", "receivers/root", "receivers/deputy"}) {
      v1::Receiver receiver;
      receiver.set_name(name);
      receiver.mutable_email()->set_address("a@example.org");
      receiver.set_operator_(receiver.name() == "receivers/root");
      world_.Write(receiver);
    }
    v1::Subscription subscription;
    subscription.set_name("subscriptions/hook");
    subscription.set_receiver(TroubleWorld::kHook);
    subscription.set_time_zone("UTC");
    subscription.set_stand_in("receivers/deputy");
    world_.Write(subscription);
  }
  std::vector<std::string> Hearers() const {
    return HearersOf(world_.world().settings(), world_.hook());
  }
  void Change(const std::string& name, const std::function<void(v1::Receiver&)>& change) {
    v1::Receiver receiver = *world_.world().settings().FindReceiver(name);
    change(receiver);
    world_.Write(receiver);
  }
};

TEST_F(HearersTest, TheOwnerElseOperatorsElseStandIns) {
  EXPECT_THAT(Hearers(), ElementsAre("receivers/root"));
  Change(TroubleWorld::kHook, [](auto& hook) { hook.set_owner("receivers/keeper"); });
  EXPECT_THAT(Hearers(), ElementsAre("receivers/keeper"));
  Change("receivers/keeper", [](auto& keeper) { keeper.set_disabled(true); });
  EXPECT_THAT(Hearers(), ElementsAre("receivers/root")) << "who cannot be told is nobody";
  Change("receivers/root", [](auto& root) { root.set_operator_(false); });
  EXPECT_THAT(Hearers(), ElementsAre("receivers/deputy"));
  Change("receivers/deputy", [](auto& deputy) { deputy.set_disabled(true); });
  EXPECT_THAT(Hearers(), IsEmpty());
}

TEST_F(HearersTest, OfABadAddressTheStandInsHearToo) {
  Change(TroubleWorld::kHook,
         [](auto& hook) { hook.mutable_trouble()->set_kind(Trouble::KIND_BAD_ADDRESS); });
  EXPECT_THAT(Hearers(), ElementsAre("receivers/root", "receivers/deputy"));
}

TEST_F(HearersTest, OfPolicyTheOperatorsHearBeforeTheOwner) {
  Change(TroubleWorld::kHook, [](auto& hook) {
    hook.set_owner("receivers/keeper");
    hook.mutable_trouble()->set_kind(Trouble::KIND_REFUSED);
  });
  EXPECT_THAT(Hearers(), ElementsAre("receivers/root"));
  Change("receivers/root", [](auto& root) { root.set_operator_(false); });
  EXPECT_THAT(Hearers(), ElementsAre("receivers/keeper"));
}

TEST_F(HearersTest, AReceiverIsNotToldOfItself) {
  Change("receivers/root", [](auto& root) { root.set_operator_(false); });
  Change(TroubleWorld::kHook, [](auto& hook) { hook.set_operator_(true); });
  EXPECT_THAT(Hearers(), ElementsAre("receivers/deputy"));
}

}  // namespace
}  // namespace vigil::alert
