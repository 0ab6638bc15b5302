#include "registry-svc/rpc/search_hits.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "registry-svc/casebook/list_places.h"

namespace vigil::registry {
namespace {

constexpr size_t kMaxFacetValues = 20;

v1::DeadlineKind KindOf(const PackedDeadline& deadline) {
  return static_cast<v1::DeadlineKind>(deadline.kind);
}

v1::DeadlineState StateOf(const PackedDeadline& deadline) {
  return static_cast<v1::DeadlineState>(deadline.state);
}

bool IsOfKind(const Narrowing& narrowing, const PackedDeadline& deadline) {
  return narrowing.deadline_kinds.empty() || narrowing.deadline_kinds.contains(KindOf(deadline));
}

bool IsInState(const Narrowing& narrowing, const PackedDeadline& deadline) {
  return narrowing.deadline_states.empty() ? Stands(deadline)
                                           : narrowing.deadline_states.contains(StateOf(deadline));
}

// What has no day lies in no span of days.
bool IsWithin(const Narrowing& narrowing, const PackedDeadline& deadline) {
  if (!narrowing.deadline_from && !narrowing.deadline_until) return true;
  if (deadline.day == kNoDay) return false;
  const civil::Day day{std::chrono::days(deadline.day)};
  return (!narrowing.deadline_from || day >= *narrowing.deadline_from) &&
         (!narrowing.deadline_until || day <= *narrowing.deadline_until);
}

}  // namespace

bool LetsThrough(const Narrowing& narrowing, const PackedFile& numbers) {
  if (numbers.dossier || numbers.deleted) return false;
  if (!narrowing.situations.empty() && !narrowing.situations.contains(numbers.situation)) {
    return false;
  }
  if (!narrowing.deadlines()) return true;
  // One deadline has all that is asked of deadlines.
  return std::any_of(numbers.deadlines.begin(), numbers.deadlines.end(),
                     [&](const PackedDeadline& deadline) {
                       return IsInState(narrowing, deadline) && IsWithin(narrowing, deadline) &&
                              IsOfKind(narrowing, deadline);
                     });
}

void SearchFacets::AddNumbers(const Narrowing& narrowing, const PackedFile& numbers) {
  ++situations_[v1::Situation_Name(numbers.situation)];
  std::set<v1::DeadlineKind> kinds;
  std::set<v1::DeadlineState> states;
  for (const PackedDeadline& deadline : numbers.deadlines) {
    if (!IsWithin(narrowing, deadline)) continue;
    if (IsInState(narrowing, deadline)) kinds.insert(KindOf(deadline));
    if (IsOfKind(narrowing, deadline)) states.insert(StateOf(deadline));
  }
  for (const v1::DeadlineKind kind : kinds) ++kinds_[v1::DeadlineKind_Name(kind)];
  for (const v1::DeadlineState state : states) ++states_[v1::DeadlineState_Name(state)];
}

void SearchFacets::AddKey(const SearchKey& key) {
  if (key.field == kKindKey) ++facts_[key.key];
  if (key.field == kArticleKey) ++articles_[key.key];
  if (key.field == kPlaceKey) ++places_[key.key];
  if (key.field == kLocalityKey) localities_.insert(key.key);
}

void SearchFacets::TakeField(std::string_view field, const Counts& counts,
                             v1::SearchCasesResponse& out) {
  std::vector<std::pair<int, std::string>> order;
  for (const auto& [value, count] : counts) order.emplace_back(-count, value);
  std::sort(order.begin(), order.end());
  if (order.size() > kMaxFacetValues) order.resize(kMaxFacetValues);
  for (const auto& [count, value] : order) {
    v1::SearchCasesResponse::Facet& facet = *out.add_facets();
    facet.set_field(std::string(field));
    facet.set_value(value);
    facet.set_count(-count);
  }
}

void SearchFacets::Take(v1::SearchCasesResponse& out) {
  std::erase_if(places_, [&](const auto& place) { return !localities_.contains(place.first); });
  TakeField("situation", situations_, out);
  TakeField("deadline_kind", kinds_, out);
  TakeField("deadline_state", states_, out);
  TakeField("fact_kind", facts_, out);
  TakeField("article", articles_, out);
  TakeField("place", places_, out);
}

bool SearchHits::Add(const Narrowing& narrowing, const PackedFile& file, const Found& found) {
  cut_off = all.size() == kMaxFound;
  if (cut_off) return false;
  // More worth first: the number falls as the worth rises.
  all.push_back({.name = file.name,
                 .found = found,
                 .place = fmt::format("{:06}", 999'999 - found.worth) + PlaceOf(file)});
  facets.AddNumbers(narrowing, file);
  return true;
}

void SearchHits::Sort() {
  std::sort(all.begin(), all.end(), [](const Hit& a, const Hit& b) { return a.place < b.place; });
}

}  // namespace vigil::registry
