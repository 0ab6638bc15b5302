#include "registry-svc/casebook/refusals.h"

#include <fmt/format.h>

#include <utility>

#include "common/log/log.h"
#include "common/rpc/errors.h"

namespace vigil::registry::refusals {
namespace {

absl::Status Missing(std::string_view reason, std::string_view key, std::string_view name) {
  return rpc::NotFound(reason, {{std::string(key), std::string(name)}},
                       fmt::format("there is no {}", name));
}

}  // namespace

absl::Status CaseNotFound(std::string_view name) { return Missing("CASE_NOT_FOUND", "case", name); }
absl::Status DossierNotFound(std::string_view name) {
  return Missing("DOSSIER_NOT_FOUND", "dossier", name);
}
absl::Status FactNotFound(std::string_view name) { return Missing("FACT_NOT_FOUND", "fact", name); }
absl::Status DeadlineNotFound(std::string_view name) {
  return Missing("DEADLINE_NOT_FOUND", "deadline", name);
}
absl::Status FindingNotFound(std::string_view name) {
  return Missing("FINDING_NOT_FOUND", "finding", name);
}
absl::Status RecordNotFound(std::string_view name) {
  return Missing("RECORD_NOT_FOUND", "record", name);
}
absl::Status VocabularyNotFound(std::string_view name) {
  return Missing("VOCABULARY_NOT_FOUND", "vocabulary", name);
}

absl::Status BadField(std::string_view reason, std::string_view field, std::string message) {
  return rpc::InvalidArgument(reason, field, std::move(message));
}
absl::Status BadName(std::string_view field, std::string_view shape) {
  return BadField("BAD_NAME", field, fmt::format("{}: a name is written {}", field, shape));
}
absl::Status BadDate(std::string_view field, std::string_view text) {
  return BadField("BAD_DATE", field,
                  fmt::format("{}: '{}' is no day: write YYYY-MM-DD", field, text.substr(0, 40)));
}

absl::Status ImportDiffers(std::string_view field, std::string_view name) {
  return BadField("IMPORT_DIFFERS", field,
                  fmt::format("{}: {} is there already and says something else: correct it by "
                              "another fact with `lineage`, or retract it",
                              field, name));
}
absl::Status BadKnownAt(std::string_view text) {
  return BadField("BAD_KNOWN_AT", "known_at",
                  fmt::format("known_at: '{}' is neither a revision nor a time: write digits, or "
                              "2018-04-28T09:00:00Z (in a URL %2B for a +)",
                              text.substr(0, 40)));
}
absl::Status KnownAtAhead() {
  return BadField("KNOWN_AT_AHEAD", "known_at",
                  "known_at: is still to come: name a revision of the journal or a time that has "
                  "passed, or leave it out");
}

absl::Status AlreadyThere(std::string_view name) {
  return rpc::AlreadyExists("ALREADY_EXISTS", {{"name", std::string(name)}},
                            fmt::format("{} is there already", name));
}
absl::Status Deleted(std::string_view name) {
  std::string text = fmt::format("{} is deleted: undelete it first", name);
  if (name.starts_with("dossiers/")) {
    return rpc::FailedPrecondition("DOSSIER_DELETED", {{"dossier", std::string(name)}},
                                   std::move(text));
  }
  return rpc::FailedPrecondition("CASE_DELETED", {{"case", std::string(name)}}, std::move(text));
}
absl::Status NotDeleted(std::string_view name) {
  std::string text = fmt::format("{} is not deleted", name);
  if (name.starts_with("dossiers/")) {
    return rpc::FailedPrecondition("DOSSIER_NOT_DELETED", {{"dossier", std::string(name)}},
                                   std::move(text));
  }
  return rpc::FailedPrecondition("CASE_NOT_DELETED", {{"case", std::string(name)}},
                                 std::move(text));
}
absl::Status FactRetracted(std::string_view name) {
  return rpc::FailedPrecondition("FACT_RETRACTED", {{"fact", std::string(name)}},
                                 fmt::format("{} is retracted already", name));
}
absl::Status FactErased(std::string_view name) {
  return rpc::FailedPrecondition("FACT_ERASED", {{"fact", std::string(name)}},
                                 fmt::format("{} is erased: nothing is left to retract", name));
}
absl::Status ErasedForGood(std::string_view name) {
  return rpc::FailedPrecondition("FACT_ERASED", {{"fact", std::string(name)}},
                                 fmt::format("{} is erased and does not come back", name));
}
absl::Status Resync(std::string message) {
  return rpc::FailedPrecondition("RESYNC", {}, std::move(message));
}

absl::Status RulesNotKept(std::string_view version) {
  return rpc::FailedPrecondition(
      "RULES_NOT_KEPT", {{"version", std::string(version)}},
      fmt::format("the packs and calendars in force then ({}) were not kept, were changed in the "
                  "database, or cannot be read by this build: facts can be read as of that time, "
                  "nothing that follows from them",
                  version.empty() ? "unknown" : version));
}

absl::Status VocabularyNotKept(std::string_view name, std::string_view version) {
  return rpc::FailedPrecondition(
      "VOCABULARY_NOT_KEPT", {{"vocabulary", std::string(name)}, {"version", std::string(version)}},
      name.empty() ? std::string("no vocabulary was loaded then, or which is not known")
                   : fmt::format("the entries of {} in version {}, loaded then, were not kept, or "
                                 "were changed in the database",
                                 name, version));
}

absl::Status EtagMismatch(std::string_view name) {
  return rpc::Aborted("ETAG_MISMATCH", {{"name", std::string(name)}},
                      fmt::format("{} has changed since it was read: read it again", name));
}

absl::Status TooManyWrites() {
  return rpc::ResourceExhausted("TOO_MANY_WRITES", {},
                                "too many writes are waiting: try again in a moment");
}

absl::Status Overloaded() {
  return rpc::ResourceExhausted("OVERLOADED", {},
                                "too many reads are waiting: try again in a moment");
}

absl::Status SlowWatcher(std::string token) {
  return rpc::ResourceExhausted(
      "SLOW_WATCHER", {{"token", std::move(token)}},
      "changes come faster than they are read: resume from the last token");
}

absl::Status Compacted(int64_t oldest) {
  return rpc::OutOfRange(
      "COMPACTED", {{"oldest_revision", fmt::format("{}", oldest)}},
      fmt::format("watchers are told from revision {} on: start with a snapshot", oldest));
}

absl::Status RevisionGone(int64_t revision) {
  return rpc::OutOfRange(
      "REVISION_GONE", {{"revision", fmt::format("{}", revision)}},
      fmt::format("revision {} is no longer held: start over, with the present one", revision));
}

absl::Status ShuttingDown() {
  return rpc::Unavailable("SHUTTING_DOWN", {}, "registry-svc is going down: try again");
}

absl::Status EraseUnfinished(const absl::Status& status) {
  Log(LogLevel::kError, "keys of an erased case could not be destroyed",
      {{"error", std::string(status.message())}});
  return rpc::Unavailable(
      "ERASE_UNFINISHED", {},
      "the erasure is recorded, but its keys lie on disk still: call again; the "
      "next start destroys them too");
}

absl::Status FromStore(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kResourceExhausted:
      return rpc::ResourceExhausted("STORE_FULL", {},
                                    "the registry's disk is full: nothing was changed; free space");
    case absl::StatusCode::kUnavailable:
      return rpc::Unavailable("STORE_LOCKED", {}, "the registry's database is locked: try again");
    default:
      return rpc::Internal("STORE_FAILED", {},
                           "the registry's database refused: nothing was changed; see its log");
  }
}

}  // namespace vigil::registry::refusals
