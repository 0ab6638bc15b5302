#include "registry-svc/casebook/present_index.h"

#include <algorithm>
#include <bitset>
#include <climits>
#include <numeric>
#include <optional>
#include <tuple>

#include "registry-svc/casebook/validate.h"

namespace vigil::registry {
namespace {

// Text without a day comes after every day.
int32_t DayOf(std::string_view text) {
  const auto day = civil::ParseDay(text);
  return day ? static_cast<int32_t>(day->time_since_epoch().count()) : kNoDay;
}

// Kinds of the deadlines that stand.
using Kinds = std::bitset<v1::DeadlineKind_ARRAYSIZE>;

Kinds KindsOf(const PackedFile& file) {
  Kinds kinds;
  for (const PackedDeadline& deadline : file.deadlines) {
    if (Stands(deadline)) kinds.set(deadline.kind);
  }
  return kinds;
}

using States = std::bitset<v1::DeadlineState_ARRAYSIZE>;

States StatesOf(const PackedFile& file) {
  States states;
  for (const PackedDeadline& deadline : file.deadlines) states.set(deadline.state);
  return states;
}

// The place of a deadline or a finding; all is empty for the beginning of the list.
struct RowPlace {
  std::string_view order;
  std::string file;
};

RowPlace ReadRowPlace(std::string_view place) {
  const size_t middle = place.rfind(' ');
  if (middle == std::string_view::npos) return {};
  return {.order = place.substr(0, middle), .file = ParentOf(place.substr(middle + 1))};
}

}  // namespace

PresentIndex::ByTitle::Title PresentIndex::ByTitle::Of(Number file) const {
  const PackedFile& packed = *(*files)[file];
  return {.display_name = packed.display_name, .name = packed.name};
}

bool PresentIndex::ByTitle::Less(const Title& a, const Title& b) {
  return std::tie(a.display_name, a.name) < std::tie(b.display_name, b.name);
}

int PresentIndex::ComparePaths(std::string_view a, std::string_view b) {
  const size_t both = std::min(a.size(), b.size());
  const int order = a.substr(0, both).compare(b.substr(0, both));
  if (order != 0 || a.size() == b.size()) return order;
  return a.size() < b.size() ? '/' - b[both] : a[both] - '/';
}

PresentIndex::PresentIndex()
    : numbers_(0, HashName{&files_}, SameName{&files_}),
      live_cases_(ByTitle{&files_}),
      all_cases_(ByTitle{&files_}),
      live_dossiers_(ByTitle{&files_}),
      all_dossiers_(ByTitle{&files_}),
      situations_(v1::Situation_ARRAYSIZE, Titles(ByTitle{&files_})),
      kinds_(v1::DeadlineKind_ARRAYSIZE, Titles(ByTitle{&files_})),
      states_(v1::DeadlineState_ARRAYSIZE, Titles(ByTitle{&files_})),
      deadlines_(ByRow<int32_t>{&files_}),
      findings_(ByRow<std::string_view>{&files_}) {}

PresentIndex::Number PresentIndex::NumberOf(const std::string& name) {
  const auto known = numbers_.find(std::string_view(name));
  return known == numbers_.end() ? static_cast<Number>(files_.size()) : *known;
}

void PresentIndex::Update(const std::vector<FileChange>& changes, int64_t revision) {
  absl::MutexLock lock(&mutex_);
  counts_.revision = revision;
  if (files_.empty()) return Fill(changes);
  for (const FileChange& change : changes) {
    const Number number = NumberOf(change.after->name);
    Kept kept;
    if (number == files_.size()) {
      files_.push_back(change.after);
      numbers_.insert(number);
    } else {
      kept = KeptBy(*files_[number], *change.after);
      Remove(number, kept);
      files_[number] = change.after;
    }
    Add(number, kept);
  }
}

PresentIndex::Kept PresentIndex::KeptBy(const PackedFile& before, const PackedFile& after) {
  const auto same_day = [](const PackedDeadline& a, const PackedDeadline& b) {
    return a.day == b.day;
  };
  const bool title = before.display_name == after.display_name && before.deleted == after.deleted;
  return {.title = title,
          .facets = title && before.situation == after.situation &&
                    KindsOf(before) == KindsOf(after) && StatesOf(before) == StatesOf(after),
          .deadlines = std::equal(before.deadlines.begin(), before.deadlines.end(),
                                  after.deadlines.begin(), after.deadlines.end(), same_day)};
}

template <class Visit>
void PresentIndex::ForEachFacet(const PackedFile& file, Visit visit) {
  if (file.dossier || file.deleted) return;
  visit(situations_[file.situation]);
  const Kinds kinds = KindsOf(file);
  for (size_t kind = 0; kind < kinds.size(); ++kind) {
    if (kinds[kind]) visit(kinds_[kind]);
  }
  const States states = StatesOf(file);
  for (size_t state = 0; state < states.size(); ++state) {
    if (states[state]) visit(states_[state]);
  }
}

void PresentIndex::Fill(const std::vector<FileChange>& changes) {
  files_.reserve(changes.size());
  for (const FileChange& change : changes) files_.push_back(change.after);
  // A file's number is its place by name: rows are sorted by numbers alone.
  std::sort(files_.begin(), files_.end(), [](const PackedPtr& a, const PackedPtr& b) {
    return ComparePaths(a->name, b->name) < 0;
  });
  numbers_.reserve(files_.size());
  std::vector<std::pair<absl::Time, Number>> midnights;
  midnights.reserve(files_.size());
  for (Number number = 0; number < files_.size(); ++number) {
    numbers_.insert(number);
    Count(*files_[number], 1);
    midnights.emplace_back(files_[number]->until, number);
  }
  std::sort(midnights.begin(), midnights.end());
  for (const auto& midnight : midnights) midnights_.insert(midnights_.end(), midnight);
  FillTitles();
  FillRows(deadlines_, [](const PackedFile& file, auto take) {
    for (const PackedDeadline& deadline : file.deadlines) take(deadline.day);
  });
  FillRows(findings_, [](const PackedFile& file, auto take) {
    for (const PackedFinding& finding : file.findings) take(std::string_view(finding.order));
  });
}

void PresentIndex::FillTitles() {
  std::vector<Number> numbers(files_.size());
  std::iota(numbers.begin(), numbers.end(), 0);
  std::sort(numbers.begin(), numbers.end(), ByTitle{&files_});
  for (const Number number : numbers) {
    const PackedFile& file = *files_[number];
    Titles& all = file.dossier ? all_dossiers_ : all_cases_;
    Titles& live = file.dossier ? live_dossiers_ : live_cases_;
    all.insert(all.end(), number);
    if (!file.deleted) live.insert(live.end(), number);
    ForEachFacet(file, [number](Titles& facet) { facet.insert(facet.end(), number); });
  }
}

template <class Order, class List>
void PresentIndex::FillRows(Rows<Order>& rows, List list) {
  std::vector<Row<Order>> sorted;
  for (Number number = 0; number < files_.size(); ++number) {
    uint32_t rank = 0;
    list(*files_[number],
         [&](Order order) { sorted.push_back({.order = order, .file = number, .rank = rank++}); });
  }
  std::sort(sorted.begin(), sorted.end(), [](const Row<Order>& a, const Row<Order>& b) {
    return std::tie(a.order, a.file, a.rank) < std::tie(b.order, b.file, b.rank);
  });
  for (const Row<Order>& row : sorted) rows.insert(rows.end(), row);
}

void PresentIndex::Remove(Number number, Kept kept) {
  const PackedFile& file = *files_[number];
  Count(file, -1);
  midnights_.erase({file.until, number});
  if (!kept.title) {
    (file.dossier ? all_dossiers_ : all_cases_).erase(number);
    (file.dossier ? live_dossiers_ : live_cases_).erase(number);
  }
  if (!kept.facets) ForEachFacet(file, [number](Titles& facet) { facet.erase(number); });
  for (uint32_t i = 0; !kept.deadlines && i < file.deadlines.size(); ++i) {
    deadlines_.erase(Row<int32_t>{.order = file.deadlines[i].day, .file = number, .rank = i});
  }
  for (uint32_t i = 0; i < file.findings.size(); ++i) {
    findings_.erase(
        Row<std::string_view>{.order = file.findings[i].order, .file = number, .rank = i});
  }
}

void PresentIndex::Add(Number number, Kept kept) {
  const PackedFile& file = *files_[number];
  Count(file, 1);
  midnights_.insert({file.until, number});
  if (!kept.title) {
    (file.dossier ? all_dossiers_ : all_cases_).insert(number);
    if (!file.deleted) (file.dossier ? live_dossiers_ : live_cases_).insert(number);
  }
  if (!kept.facets) ForEachFacet(file, [number](Titles& facet) { facet.insert(number); });
  for (uint32_t i = 0; !kept.deadlines && i < file.deadlines.size(); ++i) {
    deadlines_.insert(Row<int32_t>{.order = file.deadlines[i].day, .file = number, .rank = i});
  }
  for (uint32_t i = 0; i < file.findings.size(); ++i) {
    findings_.insert(
        Row<std::string_view>{.order = file.findings[i].order, .file = number, .rank = i});
  }
}

void PresentIndex::Count(const PackedFile& file, int sign) {
  if (file.dossier) {
    (file.deleted ? counts_.deleted_dossiers : counts_.live_dossiers) += sign;
  } else if (file.deleted) {
    counts_.deleted_cases += sign;
  } else {
    counts_.live_cases += sign;
    counts_.situations[file.situation] += sign;
  }
  for (const PackedDeadline& deadline : file.deadlines) {
    counts_.deadlines[deadline.kind][deadline.state] += sign;
  }
  counts_.all_deadlines += sign * static_cast<int64_t>(file.deadlines.size());
  for (const PackedFinding& finding : file.findings) {
    if (finding.side != FindingSide::kTold) counts_.findings += sign;
    if (finding.side != FindingSide::kWhole) counts_.told_findings += sign;
  }
}

PresentCounts PresentIndex::Counts() const {
  absl::ReaderMutexLock lock(&mutex_);
  return counts_;
}

std::vector<PackedPtr> PresentIndex::TitlesAfter(const Titles& titles, std::string_view place,
                                                 size_t limit) const {
  std::vector<PackedPtr> out;
  const size_t middle = place.rfind('\0');
  auto at = middle == std::string_view::npos
                ? titles.begin()
                : titles.upper_bound(ByTitle::Title{.display_name = place.substr(0, middle),
                                                    .name = place.substr(middle + 1)});
  for (; at != titles.end() && out.size() < limit; ++at) out.push_back(files_[*at]);
  return out;
}

std::vector<PackedPtr> PresentIndex::Cases(std::string_view place, size_t limit,
                                           bool deleted_too) const {
  absl::ReaderMutexLock lock(&mutex_);
  return TitlesAfter(deleted_too ? all_cases_ : live_cases_, place, limit);
}

std::vector<PackedPtr> PresentIndex::Dossiers(std::string_view place, size_t limit,
                                              bool deleted_too) const {
  absl::ReaderMutexLock lock(&mutex_);
  return TitlesAfter(deleted_too ? all_dossiers_ : live_dossiers_, place, limit);
}

// A number that is none of the enum has no cases.
std::vector<PackedPtr> PresentIndex::CasesIn(v1::Situation situation, std::string_view place,
                                             size_t limit) const {
  if (!v1::Situation_IsValid(situation)) return {};
  absl::ReaderMutexLock lock(&mutex_);
  return TitlesAfter(situations_[situation], place, limit);
}

std::vector<PackedPtr> PresentIndex::CasesWith(v1::DeadlineKind kind, std::string_view place,
                                               size_t limit) const {
  if (!v1::DeadlineKind_IsValid(kind)) return {};
  absl::ReaderMutexLock lock(&mutex_);
  return TitlesAfter(kinds_[kind], place, limit);
}

size_t PresentIndex::CountWith(v1::DeadlineKind kind) const {
  if (!v1::DeadlineKind_IsValid(kind)) return 0;
  absl::ReaderMutexLock lock(&mutex_);
  return kinds_[kind].size();
}

std::vector<PackedPtr> PresentIndex::CasesInState(v1::DeadlineState state, std::string_view place,
                                                  size_t limit) const {
  absl::ReaderMutexLock lock(&mutex_);
  return TitlesAfter(states_[state], place, limit);
}

size_t PresentIndex::CountInState(v1::DeadlineState state) const {
  absl::ReaderMutexLock lock(&mutex_);
  return states_[state].size();
}

std::optional<std::vector<PackedPtr>> PresentIndex::FilesWithin(int32_t first, int32_t last,
                                                                size_t limit) const {
  std::vector<Number> numbers;
  absl::ReaderMutexLock lock(&mutex_);
  auto at = deadlines_.lower_bound(ByRow<int32_t>::Start{.order = first, .file = {}});
  for (; at != deadlines_.end() && at->order <= last; ++at) {
    if (numbers.size() == limit) return std::nullopt;
    numbers.push_back(at->file);
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  std::vector<PackedPtr> out;
  out.reserve(numbers.size());
  for (const Number number : numbers) out.push_back(files_[number]);
  return out;
}

template <class Order, class PositionOf>
std::vector<IndexedRow> PresentIndex::RowsAfter(const Rows<Order>& rows,
                                                const typename ByRow<Order>::Start& start,
                                                size_t limit, PositionOf position) const {
  std::vector<IndexedRow> out;
  size_t beyond = 0;
  const Row<Order>* last = nullptr;
  for (auto at = rows.lower_bound(start); at != rows.end(); ++at) {
    const PackedPtr& file = files_[at->file];
    const std::optional<uint32_t> wanted = position(*file, at->rank);
    if (!wanted) continue;
    const bool same = last != nullptr && last->order == at->order && last->file == at->file;
    if (beyond >= limit && !same) break;
    out.push_back({.file = file, .position = *wanted});
    if (at->order != start.order || file->name != start.file) ++beyond;
    last = &*at;
  }
  return out;
}

std::vector<IndexedRow> PresentIndex::Deadlines(std::string_view place, size_t limit) const {
  const RowPlace from = ReadRowPlace(place);
  const int32_t day = from.file.empty() ? INT_MIN : DayOf(from.order);
  absl::ReaderMutexLock lock(&mutex_);
  return RowsAfter(deadlines_, {.order = day, .file = from.file}, limit,
                   [](const PackedFile& file, uint32_t rank) {
                     return std::optional<uint32_t>(file.deadlines[rank].position);
                   });
}

std::vector<IndexedRow> PresentIndex::Findings(std::string_view place, size_t limit,
                                               bool told) const {
  const RowPlace from = ReadRowPlace(place);
  const FindingSide other = told ? FindingSide::kWhole : FindingSide::kTold;
  absl::ReaderMutexLock lock(&mutex_);
  return RowsAfter(findings_, {.order = from.order, .file = from.file}, limit,
                   [other](const PackedFile& file, uint32_t rank) {
                     const PackedFinding& finding = file.findings[rank];
                     return finding.side == other ? std::nullopt
                                                  : std::optional<uint32_t>(finding.position);
                   });
}

std::vector<std::string> PresentIndex::OverBy(absl::Time now, size_t limit) const {
  std::vector<std::string> names;
  absl::ReaderMutexLock lock(&mutex_);
  for (auto at = midnights_.begin();
       at != midnights_.end() && at->first <= now && names.size() < limit; ++at) {
    names.push_back(files_[at->second]->name);
  }
  return names;
}

absl::Time PresentIndex::NextMidnight() const {
  absl::ReaderMutexLock lock(&mutex_);
  return midnights_.empty() ? absl::InfiniteFuture() : midnights_.begin()->first;
}

}  // namespace vigil::registry
