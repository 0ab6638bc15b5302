#include "alert-svc/schedule/redis_pool.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <iterator>
#include <span>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "alert-svc/schedule/library.h"

namespace vigil::alert {
namespace {

// The machine's time of day may be set meanwhile.
using MonotonicClock = std::chrono::steady_clock;

constexpr absl::Duration kFirstPause = absl::Milliseconds(50);
constexpr absl::Duration kLongestPause = absl::Seconds(1);
// Enough to fill a pipeline, few enough that one slow job does not hold up many.
constexpr size_t kMaxBatch = 128;
constexpr size_t kMaxWords = 20'000;

bool IsError(const redisReply& reply, std::string_view prefix) {
  return reply.type == REDIS_REPLY_ERROR && Text(reply).starts_with(prefix);
}

// Whether the server has the library, asked with what works in a full memory too.
bool HasLibrary(RedisConnection& connection) {
  absl::StatusOr<ReplyPtr> reply =
      connection.Run({"FUNCTION", "LIST", "LIBRARYNAME", "vigil_" + ScheduleLibrary().version});
  return reply.ok() && (*reply)->type == REDIS_REPLY_ARRAY && (*reply)->elements > 0;
}

absl::Status LoadLibrary(RedisConnection& connection) {
  absl::StatusOr<ReplyPtr> reply = connection.Run({"FUNCTION", "LOAD", ScheduleLibrary().source});
  if (!reply.ok()) return reply.status();
  const std::string text(Text(**reply));
  const bool there = IsError(**reply, "ERR Library") && text.find("already exists") != text.npos;
  // A replica cannot take it but may have it already; its functions will say.
  if ((*reply)->type != REDIS_REPLY_ERROR || there || IsError(**reply, "READONLY")) {
    return absl::OkStatus();
  }
  // A full memory refuses it unread; receipts are taken all the same by what is there.
  if (IsError(**reply, "OOM") && HasLibrary(connection)) return absl::OkStatus();
  return absl::UnavailableError("redis: the function library was refused: " + text);
}

// hiredis writes without MSG_NOSIGNAL: a server that is gone must be an error, not a signal.
void BlockPipeSignal() {
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
}

absl::StatusOr<RedisDurability> ReadDurability(RedisConnection& connection) {
  RedisDurability durability;
  absl::StatusOr<ReplyPtr> reply =
      connection.Run({"CONFIG", "GET", "appendonly", "appendfsync", "maxmemory-policy"});
  if (!reply.ok()) return reply.status();
  if ((*reply)->type != REDIS_REPLY_ARRAY) return durability;
  durability.known = true;
  for (size_t i = 0; i + 1 < (*reply)->elements; i += 2) {
    const std::string_view name = Text(*(*reply)->element[i]);
    const std::string_view value = Text(*(*reply)->element[i + 1]);
    if (name == "appendonly") durability.append_only = value == "yes";
    if (name == "appendfsync") durability.sync_always = value == "always";
    if (name == "maxmemory-policy") durability.no_eviction = value == "noeviction";
  }
  return durability;
}

}  // namespace

class RedisPool::Worker {
 public:
  Worker(RedisOptions options, absl::Duration settings_every, Connected connected)
      : options_(std::move(options)),
        settings_every_(settings_every),
        connected_(std::move(connected)) {
    thread_ = std::thread([this] { Loop(); });
  }

  ~Worker() {
    {
      const absl::MutexLock lock(&mutex_);
      stopping_ = true;
    }
    thread_.join();
  }

  void Add(Commands commands, Done done) {
    const absl::MutexLock lock(&mutex_);
    jobs_.push_back({std::move(commands), std::move(done)});
  }

 private:
  struct Job {
    Commands commands;
    Done done;
  };

  void Loop() {
    BlockPipeSignal();
    while (true) {
      std::vector<Job> batch;
      bool stopping = false;
      {
        const absl::MutexLock lock(&mutex_);
        mutex_.Await(absl::Condition(this, &Worker::HasWork));
        stopping = stopping_;
        const size_t count = stopping ? jobs_.size() : std::min(jobs_.size(), kMaxBatch);
        std::move(jobs_.begin(), jobs_.begin() + count, std::back_inserter(batch));
        jobs_.erase(jobs_.begin(), jobs_.begin() + count);
      }
      if (stopping) return Fail(batch, absl::UnavailableError("redis: shutting down"));
      if (absl::Status connected = Connect(); !connected.ok()) {
        Fail(batch, connected);
      } else {
        RunBatch(batch);
      }
    }
  }

  bool HasWork() const ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return stopping_ || !jobs_.empty(); }

  // A connection with the library loaded. Between failures nothing is tried, and jobs fail at once.
  absl::Status Connect() {
    const MonotonicClock::time_point now = MonotonicClock::now();
    if (connection_ != nullptr && loaded_ && now < next_settings_) return absl::OkStatus();
    if (now < next_try_) return last_error_;
    absl::Status status = connection_ == nullptr ? Reconnect() : absl::OkStatus();
    if (status.ok() && now >= next_settings_) status = ReadSettings();
    if (status.ok() && !loaded_) status = LoadLibrary(*connection_);
    if (status.ok()) {
      loaded_ = true;
      pause_ = kFirstPause;
      return status;
    }
    connection_.reset();
    last_error_ = status;
    next_try_ = MonotonicClock::now() + absl::ToChronoMilliseconds(pause_);
    pause_ = std::min(pause_ * 2, kLongestPause);
    return status;
  }

  absl::Status Reconnect() {
    absl::StatusOr<std::unique_ptr<RedisConnection>> opened = RedisConnection::Open(options_);
    if (!opened.ok()) return opened.status();
    connection_ = *std::move(opened);
    loaded_ = false;
    next_settings_ = MonotonicClock::time_point::min();
    return absl::OkStatus();
  }

  absl::Status ReadSettings() {
    const absl::StatusOr<RedisDurability> durability = ReadDurability(*connection_);
    if (!durability.ok()) return durability.status();
    next_settings_ = MonotonicClock::now() + absl::ToChronoMilliseconds(settings_every_);
    connected_(*durability);
    return absl::OkStatus();
  }

  // In pipelines of bearable size: a reply must come within the timeout of one read.
  void RunBatch(std::vector<Job>& batch) {
    size_t next = 0;
    while (next < batch.size() && connection_ != nullptr) {
      std::vector<RedisCommand> commands;
      std::vector<size_t> counts;
      const size_t first = next;
      for (size_t words = 0; next < batch.size() && words < kMaxWords; ++next) {
        std::vector<RedisCommand> made = batch[next].commands(connection_->run_id());
        counts.push_back(made.size());
        for (RedisCommand& command : made) {
          words += command.size();
          commands.push_back(std::move(command));
        }
      }
      RunPipeline(std::span(batch).subspan(first, next - first), commands, counts);
    }
    for (; next < batch.size(); ++next) batch[next].done(last_error_);
  }

  void RunPipeline(std::span<Job> jobs, const std::vector<RedisCommand>& commands,
                   const std::vector<size_t>& counts) {
    absl::StatusOr<std::vector<ReplyPtr>> replies = connection_->Run(commands);
    const std::string run_id = connection_->run_id();
    if (!replies.ok()) {
      connection_.reset();
      last_error_ = replies.status();
      for (Job& job : jobs) job.done(last_error_);
      return;
    }
    for (const ReplyPtr& reply : *replies) Heed(*reply);
    auto next = replies->begin();
    for (size_t i = 0; i < jobs.size(); ++i) {
      RedisAnswer answer;
      answer.run_id = run_id;
      const auto end = next + static_cast<ptrdiff_t>(counts[i]);
      std::move(next, end, std::back_inserter(answer.replies));
      next = end;
      jobs[i].done(std::move(answer));
    }
  }

  // Errors that say something about the server, not about the call.
  void Heed(const redisReply& reply) {
    if (IsError(reply, "ERR Function not found")) loaded_ = false;
    // Another server may have taken its place.
    if (IsError(reply, "READONLY") || IsError(reply, "MASTERDOWN") || IsError(reply, "LOADING")) {
      last_error_ = absl::UnavailableError("redis: not a master, or loading");
      connection_.reset();
    }
  }

  static void Fail(std::vector<Job>& batch, const absl::Status& status) {
    for (Job& job : batch) job.done(status);
  }

  const RedisOptions options_;
  const absl::Duration settings_every_;
  const Connected connected_;
  // The thread's own.
  std::unique_ptr<RedisConnection> connection_;
  bool loaded_ = false;
  MonotonicClock::time_point next_settings_ = MonotonicClock::time_point::min();
  MonotonicClock::time_point next_try_ = MonotonicClock::time_point::min();
  absl::Duration pause_ = kFirstPause;
  absl::Status last_error_;

  absl::Mutex mutex_;
  std::deque<Job> jobs_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

RedisPool::RedisPool(RedisOptions options, int threads, absl::Duration settings_every,
                     Connected connected) {
  for (int i = 0; i < std::max(threads, 1); ++i) {
    workers_.push_back(std::make_unique<Worker>(options, settings_every, connected));
  }
}

RedisPool::~RedisPool() = default;

void RedisPool::Run(int slot, Commands commands, Done done) {
  workers_[static_cast<size_t>(slot) % workers_.size()]->Add(std::move(commands), std::move(done));
}

}  // namespace vigil::alert
