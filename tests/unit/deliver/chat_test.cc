#include "alert-svc/deliver/chat.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "tests/unit/deliver/sample_message.h"

namespace vigil::alert {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Chat, SingleSaysWhatWhenHowSureWhereAndItsShortCode) {
  EXPECT_THAT(
      WriteChat(Single(CustodyLimit()), kPage),
      AllOf(HasSubstr("c-7f3k9q2m"), HasSubstr("Custody must be extended or end."),
            HasSubstr("Lawful until the end of 6 June 2018"), HasSubstr("Exact"),
            HasSubstr("https://vigil.example/cases/c-7f3k9q2m"), HasSubstr("Short code 01234567")));
}

TEST(Chat, NameStandsOnlyForAPrivateReceiverAndOnOneLine) {
  Message message = Single(CustodyLimit());
  message.items[0].deadline.set_case_display_name("Ivan\nIvanov");
  EXPECT_THAT(WriteChat(message, kPage), Not(HasSubstr("Ivan")));
  message.receiver.set_private_(true);
  EXPECT_THAT(WriteChat(message, kPage), HasSubstr("Ivan Ivanov"));
}

TEST(Chat, DigestHasALineAnItemAndSaysHowManyHadNoRoom) {
  Message message = Single(CustodyLimit());
  message.form = Message::Form::kDigest;
  message.items.resize(1000, message.items[0]);
  const std::string text = WriteChat(message, kPage);
  EXPECT_LT(text.size(), 31'000u);
  const auto lines = std::count(text.begin(), text.end(), '\n') - 3;
  EXPECT_THAT(text, HasSubstr(fmt::format("… +{}\n", 1000 - lines)));
}

TEST(Chat, DigestCountsTheFindings) {
  Message message = Single(CustodyLimit());
  message.form = Message::Form::kDigest;
  message.findings.emplace_back().set_name("cases/c-7f3k9q2m/findings/f-1");
  EXPECT_THAT(WriteChat(message, kPage), HasSubstr("1 finding in 1 case: what is missing"));
}

TEST(Chat, ATestSaysThatNothingIsDue) {
  Message message = Single(CustodyLimit());
  message.form = Message::Form::kTest;
  message.items.clear();
  EXPECT_THAT(WriteChat(message, kPage),
              AllOf(HasSubstr("nothing is due"), HasSubstr("tries out"), HasSubstr(kPage)));
}

TEST(Chat, ATroubleSaysWithWhomAndWhatToDo) {
  EXPECT_THAT(WriteChat(GoneWebhook(), kPage),
              AllOf(HasSubstr("Receiver: receivers/hook\n"), HasSubstr("was disabled"),
                    HasSubstr("Given up: 3 messages\n"), HasSubstr("Look after it: https://")));
}

TEST(Chat, SlackReadsNoMarkupInWhatIsSaid) {
  EXPECT_EQ(SlackBody("<!channel> & \"x\""), R"({"text":"&lt;!channel&gt; &amp; \"x\""})");
}

TEST(Chat, MatrixPathHoldsNoSlashOfTheRoomOrTheId) {
  EXPECT_EQ(MatrixPath("!a/b:example.org", "r-1/../x"),
            "/_matrix/client/v3/rooms/%21a%2Fb%3Aexample.org/send/m.room.message/r-1%2F..%2Fx");
}

}  // namespace
}  // namespace vigil::alert
