// What the registry says when it refuses. Every reason appears here once; docs/errors.md explains
// them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace vigil::registry::refusals {

// NOT_FOUND, with the name in the metadata.
absl::Status CaseNotFound(std::string_view name);
absl::Status DossierNotFound(std::string_view name);
absl::Status FactNotFound(std::string_view name);
absl::Status DeadlineNotFound(std::string_view name);
absl::Status FindingNotFound(std::string_view name);
absl::Status RecordNotFound(std::string_view name);
absl::Status VocabularyNotFound(std::string_view name);

// INVALID_ARGUMENT, naming the field.
absl::Status BadField(std::string_view reason, std::string_view field, std::string message);
absl::Status BadName(std::string_view field, std::string_view shape);
absl::Status BadDate(std::string_view field, std::string_view text);
// A fact of an import that is there already and says something else.
absl::Status ImportDiffers(std::string_view field, std::string_view name);
absl::Status BadKnownAt(std::string_view text);
absl::Status KnownAtAhead();

// ALREADY_EXISTS.
absl::Status AlreadyThere(std::string_view name);

// FAILED_PRECONDITION.
// Of a case or a dossier.
absl::Status Deleted(std::string_view name);
absl::Status NotDeleted(std::string_view name);
absl::Status FactRetracted(std::string_view name);
absl::Status FactErased(std::string_view name);
absl::Status ErasedForGood(std::string_view name);
absl::Status Resync(std::string message);
// `version` of the packs and calendars that were in force; empty: none is known.
absl::Status RulesNotKept(std::string_view version);
// `version` of the vocabulary that was loaded; both empty: none is known.
absl::Status VocabularyNotKept(std::string_view name, std::string_view version);

// ABORTED: the resource changed since the etag was read.
absl::Status EtagMismatch(std::string_view name);

// RESOURCE_EXHAUSTED.
absl::Status TooManyWrites();
absl::Status Overloaded();
// `token` is what to resume from.
absl::Status SlowWatcher(std::string token);

// OUT_OF_RANGE; `oldest` is the first revision that is still told.
absl::Status Compacted(int64_t oldest);
absl::Status RevisionGone(int64_t revision);

// UNAVAILABLE.
absl::Status ShuttingDown();
absl::Status EraseUnfinished(const absl::Status& status);

// A refusal of the store, with a reason of its own and without the path of the file.
absl::Status FromStore(const absl::Status& status);

}  // namespace vigil::registry::refusals
