#include "registry-svc/domain/deadline.h"

#include <fmt/format.h>

#include <algorithm>

#include "registry-svc/domain/anchors.h"
#include "registry-svc/domain/deadline_writer.h"
#include "registry-svc/domain/findings.h"
#include "registry-svc/domain/fold.h"
#include "registry-svc/domain/gravity_amounts.h"
#include "registry-svc/domain/occurrences.h"
#include "registry-svc/domain/standing.h"
#include "registry-svc/domain/trigger.h"

namespace vigil::registry {
namespace {

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
      : reading_(reading),
        starts_(reading),
        findings_(reading),
        writer_(reading, findings_, out_.deadlines) {
    out_.deadlines.reserve(16);
  }

  Derivation Run();

 private:
  void ApplyFamily(const CompiledRule& rule, const CheckedFact& trigger);
  void Apply(const CompiledRule& rule, const CheckedFact* trigger);
  void ApplyDuty(const Counted& counted);
  void NoAmount(const Counted& counted);
  void DoubtGravity(const Counted& counted, const Start& start);
  std::vector<Start> ForPerson(Counted& counted, const std::vector<Start>& starts);
  const CheckedFact* MetBy(const std::vector<const CheckedFact*>& marks,
                           const std::vector<Occurrence>& occurrences, size_t index) const;

  const Reading& reading_;
  StartCache starts_;
  Findings findings_;
  Derivation out_;
  DeadlineWriter writer_;
  bool held_ = false;
};

Derivation Engine::Run() {
  if (reading_.view().record != nullptr) held_ = IsHeld(FoldSituation(reading_).situation);
  for (const CheckedFact* fact : reading_.facts()) {
    for (const CompiledRule* rule : reading_.book().by_kind[fact->kind()]) {
      if (rule->versions.size() > 1) {
        ApplyFamily(*rule, *fact);
      } else if (Triggers(reading_, *rule, *fact)) {
        Apply(*rule, fact);
      }
    }
  }
  if (reading_.view().record != nullptr) {
    for (const CompiledRule* rule : reading_.book().by_kind[0]) Apply(*rule, nullptr);
  }
  FindGaps(reading_, findings_);
  FindAppeals(reading_, out_.deadlines, findings_);
  FindInSources(reading_, findings_);
  FindInDates(reading_, out_.deadlines, findings_);
  FindChronology(reading_, out_.deadlines, findings_);
  FindContradictions(reading_, out_.deadlines, findings_);
  FindPassed(reading_, out_.deadlines, findings_);
  out_.findings = findings_.Take(out_.deadlines);
  Sort(out_.deadlines);
  return std::move(out_);
}

// Of versions that reach back the mildest is used, the one with the earliest date (CC 5 and 6).
void Engine::ApplyFamily(const CompiledRule& rule, const CheckedFact& trigger) {
  std::vector<v1::Deadline>& all = out_.deadlines;
  const size_t begin = all.size();
  size_t best = begin, best_end = begin;
  for (const CompiledRule* version : rule.versions) {
    if (!Triggers(reading_, *version, trigger)) continue;
    const size_t from = all.size();
    Apply(*version, &trigger);
    if (from == all.size()) continue;
    if (best == best_end || all[from].latest() < all[best].latest()) {
      best = from;
      best_end = all.size();
    }
  }
  if (best_end - best == all.size() - begin) return;
  std::vector<v1::Deadline> mildest(std::make_move_iterator(all.begin() + best),
                                    std::make_move_iterator(all.begin() + best_end));
  all.resize(begin);
  for (v1::Deadline& deadline : mildest) {
    deadline.add_explanation(
        fmt::format("Several versions of the rule reach back; {} is the mildest (CC 5 and 6).",
                    deadline.rule()));
    all.push_back(std::move(deadline));
  }
}

// Rules for a group of persons give no date before the person belongs to it, and none where never.
std::vector<Start> Engine::ForPerson(Counted& counted, const std::vector<Start>& starts) {
  const CheckedFact* ground = nullptr;
  std::string why;
  const auto since = InGroupSince(reading_, counted.rule->rule.trigger().person(), &ground, &why);
  if (!since) return {};
  std::vector<Start> out = starts;
  for (Start& start : out) {
    if (counted.sentence != nullptr && After(start, counted.sentence->term).first <= since->first) {
      return {};
    }
    start.steps.push_back(why);
    if (ground != nullptr) start.facts.push_back(ground);
  }
  counted.not_before = since;
  return out;
}

void Engine::NoAmount(const Counted& counted) {
  if (counted.sentence == nullptr) return;
  findings_.Add(kBarred, counted.sentence->verdict,
                fmt::format("{}: barred; the law gives no date for a crime that is {} ({}).",
                            counted.rule->rule.title(), DescribeGravity(counted.crimes->gravity),
                            counted.rule->rule.citation()),
                "None, unless the gravity of the crime is other than assumed.", 0);
}

// No source states how grave the crime is: what another gravity would change.
void Engine::DoubtGravity(const Counted& counted, const Start& start) {
  if (counted.sentence == nullptr || !counted.sentence->in_effect()) return;
  const int shift = GravityShift(counted, start);
  if (shift == 0) return;
  findings_.Add(kGravityNotRead, counted.sentence->verdict,
                fmt::format("That the crime is {} is assumed; by article and term it could be {}.",
                            DescribeGravity(counted.crimes->gravity),
                            DescribeGravity(counted.crimes->unstated_gravity)),
                "Find the part of the article in the verdict, and its sanction in the code.",
                shift);
}

// A review meets the occurrence nearest to it and does not shift the grid.
const CheckedFact* Engine::MetBy(const std::vector<const CheckedFact*>& marks,
                                 const std::vector<Occurrence>& occurrences, size_t index) const {
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

void Engine::ApplyDuty(const Counted& counted) {
  const Ends ends = EndsOf(reading_, *counted.rule, counted.trigger);
  Start start;
  start.facts.push_back(counted.trigger);
  for (Occurrence& one : DutyOccurrences(reading_, counted, ends.withdrawn_by)) {
    writer_.Write(counted, start, std::move(one), ends, false);
  }
}

void Engine::Apply(const CompiledRule& rule, const CheckedFact* trigger) {
  Counted counted;
  counted.rule = &rule;
  counted.trigger = trigger;
  counted.held = held_;
  counted.country = trigger != nullptr ? CountryOf(reading_, *trigger) : reading_.view().country();
  if (trigger != nullptr) {
    counted.sentence = SentenceAbout(reading_, *trigger);
    counted.crimes = &CrimesAbout(reading_, *trigger);
    if ((rule.has_fraction() || rule.by_gravity) && counted.crimes->gravity == 0) return;
    if (rule.has_fraction() && counted.sentence == nullptr) return;
  }
  if (rule.rule.recurrence().from_fact()) return ApplyDuty(counted);
  const std::vector<Start>& shared = starts_.Of(rule, trigger);
  if (shared.empty()) return;
  std::vector<Start> own;
  if (rule.rule.trigger().has_person()) {
    own = ForPerson(counted, shared);
    if (own.empty()) return;
  }
  const std::vector<Start>& starts = own.empty() ? shared : own;
  const Ends ends = EndsOf(reading_, rule, trigger);
  const auto marks = rule.recurs() ? AllPassing(reading_, rule.rule.met_by(), trigger)
                                   : std::vector<const CheckedFact*>();
  bool no_amount = false;
  if (counted.crimes != nullptr && counted.crimes->gravity_assumed) {
    DoubtGravity(counted, starts.front());
  }
  for (const Start& start : starts) {
    auto occurrences = OccurrencesOf(reading_, counted, start, ends.withdrawn_by, &no_amount);
    for (size_t i = 0; i < occurrences.size(); ++i) {
      Ends here = ends;
      if (rule.recurs()) {
        if (const CheckedFact* met = MetBy(marks, occurrences, i)) here.met_by = met;
      } else if (here.met_by == nullptr) {
        here.met_by = ExtendedBeyond(reading_, rule, trigger, occurrences[i].range);
      }
      writer_.Write(counted, start, std::move(occurrences[i]), here, starts.size() > 1);
    }
  }
  if (no_amount) NoAmount(counted);
}

}  // namespace

Derivation DeriveDeadlines(const CaseView& view, const RuleBook& rules, civil::Day as_of) {
  const Reading reading(view, rules.compiled(), as_of);
  Derivation out = Engine(reading).Run();
  out.next_change = reading.next_change();
  return out;
}

}  // namespace vigil::registry
