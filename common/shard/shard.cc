#include "common/shard/shard.h"

#include <cstdint>

namespace vigil {

int ShardOf(std::string_view parent, int shard_count) {
  uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const char c : parent) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3;
  }
  // FNV's high bits mix well and its low ones do not: fold them in before the remainder is taken.
  hash ^= hash >> 33;
  hash *= 0xff51afd7ed558ccd;
  hash ^= hash >> 33;
  return static_cast<int>(hash % static_cast<uint64_t>(shard_count));
}

}  // namespace vigil
