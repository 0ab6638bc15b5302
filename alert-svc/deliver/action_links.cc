#include "alert-svc/deliver/action_links.h"

#include <fmt/format.h>

#include "alert-svc/deliver/wording.h"
#include "common/seal/action_link.h"

namespace vigil::alert {

void AddActionLinks(const Sealer& sealer, const std::string& page_url, Message& message) {
  const bool personal = message.receiver.has_email() || message.receiver.has_webhook();
  if (!personal || message.form == Message::Form::kSummary) return;
  for (MessageItem& item : message.items) {
    if (item.alert.empty() || item.change == MessageItem::Change::kWithdrawn) continue;
    const ActionLink link{item.alert,
                          message.receiver.name(),
                          WayOf(message.receiver),
                          WordsFor(message).Language(),
                          message.time + kActionLinkLifetime,
                          message.time_zone};
    item.action_link = fmt::format("{}/act/{}", page_url, SealActionLink(sealer, link));
  }
}

}  // namespace vigil::alert
