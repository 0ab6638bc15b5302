// Any mail that comes to a bounce address: no report, or one on an id and with a status of the
// shapes that ours have.
#include <algorithm>
#include <cstdint>

#include "alert-svc/deliver/bounce.h"
#include "tests/fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto bounce = vigil::alert::ParseBounce({reinterpret_cast<const char*>(data), size});
  if (!bounce) return 0;
  const auto among = [](std::string_view text, std::string_view letters) {
    return text.find_first_not_of(letters) == std::string_view::npos;
  };
  vigil::fuzz::Require(!bounce->id.empty() && bounce->id.size() <= 64 &&
                           among(bounce->id, "abcdefghijklmnopqrstuvwxyz0123456789-"),
                       "an id is one of ours");
  vigil::fuzz::Require(bounce->status.size() <= 9 && among(bounce->status, "0123456789."),
                       "a status is that of RFC 3463");
  return 0;
}
