// What the commands that list have in common: which rows, in which order, as of which day, as known
// when; and that all pages are printed.
#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

#include "vigilctl/read_options.h"
#include "vigilctl/session.h"

namespace vigil::vigilctl {

struct ListOptions {
  std::string filter, order_by;
  ReadOptions read;
};

template <class Request>
concept TakesFilter = requires(Request request) {
  request.set_filter("");
};
template <class Request>
concept TakesOrder = requires(Request request) {
  request.set_order_by("");
};

// Adds those that one of the requests takes. `options` outlives the command.
template <class... Requests>
void AddListOptions(CLI::App& command, ListOptions& options, const std::string& filter_example) {
  if constexpr ((TakesFilter<Requests> || ...)) {
    command.add_option("--filter", options.filter,
                       "a filter over the fields of a row: " + filter_example);
  }
  if constexpr ((TakesOrder<Requests> || ...)) {
    command.add_option("--order-by", options.order_by,
                       "fields to sort by, desc after those that go down: kind, latest desc");
  }
  AddReadOptions<Requests...>(command, options.read);
}

// The request of `what` with what was asked for; ends the program where it does not take it.
template <class Request>
Request RequestOf(const ListOptions& options, std::string_view what) {
  Request request;
  if constexpr (TakesFilter<Request>) {
    request.set_filter(options.filter);
  } else {
    Refuse(what, "--filter", options.filter);
  }
  if constexpr (TakesOrder<Request>) {
    request.set_order_by(options.order_by);
  } else {
    Refuse(what, "--order-by", options.order_by);
  }
  SetReadOptions(options.read, what, request);
  return request;
}

// Calls `print` for each page of a list, or prints it as JSON. Returns the last one.
template <class Method, class Request, class Print>
auto PrintPages(const Session& session, Method method, Request request, Print print) {
  const Connection connection(session);
  request.set_page_size(1000);
  while (true) {
    auto page = connection.Call(method, request);
    if (session.json) {
      fmt::print("{}", ToJson(page));
    } else {
      print(page);
    }
    if (page.next_page_token().empty()) return page;
    request.set_page_token(page.next_page_token());
  }
}

}  // namespace vigil::vigilctl
