#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "gateway/http/responder.h"
#include "gateway/live/stream_format.h"
#include "gateway/rpc/served_call.h"
#include "gateway/transcode/route_table.h"
#include "gateway/upstream/caller.h"

namespace vigil::gateway::live {

/// How a stream behaves while nothing happens.
struct LiveStreamOptions {
  std::chrono::milliseconds heartbeat{15'000};
  /// How long the backend may take to refuse the call, so that a refusal is still a plain HTTP
  /// error. After it the answer begins, even where no event has come.
  std::chrono::milliseconds open_within{500};
};

/// Serves one server stream in a format, which must outlive it. The next message is asked for when
/// the one before was handed to the kernel: a slow reader slows the backend's stream, whose own
/// bound then closes it with an error that this passes on; the client comes back with the last
/// token it has. Returns at once; the stream keeps itself alive.
///
/// `request` is the RPC's, in wire form; `call` is ended with the stream; `decorate` completes the
/// head: security fields.
void ServeStream(upstream::Caller& caller, const transcode::Route& route,
                 const StreamFormat& format, const std::string& request,
                 const upstream::CallOptions& call_options, ServedCall call,
                 const LiveStreamOptions& options, std::shared_ptr<http::Responder> responder,
                 std::function<void(http::Response*)> decorate);

}  // namespace vigil::gateway::live
