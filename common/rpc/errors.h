#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace vigil::rpc {

// Makers of errors. Each carries a google.rpc.ErrorInfo with domain `vigil`, the reason (a constant
// in UPPER_SNAKE_CASE, listed in docs/errors.md) and the metadata, and so reaches the caller whole
// over gRPC and HTTP. The message is for people: what is wrong, and what to do instead. Neither the
// message nor the metadata holds a person's name. Needs protobuf only, not gRPC (vigil_errors).
using Metadata = std::map<std::string, std::string>;

// Bad input. `field` is the path of the field in the request (`fact.date`), and goes into a
// google.rpc.BadRequest violation.
absl::Status InvalidArgument(std::string_view reason, std::string_view field, std::string message);

absl::Status NotFound(std::string_view reason, Metadata metadata, std::string message);
absl::Status AlreadyExists(std::string_view reason, Metadata metadata, std::string message);
// The state of things does not allow it; trying again does not help until the state changes.
absl::Status FailedPrecondition(std::string_view reason, Metadata metadata, std::string message);
// Lost against somebody else's change: read again, then try again.
absl::Status Aborted(std::string_view reason, Metadata metadata, std::string message);
absl::Status OutOfRange(std::string_view reason, Metadata metadata, std::string message);
absl::Status Unauthenticated(std::string_view reason, Metadata metadata, std::string message);
absl::Status PermissionDenied(std::string_view reason, Metadata metadata, std::string message);
absl::Status ResourceExhausted(std::string_view reason, Metadata metadata, std::string message);
// Somebody this depends on is away; trying again later may help.
absl::Status Unavailable(std::string_view reason, Metadata metadata, std::string message);
absl::Status DeadlineExceeded(std::string_view reason, Metadata metadata, std::string message);
absl::Status Unimplemented(std::string_view reason, Metadata metadata, std::string message);
// A broken invariant of ours. The message is logged and not sent over the wire.
absl::Status Internal(std::string_view reason, Metadata metadata, std::string message);

// The reason of an error made above or received from another service; empty where there is none.
std::string ReasonOf(const absl::Status& status);

// The metadata of an error; empty where there is none.
Metadata MetadataOf(const absl::Status& status);

// The same error with `prefix` put in front of its message; code, reason and details stay.
absl::Status Annotate(const absl::Status& status, std::string_view prefix);

}  // namespace vigil::rpc
