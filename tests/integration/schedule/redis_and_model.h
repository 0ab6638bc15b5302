// A real Redis, and the model of it that the simulation runs on: what befalls one befalls both.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "alert-svc/schedule/redis_schedule.h"
#include "tests/integration/schedule/schedule_harness.h"
#include "tests/simulation/redis_model.h"
#include "tests/testing/redis_server.h"

namespace vigil::alert {

// Holds up the I/O threads of a schedule: what is asked meanwhile has its turn together.
class Gate {
 public:
  void Close() { Set(true); }
  void Open() { Set(false); }
  // Waits while it is closed.
  void Pass();

 private:
  void Set(bool closed);

  std::mutex mutex_;
  std::condition_variable opened_;
  bool closed_ = false;
};

class RedisAndModel {
 public:
  static constexpr int kShards[] = {5, 40};  // those that are used

  using Mood = sim::RedisModel::Mood;

  explicit RedisAndModel(uint64_t seed);
  ~RedisAndModel() { SetMood(Mood::kWell); }

  // The answer of the real one.
  template <class Result>
  Result Real(const std::function<void(Schedule&, Schedule::Done<Result>)>& call) {
    const auto start = [&](Schedule::Done<Result> done) { call(*schedule_, std::move(done)); };
    return executor_.Await<Result>(start).value_or(Result());
  }
  // Its answers to completes that wait for their turn together.
  std::vector<ShardResult> CompleteTogether(const std::vector<CompleteRequest>& requests);
  sim::RedisModel& model() { return model_; }

  absl::Time Wall() const { return executor_.time.Wall(); }
  // The model's time comes to where the real one's is.
  void LetTimePass() { queue_.RunUntil(Wall()); }

  Mood mood() const { return mood_; }
  void SetMood(Mood mood);
  void Wipe();
  // Another process in its place, with or without its data.
  void Restart(bool keep);
  void Save();
  // Back to what was saved. True where it is the same process still.
  bool RollBack();

 private:
  // As after six seconds of reading heads: leases may end.
  void LetLeasesEnd();
  bool Answers();
  // On every connection.
  void AwaitAnswers();
  void EndMood();
  // Runs a script that does not end, until it is killed.
  void KeepBusy();
  void StartAnother(bool keep);

  WaitingExecutor executor_;
  sim::Queue queue_;
  sim::RedisModel model_;
  RedisServer redis_;
  Mood mood_ = Mood::kWell;
  std::thread script_;
  std::map<std::string, std::string> saved_;  // by key
  Gate gate_;
  std::unique_ptr<Schedule> schedule_;
};

}  // namespace vigil::alert
