#include "registry-svc/journal/token.h"

#include <sodium.h>

#include "absl/strings/escaping.h"
#include "common/rpc/errors.h"
#include "registry-svc/journal/entry.h"

namespace vigil::registry {
namespace {

constexpr char kVersion = 1;
constexpr size_t kIdBytes = 8;
constexpr size_t kRevisionBytes = 8;
constexpr size_t kHashBytes = 16;
constexpr size_t kMacBytes = 16;
// Where each part begins: version, journal, epoch, revision, hash, topics, seal.
constexpr size_t kEpochAt = 1 + kIdBytes;
constexpr size_t kRevisionAt = kEpochAt + kIdBytes;
constexpr size_t kHashAt = kRevisionAt + kRevisionBytes;
constexpr size_t kTopicsAt = kHashAt + kHashBytes;
constexpr size_t kBody = kTopicsAt + 1;

absl::Status BadToken() {
  return rpc::InvalidArgument("BAD_TOKEN", "token",
                              "token: this is no token of a watch: start with a snapshot");
}

absl::Status Resync(std::string message) {
  return rpc::FailedPrecondition("RESYNC", {}, std::move(message));
}

}  // namespace

ResumePoint MakeResumePoint(int64_t revision, std::string_view hash, TopicMask topics) {
  ResumePoint point{
      .revision = revision, .hash = std::string(hash.substr(0, kHashBytes)), .topics = topics};
  point.hash.resize(kHashBytes, '\0');
  return point;
}

bool NamesEntry(const ResumePoint& point, std::string_view hash) {
  return point.hash == MakeResumePoint(0, hash).hash;
}

TokenSealer::TokenSealer(std::string_view journal_id, std::string_view epoch,
                         std::string_view secret)
    : journal_(Sha256(journal_id).substr(0, kIdBytes)), epoch_(Sha256(epoch).substr(0, kIdBytes)) {
  // A key of its own: the secret seals page tokens too.
  const std::string key = Sha256("resume tokens:" + std::string(secret));
  std::copy(key.begin(), key.end(), key_.begin());
}

std::string TokenSealer::Mac(std::string_view body) const {
  std::string mac(kMacBytes, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(mac.data()), mac.size(),
                     reinterpret_cast<const unsigned char*>(body.data()), body.size(), key_.data(),
                     key_.size());
  return mac;
}

std::string TokenSealer::Seal(const ResumePoint& point) const {
  std::string body;
  body.reserve(kBody + kMacBytes);
  body += kVersion;
  body += journal_;
  body += epoch_;
  for (int shift = 56; shift >= 0; shift -= 8) {
    body += static_cast<char>(static_cast<uint64_t>(point.revision) >> shift);
  }
  body += point.hash;
  body += static_cast<char>(point.topics);
  body += Mac(body);
  return absl::WebSafeBase64Escape(body);
}

absl::StatusOr<ResumePoint> TokenSealer::Open(std::string_view token) const {
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(std::string(token), &bytes) ||
      bytes.size() != kBody + kMacBytes || bytes[0] != kVersion) {
    return BadToken();
  }
  const std::string_view body = std::string_view(bytes).substr(0, kBody);
  // Another journal has another key, so this comes before the seal.
  if (body.substr(1, kIdBytes) != journal_) {
    return Resync("the token is of another journal: start with a snapshot");
  }
  if (sodium_memcmp(Mac(body).data(), bytes.data() + kBody, kMacBytes) != 0) return BadToken();
  if (body.substr(kEpochAt, kIdBytes) != epoch_) {
    return Resync("the journal was restored since the token was given: start with a snapshot");
  }
  uint64_t revision = 0;
  for (size_t i = 0; i < kRevisionBytes; ++i) {
    revision = revision << 8 | static_cast<unsigned char>(body[kRevisionAt + i]);
  }
  return ResumePoint{.revision = static_cast<int64_t>(revision),
                     .hash = std::string(body.substr(kHashAt, kHashBytes)),
                     .topics = static_cast<TopicMask>(body[kTopicsAt])};
}

}  // namespace vigil::registry
