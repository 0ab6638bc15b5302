// Any text as the token of a watch: refused with BAD_TOKEN or RESYNC, for the seal's key is not
// known; and any point, which comes back as it was, but not once its token was changed.
#include <sodium.h>

#include <cstdint>
#include <cstdlib>

#include "common/rpc/errors.h"
#include "registry-svc/journal/token.h"
#include "tests/fuzz/require.h"

namespace vigil::fuzz {
namespace {

void TryToken(const registry::TokenSealer& sealer, std::string_view token) {
  const std::string reason = rpc::ReasonOf(sealer.Open(token).status());
  Require(reason == "BAD_TOKEN" || reason == "RESYNC", "what was not sealed is refused");
}

void TryPoint(const registry::TokenSealer& sealer, std::string_view bytes) {
  int64_t revision = 0;
  for (const char c : bytes.substr(0, 7)) revision = revision << 8 | static_cast<uint8_t>(c);
  const registry::ResumePoint point = registry::MakeResumePoint(revision, bytes);
  std::string token = sealer.Seal(point);
  const auto opened = sealer.Open(token);
  Require(opened.ok() && opened->revision == revision && opened->hash == point.hash &&
              opened->topics == point.topics,
          "what was sealed comes back");
  char& changed = token[static_cast<uint64_t>(revision) % (token.size() - 4)];
  changed = changed == 'A' ? 'B' : 'A';
  Require(!sealer.Open(token).ok(), "a token that was changed is refused");
}

}  // namespace
}  // namespace vigil::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (sodium_init() < 0) std::abort();
  static const vigil::registry::TokenSealer sealer("journal", "epoch", "of the fuzzer");
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  vigil::fuzz::TryToken(sealer, text);
  vigil::fuzz::TryPoint(sealer, text);
  return 0;
}
