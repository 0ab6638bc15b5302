#include "gateway/live/stream_format.h"

#include <boost/json/parse.hpp>

#include "common/rpc/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "vigil/alert/v1/alert.pb.h"
#include "vigil/registry/v1/journal.pb.h"

namespace vigil::gateway::live {
namespace {

using ::testing::StartsWith;

TEST(ServerSentEvents, TokenAndPayload_BecomeIdAndData) {
  alert::v1::WatchAlertsResponse message;
  message.set_token("t1");
  message.mutable_alert()->set_name("alerts/a\n1");
  const auto event = ServerSentEvents().Message(message);
  ASSERT_TRUE(event.ok());
  EXPECT_THAT(*event, StartsWith("id: t1\ndata: {\"name\":\"alerts/a\\n1\","));
  EXPECT_EQ(event->find("\n\n"), event->size() - 2);
}

TEST(ServerSentEvents, OtherMessages_AreDataWhole) {
  registry::v1::WatchChangesResponse message;
  message.set_token("t\n1");
  message.set_revision(7);
  EXPECT_EQ(*ServerSentEvents().Message(message),
            "id: t 1\ndata: {\"token\":\"t\\n1\",\"revision\":\"7\",\"more\":false}\n\n");
}

// An `id:` that says nothing would make a browser forget the token before it.
TEST(ServerSentEvents, MessageOneCannotResumeAfter_HasNoId) {
  registry::v1::WatchChangesResponse message;
  message.set_revision(7);
  message.set_more(true);
  EXPECT_EQ(*ServerSentEvents().Message(message),
            "data: {\"token\":\"\",\"revision\":\"7\",\"more\":true}\n\n");
}

TEST(JsonLines, EveryMessage_IsOneLineWithItsToken) {
  alert::v1::WatchAlertsResponse message;
  message.set_token("t1");
  message.mutable_alert()->set_name("alerts/a\r\n1");
  const auto line = JsonLines().Message(message);
  ASSERT_TRUE(line.ok());
  EXPECT_EQ(line->find('\n'), line->size() - 1);
  const boost::json::value json = boost::json::parse(*line);
  EXPECT_EQ(json.at("token").as_string(), "t1");
  EXPECT_EQ(json.at("alert").at("name").as_string(), "alerts/a\r\n1");
}

TEST(JsonLines, Error_IsOneLine) {
  const std::string line =
      JsonLines().Error(rpc::ResourceExhausted("SLOW_WATCHER", {{"token", "t1"}}, "read\nfaster"));
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const boost::json::value json = boost::json::parse(line);
  EXPECT_EQ(json.at("error").at("status").as_string(), "RESOURCE_EXHAUSTED");
  EXPECT_EQ(json.at("error").at("details").at(0).at("metadata").at("token").as_string(), "t1");
}

TEST(JsonLines, NothingButMessages_IsALine) {
  EXPECT_EQ(JsonLines().Preamble(), "");
  EXPECT_EQ(JsonLines().Heartbeat(), "");
}

TEST(FormatFor, Accept_ChoosesByWeightAndOrder) {
  const std::string lines = "application/x-ndjson";
  const std::string events = "text/event-stream";
  const std::pair<std::string, bool> cases[] = {{"", false},
                                                {"*/*", false},
                                                {"application/*", false},
                                                {"application/json", false},
                                                {"text/html, */*;q=0.8", false},
                                                {events, false},
                                                {lines, true},
                                                {"Application/X-NDJSON ; q=0.5", true},
                                                {lines + ", */*", true},
                                                {"*/*, " + lines, true},
                                                {lines + ", " + events, true},
                                                {events + ", " + lines, false},
                                                {events + ";q=0.5, " + lines + ";q=0.6", true},
                                                {lines + ";q=0.5," + events + "; Q=0.6", false},
                                                {lines + ";q=0", false},
                                                {lines + ";q=high", false},
                                                {lines + ";q=nan", false},
                                                {lines + ";charset=utf-8", true},
                                                {";,;q=", false}};
  for (const auto& [accept, wants_lines] : cases) {
    http::Headers headers;
    headers.Add("Accept", accept);
    EXPECT_EQ(&FormatFor(headers), wants_lines ? &JsonLines() : &ServerSentEvents()) << accept;
  }
  EXPECT_EQ(&FormatFor({}), &ServerSentEvents());
}

TEST(FormatFor, SeveralFields_AreOneList) {
  http::Headers headers;
  headers.Add("accept", "text/html");
  headers.Add("ACCEPT", "application/x-ndjson");
  EXPECT_EQ(&FormatFor(headers), &JsonLines());
}

TEST(ResumeFrom, LastEventId_GoesBeforeTheToken) {
  alert::v1::WatchAlertsRequest request;
  request.set_token("from-query");
  ResumeFrom("", &request);
  EXPECT_EQ(request.token(), "from-query");
  ResumeFrom("t9", &request);
  EXPECT_EQ(request.token(), "t9");
}

}  // namespace
}  // namespace vigil::gateway::live
