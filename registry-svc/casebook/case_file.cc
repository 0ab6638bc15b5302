#include "registry-svc/casebook/case_file.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "registry-svc/casebook/veil.h"
#include "registry-svc/domain/local_day.h"
#include "registry-svc/domain/situation.h"

namespace vigil::registry {
namespace {

constexpr char kMixedScriptName[] = "MIXED_SCRIPT_NAME";

template <class Keep>
std::vector<const CheckedFact*> FactsOf(const CaseFile& file, Keep keep) {
  std::vector<const CheckedFact*> facts;
  facts.reserve(file.own->size() + file.foreign->size());
  for (const FactList* list : {file.own.get(), file.foreign.get()}) {
    for (const auto& fact : *list) {
      if (keep(*fact->message)) facts.push_back(fact.get());
    }
  }
  return facts;
}

bool HasMixedName(const v1::Case& record) {
  return std::any_of(record.person().names().begin(), record.person().names().end(),
                     [](const v1::Name& name) { return name.script() == v1::SCRIPT_MIXED; });
}

v1::Case Render(const v1::Case& record, const SituationReading& situation,
                const std::vector<v1::Finding>& findings) {
  v1::Case out = record;
  out.set_situation(situation.situation);
  out.set_situation_since(situation.since);
  out.clear_flags();
  if (HasMixedName(record)) out.add_flags(kMixedScriptName);
  for (const std::string& flag : situation.flags) out.add_flags(flag);
  if (std::any_of(findings.begin(), findings.end(),
                  [](const v1::Finding& finding) { return finding.kind() == kEndedUnconfirmed; })) {
    out.add_flags(std::string(kEndedUnconfirmed));
  }
  return out;
}

// What follows from these facts of the file. A day on which something else does moves `next`.
void Follow(const CaseFile& file, const RuleBook& rules,
            const std::vector<const CheckedFact*>& facts, DayReading& out) {
  const CaseView view{.record = file.record.get(), .dossier = file.dossier.get(), .facts = facts};
  if (!file.deleted()) out.derived = DeriveDeadlines(view, rules, out.day);
  out.next = std::min(out.next, out.derived.next_change);
  if (file.record) {
    const SituationReading situation = SituationOf(view, rules, out.day);
    out.next = std::min(out.next, situation.next_change);
    out.rendered = Render(*file.record, situation, out.derived.findings);
  }
  for (v1::Deadline& deadline : out.derived.deadlines) {
    if (file.record) deadline.set_case_display_name(file.record->display_name());
    deadline.set_time_zone(std::string(view.time_zone()));
  }
}

// Of each of `all`, whether `open` holds no deadline that says the same.
std::vector<bool> Differing(const std::vector<v1::Deadline>& all,
                            const std::vector<v1::Deadline>& open) {
  std::unordered_map<std::string_view, const v1::Deadline*> by_name;
  for (const v1::Deadline& deadline : open) by_name.emplace(deadline.name(), &deadline);
  std::vector<bool> out;
  out.reserve(all.size());
  for (const v1::Deadline& deadline : all) {
    const auto at = by_name.find(deadline.name());
    out.push_back(at == by_name.end() || !Same(*at->second, deadline));
  }
  return out;
}

// The reading without the confidential facts; null where it tells the same.
std::shared_ptr<const OpenReading> ReadOpen(const CaseFile& file, const RuleBook& rules,
                                            DayReading& all) {
  DayReading open;
  open.day = all.day;
  open.next = all.next;
  Follow(file, rules, FactsOf(file, [](const v1::Fact& fact) { return !IsSecret(fact); }), open);
  all.next = open.next;
  auto out = std::make_shared<OpenReading>();
  out->veiled = Differing(all.derived.deadlines, open.derived.deadlines);
  const std::vector<v1::Finding>& findings = all.derived.findings;
  const bool same = std::find(out->veiled.begin(), out->veiled.end(), true) == out->veiled.end() &&
                    Same(all.rendered, open.rendered) &&
                    std::equal(findings.begin(), findings.end(), open.derived.findings.begin(),
                               open.derived.findings.end(), Same);
  if (same) return nullptr;
  out->rendered = std::move(open.rendered);
  out->findings = std::move(open.derived.findings);
  return out;
}

}  // namespace

std::shared_ptr<const CheckedFact> CaseFile::FindOwn(std::string_view fact_name) const {
  const auto at = std::find_if(own->begin(), own->end(), [&](const auto& fact) {
    return fact->message->name() == fact_name;
  });
  return at == own->end() ? nullptr : *at;
}

CaseFile NewCaseFile(std::shared_ptr<const v1::Case> record,
                     std::shared_ptr<const v1::Dossier> dossier) {
  CaseFile file;
  file.record = std::move(record);
  file.dossier = std::move(dossier);
  file.own = std::make_shared<const FactList>();
  file.foreign = file.own;
  file.receipts = std::make_shared<const ReceiptList>();
  RefreshRecord(file);
  return file;
}

void ClearDerived(v1::Case& record) {
  record.clear_situation();
  record.clear_situation_since();
  record.clear_flags();
}

void RefreshRecord(CaseFile& file) {
  FindZone(file.record ? file.record->time_zone() : file.dossier->time_zone(), file.zone);
}

std::shared_ptr<const FactList> WithFact(const FactList& facts,
                                         std::shared_ptr<const CheckedFact> fact) {
  auto out = std::make_shared<FactList>(facts);
  const auto at = std::find_if(out->begin(), out->end(), [&](const auto& other) {
    return other->message->name() == fact->message->name();
  });
  if (at != out->end()) {
    *at = std::move(fact);
  } else {
    out->push_back(std::move(fact));
  }
  return out;
}

DayReading ReadOn(const CaseFile& file, const RuleBook& rules, civil::Day day) {
  DayReading out;
  out.day = day;
  out.next = civil::Day::max();
  Follow(file, rules, FactsOf(file, [](const v1::Fact&) { return true; }), out);
  if (HasConfidential(file)) out.open = ReadOpen(file, rules, out);
  out.from = DayBegins(day, file.zone);
  out.until = DayBegins(out.next, file.zone);
  return out;
}

civil::Day LocalDay(absl::Time time, absl::TimeZone zone) {
  const absl::CivilDay day = absl::ToCivilDay(time, zone);
  return civil::MakeDay(static_cast<int>(day.year()), day.month(), day.day());
}

bool FindZone(std::string_view name, absl::TimeZone& zone) {
  return absl::LoadTimeZone(name.empty() ? std::string("Asia/Almaty") : std::string(name), &zone);
}

}  // namespace vigil::registry
