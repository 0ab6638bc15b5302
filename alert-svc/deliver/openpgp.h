#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace vigil::alert {

// Encrypts for a receiver's OpenPGP public key. Keeps its files in a folder of its own, never the
// user's keyring; holds no secret key. Thread-safe: each call works for itself.
class OpenPgp {
 public:
  // `home` is made (mode 0700) where it is missing. UNAVAILABLE where it cannot be made, or GnuPG
  // is not there.
  static absl::StatusOr<std::unique_ptr<OpenPgp>> Open(std::string home);

  // `plain`, encrypted and ASCII-armoured. INVALID_ARGUMENT where `key`, an armoured public key,
  // is none, holds several, or has expired, was revoked, or cannot encrypt; UNAVAILABLE where
  // GnuPG fails. No error holds a user id.
  absl::StatusOr<std::string> Encrypt(std::string_view plain, const std::string& key) const;

 private:
  explicit OpenPgp(std::string home) : home_(std::move(home)) {}
  std::string home_;
};

}  // namespace vigil::alert
