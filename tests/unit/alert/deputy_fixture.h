#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "alert-svc/domain/local_time.h"
#include "alert-svc/engine/engine.h"
#include "tests/simulation/redis_model.h"
#include "tests/simulation/registry_model.h"
#include "tests/simulation/sim_schedule.h"
#include "tests/simulation/sink.h"

namespace vigil::alert {

// One replica of the engine on the peers of the simulation, a quarter of a day each second: a desk
// that hears of everything, and a deputy who stands in for it.
class DeputyFixture : public ::testing::Test {
 protected:
  static constexpr char kDesk[] = "receivers/desk";
  static constexpr char kDeputy[] = "receivers/deputy";

  DeputyFixture() {
    EngineOptions options;
    options.draw_epoch = [] { return std::string("epoch"); };
    engine_ = std::make_unique<Engine>(executor_, schedule_, feed_, sender_, observer_, days_,
                                       std::move(options));
    executor_.Post([this] { engine_->Start(); });
    for (const char* name : {kDesk, kDeputy}) {
      v1::Receiver receiver;
      receiver.set_name(name);
      receiver.mutable_email()->set_address("a@vigil.example");
      Put(receiver);
    }
    v1::Subscription subscription;
    subscription.set_name("subscriptions/desk");
    subscription.set_receiver(kDesk);
    subscription.set_stand_in(kDeputy);
    subscription.set_time_zone("UTC");
    Put(subscription);
  }

  template <class Setting>
  void Put(const Setting& setting) {
    registry_.PutSetting("records/" + setting.name(), setting);
  }
  // Told once, twenty days before; unanswered for so many hours, or never, it is passed on.
  void PutPolicy(v1::Policy::Channel channel, int escalate_after_hours) {
    v1::Policy policy;
    policy.set_name("policies/all");
    policy.add_kinds(kKind);
    policy.add_lead_days(20);
    policy.set_channel(channel);
    policy.set_escalate_after_hours(escalate_after_hours);
    policy.set_any_day(true);
    Put(policy);
  }
  // A deadline of a case whose lead comes in so many days.
  void PutDeadline(int days, const std::string& parent = "cases/c-1") {
    registry::v1::Deadline deadline;
    deadline.set_name(parent + "/deadlines/d-1");
    deadline.set_kind(kKind);
    deadline.set_earliest(civil::FormatDay(Today() + std::chrono::days(20 + days)));
    deadline.set_latest(deadline.earliest());
    registry_.SetDeadlines(parent, {deadline});
  }

  void Run(absl::Duration wall) { queue_.RunUntil(queue_.wall() + wall); }
  civil::Day Today() const { return LocalDay(queue_.now(), absl::UTCTimeZone()); }
  const World& world() const { return engine_->core().world; }
  // What a receiver's server took.
  std::vector<Message> TakenBy(const std::string& receiver) {
    std::vector<Message> taken;
    for (const sim::Accepted& one : sink_.taken()) {
      if (one.message.receiver.name() == receiver) taken.push_back(one.message);
    }
    return taken;
  }

  static constexpr auto kKind = registry::v1::DEADLINE_KIND_SENTENCE_END;
  sim::Queue queue_{1, absl::FromUnixSeconds(1'524'916'800), 21600};
  sim::RedisModel redis_{queue_};
  sim::RegistryModel registry_{queue_};
  sim::Sink sink_;
  sim::Weather weather_;
  civil::WorkingDays days_;
  EngineObserver observer_;
  std::shared_ptr<sim::Link> redis_link_ = std::make_shared<sim::Link>();
  std::shared_ptr<sim::Link> registry_link_ = std::make_shared<sim::Link>();
  sim::SimClock clock_{queue_};
  sim::SimExecutor executor_{queue_, clock_};
  sim::SimSchedule schedule_{queue_, executor_, redis_link_, redis_};
  sim::SimFeed feed_{queue_, executor_, registry_link_, registry_};
  sim::SimSender sender_{queue_, executor_, weather_, sink_, 0};
  std::unique_ptr<Engine> engine_;
};

}  // namespace vigil::alert
