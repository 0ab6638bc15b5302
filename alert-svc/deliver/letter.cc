#include "alert-svc/deliver/letter.h"

#include <fmt/format.h>

#include <kainjow/mustache.hpp>
#include <string_view>

#include "alert-svc/deliver/finding_lines.h"
#include "alert-svc/deliver/item_lines.h"
#include "alert-svc/deliver/wording.h"
#include "alert-svc/domain/local_time.h"

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

mustache::data Rows(std::vector<Line> lines) {
  mustache::data rows{mustache::data::type::list};
  for (Line& line : lines) {
    mustache::data row;
    row.set("label", line.label);
    row.set("text", Flat(std::move(line.text)));
    rows.push_back(row);
  }
  return rows;
}

mustache::data ItemData(const Message& message, const MessageItem& item) {
  const bool shows_all = message.receiver.private_();
  const Words& words = WordsFor(message);
  mustache::data steps{mustache::data::type::list};
  if (shows_all) {
    for (const std::string& step : item.deadline.explanation()) {
      steps.push_back(mustache::data(Flat(step)));
    }
  }
  mustache::data data;
  data.set("lines", Rows(ItemLines(words, item, message.today, shows_all)));
  data.set("has_steps", !steps.is_empty_list());
  data.set("steps", steps);
  data.set("steps_label", words.GetLabels().steps);
  if (!item.action_link.empty()) {
    data.set("answer", words.GetLabels().answer);
    data.set("action_link", item.action_link);
  }
  return data;
}

// How the dates of a digest spread: what to look at first.
std::string OverviewText(const Message& message) {
  constexpr int kSoon = 7;
  int soon = 0;
  int later = 0;
  int past = 0;
  for (const MessageItem& item : message.items) {
    const int64_t days = DaysAhead(item.deadline, message.today);
    ++(days < 0 ? past : days <= kSoon ? soon : later);
  }
  return WordsFor(message).OverviewText(soon, kSoon, later, past);
}

// Blocks by case, in the order they come.
mustache::data CaseList(const Message& message, const std::string& page_url) {
  mustache::data cases{mustache::data::type::list};
  for (size_t next = 0; next < message.items.size();) {
    const std::string code = CaseCode(message.items[next].deadline.name());
    const std::string person =
        message.receiver.private_() ? message.items[next].deadline.case_display_name() : "";
    const std::string link = PageLink(message.items[next].deadline.name(), page_url);
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

void AddFindings(const Message& message, const std::string& page_url, mustache::data& data) {
  const FindingLines findings = FindingLinesOf(message);
  if (findings.lines.empty() && !message.more_findings) return;
  const Words& words = WordsFor(message);
  mustache::data lines{mustache::data::type::list};
  for (const FindingLine& line : findings.lines) {
    mustache::data row;
    row.set("case", CaseCode(line.name));
    row.set("text", Flat(line.text));
    row.set("link", PageLink(line.name, page_url));
    lines.push_back(row);
  }
  data.set("has_findings", true);
  data.set("findings",
           words.FindingsText(message.findings.size(), findings.cases, message.more_findings));
  data.set("finding_lines", lines);
  if (findings.more > 0) data.set("more_findings", words.MoreText(findings.more));
}

mustache::data LetterData(const Message& message, const std::string& page_url) {
  const Words& words = WordsFor(message);
  mustache::data data;
  data.set("language", words.Language());
  data.set("read_on", words.GetLabels().read_on);
  data.set("settings", words.GetLabels().settings);
  data.set("heading", words.HeadingText(message));
  data.set("why", words.WhyText(message));
  if (message.known_at.has_value()) {
    data.set("known", words.KnownText(MomentText(*message.known_at, message.time_zone)));
  }
  if (message.form == Message::Form::kTest) {
    data.set("link", page_url);
  } else if (message.form == Message::Form::kTrouble) {
    mustache::data block;
    block.set("lines", Rows(TroubleLines(message)));
    mustache::data items{mustache::data::type::list};
    items.push_back(block);
    data.set("items", items);
    data.set("read_on", words.GetLabels().look_after);
    data.set("link", page_url);
  } else if (message.form == Message::Form::kSingle) {
    mustache::data items{mustache::data::type::list};
    for (const MessageItem& item : message.items) {
      items.push_back(ItemData(message, item));
      data.set("link", PageLink(item.deadline.name(), page_url));
    }
    data.set("items", items);
  } else {
    if (!message.items.empty()) data.set("overview", OverviewText(message));
    data.set("cases", CaseList(message, page_url));
    AddFindings(message, page_url, data);
  }
  return data;
}

const char* FormText(Message::Form form) {
  switch (form) {
    case Message::Form::kDigest:
      return "digest";
    case Message::Form::kSummary:
      return "summary";
    case Message::Form::kTest:
      return "test";
    case Message::Form::kTrouble:
      return "trouble";
    case Message::Form::kSingle:
      break;
  }
  return "single";
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
  const bool many =
      message.form == Message::Form::kDigest || message.form == Message::Form::kSummary;
  const mustache::data data = LetterData(message, page_url);
  Letter letter;
  letter.subject = WordsFor(message).SubjectText(message);
  letter.text = Tidy(Render(many ? kDigestText : kSingleText, kBlockText, false, data));
  letter.html = Render(many ? kDigestHtml : kSingleHtml, kBlockHtml, true, data);
  letter.form = FormText(message.form);
  letter.thread =
      many || message.items.empty() ? letter.form : CaseCode(message.items.front().deadline.name());
  return letter;
}

}  // namespace vigil::alert
