#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/http/message.h"
#include "google/protobuf/message.h"

namespace vigil::gateway::live {

/// How the messages of a server stream are written one after the other into one HTTP answer: what
/// each method returns is written as it is, and nothing where it is empty.
class StreamFormat {
 public:
  virtual ~StreamFormat() = default;

  virtual std::string ContentType() const = 0;
  /// What opens the stream.
  virtual std::string Preamble() const = 0;
  /// INTERNAL where the message has no JSON form.
  virtual absl::StatusOr<std::string> Message(const google::protobuf::Message& message) const = 0;
  /// What keeps proxies from closing a quiet stream.
  virtual std::string Heartbeat() const = 0;
  /// The end of a stream that could not go on.
  virtual std::string Error(const absl::Status& status) const = 0;
};

/// Server-sent events. A field `token` becomes the event's id, from which Last-Event-ID resumes; a
/// message whose token is empty has no id, so that a browser goes on from the one before. Where one
/// message field is left besides the token, that field is the data; otherwise the data is the whole
/// message. The event has no name of its own, so that a browser's `onmessage` gets it. The preamble
/// says how long a client waits before it connects again, the heartbeat is a comment, and an error
/// is `event: error` with the body of an HTTP error as its data.
const StreamFormat& ServerSentEvents();

/// NDJSON, `application/x-ndjson`: each line is one JSON object, the whole message with its token;
/// an error is one last line, the body of an HTTP error. Nothing else is a line, so there is no
/// preamble and no heartbeat: a quiet stream is as quiet as the RPC is.
const StreamFormat& JsonLines();

/// The format that a request's Accept prefers, by weight and then by order. Server-sent events
/// where it names neither; `*/*` names neither.
const StreamFormat& FormatFor(const http::Headers& headers);

/// Makes the stream's request resume after the message with this token, where the request has a
/// field `token`; of two, this one holds.
void ResumeFrom(std::string_view last_event_id, google::protobuf::Message* request);

}  // namespace vigil::gateway::live
