#include "alert-svc/domain/address.h"

#include <algorithm>
#include <cstddef>

namespace vigil::alert {
namespace {

constexpr std::size_t kMaxAddress = 254;

}  // namespace

bool IsPlainAddress(std::string_view address) {
  if (address.size() > kMaxAddress || std::count(address.begin(), address.end(), '@') != 1) {
    return false;
  }
  if (address.front() == '@' || address.back() == '@' || address.front() == '-') return false;
  return std::all_of(address.begin(), address.end(), [](char c) {
    return c > ' ' && c < 0x7F &&
           std::string_view("<>()[]\\,;:\"").find(c) == std::string_view::npos;
  });
}

}  // namespace vigil::alert
