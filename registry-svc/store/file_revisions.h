// The index of the journal by what its entries tell of (touched.h), as rows.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "registry-svc/store/sqlite.h"

namespace vigil::registry {

// Keys in `meta`: every entry is indexed, by cases, dossiers and rules; by records and receipts.
inline constexpr char kFilesIndexed[] = "files_indexed";
inline constexpr char kServicesIndexed[] = "services_indexed";

inline constexpr std::string_view kPutFileRevision = "INSERT INTO file_revisions VALUES(?,?)";

// `put` is kPutFileRevision; `files` those that the entry tells of, each once.
absl::Status PutFileRevisions(Statement& put, int64_t revision,
                              const std::vector<std::string>& files);

// Indexes the entries of builds that did not, in one transaction. Once.
absl::Status IndexOldEntries(Database& database);

}  // namespace vigil::registry
