#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "gateway/http/message.h"

namespace vigil::gateway::http {

/// The open end of an answer that goes on, such as server-sent events. Every method may be called
/// from any thread.
class Stream {
 public:
  virtual ~Stream() = default;

  /// Queues bytes. `done(true)` runs once they were handed to the kernel, `done(false)` when the
  /// client is gone; a caller that waits for it before the next Write holds at most one piece in
  /// memory. An empty piece is done at once.
  virtual void Write(std::string bytes, std::function<void(bool)> done) = 0;
  /// Ends the answer after what was queued.
  virtual void Finish() = 0;
  /// `gone` runs once, when the client leaves or the server drains; at once where that has happened
  /// already.
  virtual void OnGone(std::function<void()> gone) = 0;
};

/// Answers one request, once. Every method may be called from any thread; one that is dropped
/// unused answers 500.
class Responder {
 public:
  virtual ~Responder() = default;

  /// What the access log and the metrics call this request: the route's template, never the path.
  virtual void Annotate(std::string route, std::string trace_id) = 0;
  /// Answers completely.
  virtual void Send(Response response) = 0;
  /// Answers with a head (whose body is ignored) and keeps the body open.
  virtual std::shared_ptr<Stream> Start(Response head) = 0;
  /// Runs `then` once, on an I/O thread, when so long has passed by the monotonic clock, however
  /// the machine's time of day is set meanwhile; not where the client is gone by then, or another
  /// After was called. Also while the body is open.
  virtual void After(std::chrono::milliseconds wait, std::function<void()> then) = 0;
};

}  // namespace vigil::gateway::http
