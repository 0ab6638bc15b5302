// Server streams over HTTP, in both formats.
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "tests/integration/gateway/gateway_fixture.h"

namespace vigil::gateway {
namespace {

using testing::Bearer;
using testing::Fetch;
using ::testing::HasSubstr;
using testing::HttpAnswer;
using testing::HttpClient;
using ::testing::Not;
using ::testing::StartsWith;

class LiveStream : public testing::GatewayTest {
 protected:
  // What an ending stream brings to who wants NDJSON: the head, then each line as the JSON it is.
  std::vector<boost::json::value> LinesOf(const std::string& target, const std::string& headers) {
    HttpClient client(port());
    // HTTP/1.0 has no chunks: the body is the lines, up to the end of the connection.
    client.SendRaw(fmt::format("GET {} HTTP/1.0\r\nAccept: application/x-ndjson\r\n{}{}\r\n",
                               target, Bearer(), headers));
    head_ = client.ReadUntil("\r\n\r\n").value_or("");
    std::vector<boost::json::value> lines;
    while (const auto line = client.ReadUntil("\n")) lines.push_back(boost::json::parse(*line));
    EXPECT_TRUE(client.AtEnd());
    return lines;
  }

  std::string head_;
};

TEST_F(LiveStream, Line9_Events_ComeWithTokensAndResumeAfterThem) {
  {
    HttpClient client(port());
    ASSERT_TRUE(client.Send("GET", "/v1/alerts:watch", Bearer()));
    const auto head = client.ReadUntil("\r\n\r\n");
    ASSERT_TRUE(head);
    EXPECT_THAT(*head, StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(*head, HasSubstr("Content-Type: text/event-stream"));
    EXPECT_THAT(*head, HasSubstr("X-Accel-Buffering: no"));
    EXPECT_TRUE(client.ReadUntil("retry: "));
    EXPECT_TRUE(client.ReadUntil("id: t1\ndata: {\"name\":\"alerts/a-1\","));
    EXPECT_TRUE(client.ReadUntil("id: t2\ndata: {\"name\":\"alerts/a-2\","));
  }
  alert_.AwaitWatchEnd();  // The backend learns that the client left.
  HttpClient again(port());
  ASSERT_TRUE(again.Send("GET", "/v1/alerts:watch", Bearer() + "Last-Event-ID: t2\r\n"));
  EXPECT_TRUE(again.ReadUntil("id: t3\ndata: "));
  EXPECT_TRUE(again.ReadUntil("id: t4\ndata: "));
}

TEST_F(LiveStream, HeadOfAWatch_EndsAfterTheHead) {
  HttpClient client(port());
  ASSERT_TRUE(client.Send("HEAD", "/v1/alerts:watch", Bearer()));
  ASSERT_TRUE(client.Receive(true));
  EXPECT_TRUE(client.AtEnd());
  alert_.AwaitWatchEnd();
}

TEST_F(LiveStream, Line9_RefusedWatch_IsAPlainErrorAndCounted) {
  Start("127.0.0.1:0");
  const HttpAnswer answer = Call("GET", "/v1/alerts:watch?token=bad");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(ErrorOf(answer).at("status").as_string(), "OUT_OF_RANGE");
  EXPECT_EQ(ErrorOf(answer).at("details").at(0).at("reason").as_string(), "COMPACTED");
  const auto metrics = Fetch(app_->MetricsPort(), "GET", "/metrics");
  ASSERT_TRUE(metrics);
  EXPECT_THAT(metrics->body, HasSubstr("vigil_rpc_requests_total{code=\"OUT_OF_RANGE\","
                                       "method=\"vigil.alert.v1.AlertService/WatchAlerts\"} 1"));
}

TEST_F(LiveStream, WatchWhileTheBackendIsAway_IsAPlainErrorInOurWords) {
  alert_.Stop();
  const HttpAnswer answer = Call("GET", "/v1/alerts:watch");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(ErrorOf(answer).at("status").as_string(), "UNAVAILABLE");
  EXPECT_EQ(ErrorOf(answer).at("details").at(0).at("reason").as_string(), "BACKEND_AWAY");
  EXPECT_THAT(answer.body, Not(HasSubstr("connect")));
}

TEST_F(LiveStream, BackendThatStopsMidStream_EndsItWithAnErrorEvent) {
  HttpClient client(port());
  ASSERT_TRUE(client.Send("GET", "/v1/alerts:watch", Bearer()));
  ASSERT_TRUE(client.ReadUntil("id: t2\n"));
  registry_.Stop();  // Of no concern to it.
  std::thread stopper([this] { alert_.Stop(); });
  EXPECT_TRUE(client.ReadUntil("0\r\n\r\n"));
  stopper.join();
}

TEST_F(LiveStream, Stop_EndsStreamsAndReturns) {
  HttpClient client(port());
  ASSERT_TRUE(client.Send("GET", "/v1/alerts:watch", Bearer()));
  ASSERT_TRUE(client.ReadUntil("id: t2\n"));
  app_->Stop();
  EXPECT_TRUE(client.ReadUntil("0\r\n\r\n"));
}

TEST_F(LiveStream, Line9_NdjsonIsOneMessageALineWithItsToken) {
  const std::vector<boost::json::value> lines = LinesOf("/v1/changes:watch", "");
  EXPECT_THAT(head_, HasSubstr("Content-Type: application/x-ndjson\r\n"));
  EXPECT_THAT(head_, HasSubstr("X-Accel-Buffering: no\r\n"));
  ASSERT_EQ(lines.size(), 100U);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    EXPECT_EQ(lines[i].at("revision").as_string(), fmt::format("{}", i + 1));
    EXPECT_EQ(lines[i].at("token").as_string(), fmt::format("t{}", i + 1));
  }
}

TEST_F(LiveStream, Line9_NdjsonResumesAfterATokenOfEitherFormat) {
  HttpClient events(port());
  ASSERT_TRUE(events.Send("GET", "/v1/changes:watch", Bearer() + "Accept: text/event-stream\r\n"));
  ASSERT_TRUE(events.ReadUntil("id: t40\n"));
  for (const auto& [target, headers] : {std::pair("/v1/changes:watch?token=t40", ""),
                                        std::pair("/v1/changes:watch", "Last-Event-ID: t40\r\n")}) {
    const std::vector<boost::json::value> lines = LinesOf(target, headers);
    ASSERT_EQ(lines.size(), 60U);
    EXPECT_EQ(lines.front().at("revision").as_string(), "41");
  }
}

TEST_F(LiveStream, Line9_StreamThatCannotGoOn_EndsWithItsErrorInTheFormatAskedFor) {
  const std::vector<boost::json::value> lines = LinesOf("/v1/changes:watch?token=slow", "");
  ASSERT_EQ(lines.size(), 2U);
  const boost::json::value& error = lines.back().at("error");
  EXPECT_EQ(lines.back().as_object().size(), 1U);
  EXPECT_EQ(error.at("code").as_int64(), 429);
  EXPECT_EQ(error.at("details").at(0).at("reason").as_string(), "SLOW_WATCHER");
  EXPECT_EQ(error.at("details").at(0).at("metadata").at("token").as_string(), "t1");

  HttpClient events(port());
  ASSERT_TRUE(events.Send("GET", "/v1/changes:watch?token=slow", Bearer()));
  EXPECT_TRUE(events.ReadUntil("event: error\ndata: {\"error\":{\"code\":429,"));
}

TEST_F(LiveStream, MessageWithoutAJsonForm_EndsTheStreamWithTheReason) {
  const std::vector<boost::json::value> lines = LinesOf("/v1/changes:watch?token=odd", "");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].at("error").at("details").at(0).at("reason").as_string(), "BAD_MESSAGE");
}

TEST_F(LiveStream, RefusedNdjson_IsAPlainError) {
  const HttpAnswer answer =
      Call("GET", "/v1/changes:watch?token=old", "", Bearer() + "Accept: application/x-ndjson\r\n");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.headers.at("content-type"), "application/json");
  EXPECT_EQ(testing::ErrorReason(answer), "COMPACTED");
}

}  // namespace
}  // namespace vigil::gateway
