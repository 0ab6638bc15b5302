#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"

namespace vigil::gateway::live {

/// A message of a server stream as one server-sent event. A field `token` becomes the event's id,
/// from which Last-Event-ID resumes; where one message field is left besides it, that field is the
/// data; otherwise the data is the whole message. The event has no name of its own, so that a
/// browser's `onmessage` gets it.
absl::StatusOr<std::string> FormatEvent(const google::protobuf::Message& message);

/// The end of a stream that could not go on: `event: error`, its data the body of an HTTP error.
std::string FormatError(const absl::Status& status);

/// What opens a stream: how long a client waits before it connects again.
std::string FormatPreamble();

/// A comment that keeps proxies from closing a quiet stream.
std::string FormatHeartbeat();

/// Makes the stream's request resume after the event with this id, where the request has a field
/// `token`.
void ResumeFrom(std::string_view last_event_id, google::protobuf::Message* request);

}  // namespace vigil::gateway::live
