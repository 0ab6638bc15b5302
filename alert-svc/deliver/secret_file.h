#pragma once

#include <sys/stat.h>

#include <string>
#include <string_view>
#include <unordered_map>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace vigil::alert {

// The files that receivers name for their secrets: those of one folder, where a link in it or above
// it may not lead elsewhere. Thread-safe.
class SecretFolder {
 public:
  explicit SecretFolder(std::string folder) : folder_(std::move(folder)) {}

  // What a file holds now; it is a path, or a name in the folder. Nothing of the path is in an
  // error, which calls the secret `what`: UNAVAILABLE where the file cannot be read,
  // FAILED_PRECONDITION where it is elsewhere.
  //
  // What was read stays in memory while its name leads to the same file and nothing was written to
  // it; otherwise it is checked and read anew. `wall` is the time of day.
  absl::StatusOr<std::string> Read(const std::string& file, std::string_view what, absl::Time wall);

 private:
  struct Kept {
    struct stat state;
    std::string text;
  };

  const std::string folder_;
  absl::Mutex mutex_;
  std::unordered_map<std::string, Kept> kept_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace vigil::alert
