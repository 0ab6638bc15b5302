#include "gateway/calendar/calendars.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/metrics/metrics.h"
#include "common/rpc/errors.h"
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
using ::testing::ElementsAre;
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
    if (method == "BatchGetCases") return Answer(BatchGetCases(asked), done);
    if (method == "ListRecords") return Answer(ListRecords(), done);
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

  registry_v1::ListRecordsResponse ListRecords() const {
    registry_v1::ListRecordsResponse response;
    for (const auto& [name, record] : records) *response.add_records() = record;
    return response;
  }

  // Each changed as many minutes after the year 2000 began as its number says.
  static registry_v1::BatchGetCasesResponse BatchGetCases(const std::string& asked) {
    registry_v1::BatchGetCasesRequest request;
    request.ParseFromString(asked);
    EXPECT_LE(request.names_size(), 1000);
    registry_v1::BatchGetCasesResponse response;
    for (const std::string& name : request.names()) {
      auto& one = *response.add_cases();
      one.set_name(name);
      one.mutable_update_time()->set_seconds(946'684'800 +
                                             60 * std::stoi(name.substr(name.find('-') + 1)));
    }
    return response;
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
      deadline.set_name(fmt::format("cases/c-{}/deadlines/d-1", i));
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

  static rpc::Caller Anna() {
    rpc::Caller anna;
    anna.name = "anna";
    return anna;
  }

  // The secret of a new calendar.
  std::string Make(const std::string& display_name = "") {
    v1::CreateCalendarRequest request;
    request.mutable_calendar()->set_display_name(display_name);
    std::string path;
    calendars_->Create(Anna(), request, {}, [&path](const absl::StatusOr<v1::Calendar>& calendar) {
      path = calendar.ok() ? calendar->path() : calendar.status().ToString();
    });
    return path.substr(std::string("/calendar/").size(), 48);
  }

  absl::StatusOr<v1::ListCalendarsResponse> List(const v1::ListCalendarsRequest& request) {
    absl::StatusOr<v1::ListCalendarsResponse> answer;
    calendars_->List(
        Anna(), request, {},
        [&answer](const absl::StatusOr<v1::ListCalendarsResponse>& list) { answer = list; });
    return answer;
  }

  // The names to show, on all pages.
  std::vector<std::string> Names(v1::ListCalendarsRequest request) {
    std::vector<std::string> names;
    for (;;) {
      const auto page = List(request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return names;
      for (const v1::Calendar& one : page->calendars()) names.push_back(one.display_name());
      if (page->next_page_token().empty()) return names;
      request.set_page_token(page->next_page_token());
    }
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

TEST_F(CalendarsTest, EachEvent_IsAsOldAsTheLastChangeOfItsCase) {
  registry_.deadlines = 2500;  // of as many cases: more than one call may ask for
  const auto feed = Read(Make());
  ASSERT_TRUE(feed.ok()) << feed.status();
  std::set<std::string> sequences;
  const std::string name = "SEQUENCE:";
  for (std::size_t at = 0; (at = feed->text.find(name, at)) != std::string::npos;) {
    at += name.size();
    sequences.insert(feed->text.substr(at, feed->text.find('\r', at) - at));
  }
  EXPECT_EQ(sequences.size(), 2500u);
  EXPECT_TRUE(sequences.contains("0"));
  EXPECT_TRUE(sequences.contains("4998"));
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

TEST_F(CalendarsTest, List_GoesInTheOrderOfMakingOrByAFieldPageByPage) {
  for (const char* name : {"Custody", "All", "Parole"}) {
    Make(name);
    clock_.Advance(absl::Seconds(1));
  }
  v1::ListCalendarsRequest request;
  request.set_page_size(1);
  EXPECT_THAT(Names(request), ElementsAre("Custody", "All", "Parole"));
  request.set_order_by("display_name desc");
  EXPECT_THAT(Names(request), ElementsAre("Parole", "Custody", "All"));
  request.set_filter("display_name != \"Parole\"");
  EXPECT_THAT(Names(request), ElementsAre("Custody", "All"));
  EXPECT_EQ(List(request)->total_size(), 2);
}

TEST_F(CalendarsTest, List_RefusesFieldsThatThereAreNotAndTokensOfOtherArguments) {
  const auto reason = [&](const v1::ListCalendarsRequest& request) {
    return rpc::ReasonOf(List(request).status());
  };
  Make("Custody");
  Make("Parole");
  v1::ListCalendarsRequest request;
  request.set_page_size(1);
  request.set_page_token(List(request)->next_page_token());
  Restart();
  EXPECT_EQ(List(request)->calendars_size(), 1) << "another process opens it too";
  request.set_order_by("display_name");
  EXPECT_EQ(reason(request), "PAGE_TOKEN_INVALID");
  request.clear_page_token();
  request.set_order_by("no_such");
  EXPECT_EQ(reason(request), "ORDER_INVALID");
  request.clear_order_by();
  request.set_filter("no_such = 1");
  EXPECT_EQ(reason(request), "FILTER_INVALID");
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
