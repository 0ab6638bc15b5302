#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace vigil::fuzz {

// Ends the process where a promise does not hold: that is how libFuzzer learns of it.
inline void Require(bool holds, std::string_view promise) {
  if (holds) return;
  std::fprintf(stderr, "broken: %.*s\n", static_cast<int>(promise.size()), promise.data());
  std::abort();
}

}  // namespace vigil::fuzz
