#include "registry-svc/domain/trigger.h"

#include <fmt/format.h>

#include <algorithm>

namespace vigil::registry {
namespace {

using civil::Day;

template <class List, class Value>
bool AnyOrOneOf(const List& list, const Value& value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

// The State that holds, decides or protects, as the fact says it; else the case's.
std::string_view CountryOf(const Reading& reading, const CheckedFact& fact) {
  const v1::Fact& message = fact.fact();
  std::string_view own;
  if (message.has_custody()) own = message.custody().holding_state();
  if (message.has_asylum_step()) own = message.asylum_step().country();
  if (message.has_extradition_step()) own = message.extradition_step().requested_state();
  if (message.has_case_opened()) own = message.case_opened().country();
  return own.empty() ? reading.view().country() : own;
}

bool PenaltyFits(const Reading& reading, const rules::v1::Trigger& trigger,
                 const CheckedFact& fact) {
  if (trigger.penalties().empty()) return true;
  if (fact.kind() == v1::Fact::kReplacement) {
    return AnyOrOneOf(trigger.penalties(), int{fact.fact().replacement().penalty()});
  }
  const Sentence* sentence = SentenceAbout(reading, fact);
  return sentence != nullptr && AnyOrOneOf(trigger.penalties(), int{sentence->penalty});
}

bool CustodyFits(const rules::v1::Trigger& trigger, const v1::Custody& custody) {
  if (!AnyOrOneOf(trigger.custody_kinds(), int{custody.kind()})) return false;
  return AnyOrOneOf(trigger.requesting_states(), custody.requesting_state());
}

// An earlier grant or renewal of protection by the same State stands before this one.
bool IsFirstGrant(const Reading& reading, const CheckedFact& fact) {
  for (const CheckedFact* other : reading.facts()) {
    if (other == &fact) return true;
    if (!other->fact().has_asylum_step()) continue;
    const auto& step = other->fact().asylum_step();
    if (step.country() == fact.fact().asylum_step().country() &&
        (step.step() == v1::AsylumStep::STEP_GRANTED ||
         step.step() == v1::AsylumStep::STEP_RENEWED)) {
      return false;
    }
  }
  return true;
}

// The tests that belong to one kind of fact.
bool KindFits(const Reading& reading, const rules::v1::Trigger& trigger, const CheckedFact& fact) {
  const v1::Fact& message = fact.fact();
  switch (message.what_case()) {
    case v1::Fact::kCustody:
      return CustodyFits(trigger, message.custody());
    case v1::Fact::kPreventiveMeasure:
      return !message.preventive_measure().lifted() &&
             AnyOrOneOf(trigger.measures(), int{message.preventive_measure().kind()});
    case v1::Fact::kBodyDecision:
      return AnyOrOneOf(trigger.bodies(), int{message.body_decision().body()});
    case v1::Fact::kAsylumStep:
      return AnyOrOneOf(trigger.asylum_steps(), int{message.asylum_step().step()}) &&
             (!trigger.has_first_grant() || trigger.first_grant() == IsFirstGrant(reading, fact));
    case v1::Fact::kListing:
      return AnyOrOneOf(trigger.lists(), int{message.listing().list()});
    case v1::Fact::kTransfer:
      return !trigger.by_court_order() || message.transfer().by_court_order();
    case v1::Fact::kReportingDuty:
      return !message.reporting_duty().ended();
    default:
      return true;
  }
}

bool ClassesFit(const Reading& reading, const CompiledRule& rule, const CheckedFact& fact) {
  if (rule.any_class == 0 && rule.no_class == 0) return true;
  const ChargeReading& crimes = CrimesAbout(reading, fact);
  if (rule.any_class != 0) {
    const bool grave = rule.rule.trigger().or_especially_grave() && crimes.count > 0 &&
                       crimes.CertainlyAtLeast(v1::GRAVITY_VALUE_ESPECIALLY_GRAVE);
    if ((crimes.certain & rule.any_class) == 0 && !grave) return false;
  }
  return (crimes.certain & rule.no_class) == 0;
}

bool IsAlternativeStart(const Reading& reading, const CheckedFact& fact) {
  for (const CheckedFact* other : reading.facts()) {
    if (!other->fact().has_custody()) continue;
    for (const std::string& ref : other->fact().custody().alternative_starts()) {
      if (reading.Means(ref, *other, fact)) return true;
    }
  }
  return false;
}

bool HasTerm(const Reading& reading, const CheckedFact& fact) {
  const Sentence* sentence = reading.SentenceOf(fact);
  return sentence != nullptr ? !sentence->term.empty() : !fact.term.empty();
}

std::vector<Start> CustodyStarts(const Reading& reading, const CheckedFact& trigger) {
  std::vector<Start> out;
  out.push_back(AtDate(
      trigger, trigger.date,
      fmt::format("{} on {}.",
                  trigger.fact().has_custody() ? "Taken into custody" : "Put under house arrest",
                  civil::DescribeSpan(trigger.date))));
  if (!trigger.fact().has_custody()) return out;
  for (const std::string& ref : trigger.fact().custody().alternative_starts()) {
    const CheckedFact* other = reading.Find(ref, trigger);
    if (other == nullptr || !other->date.closed()) continue;
    Start start =
        AtDate(*other, other->date,
               fmt::format("If counted from {}, when the person may already have been "
                           "held (custody is stated from {}).",
                           civil::DescribeSpan(other->date), civil::DescribeSpan(trigger.date)));
    start.key = std::string(IdOf(other->line));
    start.facts.push_back(&trigger);
    out.push_back(std::move(start));
  }
  return out;
}

std::vector<Start> PlacementStarts(const CheckedFact& trigger) {
  std::vector<Start> out;
  const civil::Span& ordered = trigger.date;
  const civil::Span& placed = trigger.other_date;
  if (placed.closed()) {
    Start start = AtDate(trigger, placed,
                         fmt::format("Placed in the hospital on {}.", civil::DescribeSpan(placed)));
    start.key = "placed";
    out.push_back(std::move(start));
  }
  if (ordered.closed() &&
      (!placed.closed() || ordered.first != placed.first || ordered.last != placed.last)) {
    Start start =
        AtDate(trigger, ordered,
               placed.closed()
                   ? fmt::format("If counted from the order of {}.", civil::DescribeSpan(ordered))
                   : fmt::format("Ordered on {}; the day of placement is not known.",
                                 civil::DescribeSpan(ordered)));
    start.key = "ordered";
    out.push_back(std::move(start));
  }
  return out;
}

Start TransmissionStart(const CheckedFact& trigger) {
  if (trigger.other_date.closed()) {
    return AtDate(
        trigger, trigger.other_date,
        fmt::format("Transmitted to the State on {}.", civil::DescribeSpan(trigger.other_date)));
  }
  return AtDate(trigger, trigger.date,
                fmt::format("Decision of {}; the day of transmission is not known, the decision's "
                            "date is used.",
                            civil::DescribeSpan(trigger.date)));
}

// The term of appeal counts from the copy for a convict in custody; without its day, the
// pronouncement is used.
Start ServedOrDecided(const Reading& reading, const CheckedFact& trigger) {
  if (trigger.other_date.closed()) {
    return AtDate(trigger, trigger.other_date,
                  fmt::format("Served on {}.", civil::DescribeSpan(trigger.other_date)));
  }
  if (trigger.fact().has_asylum_step()) return {};
  Start start = AtDate(trigger, trigger.date,
                       fmt::format("Decided on {}.", civil::DescribeSpan(trigger.date)));
  const Sentence* sentence =
      trigger.kind() == v1::Fact::kTransfer ? reading.Current() : SentenceAbout(reading, trigger);
  if (sentence != nullptr && sentence->prison()) {
    start.later = true;
    start.steps.push_back(
        "For a convict in custody the term runs from the copy; when it was given is not known.");
  }
  return start;
}

Start LastFactStart(const Reading& reading) {
  const CheckedFact* last = nullptr;
  Start out;
  for (const CheckedFact* fact : reading.facts()) {
    const auto day = fact->date.known_from();
    if (!day || *day > reading.as_of()) continue;
    if (last == nullptr || *day >= *last->date.known_from()) last = fact;
  }
  if (last == nullptr) return out;
  const Day day = *last->date.known_from();
  out.points = {{day}};
  out.facts = {last};
  out.steps.push_back(fmt::format("The last fact of the case is of {}.", civil::FormatDay(day)));
  return out;
}

Day Birthday(Day born, int age) { return civil::AddMonths(born, 12 * age); }

bool IsOfSentence(rules::v1::Anchor anchor) {
  switch (anchor) {
    case rules::v1::ANCHOR_TERM_START:
    case rules::v1::ANCHOR_SENTENCE_END:
    case rules::v1::ANCHOR_RELEASE:
    case rules::v1::ANCHOR_PENALTIES_SERVED:
    case rules::v1::ANCHOR_BAN_START:
      return true;
    default:
      return false;
  }
}

std::vector<Start> SentenceStarts(const Reading& reading, rules::v1::Anchor anchor,
                                  const Sentence& sentence) {
  switch (anchor) {
    case rules::v1::ANCHOR_TERM_START:
      return TermStarts(reading, sentence);
    case rules::v1::ANCHOR_SENTENCE_END:
      return SentenceEnds(reading, sentence);
    case rules::v1::ANCHOR_RELEASE:
      return {ReleaseStart(reading, sentence)};
    case rules::v1::ANCHOR_PENALTIES_SERVED:
      return PenaltiesServed(reading, sentence);
    default:
      return sentence.verdict->ban_terms.empty() ? std::vector<Start>()
                                                 : BanStarts(reading, sentence);
  }
}

std::vector<Start> FactStarts(const Reading& reading, rules::v1::Anchor anchor,
                              const CheckedFact& trigger) {
  switch (anchor) {
    case rules::v1::ANCHOR_FACT_DATE:
      return {AtDate(trigger, trigger.date,
                     fmt::format("Dated {}.", civil::DescribeSpan(trigger.date)))};
    case rules::v1::ANCHOR_ENTRY_INTO_FORCE:
      return {EntryIntoForce(reading, trigger)};
    case rules::v1::ANCHOR_TRANSMISSION:
      return {TransmissionStart(trigger)};
    case rules::v1::ANCHOR_PLACEMENT:
      return PlacementStarts(trigger);
    case rules::v1::ANCHOR_CUSTODY_START:
      return CustodyStarts(reading, trigger);
    case rules::v1::ANCHOR_SERVED:
      return {ServedOrDecided(reading, trigger)};
    case rules::v1::ANCHOR_REPLY_DUE:
      return {AtDate(
          trigger, trigger.other_date,
          fmt::format("We asked for a reply by {}.", civil::DescribeSpan(trigger.other_date)))};
    case rules::v1::ANCHOR_FIRST_DAY:
      if (!trigger.date.first) return {};
      return {AtDate(trigger, civil::SpanOf(*trigger.date.first),
                     fmt::format("Planned for {}.", civil::DescribeSpan(trigger.date)))};
    default:
      return {};
  }
}

}  // namespace

const Sentence* SentenceAbout(const Reading& reading, const CheckedFact& trigger) {
  const v1::Fact& fact = trigger.fact();
  switch (fact.what_case()) {
    case v1::Fact::kVerdict:
      return reading.SentenceOf(trigger);
    case v1::Fact::kReplacement:
    case v1::Fact::kParole: {
      for (const Sentence& sentence : reading.sentences()) {
        if (sentence.replacement == &trigger || sentence.parole == &trigger) return &sentence;
      }
      return reading.Current();
    }
    case v1::Fact::kListing:
    case v1::Fact::kRelease:
      return reading.Current();
    default:
      return nullptr;
  }
}

const ChargeReading& CrimesAbout(const Reading& reading, const CheckedFact& trigger) {
  const Sentence* sentence = SentenceAbout(reading, trigger);
  return sentence != nullptr ? sentence->charges : reading.charged();
}

bool Triggers(const Reading& reading, const CompiledRule& rule, const CheckedFact& fact) {
  const rules::v1::Trigger& trigger = rule.rule.trigger();
  if (!rule.law.Covers(fact.date)) return false;
  if (!KindFits(reading, trigger, fact)) return false;
  if (!AnyOrOneOf(trigger.countries(), CountryOf(reading, fact))) return false;
  if (!PenaltyFits(reading, trigger, fact)) return false;
  if (trigger.has_has_term() && trigger.has_term() != HasTerm(reading, fact)) return false;
  if (trigger.untried() && !reading.sentences().empty()) return false;
  if (trigger.alternative_start() && !IsAlternativeStart(reading, fact)) return false;
  if (trigger.has_released_early()) {
    const Sentence* sentence = SentenceAbout(reading, fact);
    if (sentence == nullptr || sentence->released_early() != trigger.released_early()) {
      return false;
    }
  }
  return ClassesFit(reading, rule, fact);
}

std::optional<Day> InGroupSince(const Reading& reading, const rules::v1::PersonTest& test,
                                const CheckedFact** ground, std::string* why) {
  if (reading.view().record == nullptr) return std::nullopt;
  const v1::Person& person = reading.view().record->person();
  const int from_age = person.sex() == v1::SEX_FEMALE ? test.women_from() : test.men_from();
  std::optional<Day> since;
  const auto offer = [&](Day day, const CheckedFact* fact, std::string text) {
    if (since && *since <= day) return;
    since = day;
    *ground = fact;
    *why = std::move(text);
  };
  absl::StatusOr<civil::Span> born = civil::ParseSpan(person.born());
  if (born.ok() && born->closed()) {
    offer(Birthday(*born->first, from_age), nullptr,
          fmt::format("Born {}: {} years old from {} on at the earliest.", person.born(), from_age,
                      civil::FormatDay(Birthday(*born->first, from_age))));
  }
  for (const CheckedFact* fact : reading.facts()) {
    if (fact->kind() != v1::Fact::kPersonal || !fact->date.first) continue;
    const auto& personal = fact->fact().personal();
    if (personal.age() > 0) {
      // Born at the earliest a year and a day short of `age + 1` years before the first possible
      // day.
      const Day born_first =
          civil::AddMonths(*fact->date.first, -12 * (personal.age() + 1)) + std::chrono::days(1);
      const Day day = Birthday(born_first, from_age);
      offer(day, fact,
            fmt::format("{} years old on {}: {} years old from {} on at the earliest.",
                        personal.age(), civil::DescribeSpan(fact->date), from_age,
                        civil::FormatDay(day)));
    }
    if ((personal.pregnant() && test.pregnant()) ||
        (personal.small_child() && test.small_child()) ||
        (personal.disability() && test.disability())) {
      offer(*fact->date.first, fact,
            fmt::format("{} since {}.",
                        personal.disability() ? "Disabled"
                        : personal.pregnant() ? "Pregnant"
                                              : "With a small child",
                        civil::DescribeSpan(fact->date)));
    }
  }
  return since;
}

std::vector<Start> StartsOf(const Reading& reading, const CompiledRule& rule,
                            const CheckedFact* trigger) {
  std::vector<Start> out;
  if (rule.rule.anchor() == rules::v1::ANCHOR_LAST_FACT) {
    out.push_back(LastFactStart(reading));
  } else if (trigger != nullptr) {
    const Sentence* sentence = SentenceAbout(reading, *trigger);
    out = sentence != nullptr && IsOfSentence(rule.rule.anchor())
              ? SentenceStarts(reading, rule.rule.anchor(), *sentence)
              : FactStarts(reading, rule.rule.anchor(), *trigger);
  }
  std::erase_if(out, [](const Start& start) { return start.points.empty(); });
  return out;
}

const std::vector<Start>& StartCache::Of(const CompiledRule& rule, const CheckedFact* trigger) {
  const rules::v1::Anchor anchor = rule.rule.anchor();
  const CheckedFact* about = trigger;
  if (trigger != nullptr && IsOfSentence(anchor)) {
    // A listing counts from the verdict in effect, as the verdict itself does.
    const Sentence* sentence = SentenceAbout(reading_, *trigger);
    if (sentence != nullptr) about = sentence->verdict;
  }
  for (const Entry& entry : entries_) {
    if (entry.anchor == anchor && entry.about == about) return entry.starts;
  }
  entries_.push_back({anchor, about, StartsOf(reading_, rule, trigger)});
  return entries_.back().starts;
}

}  // namespace vigil::registry
