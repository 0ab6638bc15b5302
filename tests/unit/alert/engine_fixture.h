#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "alert-svc/domain/history.h"
#include "alert-svc/domain/local_time.h"
#include "alert-svc/engine/engine.h"
#include "common/shard/shard.h"
#include "tests/simulation/redis_model.h"
#include "tests/simulation/registry_model.h"
#include "tests/simulation/sim_schedule.h"
#include "tests/simulation/sink.h"

// The engine as a whole, on the peers of the simulation, with faults at chosen moments.
namespace vigil::alert {

using registry::v1::Receipt;

inline constexpr char kCase[] = "cases/c-7f3k9q2m";
inline constexpr int kRate = 21600;  // a quarter of a day each second

// A feed that may have a finding of another case on the first page, and one of the case on the
// second.
class FindingFeed : public sim::SimFeed {
 public:
  using SimFeed::SimFeed;
  void ListFindings(registry::v1::ListFindingsRequest request,
                    Done<absl::StatusOr<registry::v1::ListFindingsResponse>> done) override {
    if (away) return done(absl::UnavailableError("away"));
    registry::v1::ListFindingsResponse response;
    if (!has_findings) return done(response);
    const bool first = request.page_token().empty();
    registry::v1::Finding& finding = *response.add_findings();
    finding.set_name(std::string(first ? "cases/c-other" : kCase) + "/findings/f-1");
    finding.set_text("text");
    if (found) *finding.mutable_found_time() = ToProto(*found);
    if (first) response.set_next_page_token("next");
    done(response);
  }

  void RecordReceipts(registry::v1::RecordReceiptsRequest request,
                      Done<absl::StatusOr<registry::v1::RecordReceiptsResponse>> done) override {
    const int before = muted_told;
    for (const Receipt& receipt : request.receipts()) {
      muted_told += receipt.kind() == Receipt::KIND_MUTED;
    }
    if (muted_told > before && !takes_muted) return done(absl::UnavailableError("not now"));
    SimFeed::RecordReceipts(std::move(request), std::move(done));
  }

  int muted_told = 0;  // receipts of it, journaled already or not
  bool takes_muted = true;
  bool has_findings = false;
  bool away = false;
  std::optional<absl::Time> found;  // when the fact of it came into the record
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

class EngineTest : public ::testing::Test {
 protected:
  EngineTest() {
    v1::Policy held;
    held.set_name("policies/held");
    held.add_kinds(registry::v1::DEADLINE_KIND_CUSTODY_LIMIT);
    for (int lead : {20, 10, 3}) held.add_lead_days(lead);
    held.set_channel(v1::Policy::CHANNEL_AT_ONCE);
    held.set_escalate_after_hours(-1);
    held.set_any_day(true);
    Put(held);
    v1::Receiver desk;
    desk.set_name("receivers/desk");
    desk.mutable_email()->set_address("desk@vigil.example");
    Put(desk);
    v1::Subscription subscription;
    subscription.set_name("subscriptions/desk");
    subscription.set_receiver("receivers/desk");
    subscription.set_time_zone("Asia/Almaty");
    Put(subscription);
    Restart();
    Run(absl::Seconds(20));
  }

  template <class Setting>
  void Put(const Setting& setting) {
    registry_.PutSetting("records/" + setting.name(), setting);
  }

  // A deadline whose first lead is due in so many days.
  void PutDeadline(int days, const std::string& parent = kCase,
                   registry::v1::DeadlineKind kind = registry::v1::DEADLINE_KIND_CUSTODY_LIMIT) {
    registry::v1::Deadline deadline;
    deadline.set_name(parent + "/deadlines/d-1");
    deadline.set_kind(kind);
    const civil::Day day =
        LocalDay(queue_.now(), Zone("Asia/Almaty")) + std::chrono::days(20 + days);
    deadline.set_earliest(civil::FormatDay(day));
    deadline.set_latest(deadline.earliest());
    registry_.SetDeadlines(parent, {deadline});
  }

  void Run(absl::Duration wall) { queue_.RunUntil(queue_.wall() + wall); }
  void RunUntilTaken(std::size_t count) {
    for (int i = 0; i < 1000 && sink_.taken().size() < count; ++i) Run(absl::Milliseconds(100));
    ASSERT_GE(sink_.taken().size(), count);
  }
  // Somebody changes what a shard holds, and leaves its revision.
  void Tamper(int shard, std::vector<Op> ops) {
    const Head head = *redis_.Heads().heads.at(shard);
    ApplyRequest request;
    request.shard = shard;
    request.seen = {head.epoch, head.seq};
    request.from = request.to = head.applied;
    request.chain_hash = head.chain_hash;
    request.plan_version = head.plan_version;
    request.ops = std::move(ops);
    ASSERT_EQ(redis_.Apply(request).status, ScheduleStatus::kOk);
  }
  // A replica dies, and another one starts.
  void Restart() {
    replica_.reset();
    replica_ = NewReplica();
  }
  std::unique_ptr<Replica> NewReplica() {
    return std::make_unique<Replica>(queue_, redis_, registry_, sink_, weather_, days_,
                                     breaker_least_);
  }

  civil::Day Today() const { return LocalDay(queue_.now(), absl::UTCTimeZone()); }
  // What was forecast for a shard of kCase; nullopt where nothing was.
  std::optional<int> ForecastOf(civil::Day day) const {
    const std::vector<int>* due = replica_->engine.core().world.DueOn(civil::FormatDay(day));
    if (!due) return std::nullopt;
    return due->at(ShardOf(kCase, kShardCount));
  }
  int Forecasts() const {
    int count = 0;
    for (const auto& change : registry_.journal()) {
      for (const auto& item : change.items()) {
        count += item.record_changed().record().name() == kForecastRecord;
      }
    }
    return count;
  }

  int Journaled(Receipt::Kind kind) const {
    int count = 0;
    for (const auto& change : registry_.journal()) {
      for (const auto& item : change.items()) {
        for (const Receipt& receipt : item.receipts_recorded().receipts()) {
          count += receipt.kind() == kind;
        }
      }
    }
    return count;
  }

  sim::Queue queue_{1, LocalMoment(civil::MakeDay(2018, 4, 28), 9, Zone("Asia/Almaty")), kRate};
  sim::RedisModel redis_{queue_};
  sim::RegistryModel registry_{queue_};
  sim::Sink sink_;
  sim::Weather weather_;
  civil::WorkingDays days_;
  std::int64_t breaker_least_ = -1;
  std::unique_ptr<Replica> replica_;
};

}  // namespace vigil::alert
