#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "gateway/http/connection.h"
#include "gateway/http/responder.h"

namespace vigil::gateway::http {

/// One request's way back: brings what any thread answers over to the connection's own thread.
class Exchange : public Responder, public Stream, public std::enable_shared_from_this<Exchange> {
 public:
  explicit Exchange(std::shared_ptr<Connection> connection);
  ~Exchange() override;

  void Annotate(std::string route, std::string trace_id) override;
  void Send(Response response) override;
  std::shared_ptr<Stream> Start(Response head) override;
  void After(std::chrono::milliseconds wait, std::function<void()> then) override;

  void Write(std::string bytes, std::function<void(bool)> done) override;
  void Finish() override;
  void OnGone(std::function<void()> gone) override;

 private:
  // Moves the annotation out.
  std::pair<std::string, std::string> Annotation();

  // Nothing else keeps a connection alive while its request is handled: no read or write is under
  // way.
  std::shared_ptr<Connection> unanswered_;
  const std::weak_ptr<Connection> connection_;
  std::atomic<bool> answered_{false};
  std::atomic<bool> streaming_{false};
  std::mutex mutex_;
  std::string route_;     // Under mutex_.
  std::string trace_id_;  // Under mutex_.
};

}  // namespace vigil::gateway::http
