#pragma once

#include <array>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace vigil {

// Seals short texts that leave the process and must come back unread and unchanged: page tokens,
// cookies. XChaCha20-Poly1305 with a random nonce, in base64url. Thread-safe, cheap to copy.
class Sealer {
 public:
  // With a key that dies with the process.
  Sealer();
  // With a key made from a secret of any length: what was sealed opens after a restart too.
  explicit Sealer(std::string_view secret);

  // The sealed text. It opens only with the same `bound_to`, which is not part of it.
  std::string Seal(std::string_view text, std::string_view bound_to) const;

  // The text. INVALID_ARGUMENT with SEAL_BROKEN where it was not sealed with this key for this
  // `bound_to`.
  absl::StatusOr<std::string> Open(std::string_view sealed, std::string_view bound_to) const;

 private:
  std::array<unsigned char, 32> key_;
};

}  // namespace vigil
