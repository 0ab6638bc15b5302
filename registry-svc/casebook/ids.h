// Ids that the casebook makes: random, so that they tell nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace vigil::registry {

// A source of random 64-bit numbers; tests give a counted one.
using Random = std::function<uint64_t()>;

// The system's generator, fit for secrets. Safe from any thread.
Random SecureRandom();

// Eight letters and digits without vowels and look-alikes (`7f3k9q2m`): 37 bits.
std::string RandomCode(const Random& random);
// A version 4 UUID.
std::string RandomUuid(const Random& random);
// Sixteen hexadecimal digits.
std::string RandomEtag(const Random& random);
// 32 random bytes.
std::string RandomKey(const Random& random);

}  // namespace vigil::registry
