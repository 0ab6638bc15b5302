#pragma once

#include <string>
#include <vector>

#include "alert-svc/domain/local_time.h"
#include "tests/unit/alert/replica_fixture.h"

namespace vigil::alert {

// A desk that hears of everything, and a deputy who stands in for it; a quarter of a day each
// second.
class DeputyFixture : public ReplicaFixture {
 protected:
  static constexpr char kDesk[] = "receivers/desk";
  static constexpr char kDeputy[] = "receivers/deputy";

  DeputyFixture() : ReplicaFixture(absl::FromUnixSeconds(1'524'916'800), 21600) {
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

  civil::Day Today() const { return LocalDay(queue_.now(), absl::UTCTimeZone()); }
  // What a receiver's server took.
  std::vector<Message> TakenBy(const std::string& receiver) {
    std::vector<Message> taken;
    for (const sim::Accepted& one : sink_.taken()) {
      if (one.message.receiver.name() == receiver) taken.push_back(one.message);
    }
    return taken;
  }

  static constexpr auto kKind = registry::v1::DEADLINE_KIND_SENTENCE_END;
};

}  // namespace vigil::alert
