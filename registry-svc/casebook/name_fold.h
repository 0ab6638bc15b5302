// Words folded for search: case, diacritics, script, transliteration and look-alike letters away.
//
// For the key only: what is stored and shown stays as written. `Джакишев`, `Dzhakishev`,
// `Jakishev` and `Мukhtar` with a Cyrillic М all find the man.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "vigil/registry/v1/case.pb.h"

namespace vigil::registry {

// The script of a name's letters. All-Cyrillic with Kazakh letters is Cyrillic, not mixed.
v1::Script ScriptOf(std::string_view text);

// The words of a name or of any text, folded; empty where there is no letter or digit. A number is
// one word with the dashes in it (`235-1`). Safe from any thread. Plain Latin words take a fraction
// of what those of other scripts take.
std::vector<std::string> FoldWords(std::string_view text);

}  // namespace vigil::registry
