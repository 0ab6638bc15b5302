#include "registry-svc/rpc/narrowed_cases.h"

#include <algorithm>
#include <climits>
#include <cstdint>
#include <optional>
#include <tuple>

#include "registry-svc/casebook/list_places.h"

namespace vigil::registry {
namespace {

constexpr size_t kFetch = 256;
// Deadlines in a span of days; more of them are a reason to look elsewhere.
constexpr size_t kMostWithin = 50'000;

int32_t NumberOf(std::optional<civil::Day> day, int32_t otherwise) {
  return day ? static_cast<int32_t>(day->time_since_epoch().count()) : otherwise;
}

class Narrowed {
 public:
  Narrowed(const Backend& backend, const Narrowing& narrowing)
      : index_(backend.book.index()), narrowing_(narrowing), now_(backend.book.clock().Now()) {}

  void TakeWithin(const std::vector<PackedPtr>& files) {
    for (const PackedPtr& file : files) {
      if (Wants(*file)) out_.push_back(file);
    }
  }

  void TakeFewest() {
    const PresentCounts counts = index_.Counts();
    const int64_t situations = Sum(narrowing_.situations, [&](v1::Situation situation) {
      return v1::Situation_IsValid(situation) ? counts.situations[situation] : 0;
    });
    const int64_t states = Sum(narrowing_.deadline_states, [&](v1::DeadlineState state) {
      return static_cast<int64_t>(index_.CountInState(state));
    });
    // The index by kind is of deadlines that stand.
    const bool standing = narrowing_.deadline_states.empty();
    const int64_t kinds =
        !standing ? INT64_MAX : Sum(narrowing_.deadline_kinds, [&](v1::DeadlineKind kind) {
          return static_cast<int64_t>(index_.CountWith(kind));
        });
    const int64_t fewest = std::min({situations, kinds, states});
    if (fewest == INT64_MAX) {
      return TakeFirst(
          [&](const std::string& place) { return index_.Cases(place, kFetch, false); });
    }
    if (fewest == situations) return TakeSituations();
    if (fewest == kinds) return TakeKinds();
    TakeStates();
  }

  // Those whose present reading is over.
  void TakeStale(const Snapshot& snapshot) {
    for (const std::string& name : index_.OverBy(now_, SIZE_MAX)) {
      const PackedPtr file = snapshot.FindPacked(name);
      if (file && !file->dossier && !file->deleted) out_.push_back(file);
    }
  }

  // By title, each once.
  std::vector<PackedPtr> Take() {
    const auto title = [](const PackedPtr& file) {
      return std::tie(file->display_name, file->name);
    };
    std::sort(out_.begin(), out_.end(),
              [&](const PackedPtr& a, const PackedPtr& b) { return title(a) < title(b); });
    const auto same = [](const PackedPtr& a, const PackedPtr& b) { return a->name == b->name; };
    out_.erase(std::unique(out_.begin(), out_.end(), same), out_.end());
    return std::move(out_);
  }

 private:
  bool Wants(const PackedFile& file) const {
    return now_ < file.until && LetsThrough(narrowing_, file);
  }

  // How many cases have one of the values, at most; INT64_MAX where any value will do.
  template <class Values, class Count>
  static int64_t Sum(const Values& values, Count count) {
    if (values.empty()) return INT64_MAX;
    int64_t sum = 0;
    for (const auto value : values) sum += count(value);
    return sum;
  }

  // The first that are wanted of a list by title.
  template <class Fetch>
  void TakeFirst(Fetch fetch) {
    std::string place;
    size_t taken = 0;
    while (true) {
      const std::vector<PackedPtr> part = fetch(place);
      for (const PackedPtr& file : part) {
        if (!Wants(*file)) continue;
        out_.push_back(file);
        if (++taken > kMaxFound) return;
      }
      if (part.size() < kFetch) return;
      place = PlaceOf(*part.back());
    }
  }

  void TakeSituations() {
    for (const v1::Situation situation : narrowing_.situations) {
      TakeFirst([&](const std::string& place) { return index_.CasesIn(situation, place, kFetch); });
    }
  }

  void TakeKinds() {
    for (const v1::DeadlineKind kind : narrowing_.deadline_kinds) {
      TakeFirst([&](const std::string& place) { return index_.CasesWith(kind, place, kFetch); });
    }
  }

  void TakeStates() {
    for (const v1::DeadlineState state : narrowing_.deadline_states) {
      TakeFirst(
          [&](const std::string& place) { return index_.CasesInState(state, place, kFetch); });
    }
  }

  const PresentIndex& index_;
  const Narrowing& narrowing_;
  const absl::Time now_;
  std::vector<PackedPtr> out_;
};

}  // namespace

std::vector<PackedPtr> NarrowedCases(const Backend& backend, const Narrowing& narrowing) {
  Narrowed cases(backend, narrowing);
  std::optional<std::vector<PackedPtr>> within;
  if (narrowing.deadline_from || narrowing.deadline_until) {
    within = backend.book.index().FilesWithin(NumberOf(narrowing.deadline_from, INT_MIN),
                                              NumberOf(narrowing.deadline_until, kNoDay - 1),
                                              kMostWithin);
  }
  if (within) {
    cases.TakeWithin(*within);
  } else {
    cases.TakeFewest();
  }
  cases.TakeStale(*backend.book.Present());
  return cases.Take();
}

}  // namespace vigil::registry
