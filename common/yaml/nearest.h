#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vigil {

// The word that `word` was probably meant to be: the nearest by edits, where it is near enough to
// be a slip; else empty.
std::string Nearest(std::string_view word, const std::vector<std::string>& words);

}  // namespace vigil
