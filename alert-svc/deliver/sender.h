#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "alert-svc/engine/executor.h"
#include "alert-svc/engine/sender.h"
#include "common/seal/sealer.h"
#include "vigil/config/v1/config.pb.h"

namespace vigil::alert {

struct SenderOptions {
  config::v1::Mail mail;
  std::string page_url;              // put in front of links
  std::string receiver_secrets_dir;  // of the files that receivers may name
  int max_parallel = 16;             // requests on the wire at one time, and half as many mails
  absl::Duration webhook_timeout = absl::Seconds(15);  // wall; of chat too
  std::optional<Sealer> action_links = std::nullopt;   // seals them; without it there are none
  // An answer says that something is wrong with the receiver, as it was then, or with us where it
  // is `ours`. On the engine's thread.
  std::function<void(const v1::Receiver&, const Outcome&)> on_trouble = nullptr;
};

// Carries messages by e-mail, webhook and chat, each by the way its receiver names. Rendering and
// files on two threads, requests on a third, mails on some of their own, so the engine's thread
// only queues. `executor` outlives the sender; what still runs when the sender goes is answered
// with kNotNow, kRetry or kAmbiguous.
//
// No receiver holds up another: of one at most its own number of messages are on their way, half of
// all unless it says otherwise, and one that keeps failing is left alone for a while (see gate.h);
// what cannot go for that is answered with kNotNow. Nor does a mail server that is slow to
// answer hold up what goes elsewhere. A receiver that is disabled, or whose address was refused,
// gets nothing: kPermanent.
//
// A private receiver's mail with an OpenPGP key leaves encrypted or not at all.
//
// INVALID_ARGUMENT names the key of `mail` that is wrong; UNAVAILABLE where the outbox cannot be
// made. Whether the SMTP server or a webhook is there is not checked here.
absl::StatusOr<std::unique_ptr<Sender>> MakeSender(SenderOptions options, Executor& executor);

}  // namespace vigil::alert
