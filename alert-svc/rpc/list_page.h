#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/list/sorted_page.h"

namespace vigil::alert {

// Answers a list request, which lives until then, with the page that it asks for of all the rows
// that a desk finds.
// `place_of(row)` is where a row stands in the list's own order, `rows_of(response)` the field that
// holds the rows.
template <class Row, class Response, class Request, class PlaceOf, class RowsOf>
std::function<void(absl::StatusOr<std::vector<Row>>)> AnswerPage(
    const Sealer& sealer, const Request& request, const ListArguments& arguments, PlaceOf place_of,
    RowsOf rows_of, std::function<void(absl::StatusOr<Response>)> done) {
  return [&sealer, &request, arguments, place_of, rows_of,
          done = std::move(done)](absl::StatusOr<std::vector<Row>> found) {
    if (!found.ok()) return done(found.status());
    SortedPage<Row> page(arguments);
    for (const Row& row : *found) page.Add(row, place_of(row));
    Response response;
    TakePage(sealer, request, page, rows_of(response), response);
    done(std::move(response));
  };
}

}  // namespace vigil::alert
