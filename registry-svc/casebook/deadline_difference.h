// Which deadlines a change moved, added or took away.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "registry-svc/casebook/case_file.h"
#include "vigil/registry/v1/deadline.pb.h"
#include "vigil/registry/v1/journal.pb.h"

namespace vigil::registry {

// Whether the state follows from the day alone: such a state is computed when read and no change of
// it is journaled.
bool IsStateOfTheDay(v1::DeadlineState state);

// Of each deadline all that a watcher must hear of: everything but a state of the day, as it is
// told (veil.h). Equal prints are taken for equal deadlines. Valid in this process only. The
// reading is as before when it returns.
std::vector<uint64_t> PrintsOf(DayReading& reading);

// As it may leave through the journal: deadlines as they are told. `before` and `after` need their
// prints; null stands for no deadlines.
v1::DeadlinesChanged Difference(const std::string& parent, const DayReading* before,
                                const DayReading& after);

// About what one item of a change may hold: a message with one such item and its head is well below
// the 4 MiB that a client takes unless told otherwise.
inline constexpr size_t kItemBytes = 256 << 10;

// The change in items of about that size, in order; both sides of a deadline stay together. A duty
// of each day over years has thousands of dates.
std::vector<v1::DeadlinesChanged> InItems(v1::DeadlinesChanged change, size_t bytes = kItemBytes);

}  // namespace vigil::registry
