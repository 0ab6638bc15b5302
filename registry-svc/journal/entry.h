// An entry of the journal, and the chain that makes tampering visible.
//
// The payload is a serialized v1::Change, which holds its revision and the hash of the entry before
// it; the hash is SHA-256 over the payload. So cutting, editing or reordering entries breaks the
// chain at that place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "vigil/registry/v1/journal.pb.h"

namespace vigil::registry {

// One revision, as it is stored.
struct JournalEntry {
  int64_t revision = 0;
  // SHA-256 of the payload, 32 bytes.
  std::string hash;
  // The v1::Change, serialized.
  std::string payload;
};

// Serializes a change into the entry that follows revision `change.revision() - 1`; `prev_hash`
// must be set in it.
JournalEntry MakeEntry(const v1::Change& change);

// SHA-256, 32 bytes.
std::string Sha256(std::string_view bytes);

// Checks that `entries` follow each other and the entry with `revision` and `hash` (0 and empty for
// the start of the journal). DATA_LOSS naming the first revision at which the chain is broken.
absl::Status VerifyChain(int64_t revision, std::string hash,
                         const std::vector<JournalEntry>& entries);

// Lower-case hexadecimal, for etags and logs.
std::string Hex(std::string_view bytes);

}  // namespace vigil::registry
