#include "alert-svc/deliver/item_lines.h"

#include <fmt/format.h>

#include "alert-svc/deliver/wording.h"

namespace vigil::alert {
namespace {

namespace reg = registry::v1;

std::string RuleText(const reg::Deadline& deadline, bool shows_all) {
  if (!shows_all || deadline.citation().empty()) return deadline.rule();
  return fmt::format("{} ({})", deadline.rule(), deadline.citation());
}

std::string ConfidenceText(reg::Confidence confidence) {
  switch (confidence) {
    case reg::CONFIDENCE_LOW:
      return "Low: the rule needs a lawyer's check.";
    case reg::CONFIDENCE_MEDIUM:
      return "Medium: the rule was read in another edition.";
    case reg::CONFIDENCE_HIGH:
      return "High: the rule was read as in force on the day.";
    default:
      return "";
  }
}

std::string AssumptionsText(const reg::Deadline& deadline) {
  std::string text;
  for (const std::string& code : deadline.assumptions()) {
    text += (text.empty() ? "" : "; ") + AssumptionText(code);
  }
  return text.empty() ? text : text + ".";
}

std::string ConditionText(const reg::Deadline& deadline, bool shows_all) {
  if (deadline.eligibility() != reg::ELIGIBILITY_CONDITIONAL) return "";
  return shows_all && !deadline.eligibility_reason().empty() ? deadline.eligibility_reason()
                                                             : "Open under a condition.";
}

std::string ChangeText(const MessageItem& item) {
  switch (item.change) {
    case MessageItem::Change::kMoved:
      return fmt::format("The date moved. You were told: {}.", ToldText(item));
    case MessageItem::Change::kWithdrawn:
      return fmt::format("Withdrawn: it no longer holds. You were told: {}.", ToldText(item));
    default:
      return "";
  }
}

}  // namespace

std::string ToldText(const MessageItem& item) {
  if (item.told_latest.empty() || item.told_latest == item.told_earliest) {
    return DayText(item.told_earliest);
  }
  return fmt::format("between {} and {}", DayText(item.told_earliest), DayText(item.told_latest));
}

std::vector<Line> ItemLines(const MessageItem& item, std::chrono::sys_days today, bool shows_all) {
  const reg::Deadline& deadline = item.deadline;
  const bool withdrawn = item.change == MessageItem::Change::kWithdrawn;
  std::vector<Line> lines;
  const auto add = [&lines](const char* label, std::string text) {
    if (!text.empty()) lines.push_back({label, std::move(text)});
  };
  add("Change", ChangeText(item));
  if (shows_all) add("Person", deadline.case_display_name());
  const std::string what(WhatText(deadline.kind()));
  add("What", shows_all && !deadline.title().empty() ? fmt::format("{}. {}", deadline.title(), what)
                                                     : what);
  if (!withdrawn) {
    add("When", WhenText(deadline));
    add("Now", StandText(deadline, today));
    add("How sure", SureText(deadline));
    if (shows_all) add("Assumed", AssumptionsText(deadline));
    add("Condition", ConditionText(deadline, shows_all));
  }
  for (const reg::Deadline& other : item.alternatives) {
    add("Or", fmt::format("If counted from another possible day: {}", WhenText(other)));
  }
  add("Rule", RuleText(deadline, shows_all));
  if (shows_all) add("Confidence", ConfidenceText(deadline.confidence()));
  if (!withdrawn) {
    add("Do", shows_all && !deadline.action().empty() ? deadline.action()
                                                      : std::string(ActionText(deadline)));
  }
  return lines;
}

}  // namespace vigil::alert
