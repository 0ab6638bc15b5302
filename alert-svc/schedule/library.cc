#include "alert-svc/schedule/library.h"

#include <fmt/format.h>

#include <cstdint>

namespace vigil::alert {
namespace {

constexpr std::string_view kSource =
#include "embed/alert-svc/schedule/vigil.lua.inc"
    ;
constexpr std::string_view kPlaceholder = "@VERSION@";

RedisLibrary MakeLibrary() {
  uint32_t hash = 2166136261U;  // FNV-1a
  for (const unsigned char c : kSource) hash = (hash ^ c) * 16777619U;
  RedisLibrary library;
  library.version = fmt::format("{:08x}", hash);
  std::string_view rest = kSource;
  for (size_t at = rest.find(kPlaceholder); at != std::string_view::npos;
       at = rest.find(kPlaceholder)) {
    library.source.append(rest.substr(0, at)).append(library.version);
    rest.remove_prefix(at + kPlaceholder.size());
  }
  library.source.append(rest);
  return library;
}

}  // namespace

std::string RedisLibrary::Function(std::string_view name) const {
  return fmt::format("vigil_{}_{}", name, version);
}

const RedisLibrary& ScheduleLibrary() {
  static const RedisLibrary* library = new RedisLibrary(MakeLibrary());
  return *library;
}

}  // namespace vigil::alert
