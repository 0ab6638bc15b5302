#include "registry-svc/journal/token.h"

#include "absl/strings/escaping.h"
#include "common/rpc/errors.h"
#include "registry-svc/journal/entry.h"

namespace vigil::registry {
namespace {

constexpr size_t kJournalBytes = 8;
constexpr size_t kRevisionBytes = 8;
constexpr size_t kHashBytes = 16;
// Against typing errors; the hash is what counts.
constexpr size_t kCheckBytes = 4;
constexpr size_t kBody = kJournalBytes + kRevisionBytes + kHashBytes;

}  // namespace

ResumePoint MakeResumePoint(std::string_view journal_id, int64_t revision, std::string_view hash) {
  ResumePoint point{.journal = Sha256(journal_id).substr(0, kJournalBytes),
                    .revision = revision,
                    .hash = std::string(hash.substr(0, kHashBytes))};
  point.hash.resize(kHashBytes, '\0');
  return point;
}

std::string FormatToken(const ResumePoint& point) {
  std::string body = point.journal;
  for (int shift = 56; shift >= 0; shift -= 8) {
    body += static_cast<char>(static_cast<uint64_t>(point.revision) >> shift);
  }
  body += point.hash;
  return absl::WebSafeBase64Escape(body + Sha256(body).substr(0, kCheckBytes));
}

absl::StatusOr<ResumePoint> ParseToken(std::string_view token) {
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(std::string(token), &bytes) ||
      bytes.size() != kBody + kCheckBytes ||
      Sha256(bytes.substr(0, kBody)).substr(0, kCheckBytes) != bytes.substr(kBody)) {
    return rpc::InvalidArgument("BAD_TOKEN", "token",
                                "token: this is no token of a watch: start with a snapshot");
  }
  ResumePoint point;
  point.journal = bytes.substr(0, kJournalBytes);
  uint64_t revision = 0;
  for (size_t i = 0; i < kRevisionBytes; ++i) {
    revision = revision << 8 | static_cast<unsigned char>(bytes[kJournalBytes + i]);
  }
  point.revision = static_cast<int64_t>(revision);
  point.hash = bytes.substr(kJournalBytes + kRevisionBytes, kHashBytes);
  return point;
}

bool SameJournal(const ResumePoint& a, const ResumePoint& b) { return a.journal == b.journal; }

bool SameEntry(const ResumePoint& a, const ResumePoint& b) {
  return SameJournal(a, b) && a.revision == b.revision && a.hash == b.hash;
}

}  // namespace vigil::registry
