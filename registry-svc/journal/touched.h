// What a change tells of: the index by which the past of a case, a dossier or a record is read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "vigil/registry/v1/journal.pb.h"

namespace vigil::registry {

// Stands among the names of files for the packs and calendars.
inline constexpr char kRulesFile[] = "rules";
// Likewise for all receipts.
inline constexpr char kReceiptsFile[] = "receipts";

// Names of the files whose record or facts the item is about, also by a fact of another file that
// concerns them; kRulesFile where it tells of other rules, `records/{type}/{id}` where of a record,
// kReceiptsFile where of receipts. Deadlines do not count: they follow from the rest.
std::vector<std::string> FilesOf(const v1::ChangeItem& item);
// Of all its items; each name once, sorted.
std::vector<std::string> FilesOf(const v1::Change& change);

// Whether a name of these is that of a record, or kReceiptsFile.
bool IsOfService(std::string_view file);

}  // namespace vigil::registry
