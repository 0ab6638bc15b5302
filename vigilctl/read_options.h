// What the commands that read have in common: as of which day, and as known when.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

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

// Sets what the request has a field for; ends the program where it would answer for the present
// although the past was asked for.
template <class Request>
void SetReadOptions(const ReadOptions& options, Request& request) {
  if constexpr (requires { request.set_as_of(options.as_of); }) {
    request.set_as_of(options.as_of);
  }
  if constexpr (requires { request.set_known_at(options.known_at); }) {
    request.set_known_at(options.known_at);
  } else if (!options.known_at.empty()) {
    Fail(absl::InvalidArgumentError("--known-at: alerts are read as they are now, leave it out"));
  }
}

}  // namespace vigil::vigilctl
