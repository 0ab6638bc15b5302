#include "alert-svc/schedule/redis_schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <span>
#include <unordered_map>
#include <utility>

#include "alert-svc/schedule/complete_queue.h"
#include "alert-svc/schedule/continuity.h"
#include "alert-svc/schedule/shard_calls.h"

namespace vigil::alert {
namespace {

class RedisSchedule final : public Schedule {
 public:
  RedisSchedule(RedisScheduleOptions options, Executor& executor)
      : executor_(executor),
        on_round_trip_(std::move(options.on_round_trip)),
        heads_(options.redis, 1, options.settings_every, options.on_connect),
        shards_(options.redis, options.threads, options.settings_every, options.on_connect) {
    for (int shard = 0; shard < kShardCount; ++shard) {
      completes_.push_back(std::make_shared<CompleteQueue>());
    }
  }

  void Heads(Done<HeadsResult> done) override {
    const bool may_end = LeasesMayEnd();
    heads_.Run(
        0,
        [may_end](const std::string&) {
          std::vector<RedisCommand> commands = calls::Heads(0, kShardCount - 1, may_end);
          commands.push_back({"ROLE"});
          return commands;
        },
        OnEngine("heads", [executor = &executor_,
                           done = std::move(done)](absl::StatusOr<RedisAnswer> answer) {
          HeadsResult result;
          if (answer.ok()) FillHeads(*answer, executor->clock().Now(), &result);
          done(std::move(result));
        }));
  }

  void Apply(ApplyRequest request, Done<ShardResult> done) override {
    const int shard = request.shard;
    completes_[static_cast<size_t>(shard)]->Close();
    RunShard(
        "apply", shard,
        [request = std::move(request)](const std::string& run) {
          return calls::Apply(request, run);
        },
        std::move(done));
  }

  void Claim(ClaimRequest request, Done<ClaimResult> done) override {
    const int shard = request.shard;
    const bool may_end = LeasesMayEnd();
    RunOne(
        "claim", shard,
        [request = std::move(request), may_end, aged = Aging()](const std::string& run) mutable {
          request.wall += aged();
          return calls::Claim(request, run, may_end);
        },
        calls::ToClaimResult, std::move(done));
  }

  void Release(int shard, Seen seen, absl::Time due_until, Done<ShardResult> done) override {
    RunFunction("release", shard,
                {seen.epoch, Number(seen.seq), Number(absl::ToUnixMillis(due_until))},
                std::move(done));
  }

  void Renew(RenewRequest request, Done<RenewResult> done) override {
    const int shard = request.shard;
    RunOne(
        "renew", shard,
        [request = std::move(request), aged = Aging()](const std::string& run) mutable {
          request.wall += aged();
          return calls::Renew(request, run);
        },
        calls::ToRenewResult, std::move(done));
  }

  void Seal(SealRequest request, Done<SealResult> done) override {
    const int shard = request.shard;
    RunOne(
        "seal", shard,
        [request = std::move(request)](const std::string& run) {
          return calls::Seal(request, run);
        },
        calls::ToSealResult, std::move(done));
  }

  void Complete(CompleteRequest request, Done<ShardResult> done) override {
    const int shard = request.shard;
    const std::shared_ptr<CompleteQueue> queue = completes_[static_cast<size_t>(shard)];
    if (!queue->Add(std::move(request), std::move(done))) return;
    // Filled on the I/O thread, when the call's turn has come.
    auto batches = std::make_shared<std::vector<CompleteBatch>>();
    shards_.Run(
        shard,
        [queue, batches](const std::string& run) {
          *batches = queue->Take();
          std::vector<RedisCommand> commands;
          for (CompleteBatch& batch : *batches) {
            commands.push_back(calls::Complete(batch.requests, run));
          }
          return commands;
        },
        OnEngine("complete", [queue, batches](absl::StatusOr<RedisAnswer> answer) {
          // The call failed before its turn came.
          if (!answer.ok() && batches->empty()) *batches = queue->Take();
          for (size_t i = 0; i < batches->size(); ++i) {
            const auto& done = (*batches)[i].done;
            std::vector<ShardResult> results(done.size());
            if (answer.ok()) results = calls::ToCompleteResults(*answer->replies[i], done.size());
            for (size_t k = 0; k < done.size(); ++k) done[k](results[k]);
          }
        }));
  }

  void Forward(int shard, std::string after, int limit, Done<ForwardResult> done) override {
    shards_.Run(
        shard, [=](const std::string&) { return calls::Forward(shard, after, limit); },
        OnEngine("forward", [done = std::move(done)](absl::StatusOr<RedisAnswer> answer) {
          done(answer.ok() ? calls::ToForwardResult(answer->replies) : ForwardResult());
        }));
  }

  void Forget(int shard, Seen seen, std::int64_t up_to_seq, std::int64_t revision,
              Done<ShardResult> done) override {
    RunFunction("forget", shard,
                {seen.epoch, Number(seen.seq), Number(up_to_seq), Number(revision)},
                std::move(done));
  }

  void Trim(int shard, Seen seen, absl::Time before, Done<ShardResult> done) override {
    RunFunction("trim", shard, {seen.epoch, Number(seen.seq), Number(absl::ToUnixMillis(before))},
                std::move(done));
  }

  void List(int shard, Done<ListResult> done) override;

  void RebuildBegin(BeginRequest request, Done<ShardResult> done) override {
    const int shard = request.shard;
    RunShard(
        "rebuild_begin", shard,
        [request = std::move(request), aged = Aging()](const std::string& run) mutable {
          request.wall += aged();
          return calls::RebuildBegin(request, run);
        },
        std::move(done));
  }

  void RebuildWrite(int shard, std::string epoch, std::vector<Op> ops,
                    Done<ShardResult> done) override {
    RunShard(
        "rebuild_write", shard,
        [shard, epoch = std::move(epoch), ops = std::move(ops)](const std::string& run) {
          return calls::RebuildWrite(shard, epoch, ops, run);
        },
        std::move(done));
  }

  void RebuildOpen(OpenRequest request, Done<ShardResult> done) override {
    const int shard = request.shard;
    RunShard(
        "rebuild_open", shard,
        [request = std::move(request)](const std::string& run) {
          return calls::RebuildOpen(request, run);
        },
        std::move(done));
  }

 private:
  using Answer = std::function<void(absl::StatusOr<RedisAnswer>)>;

  // A List on its way: leases first, then the due set in the steps of ZSCAN.
  struct Listing {
    int shard = 0;
    ListResult result;
    std::unordered_map<std::string, absl::Time> due;  // by member; a scan may say one twice
    Done<ListResult> done;
  };

  static std::string Number(int64_t value) { return fmt::format("{}", value); }

  bool LeasesMayEnd() const { return continuity_->LeasesMayEnd(); }

  // How long a call has waited for its turn: the caller's wall time is to be compared with Redis'
  // as it is when the call is sent.
  std::function<absl::Duration()> Aging() const {
    const Clock* clock = &executor_.clock();
    return [clock, start = clock->Monotonic()] { return clock->Monotonic() - start; };
  }

  // Takes the answer of an I/O thread to the engine's. `call` says what is answered, and lasts.
  RedisPool::Done OnEngine(std::string_view call, Answer handle) {
    return [this, call, start = executor_.clock().Monotonic(), executor = &executor_,
            weak = std::weak_ptr<Continuity>(continuity_),
            handle = std::move(handle)](absl::StatusOr<RedisAnswer> answer) {
      // std::function wants what can be copied.
      auto shared = std::make_shared<absl::StatusOr<RedisAnswer>>(std::move(answer));
      executor->Post([this, call, start, executor, weak, handle, shared] {
        const std::shared_ptr<Continuity> continuity = weak.lock();
        if (continuity == nullptr) {  // the schedule is gone, and handlers may use it
          return handle(absl::UnavailableError("redis: shut down"));
        }
        if (shared->ok()) {
          continuity->Heard(start);
          on_round_trip_(call, executor->clock().Monotonic() - start);
        }
        handle(std::move(*shared));
      });
    };
  }

  void RunShard(std::string_view call, int shard, RedisPool::Commands commands,
                Done<ShardResult> done) {
    shards_.Run(shard, std::move(commands),
                OnEngine(call, [done = std::move(done)](absl::StatusOr<RedisAnswer> answer) {
                  done(answer.ok() ? calls::ToShardResult(answer->replies) : ShardResult());
                }));
  }

  template <class Result>
  void RunOne(std::string_view call, int shard, RedisPool::Commands commands,
              Result (*read)(const redisReply&), Done<Result> done) {
    shards_.Run(shard, std::move(commands),
                OnEngine(call, [read, done = std::move(done)](absl::StatusOr<RedisAnswer> answer) {
                  done(answer.ok() ? read(*answer->replies.front()) : Result());
                }));
  }

  // `function` lasts.
  void RunFunction(std::string_view function, int shard, std::vector<std::string> args,
                   Done<ShardResult> done) {
    RunShard(
        function, shard,
        [function, shard, args = std::move(args)](const std::string& run) {
          return std::vector<RedisCommand>{calls::Call(function, shard, run, args)};
        },
        std::move(done));
  }

  static void FillHeads(const RedisAnswer& answer, absl::Time now, HeadsResult* result) {
    // A replica answers what is read as its master would, and would refuse the first write.
    if (calls::IsReplica(*answer.replies.back())) return;
    for (const ReplyPtr& reply : std::span(answer.replies).first(kShardCount)) {
      // A server that is loading or failing over says nothing about its shards.
      const bool error = reply->type == REDIS_REPLY_ERROR;
      if (error && calls::StatusOf(*reply) != ScheduleStatus::kLost) return;
      result->heads.push_back(std::make_shared<const Head>(calls::ToHead(*reply, now)));
    }
    result->status = ScheduleStatus::kOk;
    result->server_run_id = answer.run_id;
  }

  void Scan(std::shared_ptr<Listing> listing, std::string cursor);

  Executor& executor_;
  const RoundTrips on_round_trip_;
  std::shared_ptr<Continuity> continuity_ = std::make_shared<Continuity>(executor_.clock());
  std::vector<std::shared_ptr<CompleteQueue>> completes_;  // by shard
  RedisPool heads_;
  RedisPool shards_;
};

// A field of the fence hash: identity, and "fence:due:" with the last two bytes of the member.
void AddLeased(std::string_view identity, std::string_view value, ListResult* result) {
  const std::string due(value.substr(std::min(value.find(':') + 1, value.size())));
  if (value.size() < 2) return;
  absl::StatusOr<Member> member =
      Member::Unpack(std::string(identity) + std::string(value.substr(value.size() - 2)));
  if (!member.ok()) return;
  const int64_t ms = std::strtoll(due.c_str(), nullptr, 10);
  result->members.push_back({*member, absl::FromUnixMillis(ms), true});
}

void RedisSchedule::List(int shard, Done<ListResult> done) {
  auto listing = std::make_shared<Listing>();
  listing->shard = shard;
  listing->done = std::move(done);
  shards_.Run(
      shard,
      [shard](const std::string&) {
        std::vector<RedisCommand> commands = calls::Heads(shard, shard, false);
        commands.push_back({"HGETALL", calls::Key(shard, "fence")});
        return commands;
      },
      OnEngine("list", [this, listing](absl::StatusOr<RedisAnswer> answer) {
        if (!answer.ok() || answer->replies[1]->type != REDIS_REPLY_ARRAY) {
          return listing->done(std::move(listing->result));
        }
        const Head head = calls::ToHead(*answer->replies[0], executor_.clock().Now());
        listing->result.head = head;
        if (head.state != ShardState::kLive || head.run_id != answer->run_id) {
          listing->result.status = ScheduleStatus::kLost;
          return listing->done(std::move(listing->result));
        }
        const redisReply& fences = *answer->replies[1];
        for (size_t i = 0; i + 1 < fences.elements; i += 2) {
          AddLeased(Text(*fences.element[i]), Text(*fences.element[i + 1]), &listing->result);
        }
        Scan(listing, "0");
      }));
}

void RedisSchedule::Scan(std::shared_ptr<Listing> listing, std::string cursor) {
  const int shard = listing->shard;
  shards_.Run(
      shard,
      [shard, cursor](const std::string&) {
        return std::vector<RedisCommand>{
            {"ZSCAN", calls::Key(shard, "due"), cursor, "COUNT", "1000"}};
      },
      OnEngine("list", [this, listing](absl::StatusOr<RedisAnswer> answer) {
        const redisReply* page = answer.ok() ? answer->replies[0].get() : nullptr;
        if (page == nullptr || page->type != REDIS_REPLY_ARRAY || page->elements != 2) {
          return listing->done(std::move(listing->result));
        }
        const redisReply& found = *page->element[1];
        for (size_t i = 0; i + 1 < found.elements; i += 2) {
          listing->due[std::string(Text(*found.element[i]))] =
              absl::FromUnixMillis(calls::ToInt(*found.element[i + 1]));
        }
        const std::string next(Text(*page->element[0]));
        if (next != "0") return Scan(listing, next);
        for (const auto& [bytes, due] : listing->due) {
          absl::StatusOr<Member> member = Member::Unpack(bytes);
          if (member.ok()) listing->result.members.push_back({*member, due, false});
        }
        listing->result.status = ScheduleStatus::kOk;
        listing->done(std::move(listing->result));
      }));
}

}  // namespace

std::unique_ptr<Schedule> MakeRedisSchedule(RedisScheduleOptions options, Executor& executor) {
  return std::make_unique<RedisSchedule>(std::move(options), executor);
}

}  // namespace vigil::alert
