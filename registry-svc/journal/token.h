// The token with which a watcher resumes.
//
// Opaque to the watcher, and sealed: it names the journal, the epoch of it, a revision with the
// hash of its entry, and the topics asked for. So a token of another journal, of one that was
// restored and went another way, or of another watch is told apart, and none can be made up.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "registry-svc/journal/topics.h"

namespace vigil::registry {

struct ResumePoint {
  int64_t revision = 0;
  // Of the revision's entry, the first 16 bytes; zeros for revision 0.
  std::string hash;
  TopicMask topics = kAllTopics;
};

// `hash` is the whole hash of the entry.
ResumePoint MakeResumePoint(int64_t revision, std::string_view hash, TopicMask topics = kAllTopics);

// Whether `hash`, whole, is that of the entry which the point names.
bool NamesEntry(const ResumePoint& point, std::string_view hash);

// Seals and opens the tokens of one journal. The same point always makes the same token. Immutable,
// thread-safe.
class TokenSealer {
 public:
  // `journal_id` names the journal for ever; `epoch` changes with each restore; `secret` lives as
  // long as the database.
  TokenSealer(std::string_view journal_id, std::string_view epoch, std::string_view secret);

  std::string Seal(const ResumePoint& point) const;
  // INVALID_ARGUMENT BAD_TOKEN for what is no token or was changed; FAILED_PRECONDITION RESYNC for
  // one of another journal or another epoch of this one.
  absl::StatusOr<ResumePoint> Open(std::string_view token) const;

 private:
  std::string Mac(std::string_view body) const;

  std::string journal_, epoch_;
  std::array<unsigned char, 32> key_;
};

}  // namespace vigil::registry
