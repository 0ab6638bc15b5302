#include "registry-svc/domain/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string_view>
#include <tuple>
#include <utility>

#include "registry-svc/domain/deadline.h"
#include "registry-svc/domain/ids.h"

namespace vigil::registry {

namespace {

// See FindingKey; kinds that are not here could move a date.
constexpr int kMovesADate = 2;
constexpr std::pair<std::string_view, int> kUrgency[] = {
    {kCustodyLimitPassed, 0},   {kEndedUnconfirmed, 0},
    {kProtectionLapsing, 0},    {kReleaseUnconfirmed, 0},
    {kAppealTermMissed, 1},     {kMandateEnded, 1},
    {kMandateEnding, 1},        {kOutcomeUnknown, 1},
    {kStateSilent, 1},          {kBarred, 3},
    {kBeforeTheTreaty, 3},      {kCaseReview, 3},
    {kChargesChanged, 3},       {kMarkIdle, 3},
    {kOutcomesDiffer, 3},       {kRecordUnconfirmed, 3},
    {kStateRefused, 3},         {kTermNotBegun, 3},
    {kCodeEditionAmbiguous, 4}, {kNameMixedScript, 4},
    {kNameSpellings, 4},        {kTextMixedScript, 4},
};

int UrgencyOf(std::string_view kind) {
  for (const auto& [known, urgency] : kUrgency) {
    if (known == kind) return urgency;
  }
  return kMovesADate;
}

// In the order of FindingKey, without writing keys.
bool ComesBefore(const v1::Finding& a, const v1::Finding& b) {
  const auto place = [](const v1::Finding& finding) {
    return std::tuple<int, int, std::string_view, std::string_view>(
        UrgencyOf(finding.kind()), -finding.max_shift_days(), finding.kind(), finding.name());
  };
  return place(a) < place(b);
}

bool Rests(const v1::Deadline& deadline, const v1::Finding& finding) {
  return std::find(deadline.facts().begin(), deadline.facts().end(), finding.facts(0)) !=
         deadline.facts().end();
}

}  // namespace

std::string FindingKey(const v1::Finding& finding) {
  return fmt::format("{}{:010} {} {}", UrgencyOf(finding.kind()),
                     std::numeric_limits<int>::max() - finding.max_shift_days(), finding.kind(),
                     finding.name());
}

int DaysOf(const civil::Term& term) {
  const civil::Day any = civil::MakeDay(2018, 1, 1);
  return civil::DaysBetween(any, civil::Add(any, term));
}

const CheckedFact* FactOf(const Reading& reading, const v1::Deadline& deadline) {
  for (const CheckedFact* fact : reading.facts()) {
    if (deadline.facts_size() > 0 && fact->fact().name() == deadline.facts(0)) return fact;
  }
  return nullptr;
}

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
  if (about != nullptr) {
    finding.add_facts(about->fact().name());
    if (about->fact().has_create_time()) {
      *finding.mutable_found_time() = about->fact().create_time();
    }
  }
  finding.set_text(std::move(text));
  finding.set_remedy(std::move(remedy));
  finding.set_max_shift_days(max_shift_days);
}

std::vector<v1::Finding> Findings::Take(const std::vector<v1::Deadline>& deadlines) {
  for (v1::Finding& finding : list_) {
    if (finding.max_shift_days() == 0 || finding.facts().empty()) continue;
    for (const v1::Deadline& deadline : deadlines) {
      const bool certain = deadline.precision() == v1::DEADLINE_PRECISION_EXACT &&
                           deadline.alternative_group().empty();
      if (!certain && Rests(deadline, finding)) {
        finding.add_deadlines(deadline.name());
      }
    }
  }
  std::sort(list_.begin(), list_.end(), ComesBefore);
  return std::move(list_);
}

}  // namespace vigil::registry
