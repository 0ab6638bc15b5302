// Which cases and dossiers a change tells of: the index by which the past of one is read.
#pragma once

#include <string>
#include <vector>

#include "vigil/registry/v1/journal.pb.h"

namespace vigil::registry {

// Stands among the names of files for the packs and calendars.
inline constexpr char kRulesFile[] = "rules";

// Names of the files whose record or facts the item is about, also by a fact of another file that
// concerns them; kRulesFile where it tells of other rules. Deadlines do not count: they follow from
// the rest.
std::vector<std::string> FilesOf(const v1::ChangeItem& item);
// Of all its items; each name once, sorted.
std::vector<std::string> FilesOf(const v1::Change& change);

}  // namespace vigil::registry
