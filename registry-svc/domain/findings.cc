#include "registry-svc/domain/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "registry-svc/domain/credit.h"
#include "registry-svc/domain/deadline.h"
#include "registry-svc/domain/ids.h"

namespace vigil::registry {
namespace {

using civil::Day;

// Bound where a procedure states none.
constexpr int kCustodyBoundDays = 548;

// How long a term is at most, in days.
int DaysOf(const civil::Term& term) {
  const Day any = civil::MakeDay(2018, 1, 1);
  return civil::DaysBetween(any, civil::Add(any, term));
}

int LongestCustodyDays(const Reading& reading) {
  const CompiledProcedure* procedure = reading.book().ProcedureOf(reading.view().country());
  if (procedure == nullptr || procedure->longest_custody.empty()) return kCustodyBoundDays;
  return DaysOf(procedure->longest_custody);
}

void FindCustodyGap(const Reading& reading, const Sentence& sentence, Findings& findings) {
  const Custody custody = CustodyBefore(reading, sentence);
  if (sentence.prison() && !custody.known && !sentence.term.empty() &&
      sentence.release == nullptr) {
    findings.Add(kCustodyStartUnknown, sentence.verdict,
                 fmt::format("The day custody began before the verdict of {} is not known. Every "
                             "date counted from the term is the latest it can be.",
                             civil::DescribeSpan(sentence.verdict->date)),
                 "Ask counsel or family for the day of arrest, and add it as a custody fact.",
                 std::min(LongestCustodyDays(reading), DaysOf(sentence.term)));
    return;
  }
  if (sentence.penalty != v1::PENALTY_RESTRICTION_OF_LIBERTY) return;
  int shift = 0;
  for (const CheckedFact* fact : reading.facts()) {
    if (fact->kind() == v1::Fact::kCustody && !fact->date.closed() && !fact->term.empty()) {
      // A day of custody stands for two of restriction (CC 62(3-1)).
      shift = std::max(shift, 2 * DaysOf(fact->term));
    }
  }
  if (custody.gaps && shift == 0) shift = 2 * LongestCustodyDays(reading);
  if (sentence.follows_prison) shift = std::max(shift, 2 * LongestCustodyDays(reading));
  shift = std::min(shift, DaysOf(sentence.term));
  if (shift == 0) return;
  findings.Add(
      kCustodyNotCredited, sentence.verdict,
      sentence.follows_prison
          ? std::string("Time served under the replaced verdict is not known, so it is not "
                        "credited against the restriction of liberty.")
          : std::string("Custody before the verdict is reported without dates, so it is "
                        "not credited against the restriction of liberty, where a day "
                        "stands for two (CC 62(3-1))."),
      "Find the first and last day in custody.", shift);
}

void FindBans(const Reading& reading, const Sentence& sentence, Findings& findings) {
  const CompiledProcedure* procedure = reading.book().ProcedureOf(reading.view().country());
  if (procedure == nullptr) return;
  const auto length = [](const civil::Term& term) { return term.months * 30 + term.days; };
  for (const civil::Term& ban : sentence.verdict->ban_terms) {
    if (ban.empty()) continue;
    const bool too_short =
        !procedure->shortest_ban.empty() && length(ban) < length(procedure->shortest_ban);
    const bool too_long =
        !procedure->longest_ban.empty() && length(ban) > length(procedure->longest_ban);
    if (!too_short && !too_long) continue;
    findings.Add(kBanTermUnusual, sentence.verdict,
                 fmt::format("A ban of {} is outside what the code allows ({} to {}).",
                             civil::DescribeTerm(ban), civil::DescribeTerm(procedure->shortest_ban),
                             civil::DescribeTerm(procedure->longest_ban)),
                 "Check the term of the ban against the verdict.", 0);
  }
}

void FindReferences(const Reading& reading, Findings& findings) {
  const auto check = [&](const CheckedFact& fact, const std::string& ref) {
    if (ref.empty() || reading.Find(ref, fact) != nullptr) return;
    // A fact that only counts from a later day is no unknown one.
    for (const CheckedFact* other : reading.view().facts) {
      if (reading.Means(ref, fact, *other)) return;
    }
    findings.Add(kReferenceUnknown, &fact,
                 fmt::format("It refers to the fact {}, which does not stand in this case.", ref),
                 "Correct the reference.", 0);
  };
  for (const CheckedFact* fact : reading.facts()) {
    const v1::Fact& message = fact->fact();
    if (message.has_parole()) check(*fact, message.parole().of());
    if (message.has_replacement()) check(*fact, message.replacement().of());
    if (message.has_appeal_decision()) check(*fact, message.appeal_decision().of());
    if (message.has_state_reply()) check(*fact, message.state_reply().to());
    for (const std::string& ref : message.verdict().replaces()) check(*fact, ref);
    for (const std::string& ref : message.verdict().total_with()) check(*fact, ref);
    for (const std::string& ref : message.custody().alternative_starts()) check(*fact, ref);
  }
}

void FindAbroad(const Reading& reading, Findings& findings) {
  for (const CheckedFact* fact : reading.facts()) {
    const v1::Fact& message = fact->fact();
    if (message.has_asylum_step() && message.asylum_step().step() == v1::AsylumStep::STEP_REFUSED &&
        !fact->other_date.closed()) {
      findings.Add(kTermNotBegun, fact,
                   "The refusal of protection was not served on a known day: the term to go to "
                   "court has not begun, as far as is known.",
                   "Ask counsel for the decision and the day it was served.", 0);
    }
    if (message.has_custody() && message.custody().kind() == v1::Custody::KIND_EXTRADITION &&
        message.custody().holding_state() == "UA") {
      findings.Add(kOtherLimitPossible, fact,
                   "The 40 days hold for provisional arrest. Had the request for extradition "
                   "already arrived, the limit is 12 months, reviewed every two (CPC of Ukraine, "
                   "article 584).",
                   "Find the day on which the request arrived.", 325);
    }
    if (message.has_state_reply() && message.state_reply().refused()) {
      findings.Add(kStateRefused, fact,
                   "The State refused to do what the body asked: it is not silent, it does not "
                   "comply.",
                   "Tell the body of the refusal, and ask for follow-up.", 0);
    }
  }
}

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

// The first day on which a right of this kind opens for the sentence; absent where no deadline
// says.
std::optional<Day> FirstPossible(const std::vector<v1::Deadline>& deadlines, v1::DeadlineKind kind,
                                 const Sentence& sentence) {
  std::optional<Day> first;
  const std::string& verdict = sentence.verdict->fact().name();
  for (const v1::Deadline& deadline : deadlines) {
    if (deadline.kind() != kind || std::find(deadline.facts().begin(), deadline.facts().end(),
                                             verdict) == deadline.facts().end()) {
      continue;
    }
    const std::optional<Day> day = civil::ParseDay(deadline.earliest());
    if (day && (!first || *day < *first)) first = day;
  }
  return first;
}

void CheckOrder(const Reading& reading, const Sentence& sentence, const CheckedFact* order,
                v1::DeadlineKind kind, std::string_view finding, std::string_view what,
                const std::vector<v1::Deadline>& deadlines, Findings& findings) {
  if (order == nullptr || !order->date.last) return;
  const std::optional<Day> possible = FirstPossible(deadlines, kind, sentence);
  if (!possible || *order->date.last >= *possible) return;
  const int shift = civil::DaysBetween(*order->date.last, *possible);
  findings.Add(
      finding, order,
      fmt::format("{} was ordered on {}, {} days before {} by what is known.{} The day "
                  "custody began is missing, or the order rests on another ground.",
                  what, civil::DescribeSpan(order->date), shift, civil::FormatDay(*possible),
                  FitsOnlyIf(reading, sentence, *order, *possible)),
      "Find the day custody began, and the article the order rests on.", shift);
}

// An end that every alternative says has passed, and no fact confirms.
void FindEnded(const Reading& reading, const std::vector<v1::Deadline>& deadlines,
               Findings& findings) {
  std::map<std::string, const v1::Deadline*> last_of;
  for (const v1::Deadline& deadline : deadlines) {
    if (deadline.kind() != v1::DEADLINE_KIND_SENTENCE_END &&
        deadline.kind() != v1::DEADLINE_KIND_COMMITTAL_END) {
      continue;
    }
    const std::string& key =
        deadline.alternative_group().empty() ? deadline.name() : deadline.alternative_group();
    const v1::Deadline*& last = last_of[key];
    if (last == nullptr || last->latest() < deadline.latest()) last = &deadline;
  }
  for (const auto& [key, deadline] : last_of) {
    if (deadline->state() != v1::DEADLINE_STATE_PASSED) continue;
    const CheckedFact* about = nullptr;
    for (const CheckedFact* fact : reading.facts()) {
      if (fact->fact().name() == deadline->facts(0)) about = fact;
    }
    findings.Add(kEndedUnconfirmed, about,
                 fmt::format("{}: should have ended by {}, and no fact confirms it.",
                             deadline->title(), deadline->latest()),
                 "Ask whether it has ended, and add a release or a mark.",
                 civil::DaysBetween(*civil::ParseDay(deadline->latest()), reading.as_of()));
  }
}

}  // namespace

void Findings::Add(std::string_view kind, const CheckedFact* about, std::string text,
                   std::string remedy, int max_shift_days) {
  const std::string& parent = reading_.view().name();
  IdHash id;
  id.Add(parent).Add(kind).Add(about != nullptr ? std::string_view(about->line) : "");
  const std::string name = fmt::format("{}/findings/{}", parent, id.Hex());
  for (v1::Finding& known : list_) {
    if (known.name() != name) continue;
    if (known.max_shift_days() < max_shift_days) {
      known.set_max_shift_days(max_shift_days);
      known.set_text(std::move(text));
    }
    return;
  }
  v1::Finding& finding = list_.emplace_back();
  finding.set_name(name);
  finding.set_kind(std::string(kind));
  if (about != nullptr) finding.add_facts(about->fact().name());
  finding.set_text(std::move(text));
  finding.set_remedy(std::move(remedy));
  finding.set_max_shift_days(max_shift_days);
}

std::vector<v1::Finding> Findings::Take() {
  std::sort(list_.begin(), list_.end(), [](const v1::Finding& a, const v1::Finding& b) {
    if (a.max_shift_days() != b.max_shift_days()) return a.max_shift_days() > b.max_shift_days();
    if (a.kind() != b.kind()) return a.kind() < b.kind();
    return a.name() < b.name();
  });
  return std::move(list_);
}

void FindGaps(const Reading& reading, Findings& findings) {
  for (const Sentence& sentence : reading.sentences()) {
    if (!sentence.in_effect()) continue;
    FindCustodyGap(reading, sentence, findings);
    FindBans(reading, sentence, findings);
  }
  FindReferences(reading, findings);
  FindAbroad(reading, findings);
}

void FindContradictions(const Reading& reading, const std::vector<v1::Deadline>& deadlines,
                        Findings& findings) {
  for (const Sentence& sentence : reading.sentences()) {
    CheckOrder(reading, sentence, sentence.replacement,
               v1::DEADLINE_KIND_PENALTY_REPLACEMENT_ELIGIBILITY, kReplacementTooEarly,
               "A milder penalty", deadlines, findings);
    CheckOrder(reading, sentence, sentence.parole, v1::DEADLINE_KIND_PAROLE_ELIGIBILITY,
               kParoleTooEarly, "Parole", deadlines, findings);
  }
  FindEnded(reading, deadlines, findings);
}

}  // namespace vigil::registry
