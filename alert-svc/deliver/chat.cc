#include "alert-svc/deliver/chat.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "alert-svc/deliver/finding_lines.h"
#include "alert-svc/deliver/item_lines.h"
#include "alert-svc/deliver/wording.h"

namespace vigil::alert {
namespace {

namespace json = boost::json;

constexpr size_t kMaxBytes = 30'000;

// One line: no control character ends it.
std::string Flat(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7F) c = ' ';
  }
  return text;
}

// What names a person, only for who may see it.
std::string NameText(const Message& message, const MessageItem& item) {
  if (!message.receiver.private_() || item.deadline.case_display_name().empty()) return "";
  return " · " + item.deadline.case_display_name();
}

std::string ItemText(const Message& message, const MessageItem& item) {
  const Words& words = WordsFor(message);
  const registry::v1::Deadline& deadline = item.deadline;
  const std::string told = words.SpanText(item.told_earliest, item.told_latest);
  if (item.change == MessageItem::Change::kWithdrawn) return words.WithdrawnText(told);
  std::string text;
  if (item.change == MessageItem::Change::kMoved) text = words.MovedText(told) + "\n";
  return text + fmt::format("{} {}\n{} {}\n{}", words.WhatText(deadline.kind()),
                            words.WhenText(deadline), words.StandText(deadline, message.today),
                            words.SureText(deadline, item.doubt),
                            words.ActionText(deadline, message.today));
}

std::string DigestLine(const Message& message, const MessageItem& item) {
  const Words& words = WordsFor(message);
  const registry::v1::Deadline& deadline = item.deadline;
  const std::string urgency =
      item.change == MessageItem::Change::kWithdrawn
          ? words.WithdrawnText(words.SpanText(item.told_earliest, item.told_latest))
          : words.UrgencyText(deadline, message.today);
  return Flat(fmt::format("- {}{}: {}, {} ({})", CaseCode(deadline.name()), NameText(message, item),
                          words.KindText(deadline.kind()),
                          words.SpanText(deadline.earliest(), deadline.latest()), urgency)) +
         "\n";
}

std::string DigestText(const Message& message) {
  std::string text;
  size_t told = 0;
  for (const MessageItem& item : message.items) {
    const std::string line = DigestLine(message, item);
    if (text.size() + line.size() > kMaxBytes) break;
    text += line;
    ++told;
  }
  if (told < message.items.size()) text += fmt::format("… +{}\n", message.items.size() - told);
  return text;
}

std::string TroubleText(const Message& message) {
  std::string text;
  for (const Line& line : TroubleLines(message)) {
    text += Flat(fmt::format("{}: {}", line.label, line.text)) + "\n";
  }
  return text;
}

// Letters and digits as they are, the rest by their bytes (RFC 3986).
std::string Escaped(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.';
    escaped += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return escaped;
}

}  // namespace

std::string WriteChat(const Message& message, const std::string& page_url) {
  const Words& words = WordsFor(message);
  std::string text = Flat(words.HeadingText(message));
  std::string link = page_url;
  const char* lead = words.GetLabels().read_on;
  if (message.form == Message::Form::kTest) {
    text += "\n" + words.WhyText(message) + "\n";
  } else if (message.form == Message::Form::kTrouble) {
    text += "\n" + TroubleText(message);
    lead = words.GetLabels().look_after;
  } else if (message.form != Message::Form::kSingle) {
    text += "\n" + DigestText(message);
    if (!message.findings.empty() || message.more_findings) {
      text += words.FindingsText(message.findings.size(), FindingLinesOf(message).cases,
                                 message.more_findings) +
              "\n";
    }
  } else if (!message.items.empty()) {
    const MessageItem& item = message.items.front();
    text += Flat(NameText(message, item)) + "\n" + ItemText(message, item) + "\n";
    link = PageLink(item.deadline.name(), page_url);
  }
  return fmt::format("{}{}: {}\n{}", text, lead, link,
                     words.ShortCodeText(message.id.substr(0, 8)));
}

std::string SlackBody(const std::string& text) {
  // Slack reads three characters as markup.
  std::string escaped;
  for (const char c : text) {
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<') {
      escaped += "&lt;";
    } else if (c == '>') {
      escaped += "&gt;";
    } else {
      escaped += c;
    }
  }
  return json::serialize(json::object{{"text", escaped}});
}

std::string MatrixBody(const std::string& text) {
  return json::serialize(json::object{{"msgtype", "m.text"}, {"body", text}});
}

std::string MatrixPath(const std::string& room, const std::string& id) {
  return fmt::format("/_matrix/client/v3/rooms/{}/send/m.room.message/{}", Escaped(room),
                     Escaped(id));
}

}  // namespace vigil::alert
