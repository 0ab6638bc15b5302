// The checks of what comes in from outside. A refusal is INVALID_ARGUMENT and names the field.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "registry-svc/domain/checked_fact.h"
#include "vigil/registry/v1/case.pb.h"
#include "vigil/registry/v1/fact.pb.h"

namespace vigil::registry {

// Whether `id` is of `[a-z0-9-]`, with a length between the two.
bool IsId(std::string_view id, size_t least, size_t most);

// `collection` + id, `cases/c-7f3k9q2m`.
bool IsCaseName(std::string_view name);
bool IsDossierName(std::string_view name);
// `cases/{case}/facts/{fact}` or `dossiers/{dossier}/facts/{fact}`.
bool IsFactName(std::string_view name);
// `records/{type}/{id}`; type and id of `[A-Za-z0-9._~-]`.
bool IsRecordName(std::string_view name);
// The case or dossier of a fact, deadline or finding.
std::string ParentOf(std::string_view name);

// What a caller may set in a case; sets the script of each name. `field` is the path of the case in
// the request.
absl::Status CheckCase(std::string_view field, v1::Case& record);
absl::Status CheckDossier(std::string_view field, v1::Dossier& dossier);

// Clears what only the registry sets.
void ClearOutputs(v1::Case& record);
void ClearOutputs(v1::Dossier& dossier);
void ClearOutputs(v1::Fact& fact);

// Whether it is an ISO 3166-1 alpha-2 code.
bool IsCountry(std::string_view code);

// What a fact must hold beyond its dates and terms: texts within bounds, values that are there,
// codes of States, hashes, what its kind cannot do without. BAD_FACT, BAD_COUNTRY, TEXT_TOO_LONG or
// TOO_MANY, naming the field.
absl::Status CheckFields(std::string_view field, const CheckedFact& checked);
// Refuses a fact that refers to one which is not there, with UNKNOWN_REFERENCE. `is_there` is asked
// for full names and for bare ids beside the fact.
absl::Status CheckReferences(std::string_view field, const v1::Fact& fact,
                             const std::function<bool(const std::string&)>& is_there);

// A fact with its full name set; all of the above but the references.
absl::StatusOr<CheckedFact> CheckInput(std::string_view field, const v1::Fact& fact);

// A UUID, or empty.
absl::Status CheckRequestId(std::string_view request_id);

}  // namespace vigil::registry
