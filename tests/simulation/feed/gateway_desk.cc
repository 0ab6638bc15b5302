#include "tests/simulation/feed/gateway_desk.h"

#include <fmt/format.h>

#include <cstdlib>
#include <utility>

#include "common/rpc/errors.h"
#include "gateway/live/live_stream.h"
#include "gateway/live/stream_format.h"
#include "gateway/transcode/json.h"
#include "gateway/upstream/explain.h"

namespace vigil::registry {
namespace {

namespace live = gateway::live;
namespace transcode = gateway::transcode;

constexpr char kPath[] = "/vigil.registry.v1.JournalService/WatchChanges";
constexpr char kClosed[] = "the stream ended without a word";

transcode::RouteTable Routes() {
  auto routes = transcode::RouteTable::Build(
      {v1::WatchChangesRequest::descriptor()->file()->FindServiceByName("JournalService")});
  if (!routes.ok()) std::abort();
  return *std::move(routes);
}

const transcode::Route& RouteOf(const transcode::RouteTable& routes) {
  for (const transcode::Route& route : routes.routes()) {
    if (route.rpc_path == kPath) return route;
  }
  std::abort();
}

// Of an error's JSON.
std::string ReasonIn(std::string_view json) {
  constexpr std::string_view kReason = "\"reason\":\"";
  const size_t begin = json.find(kReason);
  if (begin == std::string_view::npos) return std::string(json);
  const size_t at = begin + kReason.size();
  return std::string(json.substr(at, json.find('"', at) - at));
}

}  // namespace

GatewayReader::GatewayReader(const Setting& setting, TopicMask topics, Counts& counts)
    : setting_(setting), topics_(topics), counts_(counts), routes_(Routes()) {}

std::string GatewayReader::Connect(Core& core, ReaderFormat format) {
  const bool resumes = !token_.token.empty();
  counts_.crossed += resumes && format != token_format_ ? 1 : 0;
  refusal_ = resumes ? setting_.refusal(token_) : "";
  judge_.emplace(setting_.truth, topics_,
                 resumes ? std::optional<int64_t>(token_.revision) : std::nullopt);
  format_ = format;
  core_ = &core;
  ended_ = false;
  reason_.clear();
  text_.clear();
  message_.reset();
  last_word_.reset();
  v1::WatchChangesRequest request = RequestFor(topics_, setting_.draw(3) == 0, "");
  request.set_snapshot(!resumes);
  // As a browser does, with the header Last-Event-ID.
  live::ResumeFrom(token_.token, &request);
  caller_.Use(core);
  Serve(request);
  return Go(1);
}

void GatewayReader::Serve(const v1::WatchChangesRequest& request) {
  if (format_ == ReaderFormat::kGrpc) return ServeGrpc(request);
  socket_ = std::make_shared<Socket>();
  // Of real time: neither comes within a run.
  const live::LiveStreamOptions options{.heartbeat = std::chrono::hours(1),
                                        .open_within = std::chrono::hours(1)};
  live::ServeStream(caller_, RouteOf(routes_),
                    format_ == ReaderFormat::kEvents ? live::ServerSentEvents() : live::JsonLines(),
                    request.SerializeAsString(), {}, gateway::ServedCall(rpc_metrics_, kPath),
                    options, std::make_shared<SocketResponder>(socket_),
                    [](gateway::http::Response*) {});
}

void GatewayReader::ServeGrpc(const v1::WatchChangesRequest& request) {
  gateway::upstream::StreamEvents events;
  events.on_message = [this](const grpc::ByteBuffer& bytes) {
    if (!message_.emplace().ParseFromString(gateway::upstream::ToString(bytes))) std::abort();
  };
  events.on_done = [this](const grpc::Status& status) {
    last_word_ = rpc::ReasonOf(gateway::upstream::Explain(status));
  };
  caller_.Open(kPath, gateway::upstream::ToByteBuffer(request.SerializeAsString()), {},
               std::move(events));
  caller_.stream()->Read();
}

std::string GatewayReader::Go(int pieces) {
  const std::shared_ptr<PulledStream> stream = caller_.stream();
  bool more = true;
  for (int i = 0; connected() && more; ++i) {
    more = stream->Pump();
    bool taken = false;
    std::string broken = i < pieces ? Take(taken) : "";
    if (!broken.empty()) return broken;
    if (ended_) return JudgeEnd();
    more = more || taken;
  }
  return "";
}

std::string GatewayReader::Take(bool& taken) {
  return format_ == ReaderFormat::kGrpc ? TakeGrpc(taken) : TakeHttp(taken);
}

std::string GatewayReader::TakeGrpc(bool& taken) {
  if (!message_) {
    if (last_word_) End(*last_word_);
    return "";
  }
  taken = true;
  std::string broken = Hear(*std::exchange(message_, std::nullopt));
  caller_.stream()->Read();
  return broken;
}

std::string GatewayReader::TakeHttp(bool& taken) {
  taken = socket_->Take(text_);
  std::string broken = HearText();
  if (socket_->answer()) End(ReasonIn(socket_->answer()->body));
  if (socket_->finished()) End(kClosed);
  return broken;
}

std::string GatewayReader::HearText() {
  const std::string_view end = format_ == ReaderFormat::kEvents ? "\n\n" : "\n";
  for (size_t at; (at = text_.find(end)) != std::string::npos;) {
    const std::string whole = text_.substr(0, at);
    text_.erase(0, at + end.size());
    std::string broken = format_ == ReaderFormat::kEvents ? HearEvent(whole) : HearLine(whole);
    if (!broken.empty()) return broken;
  }
  return "";
}

// As the standard of server-sent events has it.
std::string GatewayReader::HearEvent(std::string_view event) {
  std::string id, kind, data;
  while (!event.empty()) {
    const std::string_view line = event.substr(0, event.find('\n'));
    event.remove_prefix(std::min(event.size(), line.size() + 1));
    const size_t colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    const std::string_view field = line.substr(0, colon), value = line.substr(colon + 2);
    if (field == "id") id = value;
    if (field == "event") kind = value;
    if (field == "data") data += value;
  }
  if (kind == "error") End(ReasonIn(data));
  return data.empty() || !kind.empty() ? "" : HearJson(data, &id);
}

std::string GatewayReader::HearLine(std::string_view line) {
  if (line.starts_with("{\"error\":")) {
    End(ReasonIn(line));
    return "";
  }
  if (setting_.lose_lines && setting_.draw(20) == 0) return "";
  return HearJson(line, nullptr);
}

std::string GatewayReader::HearJson(std::string_view json, const std::string* id) {
  v1::WatchChangesResponse message;
  const absl::Status read = transcode::FromJson(json, "", &message);
  if (!read.ok()) return "a message cannot be read: " + std::string(read.message());
  if (id != nullptr && *id != message.token()) return "an event's id is not its token";
  return Hear(message);
}

std::string GatewayReader::Hear(const v1::WatchChangesResponse& message) {
  ++counts_.taken[static_cast<int>(format_)];
  if (!refusal_.empty()) return "a reader went on with a token that had to be refused " + refusal_;
  std::string broken = judge_->Hear(message);
  if (!broken.empty() || message.token().empty()) return broken;
  const int64_t revision = judge_->token_revision();
  token_ = {.token = judge_->token(),
            .revision = revision,
            .hash = setting_.truth.HashOf(revision),
            .topics = topics_,
            .epoch = setting_.epoch};
  token_format_ = format_;
  if (setting_.late_ids && format_ == ReaderFormat::kEvents) {
    const int64_t head = setting_.truth.head();
    token_.token =
        core_->tokens().Seal(MakeResumePoint(head, setting_.truth.HashOf(head), topics_));
  }
  return "";
}

// The first reason holds: after an error the stream is closed.
void GatewayReader::End(std::string reason) {
  if (std::exchange(ended_, true)) return;
  reason_ = std::move(reason);
}

std::string GatewayReader::JudgeEnd() {
  if (!refusal_.empty()) {
    if (reason_ != refusal_) return fmt::format("a reader got {}, not {}", reason_, refusal_);
    ++counts_.refused;
    token_ = {};  // only a snapshot helps
    return "";
  }
  if (reason_ == "SLOW_WATCHER" || reason_ == "BACKEND_AWAY") return "";
  return "a reader's stream ended: " + reason_;
}

void GatewayReader::Leave() {
  if (!connected()) return;
  if (format_ == ReaderFormat::kGrpc) {
    caller_.stream()->Cancel();
  } else {
    const std::string before = text_;
    socket_->Leave(setting_.draw(40), text_);
    counts_.torn += text_ != before ? 1 : 0;
  }
  const std::shared_ptr<PulledStream> stream = caller_.stream();
  while (stream->Pump()) {
  }
  ended_ = true;
}

std::string GatewayReader::Break() {
  if (!connected()) return "";
  const std::shared_ptr<PulledStream> stream = caller_.stream();
  stream->Break();
  // What it had told is on its way, and the word of its end.
  return Go(1'000'000);
}

GatewayDesk::GatewayDesk(GatewayReader::Setting setting, GatewayReader::Counts& counts)
    : setting_(std::move(setting)) {
  for (const TopicMask topics :
       {kAllTopics, kAllTopics,
        static_cast<TopicMask>(MaskOf(v1::TOPIC_CASES) | MaskOf(v1::TOPIC_RECEIPTS))}) {
    readers_.push_back(std::make_unique<GatewayReader>(setting_, topics, counts));
  }
}

GatewayDesk::~GatewayDesk() {
  for (const auto& reader : readers_) reader->Leave();
}

std::string GatewayDesk::Go(Core& core) {
  GatewayReader& reader = *readers_[setting_.draw(readers_.size())];
  if (!reader.connected()) {
    return reader.Connect(core, static_cast<ReaderFormat>(setting_.draw(kReaderFormats)));
  }
  if (setting_.draw(10) > 0) return reader.Go(static_cast<int>(setting_.draw(5)));
  reader.Leave();
  return "";
}

std::string GatewayDesk::Break() {
  for (const auto& reader : readers_) {
    if (setting_.draw(2) == 0) reader->Leave();
    if (std::string broken = reader->Break(); !broken.empty()) return broken;
  }
  return "";
}

std::string GatewayDesk::Finish(Core& core) {
  for (const auto& reader : readers_) {
    for (int format = 0; format < kReaderFormats; ++format) {
      reader->Leave();
      // A token that is refused first costs a second connection.
      std::string broken;
      for (int i = 0; i < 2 && !reader->connected() && broken.empty(); ++i) {
        broken = reader->Connect(core, static_cast<ReaderFormat>(format));
      }
      if (broken.empty()) broken = reader->Go(1'000'000);
      if (broken.empty()) broken = reader->AtRest();
      if (!broken.empty()) return broken;
    }
    reader->Leave();
  }
  return "";
}

}  // namespace vigil::registry
