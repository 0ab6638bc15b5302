#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "alert-svc/domain/history.h"
#include "alert-svc/engine/engine.h"
#include "tests/simulation/redis_model.h"
#include "tests/simulation/registry_model.h"
#include "tests/simulation/sim_schedule.h"
#include "tests/simulation/sink.h"

// One replica of the engine on the peers of the simulation.
namespace vigil::alert {

inline constexpr char kCase[] = "cases/c-7f3k9q2m";

// A feed that may have a finding of another case on the first page, which is not worth telling
// unless it is said to be, and one of the case on the second.
class FindingFeed : public sim::SimFeed {
 public:
  using SimFeed::SimFeed;
  void ListFindings(registry::v1::ListFindingsRequest request,
                    Done<absl::StatusOr<registry::v1::ListFindingsResponse>> done) override {
    ++asked;
    if (away) return done(absl::UnavailableError("away"));
    registry::v1::ListFindingsResponse response;
    if (!has_findings) return done(response);
    const bool first = request.page_token().empty();
    if (!first && rest_away) return done(absl::UnavailableError("away"));
    registry::v1::Finding& finding = *response.add_findings();
    finding.set_name(std::string(first ? "cases/c-other" : kCase) + "/findings/f-1");
    finding.set_text("text");
    if (first && !tells_other) finding.set_kind("NAME_SPELLINGS");
    if (found) *finding.mutable_found_time() = ToProto(*found);
    if (first) response.set_next_page_token("next");
    if (!hold_back) return done(response);
    std::exchange(hold_back, nullptr)([response, done = std::move(done)] { done(response); });
  }

  std::unique_ptr<FeedStream> Watch(
      registry::v1::WatchChangesRequest request,
      std::function<void(registry::v1::WatchChangesResponse)> on_message,
      std::function<void(absl::Status)> on_end) override {
    auto told = [this, on_message = std::move(on_message)](auto message) {
      if (!message.has_bookmark() || has_bookmarks) on_message(std::move(message));
    };
    return SimFeed::Watch(std::move(request), std::move(told), std::move(on_end));
  }

  void RecordReceipts(registry::v1::RecordReceiptsRequest request,
                      Done<absl::StatusOr<registry::v1::RecordReceiptsResponse>> done) override {
    const int before = muted_told;
    for (const registry::v1::Receipt& receipt : request.receipts()) {
      muted_told += receipt.kind() == registry::v1::Receipt::KIND_MUTED;
    }
    if (muted_told > before && !takes_muted) return done(absl::UnavailableError("not now"));
    SimFeed::RecordReceipts(std::move(request), std::move(done));
  }

  std::unique_ptr<FeedStream> StreamShard(
      registry::v1::StreamShardRequest request,
      std::function<void(registry::v1::StreamShardResponse)> on_part,
      std::function<void(absl::Status)> on_end) override {
    auto told = [this, on_part = std::move(on_part)](registry::v1::StreamShardResponse part) {
      if (on_shard) on_shard(part);
      on_part(std::move(part));
    };
    return SimFeed::StreamShard(std::move(request), std::move(told), std::move(on_end));
  }

  // Changes what is told of a shard.
  std::function<void(registry::v1::StreamShardResponse&)> on_shard;
  bool has_bookmarks = true;
  int muted_told = 0;  // receipts of it, journaled already or not
  bool takes_muted = true;
  bool has_findings = false;
  bool tells_other = false;  // the finding of the first page is worth telling
  bool away = false;
  bool rest_away = false;  // all but the first page
  int asked = 0;           // for a page
  // Gets the answer that is next, to give it later.
  std::function<void(std::function<void()> answer)> hold_back;
  std::optional<absl::Time> found;  // since when it holds
};

struct Replica : EngineObserver {
  Replica(sim::Queue& queue, sim::RedisModel& redis, sim::RegistryModel& registry, sim::Sink& sink,
          const sim::Weather& weather, const civil::WorkingDays& days, std::int64_t breaker_least)
      : clock(queue),
        executor(queue, clock),
        schedule(queue, executor, redis_link, redis),
        feed(queue, executor, registry_link, registry),
        sender(queue, executor, weather, sink, 0),
        engine(executor, schedule, feed, sender, *this, days, Options(breaker_least)) {
    executor.Post([this] { engine.Start(); });
  }

  EngineOptions Options(std::int64_t breaker_least) {
    EngineOptions options;
    options.breaker_least = breaker_least;
    options.fold_audit = absl::Seconds(64);
    options.draw_epoch = [] {
      static int drawn = 0;
      return "epoch-" + std::to_string(++drawn);
    };
    return options;
  }

  void ReceiptsUnreadable() override { ++unreadable; }
  void ShardLost() override { ++losses; }
  void Attempted(const v1::Receiver&, Delivered delivered) override {
    ambiguous += delivered == Delivered::kAmbiguous;
  }

  void Fired(absl::Duration lateness) override { latest = std::max(latest, lateness); }
  void Audited(const AuditFound& found) override {
    ++audits;
    repaired.missing += found.missing;
    repaired.wrong += found.wrong;
    repaired.extra += found.extra;
  }

  void FoldAudited(std::size_t wrong) override {
    ++fold_audits;
    folded_wrong += static_cast<int>(wrong);
  }

  int fold_audits = 0;
  int folded_wrong = 0;
  int unreadable = 0;
  int losses = 0;
  int ambiguous = 0;
  int audits = 0;
  AuditFound repaired;
  absl::Duration latest;  // calendar
  std::shared_ptr<sim::Link> redis_link = std::make_shared<sim::Link>();
  std::shared_ptr<sim::Link> registry_link = std::make_shared<sim::Link>();
  sim::SimClock clock;
  sim::SimExecutor executor;
  sim::SimSchedule schedule;
  FindingFeed feed;
  sim::SimSender sender;
  Engine engine;
};

class ReplicaFixture : public ::testing::Test {
 protected:
  // The calendar runs so many times as fast as the wall.
  ReplicaFixture(absl::Time begin, int rate) : queue_(1, begin, rate) { Restart(); }

  // The replica, if there is one, dies, and another one starts.
  void Restart() {
    replica_.reset();
    replica_ = NewReplica();
  }
  std::unique_ptr<Replica> NewReplica() {
    return std::make_unique<Replica>(queue_, redis_, registry_, sink_, weather_, days_,
                                     breaker_least_);
  }
  void Run(absl::Duration wall) { queue_.RunUntil(queue_.wall() + wall); }
  template <class Setting>
  void Put(const Setting& setting) {
    registry_.PutSetting("records/" + setting.name(), setting);
  }
  Engine& engine() { return replica_->engine; }
  const World& world() const { return replica_->engine.core().world; }

  sim::Queue queue_;
  sim::RedisModel redis_{queue_};
  sim::RegistryModel registry_{queue_};
  sim::Sink sink_;
  sim::Weather weather_;
  civil::WorkingDays days_;
  std::int64_t breaker_least_ = -1;
  std::unique_ptr<Replica> replica_;
};

}  // namespace vigil::alert
