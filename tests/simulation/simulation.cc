#include "tests/simulation/simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "alert-svc/domain/history.h"
#include "alert-svc/domain/local_time.h"
#include "common/shard/shard.h"
#include "tests/simulation/oracle.h"

namespace vigil::alert::sim {

using registry::v1::Deadline;
using registry::v1::Receipt;

namespace {

// A quarter of a day each second: a fault of some seconds is a day or two.
constexpr double kRate = 21600;
constexpr absl::Duration kDay = absl::Seconds(4);  // wall
constexpr int kCalmDays = 40;

absl::Time Start() { return LocalMoment(civil::MakeDay(2018, 4, 28), 9, Zone("Asia/Almaty")); }

EngineOptions OptionsFor(Queue& queue, Bug bug) {
  EngineOptions options;
  options.draw_epoch = [&queue] { return fmt::format("{:08x}", queue.Between(1, 1 << 30)); };
  options.audit = bug == Bug::kLoseSets ? absl::InfiniteDuration() : absl::Seconds(20);
  return options;
}

}  // namespace

Simulation::Replica::Replica(Simulation& simulation, int index)
    : executor(simulation.queue_, simulation.clock_),
      schedule(simulation.queue_, executor, redis_link, simulation.redis_),
      feed(simulation.queue_, executor, registry_link, simulation.registry_),
      sender(simulation.queue_, executor, simulation.weather_, simulation.sink_, index),
      observer(simulation),
      engine(executor, schedule, feed, sender, observer, simulation.days_,
             OptionsFor(simulation.queue_, simulation.options_.bug)),
      index(index) {}

Simulation::Simulation(SimulationOptions options)
    : options_(options),
      queue_(options.seed, Start(), kRate),
      clock_(queue_),
      redis_(queue_),
      registry_(queue_),
      start_(queue_.wall()) {
  redis_.bugs.no_fence = options.bug == Bug::kNoFence;
  redis_.bugs.no_done = options.bug == Bug::kNoDone;
  if (options.bug == Bug::kEarly) clock_.set_ahead(absl::Hours(24));
  redis_.bugs.lose_sets = options.bug == Bug::kLoseSets;
  redis_.on_claim = [this](const Member& member) {
    claims_[member.Identity()].push_back(queue_.wall());
  };
  auto durable = [this](const Receipt& receipt) {
    if (!IsTold(receipt)) return;
    const std::string& id = receipt.digest().empty() ? receipt.reminder() : receipt.digest();
    durable_.emplace(id, queue_.wall());
  };
  registry_.on_receipt = durable;
  redis_.on_receipts = [durable](const std::string& bytes) {
    registry::v1::ReceiptsRecorded recorded;
    recorded.ParseFromString(bytes);
    for (const Receipt& receipt : recorded.receipts()) durable(receipt);
  };
}

Simulation::~Simulation() = default;

double Simulation::simulated_years() const {
  return absl::ToDoubleSeconds(queue_.now() - queue_.CalendarAt(start_)) / (365.25 * 86400);
}

void Simulation::Seed() {
  v1::Policy held;
  held.set_name("policies/held");
  held.add_kinds(registry::v1::DEADLINE_KIND_CUSTODY_LIMIT);
  for (int lead : {20, 15, 10, 7, 3, 1}) held.add_lead_days(lead);
  held.set_channel(v1::Policy::CHANNEL_AT_ONCE);
  held.set_escalate_after_hours(-1);
  held.set_any_day(true);
  registry_.PutSetting("records/policies/held", held);
  v1::Policy ending;
  ending.set_name("policies/ending");
  ending.add_kinds(registry::v1::DEADLINE_KIND_SENTENCE_END);
  for (int lead : {30, 7, 1}) ending.add_lead_days(lead);
  ending.set_repeat_days(30);
  ending.set_channel(v1::Policy::CHANNEL_DAILY);
  registry_.PutSetting("records/policies/ending", ending);
  for (const char* name : {"desk", "machine"}) {
    v1::Receiver receiver;
    receiver.set_name(std::string("receivers/") + name);
    receiver.mutable_email()->set_address("x@example.org");
    registry_.PutSetting("records/" + receiver.name(), receiver);
    v1::Subscription subscription;
    subscription.set_name(std::string("subscriptions/") + name);
    subscription.set_receiver(receiver.name());
    subscription.set_time_zone("Asia/Almaty");
    subscription.set_no_digest(receiver.name() == "receivers/machine");
    registry_.PutSetting("records/" + subscription.name(), subscription);
  }
  for (int i = 0; i < 4; ++i) ChangeSomething();
}

void Simulation::StartReplica() {
  replicas_.push_back(
      std::make_unique<Replica>(*this, static_cast<int>(replicas_.size() + dead_.size())));
  Replica& replica = *replicas_.back();
  const double loss = calm_ ? 0 : 0.002;
  replica.redis_link.loss = loss;
  replica.registry_link.loss = loss;
  replica.executor.Post([&replica] { replica.engine.Start(); });
}

Deadline Simulation::MakeDeadline(const std::string& parent) {
  Deadline deadline;
  deadline.set_name(fmt::format("{}/deadlines/d{}", parent, ++deadlines_));
  deadline.set_kind(queue_.Happens(0.6) ? registry::v1::DEADLINE_KIND_CUSTODY_LIMIT
                                        : registry::v1::DEADLINE_KIND_SENTENCE_END);
  const civil::Day day =
      LocalDay(queue_.now(), Zone("Asia/Almaty")) + std::chrono::days(queue_.Between(-5, 90));
  deadline.set_earliest(civil::FormatDay(day));
  deadline.set_latest(deadline.earliest());
  // Ceilings of one case hold each other back; here each stands for itself.
  deadline.set_step(deadlines_);
  return deadline;
}

void Simulation::ChangeSomething() {
  const bool fresh = cases_ == 0 || queue_.Happens(0.3);
  const std::string parent =
      fmt::format("cases/c-{}", fresh ? ++cases_ : queue_.Between(1, cases_));
  std::vector<Deadline> deadlines;
  if (auto it = registry_.deadlines().find(parent); it != registry_.deadlines().end()) {
    deadlines = it->second;
  }
  if (deadlines.empty() || queue_.Happens(0.5)) {
    deadlines = {MakeDeadline(parent)};
  } else if (queue_.Happens(0.3)) {
    deadlines.clear();
  } else {
    Deadline& moved = deadlines[0];
    const civil::Day day =
        *civil::ParseDay(moved.earliest()) + std::chrono::days(queue_.Between(-10, 20));
    moved.set_earliest(civil::FormatDay(day));
    moved.set_latest(moved.earliest());
  }
  registry_.SetDeadlines(parent, std::move(deadlines));
}

void Simulation::FaultFor(absl::Duration span) {
  faults_.push_back({queue_.wall(), queue_.wall() + span});
}

void Simulation::Kill(std::size_t index) {
  FaultFor(absl::Seconds(10));
  replicas_[index]->alive = false;
  dead_.push_back(std::move(replicas_[index]));
  replicas_.erase(replicas_.begin() + static_cast<long>(index));
  // What runs dies where it stands.
  auto old = std::move(dead_.back());
  dead_.back() = nullptr;
  old->feed.Cut();
  old.reset();
  queue_.At(queue_.wall() + queue_.Between(absl::Milliseconds(200), absl::Seconds(4)),
            [this] { StartReplica(); });
}

void Simulation::BreakSomething() {
  if (calm_ || replicas_.empty()) return;
  const std::size_t index =
      static_cast<std::size_t>(queue_.Between(0, static_cast<int>(replicas_.size()) - 1));
  Replica& replica = *replicas_[index];
  const absl::Duration span = queue_.Between(absl::Milliseconds(100), absl::Seconds(4));
  auto link_down = [this, span](bool redis) {
    FaultFor(span + absl::Seconds(8));
    for (auto& r : replicas_) (redis ? r->redis_link : r->registry_link).up = false;
    if (!redis) {
      for (auto& r : replicas_) r->feed.Cut();
    }
    queue_.At(queue_.wall() + span, [this, redis] {
      for (auto& r : replicas_) (redis ? r->redis_link : r->registry_link).up = true;
    });
  };
  switch (queue_.Between(0, 7)) {
    case 0:
      return Kill(index);
    case 1:
      FaultFor(span + absl::Seconds(8));
      replica.executor.FreezeUntil(queue_.wall() + span * 3);
      return;
    case 2:
      return link_down(true);
    case 3:
      return link_down(false);
    case 4:
      FaultFor(absl::Seconds(10));
      return redis_.Wipe();
    case 5:
      FaultFor(absl::Seconds(10));
      return redis_.Restart(queue_.Happens(0.5));
    case 6:
      redis_.SaveForRollback();
      queue_.At(queue_.wall() + span, [this] {
        if (calm_) return;
        FaultFor(absl::Seconds(10));
        redis_.RollBack();
      });
      return;
    default:
      FaultFor(absl::Seconds(10));
      replica.feed.Cut();
  }
}

void Simulation::ActOnSomething() {
  if (replicas_.empty() || sink_.taken().empty()) return;
  const auto& taken = sink_.taken();
  const Message& message =
      taken[static_cast<std::size_t>(queue_.Between(0, static_cast<int>(taken.size()) - 1))]
          .message;
  if (message.items.empty()) return;
  const MessageItem& item = message.items.front();
  Receipt receipt;
  receipt.set_kind(Receipt::KIND_ACKNOWLEDGED);
  receipt.set_alert(item.alert.substr(7));
  receipt.set_id("ack-" + receipt.alert());
  receipt.set_parent(ParentOf(item.deadline.name()));
  receipt.set_deadline(item.deadline.name());
  receipt.set_earliest(item.deadline.earliest());
  receipt.set_latest(item.deadline.latest());
  receipt.set_step(item.step);
  *receipt.mutable_time() = ToProto(queue_.now());
  const int shard = ShardOf(receipt.parent(), kShardCount);
  const std::string alert = receipt.alert();
  Replica& replica = *replicas_[0];
  replica.executor.Post([this, &replica, receipt, shard, alert] {
    replica.engine.Act(receipt, [this, shard, alert](absl::Status status) {
      // OK after the wait alone, with Redis away, promises nothing yet.
      if (status.ok() && redis_.applied(shard) >= registry_.revision()) {
        acted_.push_back({alert, queue_.wall()});
      }
    });
  });
}

void Simulation::ScheduleChange() {
  queue_.At(queue_.wall() + queue_.Between(kDay / 4, 6 * kDay), [this] {
    if (calm_) return;
    ChangeSomething();
    ScheduleChange();
  });
}

void Simulation::ScheduleFault() {
  queue_.At(queue_.wall() + queue_.Between(kDay, 10 * kDay), [this] {
    if (calm_) return;
    BreakSomething();
    ScheduleFault();
  });
}

void Simulation::ScheduleAction() {
  queue_.At(queue_.wall() + queue_.Between(kDay, 5 * kDay), [this] {
    if (calm_) return;
    ActOnSomething();
    ScheduleAction();
  });
}

void Simulation::Calm() {
  calm_ = true;
  weather_.refuse = weather_.ambiguous = 0;
  for (auto& replica : replicas_) {
    replica->redis_link = replica->registry_link = Link{};
  }
}

std::vector<std::string> Simulation::Run() {
  weather_.refuse = 0.05;
  weather_.ambiguous = 0.02;
  Seed();
  StartReplica();
  StartReplica();
  ScheduleChange();
  ScheduleFault();
  ScheduleAction();
  const absl::Time storm_ends = start_ + options_.days * kDay;
  queue_.RunUntil(storm_ends);
  Calm();
  queue_.RunUntil(storm_ends + kCalmDays * kDay);
  return Oracle(*this).Judge();
}

}  // namespace vigil::alert::sim
