// Names folded for search: case, diacritics, script, transliteration and look-alike letters away.
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

// The words of a name, folded; empty where there is no letter or digit. Safe from any thread; about
// 20 µs a name.
std::vector<std::string> FoldWords(std::string_view text);

// How well folded words of a query match those of a name; 0: not at all. Every word of the query
// must match one of the name: exactly (best), as its beginning, as a part of it, or but for one
// letter.
int MatchScore(const std::vector<std::string>& query, const std::vector<std::string>& name);

}  // namespace vigil::registry
