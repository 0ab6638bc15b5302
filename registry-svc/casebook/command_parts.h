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
// The case of a name, deleted or not.
absl::StatusOr<FilePtr> FindCase(const Draft& draft, std::string_view field, std::string_view name);

// An empty etag matches every resource.
absl::Status CheckEtag(std::string_view name, std::string_view present, std::string_view wanted);

// Puts a fact into its file and into those that it concerns, or replaces it there.
void PlaceFact(Draft& draft, const std::string& parent,
               const std::shared_ptr<const CheckedFact>& fact);

}  // namespace vigil::registry::commands
