#include "registry-svc/journal/entry.h"

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <sodium.h>

#include <utility>

#include "registry-svc/journal/touched.h"

namespace vigil::registry {

std::string Sha256(std::string_view bytes) {
  std::string hash(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(hash.data()),
                     reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  return hash;
}

namespace {

JournalEntry Seal(int64_t number, const google::protobuf::MessageLite& link) {
  JournalEntry entry;
  entry.revision = number;
  {
    google::protobuf::io::StringOutputStream out(&entry.payload);
    google::protobuf::io::CodedOutputStream coded(&out);
    coded.SetSerializationDeterministic(true);
    link.SerializeToCodedStream(&coded);
  }
  entry.hash = Sha256(entry.payload);
  return entry;
}

int64_t NumberOf(const v1::Change& change) { return change.revision(); }
int64_t NumberOf(const v1::Access& access) { return access.number(); }

template <class Link>
std::string Follow(ChainEnd& end, const JournalEntry& entry, Link& link) {
  if (entry.revision != end.number + 1) return "an entry is missing";
  if (!link.ParseFromString(entry.payload)) return "the entry cannot be read";
  if (NumberOf(link) != entry.revision) return "the entry is that of another number";
  if (link.prev_hash() != end.hash) return "the hash of the entry before differs";
  if (Sha256(entry.payload) != entry.hash) return "the hash of the entry differs";
  end = {.number = entry.revision, .hash = entry.hash};
  return {};
}

}  // namespace

JournalEntry MakeEntry(const v1::Change& change) {
  JournalEntry entry = Seal(change.revision(), change);
  entry.files = FilesOf(change);
  return entry;
}

JournalEntry MakeEntry(const v1::Access& access) { return Seal(access.number(), access); }

std::string FollowLink(ChainEnd& end, const JournalEntry& entry, v1::Change& link) {
  return Follow(end, entry, link);
}

std::string FollowLink(ChainEnd& end, const JournalEntry& entry, v1::Access& link) {
  return Follow(end, entry, link);
}

absl::Status VerifyChain(int64_t revision, std::string hash,
                         const std::vector<JournalEntry>& entries) {
  ChainEnd end = {.number = revision, .hash = std::move(hash)};
  v1::Change change;
  for (const JournalEntry& entry : entries) {
    const std::string wrong = FollowLink(end, entry, change);
    if (wrong.empty()) continue;
    return absl::DataLossError(fmt::format(
        "journal: the chain is broken at revision {}: {}; restore the database from a backup",
        end.number + 1, wrong));
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
