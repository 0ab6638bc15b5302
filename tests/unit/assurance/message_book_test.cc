#include "alert-svc/assurance/message_book.h"

#include <gtest/gtest.h>

#include "alert-svc/domain/ids.h"
#include "tests/unit/assurance/world_fixture.h"

namespace vigil::alert {
namespace {

class MessageBookTest : public WorldFixture {
 protected:
  std::vector<v1::PlannedMessage> Forecasted(const std::string& from, civil::Day until,
                                             const std::string& receiver = "") {
    MessageBook book(settings_, {At(from), until, receiver});
    book.Add(State(), Forecast(view_, Context(from), At("2018-12-31T00:00")));
    return book.Take();
  }
};

TEST_F(MessageBookTest, WhatGoesIntoOneDigestIsOneMessageWithItsMembers) {
  Add("end", registry::v1::DEADLINE_KIND_SENTENCE_END, "2018-06-20");
  Add("ban", registry::v1::DEADLINE_KIND_BAN_END, "2018-06-20");
  const auto messages = Forecasted("2018-05-01T09:00", civil::MakeDay(2018, 5, 31));
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0].form(), v1::PlannedMessage::FORM_DIGEST);
  EXPECT_EQ(messages[0].id(), DigestId(kDeskSubscription, messages[0].day()));
  EXPECT_EQ(messages[0].receiver(), kDesk);
  ASSERT_EQ(messages[0].items_size(), 2);
  EXPECT_EQ(messages[0].items(0).earliest(), "2018-06-20");
  EXPECT_EQ(messages[0].items(0).step(), 30);
  EXPECT_EQ(messages[0].items(0).case_(), kCase);
}

TEST_F(MessageBookTest, WhatGoesAtOnceStandsAloneAndInTheOrderOfTime) {
  Add("limit", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  const auto messages = Forecasted("2018-05-01T09:00", civil::MakeDay(2018, 5, 21));
  ASSERT_EQ(messages.size(), 2u) << "20 and 15 days before";
  EXPECT_EQ(messages[0].form(), v1::PlannedMessage::FORM_SINGLE);
  EXPECT_EQ(messages[0].day(), "2018-05-16");
  EXPECT_EQ(messages[1].day(), "2018-05-21");
  EXPECT_LT(MessageBook::KeyOf(messages[0]), MessageBook::KeyOf(messages[1]));
}

TEST_F(MessageBookTest, WhatIsAfterTheLastDayIsLeftOut) {
  Add("limit", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  EXPECT_TRUE(Forecasted("2018-05-01T09:00", civil::MakeDay(2018, 5, 15)).empty());
}

TEST_F(MessageBookTest, OfOneReceiverOnlyItsOwn) {
  Add("limit", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  const civil::Day until = civil::MakeDay(2018, 6, 30);
  EXPECT_FALSE(Forecasted("2018-05-01T09:00", until, kDesk).empty());
  EXPECT_TRUE(Forecasted("2018-05-01T09:00", until, "receivers/other").empty());
}

TEST_F(MessageBookTest, WhatWasDueBeforeIsShownAsDueNow) {
  Add("limit", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-05-20");
  const auto messages = Forecasted("2018-05-11T12:00", civil::MakeDay(2018, 5, 11));
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0].day(), "2018-05-11");
  EXPECT_EQ(messages[0].items(0).step(), 10) << "the newest of the steps that have passed";
}

}  // namespace
}  // namespace vigil::alert
