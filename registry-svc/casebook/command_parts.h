// What several commands share.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "registry-svc/casebook/draft.h"

namespace vigil::registry::commands {

google::protobuf::Timestamp Now(const Draft& draft);

// The live case or dossier of a name that a request gave in `field`.
absl::StatusOr<FilePtr> FindLive(const Draft& draft, std::string_view field, std::string_view name);
// The case, or the dossier, of a name, deleted or not.
absl::StatusOr<FilePtr> FindCase(const Draft& draft, std::string_view field, std::string_view name);
absl::StatusOr<FilePtr> FindDossier(const Draft& draft, std::string_view field,
                                    std::string_view name);

// A name that is free: `collection` + `wanted`, which came in `field`, or a random code after
// `prefix` where it is empty. BAD_ID, ALREADY_EXISTS.
absl::StatusOr<std::string> NewFileName(const Draft& draft, std::string_view collection,
                                        std::string_view prefix, std::string_view field,
                                        const std::string& wanted);

// Refuses what is in no vocabulary of the draft.
absl::Status CheckVocabularies(const Draft& draft, std::string_view field, const v1::Fact& fact);
absl::Status CheckVocabularies(const Draft& draft, std::string_view field, const v1::Case& record,
                               const v1::Case* before);

// An empty etag matches every resource.
absl::Status CheckEtag(std::string_view name, std::string_view present, std::string_view wanted);

// Refuses a case that `concerns` of the fact in `field` names twice.
absl::Status DoubledConcern(std::string_view field, std::string_view name);

// Whether the fact, its line already resolved, corrects one that concerns the case of this name.
bool CorrectsFor(const CaseFile& file, const v1::Fact& fact, std::string_view name);
// Refuses a correction that leaves out a case of what it corrects: that case would go on deriving
// from the mistake.
absl::Status CheckCorrection(const CaseFile& file, std::string_view field, const v1::Fact& fact);

// Says when a new fact was recorded, and by whom.
void Sign(const Draft& draft, v1::Fact& fact);

// A reason that a caller gives in `field`: REQUIRED, TEXT_TOO_LONG.
absl::Status CheckReason(std::string_view field, const std::string& reason);
// Retracts a fact that stands.
void Retract(Draft& draft, const CheckedFact& fact, const std::string& reason);

// Puts a fact into its file and into those that it concerns, or replaces it there.
void PlaceFact(Draft& draft, const std::string& parent,
               const std::shared_ptr<const CheckedFact>& fact);

}  // namespace vigil::registry::commands
