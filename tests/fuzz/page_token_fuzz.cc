// Any text as a page token: refused with PAGE_TOKEN_INVALID, for the seal's key is not known; and
// any bytes as a cursor, which come back, but not once the token was changed or belongs elsewhere.
#include "common/seal/page_token.h"

#include <cstdint>

#include "common/rpc/errors.h"
#include "tests/fuzz/require.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil::fuzz {
namespace {

using Request = registry::v1::ListCasesRequest;

void TryToken(const Sealer& sealer, std::string_view token) {
  Request request;
  request.set_page_token(std::string(token));
  const auto page = OpenPage(sealer, request);
  if (token.empty()) return Require(page.ok() && page->cursor.empty(), "no token: the first page");
  Require(rpc::ReasonOf(page.status()) == "PAGE_TOKEN_INVALID", "what was not sealed is refused");
}

void TryCursor(const Sealer& sealer, std::string_view cursor) {
  if (cursor.empty()) return;
  Request request;
  request.set_filter("state = DUE");
  std::string token = SealPageToken(sealer, request, cursor);
  request.set_page_token(token);
  const auto page = OpenPage(sealer, request);
  Require(page.ok() && page->cursor == cursor, "what was sealed comes back");
  request.set_filter("");
  Require(!OpenPage(sealer, request).ok(), "a token holds for its own request alone");
  request.set_filter("state = DUE");
  char& changed = token[static_cast<unsigned char>(cursor[0]) % token.size()];
  changed = changed == 'A' ? 'B' : 'A';
  request.set_page_token(token);
  Require(!OpenPage(sealer, request).ok(), "a token that was changed is refused");
}

}  // namespace
}  // namespace vigil::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const vigil::Sealer sealer("of the fuzzer");
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  vigil::fuzz::TryToken(sealer, text);
  vigil::fuzz::TryCursor(sealer, text);
  return 0;
}
