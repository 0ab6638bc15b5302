// Readers behind the gateway, over server-sent events, NDJSON and gRPC: who goes from one to
// another with the token of the last message goes on where it was.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/metrics/metrics.h"
#include "common/rpc/rpc_metrics.h"
#include "gateway/transcode/route_table.h"
#include "tests/simulation/feed/core.h"
#include "tests/simulation/feed/gateway_wire.h"
#include "tests/simulation/feed/judge.h"
#include "tests/simulation/feed/truth.h"

namespace vigil::registry {

// How a reader is served: by the gateway's own code, or over gRPC, where it passes bytes through.
enum class ReaderFormat { kEvents, kLines, kGrpc };
inline constexpr int kReaderFormats = 3;

// One reader, connected or not. Its connection breaks in the middle of a message as well.
class GatewayReader {
 public:
  struct Setting {
    const Truth& truth;
    // Changes with the journal.
    const int& epoch;
    // Why a token has to be refused; empty: it goes on.
    std::function<std::string(const OldToken&)> refusal;
    // `draw(n)` is below n.
    std::function<uint64_t(uint64_t)> draw;
    // Breaks a promise on purpose: a line is lost; an id is that of a later event.
    bool lose_lines = false, late_ids = false;
  };
  struct Counts {
    // Messages taken in each format; connections made with a token of another format; tokens
    // refused; connections that broke within a message.
    int64_t taken[kReaderFormats] = {0, 0, 0};
    int64_t crossed = 0, refused = 0, torn = 0;
  };
  GatewayReader(const Setting& setting, TopicMask topics, Counts& counts);

  bool connected() const { return caller_.stream() != nullptr && !ended_; }
  // These return what was broken, or nothing.
  std::string Connect(Core& core, ReaderFormat format);
  // Takes up to so many pieces of what there is.
  std::string Go(int pieces);
  // The line to the gateway breaks, or the gateway dies.
  void Leave();
  // The registry dies, and what it had told still comes.
  std::string Break();
  // Nothing is left to be told.
  std::string AtRest() const { return judge_->AtRest(); }

 private:
  void Serve(const v1::WatchChangesRequest& request);
  void ServeGrpc(const v1::WatchChangesRequest& request);
  // Takes a piece of what has come, in either way; `taken`: there was one.
  std::string Take(bool& taken);
  std::string TakeHttp(bool& taken);
  std::string TakeGrpc(bool& taken);
  // Of what has come, all that is whole.
  std::string HearText();
  std::string HearEvent(std::string_view event);
  std::string HearLine(std::string_view line);
  std::string HearJson(std::string_view json, const std::string* id);
  std::string Hear(const v1::WatchChangesResponse& message);
  void End(std::string reason);
  std::string JudgeEnd();

  const Setting& setting_;
  const TopicMask topics_;
  Counts& counts_;
  Metrics metrics_;
  rpc::RpcMetrics rpc_metrics_{metrics_};
  const gateway::transcode::RouteTable routes_;
  ReaderFormat format_ = ReaderFormat::kGrpc;
  PulledCaller caller_;
  Core* core_ = nullptr;
  std::shared_ptr<Socket> socket_;
  // Over gRPC: what has come, and the word of the end.
  std::optional<v1::WatchChangesResponse> message_;
  std::optional<std::string> last_word_;
  // Over HTTP: what has come and is not whole.
  std::string text_;
  std::optional<Judge> judge_;
  // To go on from, with the format it came in.
  OldToken token_;
  ReaderFormat token_format_ = ReaderFormat::kGrpc;
  // Of this connection: why it has to be refused; whether it ended, and why.
  std::string refusal_;
  bool ended_ = false;
  std::string reason_;
};

// A few of them.
class GatewayDesk {
 public:
  GatewayDesk(GatewayReader::Setting setting, GatewayReader::Counts& counts);
  ~GatewayDesk();

  // Each returns what was broken, or nothing.
  // One of them connects, reads, or loses its connection.
  std::string Go(Core& core);
  // The registry dies.
  std::string Break();
  // The faults end: each comes to know all, in every format.
  std::string Finish(Core& core);

 private:
  const GatewayReader::Setting setting_;
  std::vector<std::unique_ptr<GatewayReader>> readers_;
};

}  // namespace vigil::registry
