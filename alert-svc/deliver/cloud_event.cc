#include "alert-svc/deliver/cloud_event.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "alert-svc/deliver/event_items.h"
#include "alert-svc/deliver/finding_lines.h"
#include "alert-svc/domain/history.h"
#include "alert-svc/domain/ids.h"

namespace vigil::alert {
namespace {

namespace json = boost::json;

// Standard Webhooks asks for less than 20 kB; the rest is the envelope's.
constexpr std::size_t kMaxDataBytes = 19'000;

std::string Rfc3339(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

std::string Type(const Message& message) {
  switch (message.form) {
    case Message::Form::kDigest:
      return "vigil.deadline.digest.v1";
    case Message::Form::kSummary:
      return "vigil.deadline.summary.v1";
    case Message::Form::kTest:
      return "vigil.receiver.test.v1";
    case Message::Form::kTrouble:
      return "vigil.receiver.trouble.v1";
    case Message::Form::kSingle:
      break;
  }
  const bool changed =
      !message.items.empty() && message.items.front().change != MessageItem::Change::kNone;
  return changed ? "vigil.deadline.changed.v1" : "vigil.deadline.due.v1";
}

// "https://vigil.example:8080/" → "vigil.example:8080".
std::string_view HostOf(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  return url.substr(0, url.find('/'));
}

// The ids of reminders and digests are trace ids as they stand; of others it is made.
std::string TraceId(const std::string& id) {
  const bool fits =
      id.size() == 32 && id.find_first_not_of("0123456789abcdef") == std::string::npos;
  return fits ? id : fmt::format("{:016x}{:016x}", Hash64({"trace", id}), Hash64({id}));
}

std::string Traceparent(const Message& message) {
  const std::uint64_t span = Hash64({"span", message.id, std::to_string(message.attempt)});
  return fmt::format("00-{}-{:016x}-01", TraceId(message.id), span);
}

std::string Subject(const Message& message) {
  if (message.form == Message::Form::kDigest) return "digest";
  if (message.form == Message::Form::kSummary) return "summary";
  if (message.form == Message::Form::kTest) return "test";
  if (message.form == Message::Form::kTrouble) return message.troubled;
  if (message.items.empty()) return "";
  const std::string& name = message.items.front().deadline.name();
  return name.substr(0, name.find("/deadlines/"));
}

const char* WhyName(Message::Why why) {
  switch (why) {
    case Message::Why::kHourly:
      return "HOURLY";
    case Message::Why::kHandedOver:
      return "HANDED_OVER";
    case Message::Why::kPutOff:
      return "PUT_OFF";
    case Message::Why::kPlanned:
      break;
  }
  return "PLANNED";
}

json::object TroubleData(const Message& message) {
  json::object data;
  data["receiver"] = message.troubled;
  data["trouble"] = v1::Trouble::Kind_Name(message.trouble.kind());
  data["since"] = Rfc3339(TimeOf(message.trouble.start_time()));
  data["detail"] = CutText(message.trouble.detail());
  data["givenUp"] = message.given_up;
  return data;
}

json::object Data(const Message& message, const std::string& page_url) {
  if (message.form == Message::Form::kTest) return {};
  if (message.form == Message::Form::kTrouble) return TroubleData(message);
  if (message.form != Message::Form::kSingle) return EventItems(message, page_url, kMaxDataBytes);
  json::object data;
  if (!message.items.empty()) data = EventItem(message, message.items.front(), page_url);
  data["level"] = message.level;
  data["why"] = WhyName(message.why);
  data["repeat"] = message.again;
  if (message.why == Message::Why::kHourly) data["hoursLeft"] = message.hours_left;
  if (message.level > 0) data["undelivered"] = message.undelivered;
  return data;
}

}  // namespace

std::string WriteCloudEvent(const Message& message, const std::string& page_url) {
  json::object event;
  event["specversion"] = "1.0";
  event["id"] = message.id;
  event["source"] = fmt::format("/registry/{}", HostOf(page_url));
  event["type"] = Type(message);
  event["subject"] = CutText(Subject(message));
  event["time"] = absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", message.time, absl::UTCTimeZone());
  event["datacontenttype"] = "application/json";
  event["dataschema"] = fmt::format("{}/schemas/{}.json", page_url, Type(message));
  event["sequence"] = fmt::format("{:020}", message.revision);
  event["traceparent"] = Traceparent(message);
  json::object data = Data(message, page_url);
  if (message.known_at.has_value()) {
    data["knownAt"] = Rfc3339(*message.known_at);
  }
  if (!message.findings.empty() || message.more_findings) {
    data["findings"] = {{"count", message.findings.size()},
                        {"cases", FindingLinesOf(message).cases},
                        {"atLeast", message.more_findings}};
  }
  event["data"] = std::move(data);
  return json::serialize(event);
}

}  // namespace vigil::alert
