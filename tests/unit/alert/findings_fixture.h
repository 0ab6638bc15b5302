#pragma once

#include "tests/unit/alert/engine_fixture.h"

// A case in which something is missing, and a desk that hears of it on Mondays.
namespace vigil::alert {

inline const absl::Duration kWeek = absl::Hours(24 * 7) / kRate;  // wall

class FindingsDigest : public EngineTest {
 protected:
  // It is Thursday, 2018-05-03; of the case nothing is due for months.
  FindingsDigest() {
    PutDeadline(300);
    replica_->feed.has_findings = true;
  }

  void RunUntilDay(int month, int day, int hour) {
    const absl::Time until =
        LocalMoment(civil::MakeDay(2018, month, day), hour, Zone("Asia/Almaty"));
    while (queue_.now() < until) Run(absl::Milliseconds(20));
  }
  // A date of which Monday's digest, of 2018-05-07, is to tell.
  void PutDatesOfDigests() {
    v1::Policy policy;
    policy.set_name("policies/dates");
    policy.add_kinds(registry::v1::DEADLINE_KIND_SENTENCE_END);
    policy.add_lead_days(20);
    policy.set_channel(v1::Policy::CHANNEL_DAILY);
    policy.set_escalate_after_hours(-1);
    Put(policy);
    PutDeadline(4, "cases/c-other", registry::v1::DEADLINE_KIND_SENTENCE_END);
    replica_->feed.tells_other = true;
  }
  static std::chrono::weekday WeekdayOf(const Message& message) {
    return std::chrono::weekday(message.today);
  }
};

}  // namespace vigil::alert
