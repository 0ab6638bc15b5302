#include "alert-svc/deliver/cloud_event.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "alert-svc/deliver/wording.h"

namespace vigil::alert {
namespace {

namespace json = boost::json;
namespace reg = registry::v1;

constexpr size_t kMaxItemsBytes = 18 * 1024;

// Bytes that are no UTF-8 would make the whole body unreadable; ours come from proto3 strings,
// which hold none. Long texts are cut: the event is thin.
json::string Cut(const std::string& text) {
  constexpr size_t kMax = 500;
  if (text.size() <= kMax) return json::string(text);
  size_t end = kMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return json::string(text.substr(0, end));
}

std::string ParentOf(const std::string& deadline_name) {
  return deadline_name.substr(0, deadline_name.find("/deadlines/"));
}

void AddDates(const reg::Deadline& deadline, json::object* data) {
  (*data)["earliest"] = Cut(deadline.earliest());
  (*data)["latest"] = Cut(deadline.latest());
  if (!deadline.earliest_time().empty()) (*data)["earliestTime"] = Cut(deadline.earliest_time());
  if (!deadline.latest_time().empty()) (*data)["latestTime"] = Cut(deadline.latest_time());
  (*data)["boundary"] = reg::DeadlineBoundary_Name(deadline.boundary());
  (*data)["precision"] = reg::DeadlinePrecision_Name(deadline.precision());
}

void AddChange(const MessageItem& item, json::object* data) {
  if (item.change == MessageItem::Change::kNone) return;
  (*data)["change"] = item.change == MessageItem::Change::kMoved ? "MOVED" : "WITHDRAWN";
  (*data)["toldEarliest"] = Cut(item.told_earliest);
  (*data)["toldLatest"] = Cut(item.told_latest);
}

json::object ItemData(const Message& message, const MessageItem& item,
                      const std::string& page_url) {
  const reg::Deadline& deadline = item.deadline;
  json::object data;
  data["alert"] = Cut(item.alert);
  data["case"] = Cut(ParentOf(deadline.name()));
  data["deadline"] = Cut(deadline.name());
  data["kind"] = reg::DeadlineKind_Name(deadline.kind());
  data["nature"] = reg::DeadlineNature_Name(deadline.nature());
  data["state"] = reg::DeadlineState_Name(deadline.state());
  AddDates(deadline, &data);
  data["rule"] = Cut(deadline.rule());
  data["step"] = item.step;
  data["when"] = WhenText(deadline);
  data["howSure"] = SureText(deadline);
  AddChange(item, &data);
  data["link"] = fmt::format("{}/{}", page_url, ParentOf(deadline.name()));
  if (message.receiver.private_()) {
    data["caseDisplayName"] = Cut(deadline.case_display_name());
    data["title"] = Cut(deadline.title());
  }
  return data;
}

std::string Type(const Message& message) {
  switch (message.form) {
    case Message::Form::kDigest:
      return "vigil.deadline.digest.v1";
    case Message::Form::kSummary:
      return "vigil.deadline.summary.v1";
    case Message::Form::kSingle:
      break;
  }
  const bool changed =
      !message.items.empty() && message.items.front().change != MessageItem::Change::kNone;
  return changed ? "vigil.deadline.changed.v1" : "vigil.deadline.due.v1";
}

std::string Subject(const Message& message) {
  if (message.form == Message::Form::kDigest) return "digest";
  if (message.form == Message::Form::kSummary) return "summary";
  return message.items.empty() ? "" : ParentOf(message.items.front().deadline.name());
}

json::object Data(const Message& message, const std::string& page_url) {
  if (message.form == Message::Form::kSingle) {
    json::object data;
    if (!message.items.empty()) data = ItemData(message, message.items.front(), page_url);
    data["level"] = message.level;
    data["repeat"] = message.repeat;
    return data;
  }
  json::array items;
  size_t bytes = 0;
  for (const MessageItem& item : message.items) {
    json::object one = ItemData(message, item, page_url);
    bytes += json::serialize(one).size() + 1;
    if (bytes > kMaxItemsBytes) break;
    items.push_back(std::move(one));
  }
  json::object data;
  data["count"] = message.items.size();
  data["items"] = std::move(items);
  return data;
}

}  // namespace

std::string WriteCloudEvent(const Message& message, const std::string& page_url) {
  json::object event;
  event["specversion"] = "1.0";
  event["id"] = message.id;
  event["source"] = "/vigil/alert-svc";
  event["type"] = Type(message);
  event["subject"] = Cut(Subject(message));
  event["time"] = absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", message.time, absl::UTCTimeZone());
  event["datacontenttype"] = "application/json";
  json::object data = Data(message, page_url);
  if (message.known_at.has_value()) {
    data["knownAt"] =
        absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", *message.known_at, absl::UTCTimeZone());
  }
  event["data"] = std::move(data);
  return json::serialize(event);
}

}  // namespace vigil::alert
