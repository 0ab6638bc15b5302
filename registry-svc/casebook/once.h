// Calls that are answered once, however often they are made.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "registry-svc/casebook/draft.h"
#include "registry-svc/casebook/refusals.h"

namespace vigil::registry {

// What a request is known again by. It says nothing of the request to who has the database alone.
std::string DigestOf(Draft& draft, std::string_view request);

// What was answered under a request's id before. BAD_REQUEST_ID; REQUEST_ID_REUSED where another
// request had the id; those of the store.
absl::StatusOr<std::optional<AnsweredRequest>> AnsweredBefore(Draft& draft, const std::string& id,
                                                              const std::string& digest);
// Keeps that the present step answers a request.
void Remember(Draft& draft, AnsweredRequest request);

// Runs a command at most once for a request id. A repetition gets the name of the first answer.
template <class Request>
absl::StatusOr<std::string> Once(Draft& draft, const Request& request, std::string_view method,
                                 absl::StatusOr<std::string> (*apply)(Draft&, const Request&)) {
  if constexpr (requires { request.request_id(); }) {
    if (!request.request_id().empty()) {
      const std::string digest = DigestOf(draft, std::string(method) + request.SerializeAsString());
      const auto known = AnsweredBefore(draft, request.request_id(), digest);
      if (!known.ok()) return known.status();
      if (known->has_value()) return (*known)->name;
      const absl::StatusOr<std::string> name = apply(draft, request);
      if (name.ok()) Remember(draft, {.id = request.request_id(), .digest = digest, .name = *name});
      return name;
    }
  }
  return apply(draft, request);
}

// Runs `run`, which fills in `response`, at most once for a request id; an empty one is none.
// `request` is the method and all that was asked. A repetition gets what `keep` left of the answer.
template <class Response, class Run, class Keep = std::identity>
absl::Status OnceAnswered(Draft& draft, const std::string& id, std::string_view request,
                          Response& response, Run run, Keep keep = {}) {
  if (id.empty()) return run();
  const std::string digest = DigestOf(draft, request);
  const auto known = AnsweredBefore(draft, id, digest);
  if (!known.ok()) return known.status();
  if (known->has_value()) {
    if (response.ParseFromString((*known)->answer)) return absl::OkStatus();
    return refusals::FromStore(absl::DataLossError("a kept answer cannot be read"));
  }
  if (absl::Status s = run(); !s.ok()) return s;
  Remember(draft, {.id = id, .digest = digest, .answer = keep(response).SerializeAsString()});
  return absl::OkStatus();
}

}  // namespace vigil::registry
