#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/seal/page_token.h"

namespace vigil::alert {

// The part of a list that a page holds, of rows in the order of their keys; sets `total_size` and
// `next_page_token` of the response. Keys differ, and are not empty.
template <class Row, class Request, class Response>
std::vector<Row> PageOf(const Sealer& sealer, const Request& request, const Page& page,
                        const std::vector<Row>& rows,
                        const std::function<std::string(const Row&)>& key_of, Response& response) {
  std::vector<Row> shown;
  response.set_total_size(static_cast<int>(rows.size()));
  for (const Row& row : rows) {
    if (key_of(row) <= page.cursor) continue;
    if (static_cast<int>(shown.size()) == page.size) {
      response.set_next_page_token(SealPageToken(sealer, request, key_of(shown.back())));
      break;
    }
    shown.push_back(row);
  }
  return shown;
}

}  // namespace vigil::alert
