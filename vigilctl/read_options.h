// What the commands that read have in common: as of which day, and as known when.
#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

#include "vigilctl/session.h"

namespace vigil::vigilctl {

struct ReadOptions {
  std::string as_of, known_at;
};

template <class Request>
concept TakesAsOf = requires(Request request) {
  request.set_as_of("");
};
template <class Request>
concept TakesKnownAt = requires(Request request) {
  request.set_known_at("");
};

// Adds those that one of the requests takes. `options` outlives the command.
template <class... Requests>
void AddReadOptions(CLI::App& command, ReadOptions& options) {
  if constexpr ((TakesAsOf<Requests> || ...)) {
    command.add_option("--as-of", options.as_of, "the day in the world, YYYY-MM-DD");
  }
  if constexpr ((TakesKnownAt<Requests> || ...)) {
    command.add_option("--known-at", options.known_at,
                       "what the record knew: a revision, or a time such as 2018-04-28T09:00:00Z");
  }
}

// Ends the program where an option has a value that the request of `what` does not take: it must
// not look as if it had been heard.
inline void Refuse(std::string_view what, std::string_view option, const std::string& value) {
  if (value.empty()) return;
  Fail(absl::InvalidArgumentError(fmt::format("{} takes no {}", what, option)));
}

// Sets them in the request of `what`, or refuses.
template <class Request>
void SetReadOptions(const ReadOptions& options, std::string_view what, Request& request) {
  if constexpr (TakesAsOf<Request>) {
    request.set_as_of(options.as_of);
  } else {
    Refuse(what, "--as-of", options.as_of);
  }
  if constexpr (TakesKnownAt<Request>) {
    request.set_known_at(options.known_at);
  } else {
    Refuse(what, "--known-at", options.known_at);
  }
}

}  // namespace vigil::vigilctl
