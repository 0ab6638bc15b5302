// One load on the registry or on etcd, in the same way.
// usage: feed_load ROW vigil|etcd ADDRESS TOKEN_FILE CASE_FILE SECONDS; ROW is create-fact,
// get-case, watch or fan-out. Prints one line of JSON: `rate` a second or `latency` in
// milliseconds, with what was counted on both sides.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <functional>
#include <iostream>
#include <mutex>
#include <vector>

#include "tests/bench/feed/peer.h"

namespace {

using std::chrono::steady_clock;
using vigil::bench::Peer;

constexpr int kInFlight = 64;
constexpr int kKeys = 512;
constexpr int kWatchers = 100;
constexpr int kConnections = 10;
constexpr auto kPatience = std::chrono::seconds(60);

double Since(steady_clock::time_point begin) {
  return std::chrono::duration<double>(steady_clock::now() - begin).count();
}

// Keeps calls in flight for a while. `start(number, done)` begins one.
class Loop {
 public:
  using Start = std::function<void(long, std::function<void(bool)>)>;
  Loop(double seconds, Start start)
      : end_(steady_clock::now() + std::chrono::duration_cast<steady_clock::duration>(
                                       std::chrono::duration<double>(seconds))),
        start_(std::move(start)) {}

  void Run() {
    running_ = kInFlight;
    for (int i = 0; i < kInFlight; ++i) Next();
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return running_ == 0; });
  }
  long completed() const { return completed_; }
  long failed() const { return failed_; }

 private:
  void Next() {
    start_(number_++, [this](bool ok) {
      ++(ok ? completed_ : failed_);
      if (steady_clock::now() < end_) return Next();
      const std::lock_guard lock(mutex_);
      if (--running_ == 0) done_.notify_one();
    });
  }

  const steady_clock::time_point end_;
  const Start start_;
  std::atomic<long> number_{0}, completed_{0}, failed_{0};
  std::mutex mutex_;
  std::condition_variable done_;
  int running_ = 0;
};

// Events that came, and whoever waits for a number of them.
class Tally {
 public:
  void Add(int events) {
    const std::lock_guard lock(mutex_);
    count_ += events;
    if (count_ >= wanted_) came_.notify_one();
  }
  // False where they do not come.
  bool Await(long wanted) {
    std::unique_lock lock(mutex_);
    wanted_ = wanted;
    return came_.wait_for(lock, kPatience, [this] { return count_ >= wanted_; });
  }
  long count() {
    const std::lock_guard lock(mutex_);
    return count_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable came_;
  long count_ = 0, wanted_ = 0;
};

void PrintRate(double rate, const Loop& loop, long counted, long expected) {
  std::cout << "{\"rate\": " << rate << ", \"failed\": " << loop.failed()
            << ", \"counted\": " << counted << ", \"expected\": " << expected << "}" << std::endl;
}

void CreateFact(Peer& peer, double seconds) {
  Tally told;
  const auto watch = peer.Follow(0, [&](int events) { told.Add(events); });
  const auto begin = steady_clock::now();
  Loop loop(seconds, [&](long number, auto done) { peer.Put(number, std::move(done)); });
  loop.Run();
  const double took = Since(begin);
  told.Await(loop.completed());
  PrintRate(static_cast<double>(loop.completed()) / took, loop, told.count(), loop.completed());
}

void GetCase(Peer& peer, double seconds) {
  std::atomic<long> bytes{0};
  std::atomic<size_t> size{0};
  const auto begin = steady_clock::now();
  Loop loop(seconds, [&](long, auto done) {
    peer.Get([&, done = std::move(done)](bool ok, size_t got) {
      bytes += static_cast<long>(got);
      size = got;
      done(ok);
    });
  });
  loop.Run();
  PrintRate(static_cast<double>(loop.completed()) / Since(begin), loop, bytes,
            loop.completed() * static_cast<long>(size));
}

// One write at a time, from its beginning to the event at a watcher.
void Watch(Peer& peer, double seconds) {
  Tally told;
  const auto watch = peer.Follow(0, [&](int events) { told.Add(events); });
  std::vector<double> latencies;
  bool complete = true;
  const auto begin = steady_clock::now();
  for (long number = 0; complete && Since(begin) < seconds; ++number) {
    std::mutex mutex;
    std::condition_variable answered;
    bool done = false;
    const auto sent = steady_clock::now();
    peer.Put(number, [&](bool) {
      const std::lock_guard lock(mutex);
      done = true;
      answered.notify_one();
    });
    complete = told.Await(number + 1);
    latencies.push_back(Since(sent) * 1000);
    std::unique_lock lock(mutex);
    answered.wait(lock, [&] { return done; });
  }
  std::sort(latencies.begin(), latencies.end());
  std::cout << "{\"latency\": " << latencies[latencies.size() / 2]
            << ", \"p99\": " << latencies[latencies.size() * 99 / 100]
            << ", \"failed\": " << (complete ? 0 : 1) << ", \"counted\": " << told.count()
            << ", \"expected\": " << latencies.size() << "}" << std::endl;
}

void FanOut(Peer& peer, double seconds) {
  Tally told;
  std::vector<std::unique_ptr<Peer::Watch>> watches;
  for (int i = 0; i < kWatchers; ++i) {
    watches.push_back(peer.Follow(i % kConnections, [&](int events) { told.Add(events); }));
  }
  const auto begin = steady_clock::now();
  Loop loop(seconds, [&](long number, auto done) { peer.Put(number, std::move(done)); });
  loop.Run();
  const long expected = loop.completed() * kWatchers;
  told.Await(expected);
  const double took = Since(begin);
  PrintRate(static_cast<double>(expected) / took, loop, told.count(), expected);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) {
    std::cerr << "usage: feed_load ROW vigil|etcd ADDRESS TOKEN_FILE CASE_FILE SECONDS\n";
    return 2;
  }
  const std::string row = argv[1];
  std::string token;
  std::getline(std::ifstream(argv[4]) >> std::ws, token);
  const auto peer = std::string(argv[2]) == "etcd"
                        ? vigil::bench::MakeEtcdPeer(argv[3], argv[5])
                        : vigil::bench::MakeVigilPeer(argv[3], token, argv[5]);
  peer->Prepare(kKeys);
  const double seconds = std::stod(argv[6]);
  if (row == "create-fact") CreateFact(*peer, seconds);
  if (row == "get-case") GetCase(*peer, seconds);
  if (row == "watch") Watch(*peer, seconds);
  if (row == "fan-out") FanOut(*peer, seconds);
  // The client library ends with the process: calls that were cut may still hold its threads.
  std::cout.flush();
  std::_Exit(0);
}
