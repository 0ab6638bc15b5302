#include "gateway/calendar/calendars.h"

#include <algorithm>
#include <map>
#include <string>

#include "common/metrics/metrics.h"
#include "common/rpc/rpc_metrics.h"
#include "fmt/format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/manual_clock.h"
#include "tests/testing/temp_dir.h"
#include "vigil/registry/v1/journal.pb.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil::gateway {
namespace {

namespace registry_v1 = ::vigil::registry::v1;
using ::testing::HasSubstr;
using ::testing::Not;

// A registry without a network: it keeps records, and has so many deadlines. Answers at once.
class Registry : public upstream::Caller {
 public:
  void Unary(const std::string& rpc_path, grpc::ByteBuffer bytes, const upstream::CallOptions&,
             upstream::UnaryDone done) override {
    const std::string asked = upstream::ToString(bytes);
    if (away) return done({grpc::StatusCode::UNAVAILABLE, "away"}, {});
    const std::string method = rpc_path.substr(rpc_path.rfind('/') + 1);
    if (method == "ListDeadlines") return Answer(ListDeadlines(asked), done);
    if (method == "ListRecords") return Answer(registry_v1::ListRecordsResponse(), done);
    if (method == "PutRecord") {
      registry_v1::PutRecordRequest request;
      request.ParseFromString(asked);
      return Answer(records[request.record().name()] = request.record(), done);
    }
    registry_v1::GetRecordRequest request;
    request.ParseFromString(asked);
    const auto found = records.find(request.name());
    if (found == records.end()) return done({grpc::StatusCode::NOT_FOUND, "no such record"}, {});
    Answer(found->second, done);
  }

  std::shared_ptr<upstream::ServerStream> Open(const std::string&, grpc::ByteBuffer,
                                               const upstream::CallOptions&,
                                               upstream::StreamEvents) override {
    return nullptr;
  }

  bool away = false;
  int deadlines = 0;
  int pages = 0;  // How many were asked for.
  std::map<std::string, registry_v1::Record> records;

 private:
  template <class Response>
  static void Answer(const Response& response, const upstream::UnaryDone& done) {
    done(grpc::Status::OK, upstream::ToByteBuffer(response.SerializeAsString()));
  }

  registry_v1::ListDeadlinesResponse ListDeadlines(const std::string& asked) {
    registry_v1::ListDeadlinesRequest request;
    request.ParseFromString(asked);
    ++pages;
    registry_v1::ListDeadlinesResponse response;
    const int first = request.page_token().empty() ? 0 : std::stoi(request.page_token());
    const int end = std::min(deadlines, first + request.page_size());
    for (int i = first; i < end; ++i) {
      auto& deadline = *response.add_deadlines();
      deadline.set_name(fmt::format("cases/c-1/deadlines/d-{}", i));
      deadline.set_earliest("2018-06-07");
      deadline.set_latest("2018-06-07");
    }
    if (end < deadlines) response.set_next_page_token(std::to_string(end));
    return response;
  }
};

class CalendarsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    config::v1::Common config;
    auto& token = *config.add_tokens();
    token.set_file(dir_.Write("token", "a-token-of-some-length"));
    token.set_name("anna");
    token.set_role(config::v1::ROLE_STAFF);
    guard_ = *rpc::CallGuard::Load(config, rpc_metrics_);
    Restart();
  }

  // Another process, which has served nothing yet.
  void Restart() {
    calendars_ = std::make_unique<Calendars>(registry_, *guard_, clock_, "the-gateways-own-token");
  }

  // The secret of a new calendar.
  std::string Make() {
    rpc::Caller anna;
    anna.name = "anna";
    std::string path;
    calendars_->Create(anna, {}, {}, [&path](const absl::StatusOr<v1::Calendar>& calendar) {
      path = calendar.ok() ? calendar->path() : calendar.status().ToString();
    });
    return path.substr(std::string("/calendar/").size(), 48);
  }

  absl::StatusOr<ical::Feed> Read(const std::string& secret) {
    absl::StatusOr<ical::Feed> answer;
    calendars_->Read(secret, "", {},
                     [&answer](const absl::StatusOr<ical::Feed>& feed) { answer = feed; });
    return answer;
  }

  absl::StatusCode Guess(int i) { return Read(fmt::format("{:048x}", i)).status().code(); }

  const TempDir dir_;
  ManualClock clock_;
  Metrics metrics_;
  rpc::RpcMetrics rpc_metrics_{metrics_};
  std::unique_ptr<rpc::CallGuard> guard_;
  Registry registry_;
  std::unique_ptr<Calendars> calendars_;
};

int EventsIn(const std::string& feed) {
  int events = 0;
  for (std::size_t at = 0; (at = feed.find("BEGIN:VEVENT", at)) != std::string::npos; ++at) {
    ++events;
  }
  return events;
}

TEST_F(CalendarsTest, MoreThanAreShown_AreNotAskedFor) {
  registry_.deadlines = 1'000'000;
  const auto feed = Read(Make());
  ASSERT_TRUE(feed.ok()) << feed.status();
  EXPECT_EQ(EventsIn(feed->text), 5001);
  EXPECT_THAT(feed->text, HasSubstr("the first 5000 dates only"));
  EXPECT_EQ(registry_.pages, 6);
}

TEST_F(CalendarsTest, AsManyAsAreShown_AreAllThere) {
  registry_.deadlines = 5000;
  const auto feed = Read(Make());
  ASSERT_TRUE(feed.ok()) << feed.status();
  EXPECT_EQ(EventsIn(feed->text), 5000);
  EXPECT_THAT(feed->text, Not(HasSubstr("dates only")));
}

TEST_F(CalendarsTest, MadeAndNotYetRead_IsReadThroughAFloodOfGuesses) {
  const std::string mine = Make();
  for (int i = 0; i < 100; ++i) Guess(i);
  ASSERT_EQ(Guess(100), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(Read(mine).ok());
}

TEST_F(CalendarsTest, NotServedSinceTheStart_ComesAgainAfterAFloodOfGuesses) {
  const std::string mine = Make();
  Restart();
  for (int i = 0; i < 100; ++i) Guess(i);
  EXPECT_EQ(Read(mine).status().code(), absl::StatusCode::kResourceExhausted);
  clock_.Advance(absl::Seconds(1));
  EXPECT_TRUE(Read(mine).ok());
}

TEST_F(CalendarsTest, RegistryAway_IsSaidHoweverOftenOneAsks) {
  const std::string mine = Make();
  Restart();
  registry_.away = true;
  for (int i = 0; i < 100; ++i) ASSERT_EQ(Guess(i), absl::StatusCode::kUnavailable);
  registry_.away = false;
  EXPECT_TRUE(Read(mine).ok());
}

}  // namespace
}  // namespace vigil::gateway
