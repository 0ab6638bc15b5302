// Any text as the token of a watch: refused with BAD_TOKEN or RESYNC, or one that was sealed here
// (the corpus has such), and that says the same when it is sealed again.
#include <sodium.h>

#include <cstdint>
#include <cstdlib>

#include "common/rpc/errors.h"
#include "registry-svc/journal/token.h"
#include "tests/fuzz/require.h"

namespace vigil::fuzz {
namespace {

void Try(const registry::TokenSealer& sealer, std::string_view token) {
  const auto point = sealer.Open(token);
  if (!point.ok()) {
    const std::string reason = rpc::ReasonOf(point.status());
    return Require(reason == "BAD_TOKEN" || reason == "RESYNC", "a refusal has its reason");
  }
  const auto again = sealer.Open(sealer.Seal(*point));
  Require(again.ok() && again->revision == point->revision && again->hash == point->hash &&
              again->topics == point->topics,
          "a point is sealed and opened as it is");
}

}  // namespace
}  // namespace vigil::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (sodium_init() < 0) std::abort();
  static const vigil::registry::TokenSealer sealer("journal", "epoch", "of the fuzzer");
  vigil::fuzz::Try(sealer, {reinterpret_cast<const char*>(data), size});
  return 0;
}
