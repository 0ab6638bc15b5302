// Any bytes as what the disk gives for an entry of the journal or of the access trail: found wrong,
// or an entry that follows the one before; never one whose hash is of other bytes.
#include <sodium.h>

#include <cstdint>
#include <cstdlib>

#include "registry-svc/journal/entry.h"
#include "tests/fuzz/require.h"

namespace vigil::fuzz {
namespace {

using namespace registry;  // NOLINT: all of it is about one header

template <class Link>
void Try(std::string_view payload) {
  const JournalEntry entry{.revision = 1, .hash = Sha256(payload), .payload = std::string(payload)};
  ChainEnd end;
  Link link;
  if (!FollowLink(end, entry, link).empty()) {
    return Require(end.number == 0, "what is wrong does not move the end");
  }
  Require(end.number == 1 && end.hash == entry.hash, "the entry is the new end");
  JournalEntry changed = entry;
  changed.hash[0] = static_cast<char>(changed.hash[0] ^ 1);
  ChainEnd other;
  Require(!FollowLink(other, changed, link).empty(), "a hash of other bytes is found wrong");
}

}  // namespace
}  // namespace vigil::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (sodium_init() < 0) std::abort();
  const std::string_view payload(reinterpret_cast<const char*>(data), size);
  vigil::fuzz::Try<vigil::registry::v1::Change>(payload);
  vigil::fuzz::Try<vigil::registry::v1::Access>(payload);
  return 0;
}
