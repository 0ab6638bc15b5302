#include "registry-svc/domain/deadline_writer.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "registry-svc/domain/deadline.h"
#include "registry-svc/domain/eligibility.h"
#include "registry-svc/domain/ids.h"

namespace vigil::registry {
namespace {

constexpr std::array<std::pair<uint32_t, std::string_view>, 9> kAssumptionNames = {{
    {kNoAppeal, "NO_APPEAL"},
    {kCustodyFromVerdict, "CUSTODY_FROM_VERDICT"},
    {kGravityAssumed, "GRAVITY_ASSUMED"},
    {kAssumePartUnknown, "PART_UNKNOWN"},
    {kGravityUnknown, "GRAVITY_UNKNOWN"},
    {kCreditUnknown, "CUSTODY_NOT_CREDITED"},
    {kReleasedOnEntry, "RELEASED_ON_ENTRY_INTO_FORCE"},
    {kDidNotHide, "DID_NOT_HIDE"},
    {kOrderUnknown, "ORDER_UNKNOWN"},
}};

v1::DeadlinePrecision PrecisionOf(const Occurrence& occurrence) {
  if (occurrence.earlier && occurrence.later) return v1::DEADLINE_PRECISION_ESTIMATE;
  if (occurrence.earlier) return v1::DEADLINE_PRECISION_NO_LATER_THAN;
  if (occurrence.later) return v1::DEADLINE_PRECISION_NO_EARLIER_THAN;
  return occurrence.range.first == occurrence.range.last ? v1::DEADLINE_PRECISION_EXACT
                                                         : v1::DEADLINE_PRECISION_WINDOW;
}

bool Before(const google::protobuf::Timestamp& a, const google::protobuf::Timestamp& b) {
  return std::pair(a.seconds(), a.nanos()) < std::pair(b.seconds(), b.nanos());
}

void RestOn(const v1::Fact& fact, v1::Deadline& out) {
  out.add_facts(fact.name());
  if (fact.has_create_time() &&
      (!out.has_known_time() || Before(out.known_time(), fact.create_time()))) {
    *out.mutable_known_time() = fact.create_time();
  }
}

}  // namespace

void DeadlineWriter::Identify(const Counted& counted, const Start& start,
                              const Occurrence& occurrence, bool alternatives,
                              v1::Deadline& out) const {
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
void DeadlineWriter::Judge(const Counted& counted, v1::Deadline& out) {
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
                              DescribeCharges(counted.sentence->decided())),
                  "Find the part of the article in the verdict.", 0);
  }
}

// What came in place of prison ends when the prison would have.
void DeadlineWriter::TellOfStayingEnd(const Counted& counted, v1::Deadline& out) const {
  const Sentence* sentence = counted.sentence;
  if (sentence == nullptr) return;
  const bool of_verdict = counted.rule->rule.amount().whole_term();
  const bool of_prison = (of_verdict && sentence->prison()) || counted.trigger == sentence->evasion;
  if (of_prison && out.kind() == v1::DEADLINE_KIND_SENTENCE_END &&
      sentence->replacement != nullptr) {
    out.add_explanation(
        "What was left of it was replaced by a milder penalty, a day for a day (CC 73(3)): the "
        "end stays.");
  } else if (of_verdict && sentence->replacement == nullptr && sentence->parole != nullptr) {
    out.add_explanation("Paroled: probation lasts until the end of the whole term (CC 72(2)).");
  }
}

// What a kind of fact says itself in place of the rule's title and action.
void DeadlineWriter::Describe(const Counted& counted, v1::Deadline& out) const {
  if (counted.trigger == nullptr) return;
  TellOfStayingEnd(counted, out);
  const v1::Fact& fact = counted.trigger->fact();
  if (fact.has_manual_date()) {
    out.add_explanation(fmt::format("Set by hand{}: {}. Reason: {}.", ByAuthor(fact),
                                    fact.manual_date().what(), fact.manual_date().reason()));
  } else if (fact.has_planned_event()) {
    out.add_explanation(fmt::format("Planned: {}.", fact.planned_event().what()));
  } else if (fact.has_intervention()) {
    out.add_explanation(fmt::format("We wrote to {}.", fact.intervention().to()));
  } else if (fact.has_motion_decision() && fact.motion_decision().refused()) {
    out.add_explanation("The motion was refused.");
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

void DeadlineWriter::Write(const Counted& counted, const Start& start, Occurrence occurrence,
                           const Ends& ends, bool alternatives) {
  const CompiledRule& rule = *counted.rule;
  v1::Deadline& out = out_.emplace_back(rule.prototype);
  Identify(counted, start, occurrence, alternatives, out);
  civil::AppendDay(occurrence.range.first, *out.mutable_earliest());
  civil::AppendDay(occurrence.range.last, *out.mutable_latest());
  out.set_precision(PrecisionOf(occurrence));
  if (!occurrence.time.empty()) {
    out.set_earliest_time(occurrence.time);
    out.set_latest_time(std::move(occurrence.time));
  }
  std::string& count = *out.mutable_count();
  count = std::move(occurrence.count.first);
  if (!occurrence.count.last.empty() && occurrence.count.last != count) {
    count += " … ";
    count += occurrence.count.last;
  }
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
  for (const CheckedFact* fact : start.facts) RestOn(fact->fact(), out);
  if (out.facts_size() == 0 && counted.trigger != nullptr) RestOn(counted.trigger->fact(), out);
  if (reading_.view().record != nullptr) {
    out.set_case_display_name(reading_.view().record->display_name());
  }
  const std::string_view zone = reading_.view().time_zone();
  out.set_time_zone(zone.data(), zone.size());
  SetState(reading_, ends, occurrence.range, out);
}

}  // namespace vigil::registry
