#include "registry-svc/journal/entry.h"

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <sodium.h>

#include <array>

namespace vigil::registry {

std::string Sha256(std::string_view bytes) {
  std::string hash(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(hash.data()),
                     reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  return hash;
}

JournalEntry MakeEntry(const v1::Change& change) {
  JournalEntry entry;
  entry.revision = change.revision();
  {
    google::protobuf::io::StringOutputStream out(&entry.payload);
    google::protobuf::io::CodedOutputStream coded(&out);
    coded.SetSerializationDeterministic(true);
    change.SerializeToCodedStream(&coded);
  }
  entry.hash = Sha256(entry.payload);
  return entry;
}

absl::Status VerifyChain(int64_t revision, std::string hash,
                         const std::vector<JournalEntry>& entries) {
  for (const JournalEntry& entry : entries) {
    const auto broken = [&](std::string_view what) {
      return absl::DataLossError(fmt::format(
          "journal: the chain is broken at revision {}: {}; restore the database from a "
          "backup",
          revision + 1, what));
    };
    v1::Change change;
    if (entry.revision != revision + 1) return broken("a revision is missing");
    if (!change.ParseFromString(entry.payload)) return broken("the entry cannot be read");
    if (change.revision() != entry.revision) return broken("the entry is of another revision");
    if (change.prev_hash() != hash) return broken("the hash of the entry before differs");
    if (Sha256(entry.payload) != entry.hash) return broken("the hash of the entry differs");
    revision = entry.revision;
    hash = entry.hash;
  }
  return absl::OkStatus();
}

std::string Hex(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (unsigned char byte : bytes) fmt::format_to(std::back_inserter(out), "{:02x}", byte);
  return out;
}

}  // namespace vigil::registry
