#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/seal/sealer.h"

namespace vigil {

// Which part of a list is asked for.
struct Page {
  // How many at most: 100 where the request says 0, 1000 where it says more.
  int size = 100;
  // Where the last page ended, as SealPageToken was given it; empty on the first page.
  std::string cursor;
};

// Reads `page_size` and `page_token` of a list request (fields of these names; either may be
// missing). A token holds only for the request it was made for: every other field must be the same,
// page_size may change. INVALID_ARGUMENT with PAGE_SIZE_NEGATIVE or PAGE_TOKEN_INVALID.
absl::StatusOr<Page> OpenPage(const Sealer& sealer, const google::protobuf::Message& request);

// The `next_page_token` of the answer to `request`. `cursor` is not empty, and should name the last
// element returned rather than count, so that a list that changes skips nothing.
std::string SealPageToken(const Sealer& sealer, const google::protobuf::Message& request,
                          std::string_view cursor);

}  // namespace vigil
