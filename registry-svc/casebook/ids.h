// Ids that the casebook makes: random, so that they tell nothing, but for the etag of a file.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

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
// The etag that a case or dossier gets by a change of that `prev_hash` and time. It follows from
// the journal, so that a read of the past gives the etag of the time; no other change has both.
std::string FileEtag(std::string_view file, std::string_view prev_hash,
                     const google::protobuf::Timestamp& time);
// 32 random bytes.
std::string RandomKey(const Random& random);

}  // namespace vigil::registry
