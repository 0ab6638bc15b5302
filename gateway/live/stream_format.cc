#include "gateway/live/stream_format.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "fmt/format.h"
#include "gateway/transcode/error.h"
#include "gateway/transcode/json.h"

namespace vigil::gateway::live {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr char kToken[] = "token";
constexpr int kRetryMilliseconds = 2000;

const FieldDescriptor* TokenField(const Descriptor& type) {
  const FieldDescriptor* field = type.FindFieldByName(kToken);
  const bool fits =
      field != nullptr && !field->is_repeated() && field->type() == FieldDescriptor::TYPE_STRING;
  return fits ? field : nullptr;
}

// The one message field besides the token; nullptr where there is none or more than one.
const FieldDescriptor* PayloadField(const Descriptor& type) {
  const FieldDescriptor* token = TokenField(type);
  if (token == nullptr || type.field_count() != 2) return nullptr;
  const FieldDescriptor* other = type.field(type.field(0) == token ? 1 : 0);
  return other->message_type() != nullptr && !other->is_repeated() ? other : nullptr;
}

// A line break would begin a new field or a new line.
std::string OneLine(std::string text) {
  for (char& c : text) {
    if (c == '\n' || c == '\r' || c == '\0') c = ' ';
  }
  return text;
}

std::string ErrorLine(const absl::Status& status) {
  return OneLine(transcode::ErrorBody(transcode::ToHttpStatus(status.code()), status));
}

class EventFormat : public StreamFormat {
 public:
  std::string ContentType() const override { return "text/event-stream; charset=utf-8"; }
  std::string Preamble() const override { return fmt::format("retry: {}\n\n", kRetryMilliseconds); }
  std::string Heartbeat() const override { return ": still here\n\n"; }

  absl::StatusOr<std::string> Message(const google::protobuf::Message& message) const override {
    const Descriptor& type = *message.GetDescriptor();
    const auto& fields = *message.GetReflection();
    std::string out;
    if (const FieldDescriptor* token = TokenField(type)) {
      const std::string id = OneLine(fields.GetString(message, token));
      if (!id.empty()) out += fmt::format("id: {}\n", id);
    }
    const FieldDescriptor* payload = PayloadField(type);
    const absl::StatusOr<std::string> json =
        transcode::ToJson(payload == nullptr ? message : fields.GetMessage(message, payload));
    if (!json.ok()) return json.status();
    out += fmt::format("data: {}\n\n", OneLine(*json));
    return out;
  }

  std::string Error(const absl::Status& status) const override {
    return fmt::format("event: error\ndata: {}\n\n", ErrorLine(status));
  }
};

class LineFormat : public StreamFormat {
 public:
  std::string ContentType() const override { return "application/x-ndjson"; }
  std::string Preamble() const override { return ""; }
  std::string Heartbeat() const override { return ""; }

  absl::StatusOr<std::string> Message(const google::protobuf::Message& message) const override {
    absl::StatusOr<std::string> json = transcode::ToJson(message);
    if (!json.ok()) return json;
    return OneLine(*std::move(json)) + "\n";
  }

  std::string Error(const absl::Status& status) const override { return ErrorLine(status) + "\n"; }
};

bool Is(absl::string_view text, std::string_view word) {
  return http::EqualsIgnoringCase({text.data(), text.size()}, word);
}

// Nothing for a media type that no stream is written in, and for a pattern of them.
const StreamFormat* FormatOf(absl::string_view media_type) {
  if (Is(media_type, "text/event-stream")) return &ServerSentEvents();
  if (Is(media_type, "application/x-ndjson")) return &JsonLines();
  return nullptr;
}

// The `q` of an entry's parameters; 1 where there is none, 0 where it is no number.
double WeightOf(const std::vector<absl::string_view>& parts) {
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const absl::string_view parameter = absl::StripAsciiWhitespace(parts[i]);
    if (!Is(parameter.substr(0, 2), "q=")) continue;
    double weight = 0;
    return absl::SimpleAtod(parameter.substr(2), &weight) ? weight : 0;
  }
  return 1;
}

}  // namespace

const StreamFormat& ServerSentEvents() {
  static const EventFormat& format = *new EventFormat;
  return format;
}

const StreamFormat& JsonLines() {
  static const LineFormat& format = *new LineFormat;
  return format;
}

const StreamFormat& FormatFor(const http::Headers& headers) {
  const StreamFormat* best = &ServerSentEvents();
  double best_weight = 0;
  for (const auto& [name, value] : headers.fields()) {
    if (!http::EqualsIgnoringCase(name, "accept")) continue;
    for (const absl::string_view entry : absl::StrSplit(value, ',')) {
      const std::vector<absl::string_view> parts = absl::StrSplit(entry, ';');
      const StreamFormat* format = FormatOf(absl::StripAsciiWhitespace(parts.front()));
      const double weight = WeightOf(parts);
      if (format == nullptr || !(weight > best_weight)) continue;
      best = format;
      best_weight = weight;
    }
  }
  return *best;
}

void ResumeFrom(std::string_view last_event_id, google::protobuf::Message* request) {
  const FieldDescriptor* token = TokenField(*request->GetDescriptor());
  if (token == nullptr || last_event_id.empty()) return;
  request->GetReflection()->SetString(request, token, std::string(last_event_id));
}

}  // namespace vigil::gateway::live
