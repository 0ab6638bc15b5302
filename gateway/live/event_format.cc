#include "gateway/live/event_format.h"

#include "fmt/format.h"
#include "gateway/transcode/error.h"
#include "gateway/transcode/json.h"

namespace vigil::gateway::live {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

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

// A line break would begin a new field.
std::string OneLine(std::string text) {
  for (char& c : text) {
    if (c == '\n' || c == '\r' || c == '\0') c = ' ';
  }
  return text;
}

}  // namespace

absl::StatusOr<std::string> FormatEvent(const Message& message) {
  const Descriptor& type = *message.GetDescriptor();
  std::string out;
  if (const FieldDescriptor* token = TokenField(type)) {
    out += fmt::format("id: {}\n", OneLine(message.GetReflection()->GetString(message, token)));
  }
  const FieldDescriptor* payload = PayloadField(type);
  const absl::StatusOr<std::string> json = transcode::ToJson(
      payload == nullptr ? message : message.GetReflection()->GetMessage(message, payload));
  if (!json.ok()) return json.status();
  out += fmt::format("data: {}\n\n", OneLine(*json));
  return out;
}

std::string FormatError(const absl::Status& status) {
  return fmt::format("event: error\ndata: {}\n\n",
                     OneLine(transcode::ErrorBody(transcode::ToHttpStatus(status.code()), status)));
}

std::string FormatPreamble() { return fmt::format("retry: {}\n\n", kRetryMilliseconds); }

std::string FormatHeartbeat() { return ": still here\n\n"; }

void ResumeFrom(std::string_view last_event_id, Message* request) {
  const FieldDescriptor* token = TokenField(*request->GetDescriptor());
  if (token == nullptr || last_event_id.empty()) return;
  request->GetReflection()->SetString(request, token, std::string(last_event_id));
}

}  // namespace vigil::gateway::live
