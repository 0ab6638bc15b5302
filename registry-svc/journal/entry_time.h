// Entries of the journal by their time.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "registry-svc/journal/entry.h"

namespace vigil::registry {

// Entries after a revision, see Store::ReadJournal.
using ReadEntries = std::function<absl::StatusOr<std::vector<JournalEntry>>(
    int64_t after, int limit, int64_t bytes)>;

// When an entry was committed. The errors of `read`, and DATA_LOSS for one that cannot be read.
absl::StatusOr<absl::Time> TimeOf(int64_t revision, const ReadEntries& read);

// The last revision of before a time, of those after `floor` and up to `head`; `floor` where it has
// none. By bisection, as the times of entries do not go back: reads about log2(head - floor)
// entries.
absl::StatusOr<int64_t> LastBefore(absl::Time time, int64_t floor, int64_t head,
                                   const ReadEntries& read);

}  // namespace vigil::registry
