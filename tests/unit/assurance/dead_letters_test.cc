#include "alert-svc/assurance/dead_letters.h"

#include <gtest/gtest.h>

#include "alert-svc/domain/ids.h"
#include "tests/unit/assurance/world_fixture.h"

namespace vigil::alert {
namespace {

using registry::v1::Receipt;

class DeadLettersTest : public FoldedFixture {
 protected:
  DeadLettersTest() {
    Add("limit", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
    Add("end", registry::v1::DEADLINE_KIND_SENTENCE_END, "2018-06-20");
  }

  // A receipt of what is owed first about a deadline.
  Receipt& Record(const std::string& id, Receipt::Kind kind, const std::string& when) {
    for (const Planned& planned : PlanAt("2018-05-21T09:00")) {
      if (!planned.deadline.ends_with("/" + id)) continue;
      Receipt receipt =
          ReceiptOf(planned, kCase, registry::v1::DEADLINE_KIND_UNSPECIFIED, kind, At(when));
      receipt.set_attempts(++attempts_);
      receipt.set_id(ReceiptId(planned.id, kind, receipt.attempts()));
      receipts_[planned.deadline].push_back(receipt);
      break;
    }
    return receipts_[std::string(kCase) + "/deadlines/" + id].back();
  }

  int attempts_ = 0;
};

TEST_F(DeadLettersTest, WhatWasGivenUpIsListedWithItsErrorAndDates) {
  Receipt& dead = Record("limit", Receipt::KIND_DEAD, "2018-05-21T10:00");
  dead.set_error("550 5.1.1");
  const auto letters = DeadLetters(Folded());
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].name(), "deadLetters/" + dead.reminder());
  EXPECT_EQ(letters[0].receiver(), kDesk);
  EXPECT_EQ(letters[0].error(), "550 5.1.1");
  EXPECT_EQ(letters[0].form(), v1::PlannedMessage::FORM_SINGLE);
  EXPECT_EQ(letters[0].over(), "");
  ASSERT_EQ(letters[0].items_size(), 1);
  EXPECT_EQ(letters[0].items(0).earliest(), "2018-06-05");
}

TEST_F(DeadLettersTest, OnlyDeadlinesOfWhichSomethingWasGivenUpAreLookedAt) {
  Record("limit", Receipt::KIND_DEAD, "2018-05-21T10:00");
  Record("end", Receipt::KIND_SENT, "2018-05-21T10:00");
  const World& world = Folded();
  EXPECT_EQ(world.given_up().size(), 1u);
  EXPECT_TRUE(world.given_up().contains(std::string(kCase) + "/deadlines/limit"));
}

TEST_F(DeadLettersTest, WhatALaterAttemptDeliveredIsNone) {
  const Receipt dead = Record("limit", Receipt::KIND_DEAD, "2018-05-21T10:00");
  Receipt sent = dead;
  sent.set_kind(Receipt::KIND_SENT);
  sent.set_id("sent");
  receipts_[sent.deadline()].push_back(sent);
  EXPECT_TRUE(DeadLetters(Folded()).empty());
}

TEST_F(DeadLettersTest, ADigestIsOneLetterWithItsItems) {
  for (const char* id : {"limit", "end"}) {
    Record(id, Receipt::KIND_DEAD, "2018-05-21T10:00")
        .set_digest(DigestId(kDeskSubscription, "2018-05-21"));
  }
  const auto letters = DeadLetters(Folded());
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].form(), v1::PlannedMessage::FORM_DIGEST);
  EXPECT_EQ(letters[0].items_size(), 2);
}

TEST_F(DeadLettersTest, TheLastComeFirst) {
  Record("limit", Receipt::KIND_DEAD, "2018-05-21T10:00");
  Record("end", Receipt::KIND_DEAD, "2018-05-22T10:00");
  const auto letters = DeadLetters(Folded());
  ASSERT_EQ(letters.size(), 2u);
  EXPECT_TRUE(letters[0].items(0).deadline().ends_with("/end"));
}

TEST_F(DeadLettersTest, WhatIsDoneWithIsNotSentAgain) {
  Record("limit", Receipt::KIND_DEAD, "2018-05-21T10:00");
  deadlines_[0].set_state(registry::v1::DEADLINE_STATE_MET);
  const auto letters = DeadLetters(Folded());
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_NE(letters[0].over(), "");
}

TEST_F(DeadLettersTest, ThatADateIsGoneIsToldStillAndNoLongerOnceItIsBack) {
  Record("limit", Receipt::KIND_DEAD, "2018-05-21T10:00").set_step(kWithdrawnStep);
  deadlines_[0].set_state(registry::v1::DEADLINE_STATE_WITHDRAWN);
  EXPECT_EQ(DeadLetters(Folded()).at(0).over(), "");
  deadlines_[0].set_state(registry::v1::DEADLINE_STATE_UPCOMING);
  EXPECT_NE(DeadLetters(Folded()).at(0).over(), "");
}

TEST_F(DeadLettersTest, WhatCameBackSaysSo) {
  Record("limit", Receipt::KIND_DEAD, "2018-05-21T10:00").set_bounced(true);
  EXPECT_TRUE(DeadLetters(Folded()).at(0).bounced());
}

}  // namespace
}  // namespace vigil::alert
