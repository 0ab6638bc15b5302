// The index of the journal by case and dossier, as rows.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "registry-svc/store/sqlite.h"

namespace vigil::registry {

// Key in `meta`: every entry is indexed.
inline constexpr char kFilesIndexed[] = "files_indexed";

inline constexpr std::string_view kPutFileRevision = "INSERT INTO file_revisions VALUES(?,?)";

// `put` is kPutFileRevision; `files` those that the entry tells of, each once.
absl::Status PutFileRevisions(Statement& put, int64_t revision,
                              const std::vector<std::string>& files);

// Indexes the entries that builds before the index have written, in one transaction. Once.
absl::Status IndexOldEntries(Database& database);

}  // namespace vigil::registry
