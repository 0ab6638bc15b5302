#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace vigil::alert {

// A maildir in which mail lands while no SMTP server is configured. For one thread at a time;
// several processes may share the folder.
class Maildir {
 public:
  // Makes `folder` with tmp, new and cur (mode 0700) where they are missing.
  static absl::StatusOr<Maildir> Open(std::string folder);

  // Delivers a message: written to tmp, synced, renamed into new, the folder synced. The file is
  // named by `id`, so that delivering the same id again, also after a crash or once a reader has
  // moved it to cur, leaves one copy and answers OK. UNAVAILABLE where the disk does not take it.
  absl::Status Deliver(std::string_view id, std::string_view message) const;

 private:
  explicit Maildir(std::string folder) : folder_(std::move(folder)) {}

  bool Has(const std::string& name) const;

  std::string folder_;
};

}  // namespace vigil::alert
