#pragma once

#include <optional>
#include <string>
#include <vector>

#include "alert-svc/domain/history.h"
#include "alert-svc/domain/local_time.h"
#include "common/shard/shard.h"
#include "tests/unit/alert/replica_fixture.h"

// The engine as a whole, on the peers of the simulation, with faults at chosen moments.
namespace vigil::alert {

using registry::v1::Receipt;

inline constexpr int kRate = 21600;  // a quarter of a day each second

class EngineTest : public ReplicaFixture {
 protected:
  EngineTest()
      : ReplicaFixture(LocalMoment(civil::MakeDay(2018, 4, 28), 9, Zone("Asia/Almaty")), kRate) {
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
    Run(absl::Seconds(20));
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
};

}  // namespace vigil::alert
