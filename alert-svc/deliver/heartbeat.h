#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "alert-svc/deliver/curl_loop.h"
#include "alert-svc/engine/executor.h"
#include "alert-svc/engine/task.h"

namespace vigil::alert {

struct HeartbeatOptions {
  std::string url_file;                      // read each time; what it holds is a secret
  absl::Duration period = absl::Minutes(1);  // wall
  bool allow_private_addresses = false;
};

// What became of the time for a beat.
enum class Beat {
  kHeard,   // the watchdog answered 2xx
  kFailed,  // it did not, or its URL cannot be read
  kSilent,  // there was nothing good to say
};

// Posts to an outside watchdog once in a period for as long as `alive` says OK, and says nothing
// otherwise: what is not there raises the alarm, whatever has died. As soon as all is well again it
// beats. The URL is called by the rules of webhooks: no redirects, no private addresses unless
// allowed. A failed beat is not made up for; the watchdog should have patience for two.
class Heartbeat {
 public:
  // On the engine's thread: `alive`, `report`, the start and the end of it. `executor` outlives it.
  Heartbeat(HeartbeatOptions options, Executor& executor, std::function<absl::Status()> alive,
            std::function<void(Beat)> report);

 private:
  Task<void> Run();
  Task<Beat> Post();

  const HeartbeatOptions options_;
  Executor& executor_;
  const std::function<absl::Status()> alive_;
  const std::function<void(Beat)> report_;
  CurlLoop wire_;
  TaskScope scope_;  // last: its coroutines use all the rest
};

}  // namespace vigil::alert
