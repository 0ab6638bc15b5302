#include "gateway/auth/session.h"

#include <sodium.h>

#include <array>
#include <charconv>

#include "common/rpc/channel.h"
#include "fmt/format.h"

namespace vigil::gateway::auth {
namespace {

constexpr std::string_view kPurpose = "session";
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kCookieLimit = 4096;  // What browsers keep.

std::string DrawKey() {
  std::string key(kKeyBytes, '\0');
  randombytes_buf(key.data(), key.size());
  return key;
}

// Eight digits that tell keys apart and tell nothing of them.
std::string MarkOf(std::string_view key) {
  constexpr std::string_view kUse = "cookie name";
  std::array<unsigned char, crypto_generichash_BYTES_MIN> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(key.data()),
                     key.size(), reinterpret_cast<const unsigned char*>(kUse.data()), kUse.size());
  return fmt::format("{:02x}{:02x}{:02x}{:02x}", hash[0], hash[1], hash[2], hash[3]);
}

}  // namespace

absl::StatusOr<SessionSealer> SessionSealer::Load(const std::string& key_file) {
  if (key_file.empty()) return SessionSealer(DrawKey());
  const absl::StatusOr<std::string> key = rpc::ReadKey(key_file, "cookie_key_file");
  if (!key.ok()) return key.status();
  return SessionSealer(*key);
}

SessionSealer::SessionSealer(std::string_view key)
    : sealer_(key), cookie_(fmt::format("vigil_session_{}", MarkOf(key))) {}

// The time of sealing stands before the token, so that a stolen cookie does not open for ever.
std::string SessionSealer::Seal(std::string_view token, absl::Time now) const {
  return sealer_.Seal(fmt::format("{}:{}", absl::ToUnixSeconds(now), token), kPurpose);
}

std::optional<std::string> SessionSealer::Open(std::string_view cookie, absl::Time now) const {
  if (cookie.empty() || cookie.size() > kCookieLimit) return std::nullopt;
  const absl::StatusOr<std::string> plain = sealer_.Open(cookie, kPurpose);
  if (!plain.ok()) return std::nullopt;
  std::int64_t sealed = 0;
  const char* end = plain->data() + plain->size();
  const auto [colon, error] = std::from_chars(plain->data(), end, sealed);
  if (error != std::errc() || colon == end || *colon != ':') return std::nullopt;
  if (now - absl::FromUnixSeconds(sealed) > kLifetime) return std::nullopt;
  return std::string(colon + 1, end);
}

}  // namespace vigil::gateway::auth
