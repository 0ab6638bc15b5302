#include "alert-svc/deliver/item_lines.h"

#include <fmt/format.h>

#include "alert-svc/domain/history.h"

namespace vigil::alert {
namespace {

namespace reg = registry::v1;

std::string RuleText(const reg::Deadline& deadline, bool shows_all) {
  if (!shows_all || deadline.citation().empty()) return deadline.rule();
  return fmt::format("{} ({})", deadline.rule(), deadline.citation());
}

std::string AssumptionsText(const Words& words, const reg::Deadline& deadline) {
  std::string text;
  for (const std::string& code : deadline.assumptions()) {
    text += (text.empty() ? "" : "; ") + words.AssumptionText(code);
  }
  return text.empty() ? text : text + ".";
}

// Which condition, or nothing: that there is one is no help to who may not read which.
std::string ConditionText(const reg::Deadline& deadline, bool shows_all) {
  const bool conditional = deadline.eligibility() == reg::ELIGIBILITY_CONDITIONAL;
  return conditional && shows_all ? deadline.eligibility_reason() : "";
}

std::string ChangeText(const Words& words, const MessageItem& item) {
  const std::string told = words.SpanText(item.told_earliest, item.told_latest);
  switch (item.change) {
    case MessageItem::Change::kMoved:
      return words.MovedText(told);
    case MessageItem::Change::kWithdrawn:
      return words.WithdrawnText(told);
    default:
      return "";
  }
}

std::string WhatText(const Words& words, const reg::Deadline& deadline, bool shows_all) {
  const std::string what(words.WhatText(deadline.kind()));
  return shows_all && !deadline.title().empty() ? fmt::format("{}. {}", deadline.title(), what)
                                                : what;
}

}  // namespace

std::vector<Line> ItemLines(const Words& words, const MessageItem& item, Day today,
                            bool shows_all) {
  const reg::Deadline& deadline = item.deadline;
  const Labels& labels = words.GetLabels();
  const bool withdrawn = item.change == MessageItem::Change::kWithdrawn;
  std::vector<Line> lines;
  const auto add = [&lines](const char* label, std::string text) {
    if (!text.empty()) lines.push_back({label, std::move(text)});
  };
  add(labels.change, ChangeText(words, item));
  if (shows_all) {
    add(labels.handed_over_by, item.handed_over_by);
    add(labels.note, item.note);
    add(labels.person, deadline.case_display_name());
  }
  add(labels.what, WhatText(words, deadline, shows_all));
  if (!withdrawn) {
    add(labels.when, words.WhenText(deadline));
    add(labels.now, words.StandText(deadline, today));
    add(labels.how_sure, words.SureText(deadline, item.doubt));
    if (shows_all) add(labels.assumed, AssumptionsText(words, deadline));
    add(labels.condition, ConditionText(deadline, shows_all));
  }
  for (const reg::Deadline& other : item.alternatives) {
    add(labels.other, words.OtherText(words.WhenText(other)));
  }
  add(labels.rule, RuleText(deadline, shows_all));
  if (shows_all) {
    add(labels.confidence, std::string(words.ConfidenceText(deadline.confidence())));
  }
  if (!withdrawn) {
    add(labels.act, shows_all && !deadline.action().empty()
                        ? deadline.action()
                        : std::string(words.ActionText(deadline, today)));
  }
  return lines;
}

std::vector<Line> TroubleLines(const Message& message) {
  const Words& words = WordsFor(message);
  const Labels& labels = words.GetLabels();
  const v1::Trouble& trouble = message.trouble;
  const std::string since = MomentText(TimeOf(trouble.start_time()), message.time_zone);
  std::vector<Line> lines = {{labels.receiver, message.troubled},
                             {labels.what_happened, std::string(words.TroubleText(trouble.kind()))},
                             {labels.since, since}};
  if (!trouble.detail().empty()) lines.push_back({labels.answer_was, trouble.detail()});
  if (message.given_up > 0) {
    lines.push_back({labels.given_up, words.GivenUpText(message.given_up)});
  }
  lines.push_back({labels.act, std::string(words.RemedyText(trouble.kind()))});
  return lines;
}

}  // namespace vigil::alert
