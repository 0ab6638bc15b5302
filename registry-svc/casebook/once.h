// Calls that are answered once, however often they are made.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "registry-svc/casebook/draft.h"

namespace vigil::registry {

// What a request is known again by. It says nothing of the request to who has the database alone.
std::string DigestOf(Draft& draft, std::string_view request);

// What was made under a request's id before; empty: nothing. BAD_REQUEST_ID; REQUEST_ID_REUSED
// where another request had the id; those of the store.
absl::StatusOr<std::string> AnsweredBefore(Draft& draft, const std::string& id,
                                           const std::string& digest);

// Runs a command at most once for a request id.
template <class Request>
absl::StatusOr<std::string> Once(Draft& draft, const Request& request, std::string_view method,
                                 absl::StatusOr<std::string> (*apply)(Draft&, const Request&)) {
  if constexpr (requires { request.request_id(); }) {
    if (!request.request_id().empty()) {
      const std::string digest = DigestOf(draft, std::string(method) + request.SerializeAsString());
      absl::StatusOr<std::string> name = AnsweredBefore(draft, request.request_id(), digest);
      if (!name.ok() || !name->empty()) return name;
      name = apply(draft, request);
      if (name.ok()) {
        draft.PutRequest({.id = request.request_id(),
                          .digest = digest,
                          .name = *name,
                          .time = absl::ToUnixSeconds(draft.now())});
      }
      return name;
    }
  }
  return apply(draft, request);
}

}  // namespace vigil::registry
