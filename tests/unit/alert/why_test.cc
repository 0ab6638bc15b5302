// What a single says it went out for.
#include <gmock/gmock.h>

#include "alert-svc/domain/history.h"
#include "tests/unit/alert/deputy_fixture.h"

namespace vigil::alert {
namespace {

using registry::v1::Receipt;
using ::testing::SizeIs;

class WhyTest : public DeputyFixture {
 protected:
  WhyTest() {
    PutPolicy(v1::Policy::CHANNEL_AT_ONCE, 240);
    PutDeadline(1);
    RunUntilTakenBy(kDesk, 1);
    Run(absl::Seconds(3));
  }

  void RunUntilTakenBy(const std::string& receiver, std::size_t count) {
    for (int i = 0; i < 40 && TakenBy(receiver).size() < count; ++i) Run(absl::Seconds(1));
    ASSERT_THAT(TakenBy(receiver), SizeIs(count));
  }
  // What a person did about the alert that the desk was told.
  Receipt ActOf(Receipt::Kind kind) {
    const MessageItem item = TakenBy(kDesk)[0].items[0];
    Receipt receipt;
    receipt.set_id("r-" + std::to_string(registry_.revision()));
    receipt.set_kind(kind);
    receipt.set_parent("cases/c-1");
    receipt.set_deadline(item.deadline.name());
    receipt.set_alert(item.alert.substr(item.alert.find('/') + 1));
    receipt.set_earliest(item.deadline.earliest());
    receipt.set_latest(item.deadline.latest());
    receipt.set_step(item.step);
    receipt.set_actor("users/anna");
    *receipt.mutable_time() = ToProto(queue_.now());
    return receipt;
  }
  void HandOverTo(bool is_private) {
    v1::Receiver deputy;
    deputy.set_name(kDeputy);
    deputy.mutable_email()->set_address("a@vigil.example");
    deputy.set_private_(is_private);
    Put(deputy);
    Receipt receipt = ActOf(Receipt::KIND_HANDED_OVER);
    receipt.set_receiver(kDeputy);
    receipt.set_note("Call the sister first.");
    registry_.Record({receipt});
    RunUntilTakenBy(kDeputy, 1);
  }
};

TEST_F(WhyTest, OfAStepIsThatItWasPlanned) {
  EXPECT_EQ(TakenBy(kDesk)[0].why, Message::Why::kPlanned);
  EXPECT_EQ(TakenBy(kDesk)[0].again, 0);
}

TEST_F(WhyTest, OfWhatIsHandedOver_IsThat_AndAPrivateReceiverReadsByWhomAndTheNote) {
  HandOverTo(true);
  const Message message = TakenBy(kDeputy)[0];
  EXPECT_EQ(message.why, Message::Why::kHandedOver);
  EXPECT_EQ(message.again, 0);
  EXPECT_EQ(message.level, 0);
  EXPECT_EQ(message.items[0].handed_over_by, "users/anna");
  EXPECT_EQ(message.items[0].note, "Call the sister first.");
}

TEST_F(WhyTest, OfWhatIsHandedOver_TheNoteGoesToNobodyWhoIsNotPrivate) {
  HandOverTo(false);
  EXPECT_EQ(TakenBy(kDeputy)[0].why, Message::Why::kHandedOver);
  EXPECT_EQ(TakenBy(kDeputy)[0].items[0].handed_over_by, "");
  EXPECT_EQ(TakenBy(kDeputy)[0].items[0].note, "");
}

TEST_F(WhyTest, OfWhatWasPutOffIsThat) {
  Receipt receipt = ActOf(Receipt::KIND_SNOOZED);
  *receipt.mutable_until() = ToProto(queue_.now() + absl::Hours(30));
  registry_.Record({receipt});
  RunUntilTakenBy(kDesk, 2);
  EXPECT_EQ(TakenBy(kDesk)[1].why, Message::Why::kPutOff);
  EXPECT_EQ(TakenBy(kDesk)[1].again, 0);
}

TEST_F(WhyTest, OfASecondChange_IsThatItWasPlanned_AndItIsNoRepeatOfTheFirst) {
  PutDeadline(10);
  RunUntilTakenBy(kDesk, 2);
  Run(absl::Seconds(3));
  PutDeadline(20);
  RunUntilTakenBy(kDesk, 3);
  const Message message = TakenBy(kDesk)[2];
  EXPECT_EQ(message.items[0].change, MessageItem::Change::kMoved);
  EXPECT_EQ(message.repeat, 1);
  EXPECT_EQ(message.why, Message::Why::kPlanned);
  EXPECT_EQ(message.again, 0);
}

}  // namespace
}  // namespace vigil::alert
