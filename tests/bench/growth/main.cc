// What calls cost on a registry of so many cases. usage:
//   growth_bench fill DATA_DIR FOLDER FROM TO    adds made-up cases to the database there
//   growth_bench measure DATA_DIR FOLDER CASES   serves it and prints as one JSON line: costs of
//     calls in µs, seconds of a start and of a day turn, MiB after the start and at the most
#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <numeric>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "registry-svc/app/app.h"
#include "registry-svc/casebook/search_fill.h"
#include "registry-svc/casebook/search_terms.h"
#include "registry-svc/store/sqlite_store.h"
#include "tests/bench/growth/made_up.h"
#include "tests/testing/manual_clock.h"
#include "vigil/registry/v1/registry_service.grpc.pb.h"

namespace vigil::bench {
namespace {

namespace pb = registry::v1;
using std::chrono::steady_clock;

// Many, as their keys lie all over the tables: each commit writes most pages anew.
constexpr uint32_t kCasesABatch = 50'000;
constexpr int kCalls = 300;
// No more than the fewest cases.
constexpr int kColdCalls = 100;
constexpr int kListCalls = 40;
// Of what looks at every case.
constexpr int kScanCalls = 1;
constexpr int kWriters = 32;
constexpr int kWritesAWriter = 20;
// Small beside a million cases, so that memory tells what they take.
constexpr int kCacheMib = 64;
constexpr char kToken[] = "a-token-for-the-bench-alone";

[[noreturn]] void Fail(std::string_view what) {
  fmt::print(stderr, "{}\n", what);
  std::exit(1);
}

template <class T>
T Checked(absl::StatusOr<T> value) {
  if (!value.ok()) Fail(std::string(value.status().message()));
  return *std::move(value);
}

double Seconds(steady_clock::time_point begin) {
  return std::chrono::duration<double>(steady_clock::now() - begin).count();
}

// The median of calls, in µs.
double Cost(int calls, const std::function<void(int)>& call) {
  std::vector<double> took;
  for (int i = 0; i < calls; ++i) {
    const auto begin = steady_clock::now();
    call(i);
    took.push_back(Seconds(begin) * 1e6);
  }
  std::nth_element(took.begin(), took.begin() + calls / 2, took.end());
  return took[calls / 2];
}

// A line of /proc/self/status, which is in kB: VmRSS, VmHWM.
double MemoryMib(std::string_view what) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(what)) return std::stod(line.substr(what.size() + 1)) / 1024;
  }
  Fail("/proc/self/status: no memory there");
}

template <class T>
void Append(std::vector<T>& to, std::vector<T> from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

// Rows of so many cases, by name, made by a thread for each processor.
registry::Batch Make(uint32_t from, uint32_t to, const registry::RuleBook& rules) {
  std::vector<uint32_t> numbers(to - from);
  std::iota(numbers.begin(), numbers.end(), from);
  std::sort(numbers.begin(), numbers.end(),
            [](uint32_t a, uint32_t b) { return NameOf(a) < NameOf(b); });
  const size_t threads = std::max(1u, std::thread::hardware_concurrency());
  std::vector<registry::Batch> parts(threads);
  std::vector<std::thread> makers;
  for (size_t i = 0; i < threads; ++i) {
    makers.emplace_back([&, i] {
      const size_t end = numbers.size() * (i + 1) / threads;
      for (size_t at = numbers.size() * i / threads; at < end; ++at) {
        AddCase(numbers[at], rules, parts[i]);
      }
    });
  }
  for (std::thread& maker : makers) maker.join();
  registry::Batch batch;
  for (registry::Batch& part : parts) {
    Append(batch.cases, std::move(part.cases));
    Append(batch.facts, std::move(part.facts));
    Append(batch.search_keys, std::move(part.search_keys));
    batch.told_prints.merge(part.told_prints);
  }
  return batch;
}

void Fill(const std::string& data, const std::string& folder, uint32_t from, uint32_t to) {
  const auto rules = Checked(registry::RuleBook::Load(data + "/rules", data + "/calendars"));
  auto store = Checked(registry::SqliteStore::Open({.path = folder + "/registry.db"}));
  while (from < to) {
    const uint32_t end = std::min(to, from + kCasesABatch);
    registry::Batch batch = Make(from, end, rules);
    from = end;
    std::sort(batch.search_keys.begin(), batch.search_keys.end());
    batch.meta[registry::kMetaSearchKeys] = std::string(registry::kSearchKeysVersion);
    if (absl::Status s = store->Commit(batch); !s.ok()) Fail(std::string(s.message()));
  }
}

class Registry {
 public:
  Registry(const std::string& data, const std::string& folder) {
    std::ofstream(folder + "/token") << kToken;
    config::v1::RegistryConfig config;
    config.mutable_common()->set_grpc_listen("127.0.0.1:0");
    auto& token = *config.mutable_common()->add_tokens();
    token.set_file(folder + "/token");
    token.set_name("bench");
    token.set_role(config::v1::ROLE_ADMIN);
    config.set_database(folder + "/registry.db");
    config.set_rules_dir(data + "/rules");
    config.set_calendars_dir(data + "/calendars");
    config.set_cache_mib(kCacheMib);
    auto clock = std::make_unique<ManualClock>();
    clock_ = clock.get();
    registry::App::Parts parts;
    parts.clock = std::move(clock);
    const auto begin = steady_clock::now();
    app_ = Checked(registry::App::Start(config, std::move(parts)));
    start_seconds_ = Seconds(begin);
    channel_ = grpc::CreateChannel(fmt::format("127.0.0.1:{}", app_->port()),
                                   grpc::InsecureChannelCredentials());
  }
  ~Registry() { app_->Stop(); }

  double start_seconds() const { return start_seconds_; }
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

  // One call, which must succeed.
  template <class Service, class Request, class Response>
  Response Call(grpc::Status (Service::Stub::*method)(grpc::ClientContext*, const Request&,
                                                      Response*),
                const Request& request) const {
    typename Service::Stub stub(channel_);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(15));
    context.AddMetadata("authorization", std::string("Bearer ") + kToken);
    Response response;
    const grpc::Status status = (stub.*method)(&context, request, &response);
    if (!status.ok()) Fail(status.error_message());
    return response;
  }

  // Seconds to turn the day of all cases.
  double TurnDay() {
    clock_->Advance(absl::Hours(24));
    const auto begin = steady_clock::now();
    absl::Notification turned;
    app_->book().TurnDay([&](const absl::Status& status) {
      if (!status.ok()) Fail(std::string(status.message()));
      turned.Notify();
    });
    turned.WaitForNotification();
    return Seconds(begin);
  }

 private:
  ManualClock* clock_ = nullptr;
  std::unique_ptr<registry::App> app_;
  double start_seconds_ = 0;
  std::shared_ptr<grpc::Channel> channel_;
};

class Measures {
 public:
  Measures(const Registry& registry, uint32_t cases) : registry_(registry), cases_(cases) {}

  // Of cases that were not read yet. First, as the others read them.
  double GetCaseCold() { return GetCases(kColdCalls); }
  // Of some that were.
  double GetCase() { return GetCases(kCalls); }
  double GetCases(int calls) {
    return Cost(calls, [this](int i) {
      pb::GetCaseRequest request;
      request.set_name(Any(i % kColdCalls));
      registry_.Call<pb::CaseService>(&pb::CaseService::Stub::GetCase, request);
    });
  }

  // Many at a time: µs a write.
  double CreateFact() {
    const auto begin = steady_clock::now();
    std::vector<std::thread> writers;
    for (int w = 0; w < kWriters; ++w) {
      writers.emplace_back([this, w] {
        for (int i = 0; i < kWritesAWriter; ++i) {
          pb::CreateFactRequest request;
          request.set_parent(Any(w * kWritesAWriter + i));
          request.mutable_fact()->set_date("2018-04-02");
          request.mutable_fact()->mutable_source()->set_title("made up");
          request.mutable_fact()->mutable_visit()->set_by("counsel");
          registry_.Call<pb::FactService>(&pb::FactService::Stub::CreateFact, request);
        }
      });
    }
    for (std::thread& writer : writers) writer.join();
    return Seconds(begin) * 1e6 / (kWriters * kWritesAWriter);
  }

  double ListCases(const std::string& token) {
    return Cost(kListCalls, [&](int) {
      pb::ListCasesRequest request;
      request.set_page_token(token);
      const auto page = registry_.Call<pb::CaseService>(&pb::CaseService::Stub::ListCases, request);
      if (page.total_size() != static_cast<int>(cases_)) Fail("void: cases are missing");
    });
  }

  // The token of a page in the middle of all cases.
  std::string MiddleToken() {
    pb::ListCasesRequest request;
    request.set_page_size(static_cast<int>(std::min(cases_ / 4, 1000u)));
    for (uint32_t seen = 0; seen < cases_ / 2; seen += request.page_size()) {
      const auto page = registry_.Call<pb::CaseService>(&pb::CaseService::Stub::ListCases, request);
      request.set_page_token(page.next_page_token());
    }
    return request.page_token();
  }

  double ListDeadlines() {
    return Cost(kListCalls, [this](int) {
      registry_.Call<pb::DeadlineService>(&pb::DeadlineService::Stub::ListDeadlines,
                                          pb::ListDeadlinesRequest());
    });
  }

  double ListFindings() {
    return Cost(kListCalls, [this](int) {
      registry_.Call<pb::FindingService>(&pb::FindingService::Stub::ListFindings,
                                         pb::ListFindingsRequest());
    });
  }

  double GetSummary() {
    return Cost(kCalls, [this](int) {
      const auto summary = registry_.Call<pb::SummaryService>(&pb::SummaryService::Stub::GetSummary,
                                                              pb::GetSummaryRequest());
      if (summary.case_count() != static_cast<int>(cases_)) Fail("void: cases are missing");
    });
  }

  // Each page of all, as of another day.
  double ListCasesAsOf() {
    return Cost(kScanCalls, [this](int) {
      pb::ListCasesRequest request;
      request.set_as_of("2017-12-01");
      registry_.Call<pb::CaseService>(&pb::CaseService::Stub::ListCases, request);
    });
  }

  // By a whole name, which few have.
  double SearchCases() {
    return Cost(kListCalls, [this](int i) {
      pb::SearchCasesRequest request;
      request.set_query(DisplayNameOf(Number(i)));
      registry_.Call<pb::CaseService>(&pb::CaseService::Stub::SearchCases, request);
    });
  }

  // By the beginning of a name: the more cases, the more have it, up to where a search ends.
  double SearchCasesByBeginning() {
    return Cost(kListCalls, [this](int i) {
      pb::SearchCasesRequest request;
      request.set_query(BeginningOf(Number(i)));
      registry_.Call<pb::CaseService>(&pb::CaseService::Stub::SearchCases, request);
    });
  }

  // By the day of a deadline, which no case has.
  double SearchCasesByDay() {
    return Cost(kListCalls, [this](int) {
      pb::SearchCasesRequest request;
      request.set_deadline_until("1990-01-01");
      registry_.Call<pb::CaseService>(&pb::CaseService::Stub::SearchCases, request);
    });
  }

  // By a situation, which many are in: as many as a search tells of.
  double SearchCasesBySituation() {
    return Cost(kListCalls, [this](int) {
      pb::SearchCasesRequest request;
      request.add_situations(pb::SITUATION_IMPRISONED);
      registry_.Call<pb::CaseService>(&pb::CaseService::Stub::SearchCases, request);
    });
  }

  double ListDuplicates() {
    return Cost(kListCalls, [this](int i) {
      pb::ListDuplicatesRequest request;
      request.set_parent(Any(i));
      registry_.Call<pb::CaseService>(&pb::CaseService::Stub::ListDuplicates, request);
    });
  }
  // The first page of all pairs.
  double ListAllDuplicates() {
    return Cost(kListCalls, [this](int) {
      pb::ListDuplicatesRequest request;
      request.set_parent("cases/-");
      registry_.Call<pb::CaseService>(&pb::CaseService::Stub::ListDuplicates, request);
    });
  }

 private:
  uint32_t Number(int i) const { return static_cast<uint32_t>(i * 104'729ull % cases_); }
  std::string Any(int i) const { return NameOf(Number(i)); }

  const Registry& registry_;
  const uint32_t cases_;
};

void Measure(const std::string& data, const std::string& folder, uint32_t cases) {
  Registry registry(data, folder);
  const double resident = MemoryMib("VmRSS");
  Measures measures(registry, cases);
  std::vector<std::pair<std::string, double>> costs = {{"cases", cases}};
  const auto add = [&](const char* name, double cost) { costs.emplace_back(name, cost); };
  add("get-case-cold", measures.GetCaseCold());
  add("get-case", measures.GetCase());
  add("create-fact", measures.CreateFact());
  add("list-cases", measures.ListCases(""));
  add("list-cases-middle", measures.ListCases(measures.MiddleToken()));
  add("list-deadlines", measures.ListDeadlines());
  add("list-findings", measures.ListFindings());
  add("get-summary", measures.GetSummary());
  add("search-name", measures.SearchCases());
  add("search-beginning", measures.SearchCasesByBeginning());
  add("search-day", measures.SearchCasesByDay());
  add("search-situation", measures.SearchCasesBySituation());
  add("list-duplicates", measures.ListDuplicates());
  add("list-all-duplicates", measures.ListAllDuplicates());
  add("list-cases-as-of", measures.ListCasesAsOf());
  add("start", registry.start_seconds());
  add("turn-day", registry.TurnDay());
  add("resident", resident);
  add("peak", MemoryMib("VmHWM"));
  std::string line;
  for (const auto& [name, cost] : costs) line += fmt::format(", \"{}\": {:.6g}", name, cost);
  fmt::print("{{{}}}\n", line.substr(2));
}

}  // namespace
}  // namespace vigil::bench

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 5 && words[0] == "fill") {
    vigil::bench::Fill(words[1], words[2], std::stoul(words[3]), std::stoul(words[4]));
  } else if (words.size() == 4 && words[0] == "measure") {
    vigil::bench::Measure(words[1], words[2], std::stoul(words[3]));
  } else {
    std::cerr
        << "usage: growth_bench fill DATA_DIR FOLDER FROM TO | measure DATA_DIR FOLDER CASES\n";
    return 2;
  }
}
