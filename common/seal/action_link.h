#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "common/seal/sealer.h"
#include "vigil/alert/v1/settings.pb.h"

namespace vigil {

// What a link in a message lets whoever holds it do: answer one alert as one receiver, until a day.
struct ActionLink {
  std::string alert;      // `alerts/{alert}`
  std::string receiver;   // `receivers/{receiver}`
  std::string way;        // WayOf the receiver when the message was sent
  std::string language;   // of the page behind it, BCP 47; empty: English
  absl::Time expires;     // calendar time, in whole seconds
  std::string time_zone;  // IANA, by which the page says times; empty: UTC
};

// Where a receiver's messages go, as a short hash: another address, key or hook is another way. A
// link holds no longer than it stays the same.
std::string WayOf(const alert::v1::Receiver& receiver);

// The link as it stands in an address, `[A-Za-z0-9_-]+`: nothing of it can be read or changed
// there.
std::string SealActionLink(const Sealer& sealer, const ActionLink& link);

// The link again; nothing where it was not sealed by SealActionLink with this key. Whether it has
// expired is for the caller to see.
std::optional<ActionLink> OpenActionLink(const Sealer& sealer, std::string_view sealed);

}  // namespace vigil
