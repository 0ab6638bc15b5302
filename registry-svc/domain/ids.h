// Ids that depend on content: the same input, the same id, on every machine and for good. Internal
// to the domain.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace vigil::registry {

// Hashes a list of texts; the borders between them count.
class IdHash {
 public:
  explicit IdHash(uint64_t seed = 0xcbf29ce484222325ull) : state_(seed) {}

  IdHash& Add(std::string_view text);
  IdHash& Add(int64_t number);
  // 16 hex digits.
  std::string Hex() const;

 private:
  uint64_t state_;
};

}  // namespace vigil::registry
