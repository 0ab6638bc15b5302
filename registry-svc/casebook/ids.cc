#include "registry-svc/casebook/ids.h"

#include <fmt/format.h>
#include <sodium.h>

#include <string_view>

#include "registry-svc/journal/entry.h"

namespace vigil::registry {

Random SecureRandom() {
  return [] {
    uint64_t value;
    randombytes_buf(&value, sizeof value);
    return value;
  };
}

std::string RandomCode(const Random& random) {
  constexpr std::string_view kAlphabet = "23456789bcdfghjkmnpqrstvwxz";
  std::string code(8, ' ');
  for (char& letter : code) letter = kAlphabet[random() % kAlphabet.size()];
  return code;
}

std::string RandomUuid(const Random& random) {
  const uint64_t high = (random() & ~0xf000ull) | 0x4000;
  const uint64_t low = (random() & ~(3ull << 62)) | (2ull << 62);
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, high >> 16 & 0xffff,
                     high & 0xffff, low >> 48, low & 0xffffffffffff);
}

std::string RandomEtag(const Random& random) { return fmt::format("{:016x}", random()); }

std::string FileEtag(std::string_view file, std::string_view prev_hash,
                     const google::protobuf::Timestamp& time) {
  return Hex(Sha256(fmt::format("{} {}.{} {}", file, time.seconds(), time.nanos(), prev_hash)))
      .substr(0, 16);
}

std::string RandomKey(const Random& random) {
  std::string key;
  for (int i = 0; i < 4; ++i) {
    const uint64_t part = random();
    key.append(reinterpret_cast<const char*>(&part), sizeof part);
  }
  return key;
}

}  // namespace vigil::registry
