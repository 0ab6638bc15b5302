#include "registry-svc/domain/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string_view>
#include <tuple>
#include <utility>

#include "absl/time/time.h"
#include "registry-svc/domain/deadline.h"
#include "registry-svc/domain/ids.h"
#include "registry-svc/domain/local_day.h"

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

// The last of the moments that it is given.
class LastMoment {
 public:
  explicit LastMoment(std::string_view zone) : zone_(zone) {}

  void Take(const google::protobuf::Timestamp& moment) {
    if (last_ && std::pair(moment.seconds(), moment.nanos()) <=
                     std::pair(last_->seconds(), last_->nanos())) {
      return;
    }
    last_ = moment;
  }

  // The beginning of the day.
  void Take(civil::Day day) {
    // In no zone a day begins after it has ended in Greenwich, and zones are slow to look up.
    const int64_t ended = (int64_t{day.time_since_epoch().count()} + 1) * 86'400;
    absl::TimeZone zone;
    if ((last_ && last_->seconds() >= ended) || !absl::LoadTimeZone(std::string(zone_), &zone)) {
      return;
    }
    google::protobuf::Timestamp begun;
    begun.set_seconds(absl::ToUnixSeconds(DayBegins(day, zone)));
    Take(begun);
  }

  const std::optional<google::protobuf::Timestamp>& last() const { return last_; }

 private:
  std::string_view zone_;
  std::optional<google::protobuf::Timestamp> last_;
};

// Since when what rests on all of this holds, for all that the record tells. What a retraction left
// behind is not told apart from what was there before: it counts as new with it.
std::optional<google::protobuf::Timestamp> FoundSince(const Reading& reading,
                                                      const CheckedFact* about,
                                                      const Ground& ground) {
  LastMoment since(reading.view().time_zone());
  const auto take = [&](const CheckedFact* fact) {
    if (fact == nullptr || !fact->fact().has_create_time()) return;
    since.Take(fact->fact().create_time());
    // It may have been recorded before it counts.
    const auto from = fact->date.known_from();
    if (from && !KnownAhead(fact->kind())) since.Take(*from);
  };
  take(about);
  for (const CheckedFact* fact : ground.facts) take(fact);
  if (ground.deadline != nullptr && ground.deadline->has_known_time()) {
    since.Take(ground.deadline->known_time());
  }
  for (const CheckedFact* fact : reading.view().facts) {
    if (fact->fact().has_retract_time()) since.Take(fact->fact().retract_time());
  }
  if (!ground.day) return since.last();
  const v1::Case* record = reading.view().record;
  if (about == nullptr && record != nullptr) {
    since.Take(record->has_update_time() ? record->update_time() : record->create_time());
  }
  since.Take(*ground.day);
  return since.last();
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

civil::Day DayAfter(const v1::Deadline& deadline) {
  return *civil::ParseDay(deadline.latest()) + std::chrono::days(1);
}

const CheckedFact* FactOf(const Reading& reading, const v1::Deadline& deadline) {
  for (const CheckedFact* fact : reading.facts()) {
    if (deadline.facts_size() > 0 && fact->fact().name() == deadline.facts(0)) return fact;
  }
  return nullptr;
}

void Findings::Add(std::string_view kind, const CheckedFact* about, std::string text,
                   std::string remedy, int max_shift_days, const Ground& ground) {
  const std::string& parent = reading_.view().name();
  IdHash id;
  id.Add(parent).Add(kind).Add(about != nullptr ? std::string_view(about->line) : "");
  std::string name = fmt::format("{}/findings/{}", parent, id.Hex());
  auto at = std::find_if(list_.begin(), list_.end(),
                         [&](const auto& known) { return known.name() == name; });
  if (at == list_.end()) {
    at = list_.emplace(list_.end());
    at->set_name(std::move(name));
    at->set_kind(std::string(kind));
    if (about != nullptr) at->add_facts(about->fact().name());
  } else if (at->max_shift_days() >= max_shift_days) {
    return;
  }
  at->set_text(std::move(text));
  at->set_remedy(std::move(remedy));
  at->set_max_shift_days(max_shift_days);
  if (auto since = FoundSince(reading_, about, ground)) *at->mutable_found_time() = *since;
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
