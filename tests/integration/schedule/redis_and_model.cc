#include "tests/integration/schedule/redis_and_model.h"

#include <filesystem>

#include "absl/strings/str_split.h"

namespace vigil::alert {

void Gate::Pass() {
  std::unique_lock lock(mutex_);
  opened_.wait(lock, [this] { return !closed_; });
}

void Gate::Set(bool closed) {
  const std::lock_guard lock(mutex_);
  closed_ = closed;
  opened_.notify_all();
}

RedisAndModel::RedisAndModel(uint64_t seed)
    : queue_(seed, executor_.time.Wall(), 1), model_(queue_) {
  RedisScheduleOptions options;
  options.redis.address = redis_.Address();
  // Each turn of an I/O thread begins with the server's settings.
  options.settings_every = absl::ZeroDuration();
  options.on_connect = [this](const RedisDurability&) { gate_.Pass(); };
  schedule_ = MakeRedisSchedule(options, executor_);
  AwaitAnswers();
}

void RedisAndModel::LetLeasesEnd() {
  for (int look = 0; look < 4; ++look) {
    executor_.time.Turn(absl::Seconds(2));
    Real<HeadsResult>([](Schedule& schedule, auto done) { schedule.Heads(done); });
  }
}

bool RedisAndModel::Answers() {
  const auto heads = Real<HeadsResult>([](Schedule& schedule, auto done) { schedule.Heads(done); });
  bool all = heads.status == ScheduleStatus::kOk;
  for (const int shard : kShards) {
    const auto list =
        Real<ListResult>([&](Schedule& schedule, auto done) { schedule.List(shard, done); });
    all = all && list.status != ScheduleStatus::kUnavailable;
  }
  return all;
}

void RedisAndModel::AwaitAnswers() {
  for (int i = 0; i < 100'000 && !Answers(); ++i) continue;
  LetLeasesEnd();
}

std::vector<ShardResult> RedisAndModel::CompleteTogether(
    const std::vector<CompleteRequest>& requests) {
  std::vector<ShardResult> results(requests.size());
  std::size_t answered = 0;
  gate_.Close();
  for (std::size_t i = 0; i < requests.size(); ++i) {
    schedule_->Complete(requests[i], [&results, &answered, i](ShardResult result) {
      results[i] = result;
      ++answered;
    });
  }
  gate_.Open();
  executor_.RunUntil([&] { return answered == requests.size(); });
  return results;
}

void RedisAndModel::SetMood(Mood mood) {
  EndMood();
  mood_ = mood;
  model_.set_mood(mood);
  switch (mood) {
    case Mood::kWell:
      break;
    case Mood::kReadOnly:
      redis_.Run({"CONFIG", "SET", "min-replicas-to-write", "1"});
      break;
    case Mood::kReplica:
      redis_.Run({"REPLICAOF", "127.0.0.1", "1"});
      break;
    case Mood::kFull:
      redis_.Run({"CONFIG", "SET", "maxmemory", "1"});
      break;
    case Mood::kBusy:
      KeepBusy();
      break;
  }
}

void RedisAndModel::KeepBusy() {
  redis_.Run({"CONFIG", "SET", "busy-reply-threshold", "1"});
  script_ = std::thread([this] { redis_.Run({"EVAL", "while true do end", "0"}); });
  while (!redis_.Run({"PING"}).starts_with("BUSY")) std::this_thread::yield();
}

void RedisAndModel::EndMood() {
  if (mood_ == Mood::kWell) return;
  if (mood_ == Mood::kBusy) {
    redis_.Run({"SCRIPT", "KILL"});
    script_.join();
  }
  redis_.Run({"CONFIG", "SET", "min-replicas-to-write", "0", "maxmemory", "0",
              "busy-reply-threshold", "5000"});
  redis_.Run({"REPLICAOF", "NO", "ONE"});
  AwaitAnswers();
}

void RedisAndModel::Wipe() {
  SetMood(Mood::kWell);
  redis_.Run({"FLUSHALL"});
  model_.Wipe();
}

void RedisAndModel::Restart(bool keep) {
  SetMood(Mood::kWell);
  StartAnother(keep);
  model_.Restart(keep);
}

// What is kept goes by a file, which is there for no other start.
void RedisAndModel::StartAnother(bool keep) {
  const std::string folder = redis_.Address().substr(std::string("unix:").size());
  const auto file = std::filesystem::path(folder).replace_filename("dump.rdb");
  if (keep) redis_.Run({"SAVE"});
  redis_.Kill();
  redis_.Start();
  std::filesystem::remove(file);
  AwaitAnswers();
}

void RedisAndModel::Save() {
  SetMood(Mood::kWell);
  saved_.clear();
  for (const auto key : absl::StrSplit(redis_.Run({"KEYS", "*"}), '\n', absl::SkipEmpty())) {
    saved_[std::string(key)] = redis_.Run({"DUMP", std::string(key)});
  }
  model_.SaveForRollback();
}

bool RedisAndModel::RollBack() {
  SetMood(Mood::kWell);
  redis_.Run({"FLUSHALL"});
  for (const auto& [key, value] : saved_) redis_.Run({"RESTORE", key, "0", value});
  const std::string before = model_.run_id();
  model_.RollBack();
  if (model_.run_id() == before) return true;
  StartAnother(true);
  return false;
}

}  // namespace vigil::alert
