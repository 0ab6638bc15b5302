#include "registry-svc/domain/anchors.h"

#include <fmt/format.h>

#include <algorithm>

#include "registry-svc/domain/last_touch.h"
#include "registry-svc/domain/trigger.h"

namespace vigil::registry {
namespace {

using civil::Day;

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
  if (trigger.fact().has_communication()) {
    // Without that day the term has not begun, as far as is known.
    return AtDate(trigger, trigger.other_date,
                  fmt::format("The term runs since {}.", civil::DescribeSpan(trigger.other_date)));
  }
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

// The sentence under which the person is when the decision comes; null where there is none.
const Sentence* SentenceAt(const Reading& reading, const CheckedFact& decision) {
  return decision.kind() == v1::Fact::kTransfer || decision.kind() == v1::Fact::kAppealDecision
             ? reading.Current()
             : SentenceAbout(reading, decision);
}

// The term of appeal counts from the copy for a convict in custody, and for whoever is to be
// extradited or is refused protection; without its day, the pronouncement is used. A refusal that
// was not served has begun no term.
Start ServedOrDecided(const Reading& reading, const CheckedFact& trigger) {
  const bool refusal = trigger.kind() == v1::Fact::kAsylumStep;
  const bool extradition = trigger.kind() == v1::Fact::kExtraditionStep;
  const Sentence* sentence = SentenceAt(reading, trigger);
  const bool from_copy = refusal || extradition || (sentence != nullptr && sentence->prison());
  if (from_copy && trigger.other_date.closed()) {
    return AtDate(trigger, trigger.other_date,
                  fmt::format("Served on {}.", civil::DescribeSpan(trigger.other_date)));
  }
  if (refusal) return {};
  Start start = AtDate(trigger, trigger.date,
                       fmt::format("Decided on {}.", civil::DescribeSpan(trigger.date)));
  if (from_copy) {
    start.later = true;
    start.steps.push_back(
        fmt::format("{} the term runs from the copy; when it was given is not known.",
                    extradition ? "Against extradition" : "For a convict in custody"));
  }
  return start;
}

// A plan whose end is open: from its first day, or later.
Start OpenPlan(const CheckedFact& trigger) {
  if (!trigger.date.first) return {};
  Start start = AtDate(trigger, civil::SpanOf(*trigger.date.first),
                       fmt::format("Planned for {}.", civil::DescribeSpan(trigger.date)));
  start.later = true;
  return start;
}

// The earliest that it can have been; where that is not its one day, it may have been later.
Start FirstDay(const CheckedFact& trigger) {
  if (!trigger.date.first) return {};
  Start start =
      AtDate(trigger, civil::SpanOf(*trigger.date.first),
             fmt::format("The first possible day of {}.", civil::DescribeSpan(trigger.date)));
  start.later = !trigger.date.exact();
  return start;
}

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
      if (!trigger.date.closed() && trigger.fact().has_planned_event()) {
        return {OpenPlan(trigger)};
      }
      return {AtDate(trigger, trigger.date,
                     fmt::format("Dated {}.", civil::DescribeSpan(trigger.date)))};
    case rules::v1::ANCHOR_UNTIL:
      return {AtDate(trigger, trigger.other_date,
                     fmt::format("Extended on {} until {}.", civil::DescribeSpan(trigger.date),
                                 civil::DescribeSpan(trigger.other_date)))};
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
      return {FirstDay(trigger)};
    default:
      return {};
  }
}

}  // namespace

std::vector<Start> StartsOf(const Reading& reading, const CompiledRule& rule,
                            const CheckedFact* trigger) {
  std::vector<Start> out;
  if (rule.rule.anchor() == rules::v1::ANCHOR_LAST_FACT) {
    out.push_back(LastTouchStart(reading));
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
