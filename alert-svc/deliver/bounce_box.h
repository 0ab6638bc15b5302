#pragma once

#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "alert-svc/deliver/bounce.h"
#include "common/clock/wake_signal.h"

namespace vigil::alert {

// What a mail that came to the maildir was, once it is done with.
enum class BounceResult {
  kTaken,     // a failure that is journaled now
  kUnknown,   // a failure of a message that is not ours, or no longer
  kDelayed,   // a message is late, and still tried by the servers: nothing to do
  kNoReport,  // it came to a message's address and reports no failure that we can read: a server
              // that knows no RFC 3464, an absence notice
  kStray,     // it names no message
};

// Reads the maildir into which bounces come, on a thread of its own. A mail that was read is moved
// from `new` to `cur` as seen; one whose bounce could not be taken stays and is read again.
// Several replicas may read one maildir: a bounce that two of them take counts once.
class BounceBox {
 public:
  // Called for each bounce, on the box's thread, and may block for some seconds. OK ends it; so
  // does NOT_FOUND once the mail is an hour old, since the receipt that names the message may still
  // be on its way here; otherwise it is read again.
  using Take = std::function<absl::Status(const Bounce&)>;
  // Told of each mail that is done with, on the box's thread.
  using Count = std::function<void(BounceResult)>;

  // Looks into `folder`, which may be missing as yet, every so often (wall).
  BounceBox(
      std::string folder, absl::Duration every, Take take, Count count = [](BounceResult) {});
  // Ends after the mail at hand.
  ~BounceBox();
  BounceBox(const BounceBox&) = delete;
  BounceBox& operator=(const BounceBox&) = delete;

 private:
  void Run();
  void Scan();
  // What the mail was; nullopt where it is not done with.
  std::optional<BounceResult> Read(const std::string& path);
  bool stopping();

  const std::string folder_;
  const absl::Duration every_;
  const Take take_;
  const Count count_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  WakeSignal wake_;
  std::thread thread_;
};

}  // namespace vigil::alert
