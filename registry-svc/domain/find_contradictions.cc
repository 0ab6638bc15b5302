// Contradictions between facts and dates.
#include <fmt/format.h>

#include <algorithm>

#include "registry-svc/domain/deadline.h"
#include "registry-svc/domain/findings.h"

namespace vigil::registry {
namespace {

using civil::Day;

// By when custody must have begun for the order to have been possible: what had to be served, taken
// off the order's day. Empty where that is no single day.
std::string FitsOnlyIf(const Reading& reading, const Sentence& sentence, const CheckedFact& order,
                       Day possible) {
  const std::vector<Start> starts = TermStarts(reading, sentence);
  if (!order.date.exact() || starts.size() != 1 || starts[0].points.size() != 1) return "";
  const Day start = starts[0].points[0].day;
  int months = 0;
  while (civil::AddMonths(start, months + 1) <= possible) ++months;
  const civil::Term served{months, civil::DaysBetween(civil::AddMonths(start, months), possible),
                           0};
  return fmt::format(" It fits only if custody began by {}.",
                     civil::FormatDay(civil::Subtract(*order.date.first, served)));
}

// The first right of this kind that opens for the sentence; null where no deadline says.
const v1::Deadline* FirstPossible(const std::vector<v1::Deadline>& deadlines, v1::DeadlineKind kind,
                                  const Sentence& sentence) {
  const v1::Deadline* first = nullptr;
  const std::string& verdict = sentence.verdict->fact().name();
  for (const v1::Deadline& deadline : deadlines) {
    if (deadline.kind() != kind || std::find(deadline.facts().begin(), deadline.facts().end(),
                                             verdict) == deadline.facts().end()) {
      continue;
    }
    if (first == nullptr || deadline.earliest() < first->earliest()) first = &deadline;
  }
  return first;
}

void CheckOrder(const Reading& reading, const Sentence& sentence, const CheckedFact* order,
                v1::DeadlineKind kind, std::string_view finding, std::string_view what,
                const std::vector<v1::Deadline>& deadlines, Findings& findings) {
  if (order == nullptr || !order->date.last) return;
  const v1::Deadline* right = FirstPossible(deadlines, kind, sentence);
  if (right == nullptr) return;
  const Day possible = *civil::ParseDay(right->earliest());
  if (*order->date.last >= possible) return;
  const int shift = civil::DaysBetween(*order->date.last, possible);
  findings.Add(
      finding, order,
      fmt::format("{} was ordered on {}, {} days before {} by what is known.{} The day "
                  "custody began is missing, or the order rests on another ground.",
                  what, civil::DescribeSpan(order->date), shift, civil::FormatDay(possible),
                  FitsOnlyIf(reading, sentence, *order, possible)),
      "Find the day custody began, and the article the order rests on.", shift,
      {.deadline = right});
}

// A mark that leads to no deadline of the case changes nothing, and whoever made it thinks it does.
void FindIdleMarks(const Reading& reading, const std::vector<v1::Deadline>& deadlines,
                   Findings& findings) {
  for (const CheckedFact* fact : reading.facts()) {
    if (fact->kind() != v1::Fact::kDeadlineMark) continue;
    const std::string_view id = IdOf(fact->fact().deadline_mark().deadline());
    const bool leads = std::any_of(deadlines.begin(), deadlines.end(),
                                   [&](const auto& other) { return IdOf(other.name()) == id; });
    if (leads) continue;
    findings.Add(kMarkIdle, fact,
                 fmt::format("It marks the deadline {:.40}, which this case does not have (any "
                             "more): the mark changes nothing.",
                             id),
                 "Mark the deadline that is meant, and retract this mark.", 0);
  }
}

}  // namespace

void FindContradictions(const Reading& reading, const std::vector<v1::Deadline>& deadlines,
                        Findings& findings) {
  for (const Sentence& sentence : reading.sentences()) {
    CheckOrder(reading, sentence, sentence.replacement,
               v1::DEADLINE_KIND_PENALTY_REPLACEMENT_ELIGIBILITY, kReplacementTooEarly,
               "A milder penalty", deadlines, findings);
    CheckOrder(reading, sentence, sentence.parole, v1::DEADLINE_KIND_PAROLE_ELIGIBILITY,
               kParoleTooEarly, "Parole", deadlines, findings);
  }
  FindIdleMarks(reading, deadlines, findings);
}

}  // namespace vigil::registry
