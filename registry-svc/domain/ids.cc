#include "registry-svc/domain/ids.h"

namespace vigil::registry {
namespace {

constexpr uint64_t kPrime = 0x100000001b3ull;  // FNV-1a

}  // namespace

IdHash& IdHash::Add(std::string_view text) {
  for (const char c : text) state_ = (state_ ^ static_cast<unsigned char>(c)) * kPrime;
  // A byte that no text holds marks the border.
  state_ = (state_ ^ 0xff) * kPrime;
  return *this;
}

IdHash& IdHash::Add(int64_t number) {
  for (int i = 0; i < 8; ++i) {
    state_ = (state_ ^ ((static_cast<uint64_t>(number) >> (8 * i)) & 0xff)) * kPrime;
  }
  return *this;
}

std::string IdHash::Hex() const {
  // FNV's last bytes change little in the high bits: mix before use.
  uint64_t x = state_;
  x = (x ^ (x >> 33)) * 0xff51afd7ed558ccdull;
  x = (x ^ (x >> 33)) * 0xc4ceb9fe1a85ec53ull;
  x ^= x >> 33;
  std::string out(16, '0');
  for (int i = 15; i >= 0; --i, x >>= 4) out[i] = "0123456789abcdef"[x & 15];
  return out;
}

}  // namespace vigil::registry
