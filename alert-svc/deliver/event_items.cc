#include "alert-svc/deliver/event_items.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "alert-svc/deliver/wording.h"

namespace vigil::alert {
namespace {

namespace json = boost::json;
namespace reg = registry::v1;

std::string ParentOf(const std::string& deadline_name) {
  return deadline_name.substr(0, deadline_name.find("/deadlines/"));
}

void AddDates(const reg::Deadline& deadline, json::object* data) {
  (*data)["earliest"] = CutText(deadline.earliest());
  (*data)["latest"] = CutText(deadline.latest());
  if (!deadline.earliest_time().empty()) {
    (*data)["earliestTime"] = CutText(deadline.earliest_time());
  }
  if (!deadline.latest_time().empty()) (*data)["latestTime"] = CutText(deadline.latest_time());
  (*data)["boundary"] = reg::DeadlineBoundary_Name(deadline.boundary());
  (*data)["precision"] = reg::DeadlinePrecision_Name(deadline.precision());
}

void AddChange(const MessageItem& item, json::object* data) {
  if (item.change == MessageItem::Change::kNone) return;
  (*data)["change"] = item.change == MessageItem::Change::kMoved ? "MOVED" : "WITHDRAWN";
  if (item.told_earliest.empty()) return;  // handed over to whom nothing was told
  (*data)["toldEarliest"] = CutText(item.told_earliest);
  (*data)["toldLatest"] = CutText(item.told_latest);
}

constexpr const char* kColumns[] = {"alert", "deadline", "kind", "earliest", "latest"};

json::array Row(const MessageItem& item) {
  const reg::Deadline& deadline = item.deadline;
  return {CutText(item.alert), CutText(deadline.name()), reg::DeadlineKind_Name(deadline.kind()),
          CutText(deadline.earliest()), CutText(deadline.latest())};
}

// "alerts/feed" → "feed": where there is least room.
json::string AlertId(const MessageItem& item) {
  return CutText(item.alert.substr(item.alert.find('/') + 1));
}

// What one more element costs, its comma with it.
std::size_t Size(const json::value& value) { return json::serialize(value).size() + 1; }

// In which form the items go: [0, full) in full, [full, rows) as rows, [rows, named) by name.
struct Forms {
  std::size_t full = 0;
  std::size_t rows = 0;
  std::size_t named = 0;
};

// Each further form is given to as many items, from the first on, as the room allows; that all are
// told by name comes before any is told in a longer form.
Forms Fit(const Message& message, const std::string& page_url, std::size_t room) {
  const std::size_t count = message.items.size();
  Forms forms;
  std::vector<std::size_t> name_bytes, row_bytes;
  const auto take = [&room](std::size_t before, std::size_t after) {
    if (room + before < after) return false;
    room = room + before - after;
    return true;
  };
  for (; forms.named < count; ++forms.named) {
    name_bytes.push_back(Size(AlertId(message.items[forms.named])));
    if (!take(0, name_bytes.back())) break;
  }
  for (; forms.rows < forms.named; ++forms.rows) {
    row_bytes.push_back(Size(Row(message.items[forms.rows])));
    if (!take(name_bytes[forms.rows], row_bytes.back())) break;
  }
  for (; forms.full < forms.rows; ++forms.full) {
    const std::size_t bytes = Size(EventItem(message, message.items[forms.full], page_url));
    if (!take(row_bytes[forms.full], bytes)) break;
  }
  return forms;
}

json::object More(const Message& message, const Forms& forms, const std::string& page_url) {
  json::array rows;
  for (std::size_t i = forms.full; i < forms.rows; ++i) rows.push_back(Row(message.items[i]));
  json::array alerts;
  for (std::size_t i = forms.rows; i < forms.named; ++i) {
    alerts.push_back(AlertId(message.items[i]));
  }
  json::object more;
  more["columns"] = json::array(std::begin(kColumns), std::end(kColumns));
  more["rows"] = std::move(rows);
  more["alerts"] = std::move(alerts);
  more["unlisted"] = message.items.size() - forms.named;
  more["link"] =
      fmt::format("{}/v1/alerts?page_size=1000&filter=digests%3A%22{}%22", page_url, message.id);
  return more;
}

}  // namespace

// Bytes that are no UTF-8 would make the whole body unreadable; ours come from proto3 strings,
// which hold none. Long texts are cut: the event is thin.
json::string CutText(const std::string& text) {
  constexpr std::size_t kMax = 500;
  if (text.size() <= kMax) return json::string(text);
  std::size_t end = kMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return json::string(text.substr(0, end));
}

json::object EventItem(const Message& message, const MessageItem& item,
                       const std::string& page_url) {
  const reg::Deadline& deadline = item.deadline;
  json::object data;
  data["alert"] = CutText(item.alert);
  data["case"] = CutText(ParentOf(deadline.name()));
  data["deadline"] = CutText(deadline.name());
  data["kind"] = reg::DeadlineKind_Name(deadline.kind());
  data["nature"] = reg::DeadlineNature_Name(deadline.nature());
  data["state"] = reg::DeadlineState_Name(deadline.state());
  AddDates(deadline, &data);
  data["rule"] = CutText(deadline.rule());
  // A change belongs to no step of a policy.
  if (item.change == MessageItem::Change::kNone) data["step"] = item.step;
  data["when"] = WordsFor(message).WhenText(deadline);
  data["howSure"] = WordsFor(message).SureText(deadline, item.doubt);
  AddChange(item, &data);
  data["link"] = PageLink(deadline.name(), page_url);
  // Not cut: half a link is none.
  if (!item.action_link.empty()) data["actionLink"] = item.action_link;
  if (message.receiver.private_()) {
    data["caseDisplayName"] = CutText(deadline.case_display_name());
    data["title"] = CutText(deadline.title());
  }
  return data;
}

json::object EventItems(const Message& message, const std::string& page_url,
                        std::size_t max_bytes) {
  json::object data;
  data["count"] = message.items.size();
  data["items"] = json::array();
  const std::size_t bare = Size(data);
  Forms forms = Fit(message, page_url, max_bytes - bare);
  // What only says how the rest is told takes room from it, but only where there is a rest.
  if (forms.full < message.items.size()) {
    forms = Fit(message, page_url, max_bytes - bare - Size(More(message, {}, page_url)));
    data["more"] = More(message, forms, page_url);
  }
  for (std::size_t i = 0; i < forms.full; ++i) {
    data["items"].as_array().push_back(EventItem(message, message.items[i], page_url));
  }
  return data;
}

}  // namespace vigil::alert
