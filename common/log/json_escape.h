#pragma once

#include <string>
#include <string_view>

namespace vigil {

// Length in bytes of the well-formed UTF-8 sequence that `text` begins with; 0 where it begins with
// none, or is empty.
size_t Utf8Length(std::string_view text);

// Appends `text` to `out` as a JSON string in quotes. Control characters are escaped; each byte
// that does not belong to well-formed UTF-8 becomes U+FFFD.
void AppendJsonString(std::string_view text, std::string& out);

}  // namespace vigil
