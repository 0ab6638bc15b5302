#include "tests/bench/engine/bench_world.h"

#include <fmt/format.h>

#include <algorithm>

#include "alert-svc/domain/local_time.h"
#include "common/civil/day.h"
#include "vigil/alert/v1/settings.pb.h"

namespace vigil::alert {
namespace {

using registry::v1::Change;

constexpr int kCasesOfPart = 500;
constexpr int kLeadDays = 7;
constexpr int kHour = 9;

civil::Day Date() { return civil::MakeDay(2018, 6, 5); }

template <class Setting>
void Add(const Setting& setting, Change& change) {
  auto& record = *change.add_items()->mutable_record_changed()->mutable_record();
  record.set_name("records/" + setting.name());
  record.mutable_body()->PackFrom(setting);
}

Change SettingsPart(int receivers) {
  Change change;
  v1::Policy policy;
  policy.set_name("policies/manual");
  policy.add_kinds(registry::v1::DEADLINE_KIND_MANUAL);
  policy.add_lead_days(kLeadDays);
  policy.set_channel(v1::Policy::CHANNEL_AT_ONCE);
  policy.set_escalate_after_hours(-1);
  policy.set_any_day(true);
  Add(policy, change);
  for (int i = 0; i < receivers; ++i) {
    v1::Receiver receiver;
    receiver.set_name(fmt::format("receivers/r{}", i));
    receiver.mutable_email()->set_address("desk@vigil.example");
    Add(receiver, change);
    v1::Subscription subscription;
    subscription.set_name(fmt::format("subscriptions/s{}", i));
    subscription.set_receiver(receiver.name());
    subscription.set_time_zone("UTC");
    subscription.set_hour(kHour);
    subscription.add_kinds(registry::v1::DEADLINE_KIND_MANUAL);  // and no findings
    Add(subscription, change);
  }
  return change;
}

}  // namespace

absl::Time BenchDue() {
  return LocalMoment(Date() - std::chrono::days(kLeadDays), kHour, absl::UTCTimeZone());
}

int BenchWorld::parts() const { return 1 + (cases + kCasesOfPart - 1) / kCasesOfPart; }

Change BenchWorld::Part(int part) const {
  if (part == 0) return SettingsPart(receivers);
  Change change;
  const int first = (part - 1) * kCasesOfPart;
  for (int i = first; i < std::min(first + kCasesOfPart, cases); ++i) {
    auto& changed = *change.add_items()->mutable_deadlines_changed();
    changed.set_parent(fmt::format("cases/c-{}", i));
    for (int d = 0; d < deadlines; ++d) {
      registry::v1::Deadline& deadline = *changed.add_after();
      deadline.set_name(fmt::format("{}/deadlines/d-{}", changed.parent(), d));
      deadline.set_kind(registry::v1::DEADLINE_KIND_MANUAL);
      deadline.set_earliest(civil::FormatDay(Date()));
      deadline.set_latest(deadline.earliest());
    }
  }
  return change;
}

}  // namespace vigil::alert
