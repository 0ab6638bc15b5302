// What lies to either side of the gateway's live streams, in place of gRPC and of HTTP: pumped by
// hand, so that a run is one thread.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "gateway/http/responder.h"
#include "gateway/upstream/caller.h"
#include "registry-svc/journal/hub.h"
#include "tests/simulation/feed/core.h"

namespace vigil::registry {

// The registry's watch, as the stream that the gateway reads from.
class PulledStream final : public gateway::upstream::ServerStream, public Listener {
 public:
  PulledStream(Core& core, const v1::WatchChangesRequest& request,
               gateway::upstream::StreamEvents events);

  void Read() override { wanted_ = true; }
  void Cancel() override { cancelled_ = true; }
  void OnNews() override {}
  void OnTick() override;
  void OnClose() override {}

  // Tells the gateway one thing; false: there is nothing, or it asks for none.
  bool Pump();
  // The registry dies.
  void Break();

 private:
  void End(const grpc::Status& status);

  std::optional<PulledWatch> watch_;  // until the end
  gateway::upstream::StreamEvents events_;
  bool opened_ = false, wanted_ = false, cancelled_ = false;
};

// Opens one stream at a time.
class PulledCaller final : public gateway::upstream::Caller {
 public:
  // `core` must outlive the stream.
  void Use(Core& core) { core_ = &core; }
  const std::shared_ptr<PulledStream>& stream() const { return stream_; }

  // Nothing here calls one.
  void Unary(const std::string& rpc_path, grpc::ByteBuffer request,
             const gateway::upstream::CallOptions& options,
             gateway::upstream::UnaryDone done) override;
  std::shared_ptr<gateway::upstream::ServerStream> Open(
      const std::string& rpc_path, grpc::ByteBuffer request,
      const gateway::upstream::CallOptions& options,
      gateway::upstream::StreamEvents events) override;

 private:
  Core* core_ = nullptr;
  std::shared_ptr<PulledStream> stream_;
};

// The connection to a client of HTTP, who takes piece by piece.
class Socket final : public gateway::http::Stream {
 public:
  void Write(std::string bytes, std::function<void(bool)> done) override;
  void Finish() override { finished_ = true; }
  void OnGone(std::function<void()> gone) override;

  // Adds the next piece to `text`; false where there is none.
  bool Take(std::string& text);
  // The line breaks, in the middle of a piece: of the next one `bytes` still come.
  void Leave(size_t bytes, std::string& text);
  // Nothing more will come.
  bool finished() const { return finished_ && pieces_.empty(); }
  // A plain answer in place of a stream.
  void Answer(gateway::http::Response response) { answer_ = std::move(response); }
  const std::optional<gateway::http::Response>& answer() const { return answer_; }

 private:
  struct Piece {
    std::string bytes;
    std::function<void(bool)> done;
  };
  std::deque<Piece> pieces_;
  std::function<void()> gone_;
  bool left_ = false, finished_ = false;
  std::optional<gateway::http::Response> answer_;
};

class SocketResponder final : public gateway::http::Responder {
 public:
  explicit SocketResponder(std::shared_ptr<Socket> socket) : socket_(std::move(socket)) {}
  void Annotate(std::string, std::string) override {}
  void Send(gateway::http::Response response) override { socket_->Answer(std::move(response)); }
  std::shared_ptr<gateway::http::Stream> Start(gateway::http::Response) override { return socket_; }
  void After(std::chrono::milliseconds, std::function<void()>) override {}  // of real time

 private:
  const std::shared_ptr<Socket> socket_;
};

}  // namespace vigil::registry
