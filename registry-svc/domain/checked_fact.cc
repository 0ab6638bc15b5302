#include "registry-svc/domain/checked_fact.h"

#include <fmt/format.h>

#include "absl/strings/cord.h"
#include "registry-svc/domain/case_view.h"

namespace vigil::registry {
namespace {

constexpr char kFieldPayload[] = "vigil/field";

absl::Status Refuse(std::string_view field, std::string_view what) {
  absl::Status status = absl::InvalidArgumentError(fmt::format("{}: {}", field, what));
  status.SetPayload(kFieldPayload, absl::Cord(std::string(field)));
  return status;
}

absl::Status ReadSpan(std::string_view field, const std::string& text, civil::Span& out) {
  absl::StatusOr<civil::Span> span = civil::ParseSpan(text);
  if (!span.ok()) return Refuse(field, std::string(span.status().message()));
  out = *span;
  return absl::OkStatus();
}

absl::Status ReadTerm(std::string_view field, const std::string& text, civil::Term& out) {
  if (text.empty()) return absl::OkStatus();
  absl::StatusOr<civil::Term> term = civil::ParseTerm(text);
  if (!term.ok()) return Refuse(field, std::string(term.status().message()));
  out = *term;
  return absl::OkStatus();
}

// A term that a decision states, and the day on which its copy was given.
absl::Status ReadOrder(std::string_view term_field, const std::string& term,
                       std::string_view served_field, const std::string& served, CheckedFact& out) {
  if (absl::Status s = ReadTerm(term_field, term, out.term); !s.ok()) return s;
  return ReadSpan(served_field, served, out.other_date);
}

absl::Status ReadVerdict(const v1::Verdict& verdict, CheckedFact& out) {
  if (absl::Status s = ReadTerm("verdict.term", verdict.term(), out.term); !s.ok()) return s;
  if (absl::Status s = ReadSpan("verdict.served", verdict.served(), out.other_date); !s.ok())
    return s;
  if (absl::Status s = ReadTerm("verdict.suspended_for", verdict.suspended_for(), out.probation);
      !s.ok())
    return s;
  out.ban_terms.resize(verdict.bans_size());
  for (int i = 0; i < verdict.bans_size(); ++i) {
    const std::string field = fmt::format("verdict.bans[{}].term", i);
    if (absl::Status s = ReadTerm(field, verdict.bans(i).term(), out.ban_terms[i]); !s.ok())
      return s;
  }
  return absl::OkStatus();
}

// `HH:MM`, of a fact on one day.
absl::Status ReadTime(const std::string& text, CheckedFact& out) {
  if (text.empty()) return absl::OkStatus();
  const auto digit = [&](size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4)) {
    return Refuse("time", fmt::format("'{}' is no HH:MM", text));
  }
  const int hour = (text[0] - '0') * 10 + text[1] - '0';
  const int minute = (text[3] - '0') * 10 + text[4] - '0';
  if (hour > 23 || minute > 59) return Refuse("time", fmt::format("'{}' is no HH:MM", text));
  if (!out.date.exact()) return Refuse("time", "only beside a date of one day");
  out.minute = hour * 60 + minute;
  return absl::OkStatus();
}

absl::Status ReadMark(const v1::DeadlineMark& mark) {
  if (mark.deadline().empty())
    return Refuse("deadline_mark.deadline", "missing: name the deadline");
  if (mark.mark() == v1::DeadlineMark::MARK_UNSPECIFIED) {
    return Refuse("deadline_mark.mark", "missing: say MARK_MET or MARK_WAIVED");
  }
  if (mark.reason().empty()) return Refuse("deadline_mark.reason", "missing: say why");
  return absl::OkStatus();
}

// The name of the first fact of the line; a bare id is one beside the fact itself.
std::string LineOf(const v1::Fact& fact) {
  if (fact.lineage().empty()) return fact.name();
  if (fact.lineage().find('/') != std::string::npos) return fact.lineage();
  const size_t slash = fact.name().rfind('/');
  return slash == std::string::npos ? fact.lineage()
                                    : fact.name().substr(0, slash + 1) + fact.lineage();
}

// What was decided about the person, but for verdicts.
absl::Status ReadDecision(const v1::Fact& fact, CheckedFact& out) {
  switch (fact.what_case()) {
    case v1::Fact::kAppealDecision:
      return ReadOrder("appeal_decision.new_term", fact.appeal_decision().new_term(),
                       "appeal_decision.served", fact.appeal_decision().served(), out);
    case v1::Fact::kReplacement:
      return ReadOrder("replacement.term", fact.replacement().term(), "replacement.served",
                       fact.replacement().served(), out);
    case v1::Fact::kParole:
      return ReadSpan("parole.served", fact.parole().served(), out.other_date);
    case v1::Fact::kParoleRevocation:
      return ReadSpan("parole_revocation.served", fact.parole_revocation().served(),
                      out.other_date);
    case v1::Fact::kTransfer:
      return ReadSpan("transfer.served", fact.transfer().served(), out.other_date);
    case v1::Fact::kMotionDecision:
      return ReadSpan("motion_decision.served", fact.motion_decision().served(), out.other_date);
    case v1::Fact::kExtraditionStep:
      return ReadSpan("extradition_step.served", fact.extradition_step().served(), out.other_date);
    case v1::Fact::kDeferral:
      return ReadOrder("deferral.term", fact.deferral().term(), "deferral.served",
                       fact.deferral().served(), out);
    case v1::Fact::kAsylumStep:
      return ReadSpan("asylum_step.served", fact.asylum_step().served(), out.other_date);
    default:
      return absl::OkStatus();
  }
}

// Dates and terms inside of `what`.
absl::Status ReadWhat(const v1::Fact& fact, CheckedFact& out) {
  switch (fact.what_case()) {
    case v1::Fact::WHAT_NOT_SET:
      return Refuse("what", "missing: say what happened, for example `verdict`");
    case v1::Fact::kVerdict:
      return ReadVerdict(fact.verdict(), out);
    case v1::Fact::kCustody:
      return ReadTerm("custody.length", fact.custody().length(), out.term);
    case v1::Fact::kCommittal:
      if (absl::Status s = ReadTerm("committal.term", fact.committal().term(), out.term); !s.ok())
        return s;
      return ReadSpan("committal.placed", fact.committal().placed(), out.other_date);
    case v1::Fact::kReportingDuty:
      return ReadTerm("reporting_duty.every", fact.reporting_duty().every(), out.term);
    case v1::Fact::kBodyDecision:
      return ReadSpan("body_decision.transmitted", fact.body_decision().transmitted(),
                      out.other_date);
    case v1::Fact::kIntervention:
      return ReadSpan("intervention.reply_due", fact.intervention().reply_due(), out.other_date);
    case v1::Fact::kCommunication:
      return ReadSpan("communication.running_since", fact.communication().running_since(),
                      out.other_date);
    case v1::Fact::kCustodyExtension:
      if (fact.custody_extension().until().empty()) {
        return Refuse("custody_extension.until", "missing: say until when");
      }
      return ReadSpan("custody_extension.until", fact.custody_extension().until(), out.other_date);
    case v1::Fact::kDeadlineMark:
      return ReadMark(fact.deadline_mark());
    case v1::Fact::kManualDate:
    case v1::Fact::kPlannedEvent:
      if (!out.date.first) return Refuse("date", "missing: a planned date needs its first day");
      return absl::OkStatus();
    default:
      return ReadDecision(fact, out);
  }
}

}  // namespace

absl::StatusOr<CheckedFact> CheckFact(std::shared_ptr<const v1::Fact> fact) {
  CheckedFact out;
  out.message = fact;
  out.line = LineOf(*fact);
  out.memory = fact->SpaceUsedLong();
  if (fact->has_erase_time()) return out;
  if (fact->source().title().empty())
    return Refuse("source.title", "missing: say where it comes from");
  if (absl::Status s = ReadSpan("date", fact->date(), out.date); !s.ok()) return s;
  if (absl::Status s = ReadSpan("known_date", fact->known_date(), out.known_date); !s.ok())
    return s;
  if (absl::Status s = ReadTime(fact->time(), out); !s.ok()) return s;
  if (absl::Status s = ReadWhat(*fact, out); !s.ok()) return s;
  return out;
}

absl::StatusOr<CheckedFact> CheckFact(const v1::Fact& fact) {
  return CheckFact(std::make_shared<const v1::Fact>(fact));
}

std::string FieldOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kFieldPayload);
  return payload ? std::string(*payload) : std::string();
}

std::string_view IdOf(std::string_view name) {
  const size_t slash = name.rfind('/');
  return slash == std::string_view::npos ? name : name.substr(slash + 1);
}

std::string_view CaseView::time_zone() const {
  const std::string& zone = record != nullptr ? record->time_zone() : dossier->time_zone();
  return zone.empty() ? std::string_view("Asia/Almaty") : std::string_view(zone);
}

std::string_view CaseView::country() const {
  return record == nullptr || record->country().empty() ? std::string_view("KZ")
                                                        : std::string_view(record->country());
}

}  // namespace vigil::registry
