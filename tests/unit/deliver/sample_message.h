#pragma once

#include <utility>

#include "alert-svc/engine/sender.h"

namespace vigil::alert {

inline constexpr char kPage[] = "https://vigil.example";

inline registry::v1::Deadline CustodyLimit() {
  namespace reg = registry::v1;
  reg::Deadline deadline;
  deadline.set_name("cases/c-7f3k9q2m/deadlines/d-1");
  deadline.set_kind(reg::DEADLINE_KIND_CUSTODY_LIMIT);
  deadline.set_nature(reg::DEADLINE_NATURE_LIMIT);
  deadline.set_actor(reg::DEADLINE_ACTOR_STATE);
  deadline.set_rule("KZ.CPC.151.2M@1");
  deadline.set_earliest("2018-06-07");
  deadline.set_latest("2018-06-07");
  deadline.set_boundary(reg::DEADLINE_BOUNDARY_BEFORE_DAY);
  deadline.set_precision(reg::DEADLINE_PRECISION_EXACT);
  deadline.set_state(reg::DEADLINE_STATE_UPCOMING);
  return deadline;
}

inline Message Single(registry::v1::Deadline deadline) {
  Message message;
  message.id = "0123456789abcdef";
  message.receiver.mutable_email()->set_address("a@example.org");
  MessageItem item;
  item.deadline = std::move(deadline);
  item.alert = "alerts/feed";
  item.step = 3;
  message.items.push_back(item);
  message.time = absl::FromUnixSeconds(1'528'081'200);
  message.today = std::chrono::sys_days(std::chrono::June / 4 / 2018);
  message.time_zone = "Asia/Almaty";
  return message;
}

// A webhook answered 410, and its owner is told.
inline Message GoneWebhook() {
  Message message = Single(CustodyLimit());
  message.form = Message::Form::kTrouble;
  message.items.clear();
  message.troubled = "receivers/hook";
  message.trouble.set_kind(v1::Trouble::KIND_GONE);
  message.trouble.mutable_start_time()->set_seconds(1'528'070'400);
  message.trouble.set_detail("HTTP 410");
  message.given_up = 3;
  return message;
}

}  // namespace vigil::alert
