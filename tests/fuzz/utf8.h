#pragma once

#include <string_view>

#include "common/log/json_escape.h"

namespace vigil::fuzz {

// Whether all of it is UTF-8: what is not does not fit a string of a message.
inline bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const size_t length = Utf8Length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace vigil::fuzz
