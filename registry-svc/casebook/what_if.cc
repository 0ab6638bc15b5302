#include "registry-svc/casebook/what_if.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <tuple>

#include "google/protobuf/util/time_util.h"
#include "registry-svc/casebook/refusals.h"
#include "registry-svc/casebook/validate.h"
#include "registry-svc/casebook/veil.h"

namespace vigil::registry {
namespace {

constexpr int kMaxSupposed = 100;
constexpr int kMaxWithout = 1000;

std::string Qualified(const CaseFile& file, const std::string& name) {
  if (name.empty() || name.find('/') != std::string::npos) return name;
  return file.name() + "/facts/" + name;
}

bool Has(const FactList& facts, std::string_view name) {
  return std::any_of(facts.begin(), facts.end(),
                     [&](const auto& fact) { return fact->message->name() == name; });
}

std::shared_ptr<const FactList> Without(const FactList& facts, const std::set<std::string>& names) {
  auto out = std::make_shared<FactList>();
  for (const auto& fact : facts) {
    if (!names.contains(fact->message->name())) out->push_back(fact);
  }
  return out;
}

// Takes away what shall not count.
absl::Status TakeAway(const CaseFile& file, const v1::WhatIfRequest& request, CaseFile& supposed) {
  if (request.without_facts_size() > kMaxWithout) {
    return refusals::BadField("TOO_MANY", "without_facts",
                              fmt::format("without_facts: at most {}", kMaxWithout));
  }
  std::set<std::string> names;
  for (const std::string& given : request.without_facts()) {
    const std::string name = Qualified(file, given);
    if (!Has(*file.own, name) && !Has(*file.foreign, name)) return refusals::FactNotFound(name);
    names.insert(name);
  }
  supposed.own = Without(*file.own, names);
  supposed.foreign = Without(*file.foreign, names);
  return absl::OkStatus();
}

absl::Status NameSupposed(const CaseFile& file, const std::string& field, int index,
                          const CaseFile& supposed, v1::Fact& fact) {
  fact.set_name(fact.name().empty() ? fmt::format("{}/facts/supposed-{}", file.name(), index + 1)
                                    : Qualified(file, fact.name()));
  if (!IsFactName(fact.name()) || ParentOf(fact.name()) != file.name()) {
    return refusals::BadName(field + ".name", file.name() + "/facts/{fact}");
  }
  if (Has(*file.own, fact.name()) || Has(*supposed.own, fact.name())) {
    return refusals::BadField(
        "DOUBLED", field + ".name",
        fmt::format("{}.name: {} is there already; leave the name out, and name with `lineage` "
                    "what it corrects",
                    field, fact.name()));
  }
  if (fact.lineage().empty()) return absl::OkStatus();
  const std::string lineage = Qualified(file, fact.lineage());
  auto first = file.FindOwn(lineage);
  if (!first) first = supposed.FindOwn(lineage);
  if (first) {
    fact.set_lineage(first->line);
    return absl::OkStatus();
  }
  return refusals::BadField(
      "UNKNOWN_LINEAGE", field + ".lineage",
      fmt::format("{}.lineage: {} has no fact of that name", field, file.name()));
}

absl::Status CheckConcerns(const Snapshot& snapshot, const std::string& field,
                           const v1::Fact& fact) {
  for (const std::string& name : fact.concerns()) {
    if (IsCaseName(name) && snapshot.Find(name)) continue;
    return refusals::BadField("UNKNOWN_CASE", field + ".concerns",
                              fmt::format("{}.concerns: there is no case {:.60}", field, name));
  }
  return absl::OkStatus();
}

absl::Status AddSupposed(const Snapshot& snapshot, const Vocabularies& vocabularies,
                         const CaseFile& file, const std::string& field, v1::Fact fact,
                         CaseFile& supposed) {
  if (absl::Status s = CheckConcerns(snapshot, field, fact); !s.ok()) return s;
  absl::StatusOr<CheckedFact> checked = CheckInput(field, fact);
  if (!checked.ok()) return checked.status();
  if (absl::Status s = vocabularies.Check(field, fact); !s.ok()) return s;
  supposed.own = WithFact(*supposed.own, std::make_shared<const CheckedFact>(*std::move(checked)));
  const auto is_there = [&](const std::string& to) {
    const std::string name = Qualified(file, to);
    if (ParentOf(name) == file.name()) return file.FindOwn(name) || supposed.FindOwn(name);
    const FilePtr holder = snapshot.Find(ParentOf(name));
    return holder && holder->FindOwn(name);
  };
  return CheckReferences(field, fact, is_there);
}

int ShiftDays(const std::string& before, const std::string& after) {
  const auto from = civil::ParseDay(before), to = civil::ParseDay(after);
  return from && to ? static_cast<int>((*to - *from).count()) : 0;
}

bool SameDates(const v1::Deadline& a, const v1::Deadline& b) {
  return std::tie(a.earliest(), a.latest(), a.earliest_time(), a.latest_time()) ==
         std::tie(b.earliest(), b.latest(), b.earliest_time(), b.latest_time());
}

// Both sides are there.
v1::DeadlineMove::Kind KindOf(const v1::Deadline& before, const v1::Deadline& after) {
  if (!SameDates(before, after)) return v1::DeadlineMove::KIND_MOVED;
  return before.SerializeAsString() == after.SerializeAsString() ? v1::DeadlineMove::KIND_SAME
                                                                 : v1::DeadlineMove::KIND_RESTATED;
}

// One side of a move; null where there is no deadline on that side.
struct Side {
  const v1::Deadline* deadline = nullptr;
  // It is told without its reasoning.
  bool veiled = false;
};

v1::DeadlineMove MoveOf(const Side& before, const Side& after, bool veil) {
  const v1::Deadline* const was = before.deadline;
  const v1::Deadline* const would_be = after.deadline;
  v1::DeadlineMove move;
  if (was != nullptr) *move.mutable_before() = *was;
  if (would_be != nullptr) *move.mutable_after() = *would_be;
  if (veil && (before.veiled || after.veiled)) {
    if (was != nullptr) VeilReasoning(*move.mutable_before());
    if (would_be != nullptr) VeilReasoning(*move.mutable_after());
  }
  if (was == nullptr) {
    move.set_kind(v1::DeadlineMove::KIND_ADDED);
  } else if (would_be == nullptr) {
    move.set_kind(v1::DeadlineMove::KIND_GONE);
  } else {
    move.set_kind(KindOf(move.before(), move.after()));
    move.set_earliest_shift_days(ShiftDays(was->earliest(), would_be->earliest()));
    move.set_latest_shift_days(ShiftDays(was->latest(), would_be->latest()));
  }
  return move;
}

// Changed first, then by day; what has no day comes last.
auto OrderOf(const v1::DeadlineMove& move) {
  const v1::Deadline& due = move.has_before() ? move.before() : move.after();
  return std::tuple(move.kind() == v1::DeadlineMove::KIND_SAME, due.earliest().empty(),
                    std::string_view(due.earliest()), std::string_view(due.name()));
}

}  // namespace

absl::StatusOr<CaseFile> Suppose(const Snapshot& snapshot, const Vocabularies& vocabularies,
                                 const CaseFile& file, const v1::WhatIfRequest& request,
                                 absl::Time now) {
  if (request.supposed_facts_size() > kMaxSupposed) {
    return refusals::BadField("TOO_MANY", "supposed_facts",
                              fmt::format("supposed_facts: at most {}", kMaxSupposed));
  }
  CaseFile supposed = file;
  if (absl::Status s = TakeAway(file, request, supposed); !s.ok()) return s;
  for (int i = 0; i < request.supposed_facts_size(); ++i) {
    const std::string field = fmt::format("supposed_facts[{}]", i);
    v1::Fact fact = request.supposed_facts(i);
    ClearOutputs(fact);
    if (absl::Status s = NameSupposed(file, field, i, supposed, fact); !s.ok()) return s;
    *fact.mutable_create_time() =
        google::protobuf::util::TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(now));
    absl::Status s = AddSupposed(snapshot, vocabularies, file, field, std::move(fact), supposed);
    if (!s.ok()) return s;
  }
  return supposed;
}

std::vector<v1::DeadlineMove> MovesBetween(const Reading& before, const Reading& after, bool veil,
                                           bool unchanged) {
  std::map<std::string_view, std::pair<Side, Side>> pairs;
  const std::vector<v1::Deadline>& was = before.day.derived.deadlines;
  const std::vector<v1::Deadline>& will = after.day.derived.deadlines;
  for (size_t i = 0; i < was.size(); ++i) {
    pairs[was[i].name()].first = {&was[i], IsVeiled(before.day, i)};
  }
  for (size_t i = 0; i < will.size(); ++i) {
    pairs[will[i].name()].second = {&will[i], IsVeiled(after.day, i)};
  }
  std::vector<v1::DeadlineMove> moves;
  for (const auto& [name, pair] : pairs) {
    v1::DeadlineMove move = MoveOf(pair.first, pair.second, veil);
    if (!unchanged && move.kind() == v1::DeadlineMove::KIND_SAME) continue;
    moves.push_back(std::move(move));
  }
  std::sort(moves.begin(), moves.end(),
            [](const auto& a, const auto& b) { return OrderOf(a) < OrderOf(b); });
  return moves;
}

std::vector<v1::Finding> FindingsOnlyIn(const std::vector<v1::Finding>& these,
                                        const std::vector<v1::Finding>& those) {
  std::set<std::string_view> known;
  for (const v1::Finding& finding : those) known.insert(finding.name());
  std::vector<v1::Finding> out;
  for (const v1::Finding& finding : these) {
    if (!known.contains(finding.name())) out.push_back(finding);
  }
  return out;
}

}  // namespace vigil::registry
