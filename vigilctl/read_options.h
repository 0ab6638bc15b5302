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

// `options` outlives the command.
inline void AddReadOptions(CLI::App& command, ReadOptions& options) {
  command.add_option("--as-of", options.as_of, "the day in the world, YYYY-MM-DD");
  command.add_option("--known-at", options.known_at,
                     "what the record knew: a revision, or a time such as 2018-04-28T09:00:00Z");
}

// Sets them in the request of `what`. An option that it does not take ends the program: it must not
// look as if it had been heard.
template <class Request>
void SetReadOptions(const ReadOptions& options, std::string_view what, Request& request) {
  const auto refuse = [&](std::string_view option, const std::string& value) {
    if (value.empty()) return;
    Fail(absl::InvalidArgumentError(fmt::format("{} takes no {}", what, option)));
  };
  if constexpr (requires { request.set_as_of(options.as_of); }) {
    request.set_as_of(options.as_of);
  } else {
    refuse("--as-of", options.as_of);
  }
  if constexpr (requires { request.set_known_at(options.known_at); }) {
    request.set_known_at(options.known_at);
  } else {
    refuse("--known-at", options.known_at);
  }
}

}  // namespace vigil::vigilctl
