// Proof of notification: what the journal holds of messages that were sent, each with the link of
// the chain that it hangs on.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "registry-svc/journal/entry.h"
#include "registry-svc/store/sqlite.h"
#include "vigil/registry/v1/journal.pb.h"

namespace vigil::registry {

// Which receipts are asked for. Empty and infinite: all.
struct NotificationQuery {
  std::string parent = {};                    // `cases/{case}` or `dossiers/{dossier}`
  std::string receiver = {};                  // `receivers/{receiver}`
  absl::Time from = absl::InfinitePast();     // calendar time of the receipt
  absl::Time until = absl::InfiniteFuture();  // before it
};

// One receipt, and the entry that holds it: its revision, its SHA-256, and when it was committed.
struct Notification {
  const v1::Receipt& receipt;
  ChainEnd link;
  absl::Time committed;
};

// Follows the journal's chain from its first link to its last and hands on what is asked for, in
// its order. Of a digest of many cases, those of its items that are about the one asked for.
// Returns the last link. DATA_LOSS names the first link that is broken: what was handed on before
// it is proved, nothing after it is handed on.
absl::StatusOr<ChainEnd> ReadNotifications(Database& database, const NotificationQuery& query,
                                           const std::function<void(const Notification&)>& take);

}  // namespace vigil::registry
