#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "alert-svc/engine/executor.h"
#include "alert-svc/engine/sender.h"
#include "vigil/config/v1/config.pb.h"

namespace vigil::alert {

struct SenderOptions {
  config::v1::Mail mail;
  std::string page_url;                                // put in front of links
  int max_parallel = 16;                               // messages on the wire at one time
  absl::Duration webhook_timeout = absl::Seconds(15);  // wall
};

// Carries messages by e-mail and webhook, each by the way its receiver names. Rendering and files
// on two threads, the wire on a third, so the engine's thread only queues. `executor` outlives the
// sender; what still runs when the sender goes is answered with kRetry or kAmbiguous.
//
// INVALID_ARGUMENT names the key of `mail` that is wrong; UNAVAILABLE where the outbox cannot be
// made. Whether the SMTP server or a webhook is there is not checked here.
absl::StatusOr<std::unique_ptr<Sender>> MakeSender(SenderOptions options, Executor& executor);

}  // namespace vigil::alert
