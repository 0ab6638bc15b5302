#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/seal/sealer.h"

namespace vigil::gateway::auth {

/// Seals bearer tokens into cookie values and opens them again, so that the browser holds nothing
/// that could be read or used elsewhere, and the gateway keeps no sessions. Immutable; any thread.
class SessionSealer {
 public:
  static constexpr absl::Duration kLifetime = absl::Hours(24 * 30);

  /// Reads the key: 32 random bytes in hex. FAILED_PRECONDITION naming the file and the remedy.
  /// Without a file the key lasts as long as the process: a restart signs everybody out.
  static absl::StatusOr<SessionSealer> Load(const std::string& key_file);

  /// The name of the cookie: of the key, since a browser keeps the cookies of all ports of a host
  /// together, and the sessions of two instances must not put each other out.
  const std::string& cookie() const { return cookie_; }

  /// A cookie value, `[A-Za-z0-9_-]+`. `now` is wall time.
  std::string Seal(std::string_view token, absl::Time now) const;
  /// The token; nothing where the value was not sealed with this key or is older than kLifetime.
  std::optional<std::string> Open(std::string_view cookie, absl::Time now) const;

 private:
  explicit SessionSealer(std::string_view key);

  Sealer sealer_;
  std::string cookie_;
};

}  // namespace vigil::gateway::auth
