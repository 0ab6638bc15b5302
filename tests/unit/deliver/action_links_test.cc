#include "alert-svc/deliver/action_links.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "alert-svc/deliver/cloud_event.h"
#include "alert-svc/deliver/letter.h"
#include "common/seal/action_link.h"
#include "tests/unit/deliver/sample_message.h"

namespace vigil::alert {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

const Sealer kSealer("key");

Message Linked(Message message) {
  message.receiver.set_name("receivers/anna");
  AddActionLinks(kSealer, kPage, message);
  return message;
}

TEST(ActionLinks, OfAMail_HoldForItsAlertItsReceiverAndAMonth) {
  Message message = Single(CustodyLimit());
  message.receiver.set_language("ru");
  message.time_zone = "Asia/Almaty";
  const std::string link = Linked(message).items[0].action_link;
  const std::string begin = std::string(kPage) + "/act/";
  ASSERT_THAT(link, StartsWith(begin));
  const auto opened = OpenActionLink(kSealer, link.substr(begin.size()));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->alert, "alerts/feed");
  EXPECT_EQ(opened->receiver, "receivers/anna");
  EXPECT_EQ(opened->way, WayOf(message.receiver));
  EXPECT_EQ(opened->language, "ru");
  EXPECT_EQ(opened->expires, message.time + absl::Hours(30 * 24));
  EXPECT_EQ(opened->time_zone, "Asia/Almaty");
}

TEST(ActionLinks, OfAMail_StandInBothOfItsForms) {
  Message message = Linked(Single(CustodyLimit()));
  for (const auto form : {Message::Form::kSingle, Message::Form::kDigest}) {
    message.form = form;
    const Letter letter = WriteLetter(message, kPage);
    EXPECT_THAT(letter.text, HasSubstr("Acknowledge or put off, without signing in: " +
                                       message.items[0].action_link + "\n"));
    EXPECT_THAT(letter.html, HasSubstr("<a href=\"" + message.items[0].action_link + "\">"));
  }
}

TEST(ActionLinks, OfADigest_AreOneAnItem) {
  Message message = Single(CustodyLimit());
  message.form = Message::Form::kDigest;
  message.items.push_back(message.items[0]);
  message.items[1].alert = "alerts/other";
  const std::string text = WriteLetter(Linked(message), kPage).text;
  std::size_t links = 0;
  for (std::size_t at = 0; (at = text.find("/act/", at)) != std::string::npos; ++at) ++links;
  EXPECT_EQ(links, 2u);
}

TEST(ActionLinks, OfAWebhook_StandInItsData) {
  Message message = Single(CustodyLimit());
  message.receiver.mutable_webhook();
  message = Linked(message);
  const boost::json::object event = boost::json::parse(WriteCloudEvent(message, kPage)).as_object();
  EXPECT_EQ(event.at("data").as_object().at("actionLink").as_string(),
            message.items[0].action_link);
}

TEST(ActionLinks, OfAChatASummaryAndWhatWasWithdrawn_AreNone) {
  Message chat = Single(CustodyLimit());
  chat.receiver.mutable_slack();
  EXPECT_THAT(Linked(chat).items[0].action_link, IsEmpty());
  Message summary = Single(CustodyLimit());
  summary.form = Message::Form::kSummary;
  EXPECT_THAT(Linked(summary).items[0].action_link, IsEmpty());
  Message withdrawn = Single(CustodyLimit());
  withdrawn.items[0].change = MessageItem::Change::kWithdrawn;
  EXPECT_THAT(Linked(withdrawn).items[0].action_link, IsEmpty());
}

TEST(ActionLinks, WithoutOne_NothingIsSaidOfThem) {
  const Letter letter = WriteLetter(Single(CustodyLimit()), kPage);
  EXPECT_EQ(letter.text.find("without signing in"), std::string::npos);
  EXPECT_EQ(WriteCloudEvent(Single(CustodyLimit()), kPage).find("actionLink"), std::string::npos);
}

}  // namespace
}  // namespace vigil::alert
