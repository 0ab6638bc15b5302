#include "alert-svc/deliver/webhook_signature.h"

#include <fmt/format.h>
#include <sodium.h>

#include <array>

#include "absl/status/status.h"

namespace vigil::alert {
namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr size_t kMinKeyBytes = 24;
constexpr size_t kMaxKeyBytes = 64;

std::string_view Trim(std::string_view line) {
  while (!line.empty() && static_cast<unsigned char>(line.back()) <= ' ') line.remove_suffix(1);
  while (!line.empty() && static_cast<unsigned char>(line.front()) <= ' ') line.remove_prefix(1);
  return line;
}

absl::StatusOr<std::string> ParseKey(std::string_view line, int number) {
  const auto refuse = [number](std::string_view why) {
    return absl::InvalidArgumentError(fmt::format("webhook secret, line {}: {}", number, why));
  };
  if (!line.starts_with(kPrefix)) return refuse("must start with whsec_");
  line.remove_prefix(kPrefix.size());
  std::string key(line.size(), '\0');
  size_t size = 0;
  const char* end = nullptr;
  // Both spellings of the padding are seen in the field.
  for (const int variant :
       {sodium_base64_VARIANT_ORIGINAL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING}) {
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(key.data()), key.size(), line.data(),
                          line.size(), nullptr, &size, &end, variant) == 0 &&
        end == line.data() + line.size()) {
      key.resize(size);
      if (size < kMinKeyBytes || size > kMaxKeyBytes) return refuse("must hold 24 to 64 bytes");
      return key;
    }
  }
  return refuse("is not base64");
}

std::string Sign(std::string_view key, std::string_view prefix, std::string_view body) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(key.data()),
                              key.size());
  for (const std::string_view part : {prefix, body}) {
    crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(part.data()),
                                  part.size());
  }
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> mac;
  crypto_auth_hmacsha256_final(&state, mac.data());
  std::array<char, sodium_base64_ENCODED_LEN(crypto_auth_hmacsha256_BYTES,
                                             sodium_base64_VARIANT_ORIGINAL)>
      text;
  sodium_bin2base64(text.data(), text.size(), mac.data(), mac.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  return text.data();
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ParseWebhookSecrets(std::string_view text) {
  std::vector<std::string> keys;
  int number = 0;
  while (!text.empty()) {
    ++number;
    const size_t end = text.find('\n');
    const std::string_view line = Trim(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty()) continue;
    absl::StatusOr<std::string> key = ParseKey(line, number);
    if (!key.ok()) return key.status();
    keys.push_back(*std::move(key));
  }
  if (keys.empty()) return absl::InvalidArgumentError("webhook secret: the file holds none");
  return keys;
}

std::string SignWebhook(const std::vector<std::string>& keys, std::string_view id,
                        absl::Time attempt, std::string_view body) {
  const std::string prefix = fmt::format("{}.{}.", id, absl::ToUnixSeconds(attempt));
  std::string value;
  for (const std::string& key : keys) {
    if (!value.empty()) value += ' ';
    value += "v1," + Sign(key, prefix, body);
  }
  return value;
}

}  // namespace vigil::alert
