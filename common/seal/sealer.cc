#include "common/seal/sealer.h"

#include <sodium.h>

#include <cstdlib>
#include <vector>

#include "common/rpc/errors.h"

namespace vigil {
namespace {

static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == 32);
constexpr size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr int kBase64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
constexpr size_t kLongest = 64 * 1024;

// Without it libsodium's choice of implementations is not thread-safe.
void Init() {
  if (sodium_init() < 0) std::abort();
}

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string Encode(const std::vector<unsigned char>& bytes) {
  std::string text(sodium_base64_encoded_len(bytes.size(), kBase64), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), kBase64);
  text.pop_back();  // the terminator
  return text;
}

}  // namespace

Sealer::Sealer() {
  Init();
  randombytes_buf(key_.data(), key_.size());
}

Sealer::Sealer(std::string_view secret) {
  Init();
  crypto_generichash(key_.data(), key_.size(), Bytes(secret), secret.size(), nullptr, 0);
}

std::string Sealer::Seal(std::string_view text, std::string_view bound_to) const {
  std::vector<unsigned char> sealed(kNonce + text.size() + kTag);
  randombytes_buf(sealed.data(), kNonce);
  crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.data() + kNonce, nullptr, Bytes(text),
                                             text.size(), Bytes(bound_to), bound_to.size(), nullptr,
                                             sealed.data(), key_.data());
  return Encode(sealed);
}

absl::StatusOr<std::string> Sealer::Open(std::string_view sealed, std::string_view bound_to) const {
  const auto broken = [] {
    return rpc::InvalidArgument("SEAL_BROKEN", "",
                                "the sealed text is not one of ours; start again without it");
  };
  if (sealed.size() > kLongest) return broken();
  std::vector<unsigned char> bytes(sealed.size());
  size_t size = 0;
  if (sodium_base642bin(bytes.data(), bytes.size(), sealed.data(), sealed.size(), nullptr, &size,
                        nullptr, kBase64) != 0 ||
      size < kNonce + kTag) {
    return broken();
  }
  std::string text(size - kNonce - kTag, '\0');
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          reinterpret_cast<unsigned char*>(text.data()), nullptr, nullptr, bytes.data() + kNonce,
          size - kNonce, Bytes(bound_to), bound_to.size(), bytes.data(), key_.data()) != 0) {
    return broken();
  }
  return text;
}

}  // namespace vigil
