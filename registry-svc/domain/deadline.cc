#include "registry-svc/domain/deadline.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "registry-svc/domain/eligibility.h"
#include "registry-svc/domain/findings.h"
#include "registry-svc/domain/fold.h"
#include "registry-svc/domain/ids.h"
#include "registry-svc/domain/occurrences.h"
#include "registry-svc/domain/standing.h"
#include "registry-svc/domain/trigger.h"

namespace vigil::registry {
namespace {

constexpr std::array<std::pair<uint32_t, std::string_view>, 7> kAssumptionNames = {{
    {kNoAppeal, "NO_APPEAL"},
    {kCustodyFromVerdict, "CUSTODY_FROM_VERDICT"},
    {kGravityAssumed, "GRAVITY_ASSUMED"},
    {kAssumePartUnknown, "PART_UNKNOWN"},
    {kGravityUnknown, "GRAVITY_UNKNOWN"},
    {kCreditUnknown, "CUSTODY_NOT_CREDITED"},
    {kReleasedOnEntry, "RELEASED_ON_ENTRY_INTO_FORCE"},
}};

v1::DeadlinePrecision PrecisionOf(const Occurrence& occurrence) {
  if (occurrence.earlier && occurrence.later) return v1::DEADLINE_PRECISION_ESTIMATE;
  if (occurrence.earlier) return v1::DEADLINE_PRECISION_NO_LATER_THAN;
  if (occurrence.later) return v1::DEADLINE_PRECISION_NO_EARLIER_THAN;
  return occurrence.range.first == occurrence.range.last ? v1::DEADLINE_PRECISION_EXACT
                                                         : v1::DEADLINE_PRECISION_WINDOW;
}

// Distance between two windows in days; 0 where they overlap.
int Gap(const Range& a, const civil::Span& b) {
  if (!b.closed()) return 1 << 20;
  if (*b.last < a.first) return civil::DaysBetween(*b.last, a.first);
  if (*b.first > a.last) return civil::DaysBetween(a.last, *b.first);
  return 0;
}

// Sorts by day, kind and name; each deadline, large as it is, moves once.
void Sort(std::vector<v1::Deadline>& deadlines) {
  std::vector<v1::Deadline*> order;
  order.reserve(deadlines.size());
  for (v1::Deadline& deadline : deadlines) order.push_back(&deadline);
  std::sort(order.begin(), order.end(), [](const v1::Deadline* a, const v1::Deadline* b) {
    if (const int c = a->earliest().compare(b->earliest()); c != 0) return c < 0;
    if (a->kind() != b->kind()) return a->kind() < b->kind();
    return a->name() < b->name();
  });
  std::vector<v1::Deadline> sorted;
  sorted.reserve(order.size());
  for (v1::Deadline* deadline : order) sorted.push_back(std::move(*deadline));
  deadlines = std::move(sorted);
}

// One derivation: runs the rules over a reading.
class Engine {
 public:
  explicit Engine(const Reading& reading)
      : reading_(reading), starts_(reading), findings_(reading) {
    out_.deadlines.reserve(16);
  }

  Derivation Run();

 private:
  void Apply(const CompiledRule& rule, const CheckedFact* trigger);
  void Emit(const Counted& counted, const Start& start, Occurrence occurrence, const Ends& ends,
            bool alternatives);
  void Identify(const Counted& counted, const Start& start, const Occurrence& occurrence,
                bool alternatives, v1::Deadline& out);
  void Judge(const Counted& counted, v1::Deadline& out);
  void Describe(const Counted& counted, v1::Deadline& out);
  void NoAmount(const Counted& counted);
  bool PersonFits(const Counted& counted, std::vector<Start>& starts);
  const CheckedFact* MetBy(const Counted& counted, const std::vector<const CheckedFact*>& marks,
                           const std::vector<Occurrence>& occurrences, size_t index) const;

  const Reading& reading_;
  StartCache starts_;
  Findings findings_;
  Derivation out_;
  bool held_ = false;
};

Derivation Engine::Run() {
  if (reading_.view().record != nullptr) held_ = IsHeld(FoldSituation(reading_).situation);
  for (const CheckedFact* fact : reading_.facts()) {
    for (const CompiledRule* rule : reading_.book().by_kind[fact->kind()]) {
      if (Triggers(reading_, *rule, *fact)) Apply(*rule, fact);
    }
  }
  if (reading_.view().record != nullptr) {
    for (const CompiledRule* rule : reading_.book().by_kind[0]) Apply(*rule, nullptr);
  }
  FindGaps(reading_, findings_);
  FindContradictions(reading_, out_.deadlines, findings_);
  out_.findings = findings_.Take();
  Sort(out_.deadlines);
  return std::move(out_);
}

// Rules for a group of persons count from the day the person belongs to it at the earliest.
bool Engine::PersonFits(const Counted& counted, std::vector<Start>& starts) {
  const CheckedFact* ground = nullptr;
  std::string why;
  const auto since = InGroupSince(reading_, counted.rule->rule.trigger().person(), &ground, &why);
  if (!since) return false;
  for (Start& start : starts) {
    if (counted.sentence != nullptr && After(start, counted.sentence->term).first <= *since) {
      return false;
    }
    start.steps.push_back(why);
    if (ground != nullptr) start.facts.push_back(ground);
  }
  return true;
}

void Engine::NoAmount(const Counted& counted) {
  if (counted.sentence == nullptr) return;
  findings_.Add(kBarred, counted.sentence->verdict,
                fmt::format("{}: barred; the law gives no date for a crime that is {} ({}).",
                            counted.rule->rule.title(), DescribeGravity(counted.crimes->gravity),
                            counted.rule->rule.citation()),
                "None, unless the gravity of the crime is other than assumed.", 0);
}

// A review meets the occurrence nearest to it and does not shift the grid.
const CheckedFact* Engine::MetBy(const Counted& counted,
                                 const std::vector<const CheckedFact*>& marks,
                                 const std::vector<Occurrence>& occurrences, size_t index) const {
  if (!counted.rule->recurs()) return nullptr;
  for (const CheckedFact* mark : marks) {
    size_t nearest = 0;
    for (size_t i = 1; i < occurrences.size(); ++i) {
      if (Gap(occurrences[i].range, mark->date) < Gap(occurrences[nearest].range, mark->date)) {
        nearest = i;
      }
    }
    if (nearest == index) return mark;
  }
  return nullptr;
}

void Engine::Apply(const CompiledRule& rule, const CheckedFact* trigger) {
  Counted counted{&rule, trigger, nullptr, nullptr, held_};
  if (trigger != nullptr) {
    counted.sentence = SentenceAbout(reading_, *trigger);
    counted.crimes = &CrimesAbout(reading_, *trigger);
    if ((rule.has_fraction() || rule.by_gravity) && counted.crimes->gravity == 0) return;
    if (rule.has_fraction() && counted.sentence == nullptr) return;
  }
  const Ends ends = EndsOf(reading_, rule, trigger);
  if (rule.rule.recurrence().from_fact()) {
    Start start;
    start.facts.push_back(trigger);
    for (Occurrence& one : DutyOccurrences(reading_, counted, ends.withdrawn_by)) {
      Emit(counted, start, std::move(one), ends, false);
    }
    return;
  }
  const std::vector<Start>& shared = starts_.Of(rule, trigger);
  if (shared.empty()) return;
  std::vector<Start> own;
  if (rule.rule.trigger().has_person()) {
    own = shared;
    if (!PersonFits(counted, own)) return;
  }
  const std::vector<Start>& starts = own.empty() ? shared : own;
  const auto marks = rule.recurs() ? AllPassing(reading_, rule.rule.met_by(), trigger)
                                   : std::vector<const CheckedFact*>();
  bool no_amount = false;
  for (const Start& start : starts) {
    auto occurrences = OccurrencesOf(reading_, counted, start, ends.withdrawn_by, &no_amount);
    for (size_t i = 0; i < occurrences.size(); ++i) {
      Ends here = ends;
      if (const CheckedFact* met = MetBy(counted, marks, occurrences, i)) here.met_by = met;
      Emit(counted, start, std::move(occurrences[i]), here, starts.size() > 1);
    }
  }
  if (no_amount) NoAmount(counted);
}

void Engine::Identify(const Counted& counted, const Start& start, const Occurrence& occurrence,
                      bool alternatives, v1::Deadline& out) {
  const std::string& parent = reading_.view().name();
  IdHash id;
  id.Add(parent)
      .Add(counted.trigger != nullptr ? std::string_view(counted.trigger->line) : "")
      .Add(counted.rule->rule.id())
      .Add(occurrence.ordinal);
  if (alternatives) {
    IdHash group = id;
    out.set_alternative_group(group.Add("group").Hex());
  }
  std::string& name = *out.mutable_name();
  name.reserve(parent.size() + sizeof("/deadlines/") + 16);
  name += parent;
  name += "/deadlines/";
  name += id.Add(start.key).Hex();
}

// Eligibility, and the findings where it hangs on what is not known.
void Engine::Judge(const Counted& counted, v1::Deadline& out) {
  const CompiledRule& rule = *counted.rule;
  if (counted.sentence == nullptr || !(rule.rule.opens_right() || rule.rule.bars_size() > 0)) {
    return;
  }
  const EligibilityReading reading = EligibilityOf(rule, *counted.sentence);
  out.set_eligibility(reading.value);
  out.set_eligibility_reason(reading.reason);
  if (reading.value != v1::ELIGIBILITY_OPEN || !counted.sentence->in_effect()) return;
  if (reading.hangs_on_part) {
    findings_.Add(kPartUnknown, counted.sentence->verdict,
                  fmt::format("Only some parts of {} belong to a class that bars or restricts this "
                              "right, and the part is not known. The right is shown as open.",
                              DescribeCharges(counted.sentence->what().charges())),
                  "Find the part of the article in the verdict.", 0);
  }
  if (reading.hangs_on_article) {
    findings_.Add(kArticleUnknown, counted.sentence->verdict,
                  "No article is named, so its class is not known. The right is shown as open.",
                  "Find the article in the verdict.", 0);
  }
}

// What a kind of fact says itself in place of the rule's title and action.
void Engine::Describe(const Counted& counted, v1::Deadline& out) {
  if (counted.trigger == nullptr) return;
  if (counted.rule->rule.amount().whole_term() && counted.sentence != nullptr) {
    if (counted.sentence->replacement != nullptr) {
      out.add_explanation(
          "What was left of it was replaced by a milder penalty, a day for a day (CC 73(3)): the "
          "end stays.");
    } else if (counted.sentence->parole != nullptr) {
      out.add_explanation("Paroled: probation lasts until the end of the whole term (CC 72(2)).");
    }
  }
  const v1::Fact& fact = counted.trigger->fact();
  if (fact.has_manual_date()) {
    out.add_explanation(fmt::format("Set by hand: {}. Reason: {}.", fact.manual_date().what(),
                                    fact.manual_date().reason()));
  } else if (fact.has_planned_event()) {
    out.add_explanation(fmt::format("Planned: {}.", fact.planned_event().what()));
  } else if (fact.has_intervention()) {
    out.add_explanation(fmt::format("We wrote to {}.", fact.intervention().to()));
  } else if (fact.has_body_decision()) {
    for (const CheckedFact* reply : reading_.facts()) {
      if (reply->fact().has_state_reply() && reply->fact().state_reply().refused() &&
          reading_.Means(reply->fact().state_reply().to(), *reply, *counted.trigger)) {
        out.add_explanation(
            fmt::format("The State refused ({}): it is not silent, it does not comply.",
                        civil::DescribeSpan(reply->date)));
      }
    }
  }
}

void Engine::Emit(const Counted& counted, const Start& start, Occurrence occurrence,
                  const Ends& ends, bool alternatives) {
  const CompiledRule& rule = *counted.rule;
  v1::Deadline& out = out_.deadlines.emplace_back(rule.prototype);
  Identify(counted, start, occurrence, alternatives, out);
  civil::AppendDay(occurrence.range.first, *out.mutable_earliest());
  civil::AppendDay(occurrence.range.last, *out.mutable_latest());
  out.set_precision(PrecisionOf(occurrence));
  for (const auto& [bit, name] : kAssumptionNames) {
    if ((occurrence.assumptions & bit) != 0) out.add_assumptions(std::string(name));
  }
  if (occurrence.low) out.set_confidence(v1::CONFIDENCE_LOW);
  if (occurrence.step != 0) out.set_step(occurrence.step);
  if (rule.rule.recurrence().from_fact()) {
    out.set_recurrence(civil::FormatTerm(counted.trigger->term));
  }
  out.mutable_explanation()->Reserve(
      static_cast<int>(start.steps.size() + occurrence.steps.size()) + 2);
  for (const std::string& step : start.steps) out.add_explanation(step);
  for (std::string& step : occurrence.steps) out.add_explanation(std::move(step));
  Describe(counted, out);
  Judge(counted, out);
  for (const CheckedFact* fact : start.facts) out.add_facts(fact->fact().name());
  if (out.facts_size() == 0 && counted.trigger != nullptr) {
    out.add_facts(counted.trigger->fact().name());
  }
  if (reading_.view().record != nullptr) {
    out.set_case_display_name(reading_.view().record->display_name());
  }
  const std::string_view zone = reading_.view().time_zone();
  out.set_time_zone(zone.data(), zone.size());
  SetState(reading_, ends, occurrence.range, out);
}

}  // namespace

Derivation DeriveDeadlines(const CaseView& view, const RuleBook& rules, civil::Day as_of) {
  const Reading reading(view, rules.compiled(), as_of);
  return Engine(reading).Run();
}

}  // namespace vigil::registry
