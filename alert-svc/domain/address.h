#pragma once

#include <string_view>

namespace vigil::alert {

// Whether an e-mail address can stand in an envelope and a header as it is: one `@` with something
// before and after it, printable ASCII, no space, none of `<>()[]\,;:"`, at most 254 characters.
bool IsPlainAddress(std::string_view address);

}  // namespace vigil::alert
