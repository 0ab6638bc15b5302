// An entry of the journal, and the chain that makes tampering visible.
//
// The payload is a serialized v1::Change, which holds its revision and the hash of the entry before
// it; the hash is SHA-256 over the payload, which is all there is: items, time, actor, request id.
// So cutting, editing or reordering entries breaks the chain at that place. The access trail is
// chained alike: its payload is a serialized v1::Access.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "vigil/registry/v1/audit.pb.h"
#include "vigil/registry/v1/journal.pb.h"

namespace vigil::registry {

// The last entry of a chain; 0 and empty where there is none.
struct ChainEnd {
  int64_t number = 0;
  // 32 bytes.
  std::string hash;
};

// One revision, as it is stored; or one access.
struct JournalEntry {
  // Number of the access.
  int64_t revision = 0;
  // SHA-256 of the payload, 32 bytes.
  std::string hash;
  // The v1::Change, serialized.
  std::string payload;
  // Files that it tells of (touched.h), to be written with it; empty where it was read.
  std::vector<std::string> files = {};
};

// Serializes a change into the entry that follows revision `change.revision() - 1`; `prev_hash`
// must be set in it.
JournalEntry MakeEntry(const v1::Change& change);
// Likewise of the access trail.
JournalEntry MakeEntry(const v1::Access& access);

// SHA-256, 32 bytes.
std::string Sha256(std::string_view bytes);

// What is wrong with an entry that should follow `end`; empty where nothing is, and then `end` is
// the entry and `link` what it holds.
std::string FollowLink(ChainEnd& end, const JournalEntry& entry, v1::Change& link);
std::string FollowLink(ChainEnd& end, const JournalEntry& entry, v1::Access& link);

// Checks that `entries` follow each other and the entry with `revision` and `hash` (0 and empty for
// the start of the journal). DATA_LOSS naming the first revision at which the chain is broken.
absl::Status VerifyChain(int64_t revision, std::string hash,
                         const std::vector<JournalEntry>& entries);

// Lower-case hexadecimal, for etags and logs.
std::string Hex(std::string_view bytes);

}  // namespace vigil::registry
