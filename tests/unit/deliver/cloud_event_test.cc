#include "alert-svc/deliver/cloud_event.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "tests/unit/deliver/sample_message.h"

namespace vigil::alert {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;

json::object DataOf(const std::string& body) {
  return json::parse(body).as_object().at("data").as_object();
}

TEST(CloudEvent, HasTheAttributesOfTheSpecification) {
  const boost::json::object event =
      boost::json::parse(WriteCloudEvent(Single(CustodyLimit()), kPage)).as_object();
  EXPECT_EQ(event.at("specversion").as_string(), "1.0");
  EXPECT_EQ(event.at("id").as_string(), "0123456789abcdef");
  EXPECT_EQ(event.at("type").as_string(), "vigil.deadline.due.v1");
  EXPECT_EQ(event.at("subject").as_string(), "cases/c-7f3k9q2m");
  EXPECT_EQ(event.at("time").as_string(), "2018-06-04T03:00:00.000Z");
  EXPECT_EQ(event.at("datacontenttype").as_string(), "application/json");
  const boost::json::object& data = event.at("data").as_object();
  EXPECT_EQ(data.at("kind").as_string(), "DEADLINE_KIND_CUSTODY_LIMIT");
  EXPECT_EQ(data.at("earliest").as_string(), "2018-06-07");
  EXPECT_EQ(data.at("rule").as_string(), "KZ.CPC.151.2M@1");
  EXPECT_EQ(data.at("link").as_string(), "https://vigil.example/cases/c-7f3k9q2m");
}

TEST(CloudEvent, SaysWhoseItIsWhatItHoldsAndAsOfWhichRevision) {
  Message message = Single(CustodyLimit());
  message.revision = 4711;
  const json::object event =
      json::parse(WriteCloudEvent(message, "https://vigil.example:8080/desk")).as_object();
  EXPECT_EQ(event.at("source").as_string(), "/registry/vigil.example:8080");
  EXPECT_EQ(event.at("dataschema").as_string(),
            "https://vigil.example:8080/desk/schemas/vigil.deadline.due.v1.json");
  EXPECT_EQ(event.at("sequence").as_string(), "00000000000000004711");
}

TEST(CloudEvent, OfOneMessageEachAttemptIsASpanOfOneTrace) {
  const auto traceparent = [](const std::string& id, int attempt) {
    Message message = Single(CustodyLimit());
    message.id = id;
    message.attempt = attempt;
    const json::value event = json::parse(WriteCloudEvent(message, kPage));
    return std::string(event.at("traceparent").as_string());
  };
  const std::string id = "0123456789abcdef0123456789abcdef";
  EXPECT_THAT(traceparent(id, 1), ::testing::MatchesRegex("00-" + id + "-[0-9a-f]{16}-01"));
  EXPECT_EQ(traceparent(id, 1), traceparent(id, 1));
  EXPECT_NE(traceparent(id, 1), traceparent(id, 2));
  const std::string test = traceparent("test-epoch", 1);
  EXPECT_THAT(test, ::testing::MatchesRegex("00-[0-9a-f]{32}-[0-9a-f]{16}-01"));
  EXPECT_NE(test, traceparent("test-other", 1));
}

TEST(CloudEvent, ChangedDigestAndSummaryHaveTheirTypes) {
  Message message = Single(CustodyLimit());
  message.items[0].change = MessageItem::Change::kMoved;
  EXPECT_THAT(WriteCloudEvent(message, kPage), HasSubstr("\"vigil.deadline.changed.v1\""));
  message.form = Message::Form::kDigest;
  EXPECT_THAT(WriteCloudEvent(message, kPage), HasSubstr("\"vigil.deadline.digest.v1\""));
  message.form = Message::Form::kSummary;
  EXPECT_THAT(WriteCloudEvent(message, kPage), HasSubstr("\"vigil.deadline.summary.v1\""));
}

TEST(CloudEvent, OfAChangeThereIsNoStepAndOnlyWhatWasTold) {
  Message message = Single(CustodyLimit());
  EXPECT_EQ(DataOf(WriteCloudEvent(message, kPage)).at("step").as_int64(), 3);
  message.items[0].step = 1000;
  message.items[0].change = MessageItem::Change::kMoved;
  EXPECT_FALSE(DataOf(WriteCloudEvent(message, kPage)).contains("step"));
  EXPECT_FALSE(DataOf(WriteCloudEvent(message, kPage)).contains("toldEarliest"));
  message.items[0].told_earliest = message.items[0].told_latest = "2018-05-07";
  EXPECT_EQ(DataOf(WriteCloudEvent(message, kPage)).at("toldEarliest").as_string(), "2018-05-07");
}

TEST(CloudEvent, ATestHasATypeOfItsOwnAndNoData) {
  Message message = Single(CustodyLimit());
  message.form = Message::Form::kTest;
  message.items.clear();
  const std::string event = WriteCloudEvent(message, kPage);
  EXPECT_THAT(event, HasSubstr("\"type\":\"vigil.receiver.test.v1\""));
  EXPECT_THAT(event, HasSubstr("\"subject\":\"test\""));
  EXPECT_THAT(event, HasSubstr("\"data\":{}"));
}

TEST(CloudEvent, ATroubleIsAboutTheReceiver) {
  const json::object event = json::parse(WriteCloudEvent(GoneWebhook(), kPage)).as_object();
  EXPECT_EQ(event.at("type").as_string(), "vigil.receiver.trouble.v1");
  EXPECT_EQ(event.at("subject").as_string(), "receivers/hook");
  EXPECT_EQ(json::serialize(event.at("data")),
            R"({"receiver":"receivers/hook","trouble":"KIND_GONE",)"
            R"("since":"2018-06-04T00:00:00Z","detail":"HTTP 410","givenUp":3})");
}

TEST(CloudEvent, WhatIsPassedOnSaysWhetherItWasDelivered) {
  Message message = Single(CustodyLimit());
  EXPECT_FALSE(DataOf(WriteCloudEvent(message, kPage)).contains("undelivered"));
  message.level = 1;
  message.undelivered = true;
  EXPECT_TRUE(DataOf(WriteCloudEvent(message, kPage)).at("undelivered").as_bool());
}

TEST(CloudEvent, SaysInAWordWhatItWentOutForAndCountsThatAlone) {
  Message message = Single(CustodyLimit());
  const auto data = [&message] { return DataOf(WriteCloudEvent(message, kPage)); };
  EXPECT_EQ(data().at("why").as_string(), "PLANNED");
  EXPECT_EQ(data().at("repeat").as_int64(), 0);
  EXPECT_FALSE(data().contains("hoursLeft"));
  message.repeat = 702;
  message.why = Message::Why::kHandedOver;
  message.again = 1;
  EXPECT_EQ(data().at("why").as_string(), "HANDED_OVER");
  EXPECT_EQ(data().at("repeat").as_int64(), 1);
  message.why = Message::Why::kPutOff;
  EXPECT_EQ(data().at("why").as_string(), "PUT_OFF");
  message.repeat = 872;
  message.why = Message::Why::kHourly;
  message.again = 0;
  message.hours_left = 72;
  EXPECT_EQ(data().at("why").as_string(), "HOURLY");
  EXPECT_EQ(data().at("repeat").as_int64(), 0);
  EXPECT_EQ(data().at("hoursLeft").as_int64(), 72);
}

// A digest of so many items, each of a deadline and an alert of its own.
Message DigestOf(int count) {
  Message message = Single(CustodyLimit());
  message.form = Message::Form::kDigest;
  message.items.resize(static_cast<std::size_t>(count), message.items[0]);
  for (int i = 0; i < count; ++i) {
    MessageItem& item = message.items[static_cast<std::size_t>(i)];
    item.alert = fmt::format("alerts/{:032x}", i);
    item.deadline.set_name(fmt::format("cases/c-7f3k9q2m/deadlines/{:016x}", i));
  }
  return message;
}

// The alerts that a digest's event names, in whatever form, in its order.
std::vector<std::string> Told(const json::object& data) {
  std::vector<std::string> told;
  const auto add = [&told](const json::value& name) { told.emplace_back(name.as_string()); };
  for (const json::value& item : data.at("items").as_array()) add(item.at("alert"));
  if (const json::value* more = data.if_contains("more")) {
    for (const json::value& row : more->at("rows").as_array()) add(row.as_array().at(0));
    for (const json::value& id : more->at("alerts").as_array()) {
      told.push_back("alerts/" + std::string(id.as_string()));
    }
  }
  return told;
}

class LargeDigest : public ::testing::TestWithParam<int> {};

TEST_P(LargeDigest, TellsEveryItemOnceBelowTwentyKilobytes) {
  const Message message = DigestOf(GetParam());
  const std::string body = WriteCloudEvent(message, kPage);
  EXPECT_LT(body.size(), 20'000u);
  const json::object data = DataOf(body);
  EXPECT_EQ(data.at("count").to_number<int>(), GetParam());
  const std::vector<std::string> told = Told(data);
  ASSERT_EQ(told.size(), message.items.size());
  for (std::size_t i = 0; i < told.size(); ++i) EXPECT_EQ(told[i], message.items[i].alert);
}

INSTANTIATE_TEST_SUITE_P(Sizes, LargeDigest,
                         ::testing::Values(0, 1, 20, 26, 27, 28, 138, 300, 500));

TEST(CloudEvent, SmallDigestIsToldInFullWithoutMore) {
  const json::object data = DataOf(WriteCloudEvent(DigestOf(20), kPage));
  EXPECT_EQ(data.at("items").as_array().size(), 20u);
  EXPECT_FALSE(data.contains("more"));
}

TEST(CloudEvent, FindingsAreCountedAndNotTold) {
  Message message = DigestOf(1);
  EXPECT_FALSE(DataOf(WriteCloudEvent(message, kPage)).contains("findings"));
  message.findings.emplace_back().set_name("cases/c-7f3k9q2m/findings/f-1");
  message.findings.emplace_back().set_name("cases/c-7f3k9q2m/findings/f-2");
  const json::object data = DataOf(WriteCloudEvent(message, kPage));
  EXPECT_EQ(json::serialize(data.at("findings")), R"({"count":2,"cases":1,"atLeast":false})");
}

TEST(CloudEvent, RowsSayWhatAndWhenUnderNamedColumns) {
  const json::object data = DataOf(WriteCloudEvent(DigestOf(100), kPage));
  const json::object& more = data.at("more").as_object();
  EXPECT_EQ(json::serialize(more.at("columns")),
            R"(["alert","deadline","kind","earliest","latest"])");
  EXPECT_EQ(more.at("alerts").as_array().size(), 0u);
  const json::array& row = more.at("rows").as_array().at(0).as_array();
  EXPECT_THAT(std::string(row.at(1).as_string()), HasSubstr("cases/c-7f3k9q2m/deadlines/"));
  EXPECT_EQ(row.at(2).as_string(), "DEADLINE_KIND_CUSTODY_LIMIT");
  EXPECT_EQ(row.at(3).as_string(), "2018-06-07");
  EXPECT_EQ(
      more.at("link").as_string(),
      "https://vigil.example/v1/alerts?page_size=1000&filter=digests%3A%220123456789abcdef%22");
}

TEST(CloudEvent, WhatHasNoRoomEvenByNameIsCountedAndReadThroughTheApi) {
  const Message message = DigestOf(5000);
  const std::string body = WriteCloudEvent(message, kPage);
  EXPECT_LT(body.size(), 20'000u);
  const json::object data = DataOf(body);
  const auto unlisted = data.at("more").at("unlisted").to_number<std::size_t>();
  EXPECT_GT(unlisted, 0u);
  EXPECT_EQ(Told(data).size() + unlisted, 5000u);
  EXPECT_THAT(std::string(data.at("more").at("link").as_string()), HasSubstr("digests"));
}

TEST(CloudEvent, LongTextsTakeRoomFromTheFormAndNeverFromTheTelling) {
  Message message = DigestOf(138);
  message.receiver.set_private_(true);
  for (MessageItem& item : message.items) {
    item.deadline.set_title(std::string(2000, 'x'));
    item.deadline.set_case_display_name(std::string(2000, 'y'));
  }
  const std::string body = WriteCloudEvent(message, kPage);
  EXPECT_LT(body.size(), 20'000u);
  EXPECT_EQ(Told(DataOf(body)).size(), 138u);
}

}  // namespace
}  // namespace vigil::alert
