// The token with which a watcher resumes.
//
// Opaque to the watcher; bound to the journal, the revision and the hash of its entry, so that a
// token of another journal, or of one that was restored and went another way, is told apart.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace vigil::registry {

struct ResumePoint {
  // What identifies the journal, 8 bytes.
  std::string journal;
  int64_t revision = 0;
  // Of the revision's entry, the first 16 bytes; zeros for revision 0.
  std::string hash;
};

// `journal_id` is the casebook's, `hash` the whole hash of the entry.
ResumePoint MakeResumePoint(std::string_view journal_id, int64_t revision, std::string_view hash);

std::string FormatToken(const ResumePoint& point);

// INVALID_ARGUMENT BAD_TOKEN for what is no token.
absl::StatusOr<ResumePoint> ParseToken(std::string_view token);

// Whether both name the same journal.
bool SameJournal(const ResumePoint& a, const ResumePoint& b);
// Whether both name the same entry.
bool SameEntry(const ResumePoint& a, const ResumePoint& b);

}  // namespace vigil::registry
