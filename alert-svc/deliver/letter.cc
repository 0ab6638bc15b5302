#include "alert-svc/deliver/letter.h"

#include <fmt/format.h>

#include <kainjow/mustache.hpp>
#include <string_view>

#include "alert-svc/deliver/item_lines.h"
#include "alert-svc/deliver/wording.h"

namespace vigil::alert {
namespace {

namespace mustache = kainjow::mustache;

constexpr const char* kBlockText =
#include "embed/alert-svc/deliver/templates/block.txt.inc"
    ;
constexpr const char* kSingleText =
#include "embed/alert-svc/deliver/templates/single.txt.inc"
    ;
constexpr const char* kDigestText =
#include "embed/alert-svc/deliver/templates/digest.txt.inc"
    ;
constexpr const char* kHeadHtml =
#include "embed/alert-svc/deliver/templates/head.html.inc"
    ;
constexpr const char* kBlockHtml =
#include "embed/alert-svc/deliver/templates/block.html.inc"
    ;
constexpr const char* kSingleHtml =
#include "embed/alert-svc/deliver/templates/single.html.inc"
    ;
constexpr const char* kDigestHtml =
#include "embed/alert-svc/deliver/templates/digest.html.inc"
    ;

// Everything of one line: a value must not look like a line of ours.
std::string Flat(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7F) c = ' ';
  }
  return text;
}

std::string Link(const MessageItem& item, const std::string& page_url) {
  const std::string& name = item.deadline.name();
  const std::string folder = name.starts_with("dossiers/") ? "dossiers" : "cases";
  return fmt::format("{}/{}/{}", page_url, folder, CaseCode(name));
}

mustache::data ItemData(const Message& message, const MessageItem& item) {
  const bool shows_all = message.receiver.private_();
  mustache::data lines{mustache::data::type::list};
  for (Line& line : ItemLines(item, message.today, shows_all)) {
    mustache::data row;
    row.set("label", line.label);
    row.set("text", Flat(std::move(line.text)));
    lines.push_back(row);
  }
  mustache::data steps{mustache::data::type::list};
  if (shows_all) {
    for (const std::string& step : item.deadline.explanation()) {
      steps.push_back(mustache::data(Flat(step)));
    }
  }
  mustache::data data;
  data.set("lines", lines);
  data.set("has_steps", !steps.is_empty_list());
  data.set("steps", steps);
  return data;
}

std::string LeadText(const MessageItem& item) {
  if (item.change != MessageItem::Change::kNone) return "because a date you were told has changed";
  if (item.step == 0) return "as the reminder on the day";
  return item.step > 0 ? fmt::format("as the reminder {} days before", item.step)
                       : fmt::format("as the reminder {} days after", -item.step);
}

std::string WhyText(const Message& message) {
  std::string why = "You get this ";
  switch (message.form) {
    case Message::Form::kSummary:
      why += "once, as the summary of what was past when you were subscribed";
      break;
    case Message::Form::kDigest:
      why += "as the digest of your subscription";
      break;
    case Message::Form::kSingle:
      why += message.items.empty() ? "from your subscription" : LeadText(message.items.front());
      break;
  }
  if (message.level > 0) why += ", and because nobody has acknowledged it: it was passed on to you";
  if (message.repeat > 0) why += ", again because nobody has acknowledged it";
  return why + ".";
}

// How a moment is said: in the zone of the subscription, else in UTC.
std::string MomentText(absl::Time time, const std::string& zone_name) {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(zone_name, &zone)) zone = absl::UTCTimeZone();
  return absl::FormatTime("%Y-%m-%d %H:%M %Ez", time, zone);
}

std::string Urgency(const Message& message, const MessageItem& item) {
  if (item.change == MessageItem::Change::kWithdrawn) return "withdrawn";
  const std::string urgency = UrgencyText(item.deadline, message.today);
  return item.change == MessageItem::Change::kMoved ? "date moved, now " + urgency : urgency;
}

// "58 dates, the next in 2 days".
std::string DatesText(const Message& message) {
  const size_t count = message.items.size();
  std::string text = fmt::format("{} {}", count, count == 1 ? "date" : "dates");
  int64_t next = -1;
  for (const MessageItem& item : message.items) {
    const int64_t days = DaysAhead(item.deadline, message.today);
    if (days >= 0 && (next < 0 || days < next)) next = days;
  }
  if (next == 0) return text + ", due now";
  if (next == 1) return text + ", the next tomorrow";
  return next < 0 ? text : fmt::format("{}, the next in {} days", text, next);
}

// How the dates of a digest spread: what to look at first.
std::string OverviewText(const Message& message) {
  constexpr int64_t kSoon = 7;
  int soon = 0;
  int later = 0;
  int past = 0;
  for (const MessageItem& item : message.items) {
    const int64_t days = DaysAhead(item.deadline, message.today);
    ++(days < 0 ? past : days <= kSoon ? soon : later);
  }
  return fmt::format("{} within {} days, {} later, {} open, past or closed.", soon, kSoon, later,
                     past);
}

std::string SubjectText(const Message& message) {
  switch (message.form) {
    case Message::Form::kSummary:
      return fmt::format("Vigil: summary of what is past, {}", DatesText(message));
    case Message::Form::kDigest:
      return fmt::format("Vigil: digest, {}", DatesText(message));
    case Message::Form::kSingle:
      break;
  }
  if (message.items.empty()) return "Vigil";
  const MessageItem& item = message.items.front();
  return fmt::format("[{}] {}{}", CaseCode(item.deadline.name()), Urgency(message, item),
                     message.level > 0 ? ", not acknowledged" : "");
}

std::string HeadingText(const Message& message) {
  const std::string day = DayText(message.today);
  switch (message.form) {
    case Message::Form::kSummary:
      return fmt::format("What was past on {}", day);
    case Message::Form::kDigest:
      return fmt::format("Digest of {}", day);
    case Message::Form::kSingle:
      break;
  }
  if (message.items.empty()) return "Vigil";
  const MessageItem& item = message.items.front();
  return fmt::format("{}: {}, {}", CaseCode(item.deadline.name()), KindText(item.deadline.kind()),
                     Urgency(message, item));
}

// Blocks by case, in the order they come.
mustache::data CaseList(const Message& message, const std::string& page_url) {
  mustache::data cases{mustache::data::type::list};
  for (size_t next = 0; next < message.items.size();) {
    const std::string code = CaseCode(message.items[next].deadline.name());
    const std::string person =
        message.receiver.private_() ? message.items[next].deadline.case_display_name() : "";
    const std::string link = Link(message.items[next], page_url);
    mustache::data items{mustache::data::type::list};
    for (; next < message.items.size() && CaseCode(message.items[next].deadline.name()) == code;
         ++next) {
      items.push_back(ItemData(message, message.items[next]));
    }
    mustache::data block;
    block.set("case", Flat(person.empty() ? code : fmt::format("{} · {}", code, person)));
    block.set("items", items);
    block.set("link", link);
    cases.push_back(block);
  }
  return cases;
}

mustache::data LetterData(const Message& message, const std::string& page_url) {
  mustache::data data;
  data.set("heading", HeadingText(message));
  data.set("why", WhyText(message));
  if (message.known_at.has_value()) {
    data.set("known", fmt::format("As known at {}; what came in since then is not in it.",
                                  MomentText(*message.known_at, message.time_zone)));
  }
  if (message.form == Message::Form::kSingle) {
    mustache::data items{mustache::data::type::list};
    for (const MessageItem& item : message.items) {
      items.push_back(ItemData(message, item));
      data.set("link", Link(item, page_url));
    }
    data.set("items", items);
  } else {
    data.set("overview", OverviewText(message));
    data.set("cases", CaseList(message, page_url));
  }
  return data;
}

mustache::data Partial(const char* text) {
  return mustache::data{mustache::partial{[text] { return text; }}};
}

std::string Render(const char* text, const char* block, bool escapes, mustache::data data) {
  mustache::mustache page{text};
  if (!escapes) page.set_custom_escape([](const std::string& value) { return value; });
  data.set("block", Partial(block));
  data.set("head", Partial(kHeadHtml));
  return page.render(data);
}

// Sections that are empty leave their line ends behind: never more than one empty line in a row.
std::string Tidy(const std::string& text) {
  std::string tidy;
  for (const char c : text) {
    if (c == '\n' && (tidy.empty() || tidy.ends_with("\n\n"))) continue;
    tidy += c;
  }
  while (tidy.ends_with("\n\n")) tidy.pop_back();
  return tidy;
}

}  // namespace

Letter WriteLetter(const Message& message, const std::string& page_url) {
  const bool single = message.form == Message::Form::kSingle;
  const mustache::data data = LetterData(message, page_url);
  Letter letter;
  letter.subject = SubjectText(message);
  letter.text = Tidy(Render(single ? kSingleText : kDigestText, kBlockText, false, data));
  letter.html = Render(single ? kSingleHtml : kDigestHtml, kBlockHtml, true, data);
  letter.form = single ? "single" : message.form == Message::Form::kDigest ? "digest" : "summary";
  letter.thread = single && !message.items.empty() ? CaseCode(message.items.front().deadline.name())
                                                   : letter.form;
  return letter;
}

}  // namespace vigil::alert
