#include "alert-svc/engine/resend_range.h"

#include <algorithm>
#include <utility>

namespace vigil::alert {
namespace {

// So long one call goes on to the next letter (wall).
constexpr absl::Duration kBudget = absl::Seconds(5);

// Ids of the letters of a range, the first given up first.
struct Found {
  std::vector<std::string> ids;
  int over = 0;
};

Found Find(const World& world, const LetterRange& range) {
  std::vector<std::pair<absl::Time, std::string>> found;
  int over = 0;
  for (const auto& [id, letter] : DeadLettersOf(world)) {
    if (letter.receiver != range.receiver) continue;
    if (letter.first_time < range.from || letter.first_time >= range.until) continue;
    if (WhyOver(world, letter).empty()) {
      found.emplace_back(letter.first_time, id);
    } else {
      ++over;
    }
  }
  std::sort(found.begin(), found.end());
  Found result;
  result.over = over;
  for (auto& [time, id] : found) result.ids.push_back(std::move(id));
  return result;
}

// One letter; waits for its turn where that comes before `until` (monotonic).
Task<absl::StatusOr<Outcome>> ResendOne(Core& core, std::string id, absl::Duration until) {
  for (;;) {
    Async<absl::StatusOr<Outcome>> sent;
    auto resend = Resend(core, id, sent.Done());
    co_await resend;
    absl::StatusOr<Outcome> outcome = co_await sent;
    if (!outcome.ok() || outcome->kind != Outcome::Kind::kNotNow) co_return outcome;
    const absl::Duration wait =
        core.executor.clock().WallAt(core.Now() + outcome->retry_after) - core.Wall();
    if (core.Mono() + wait > until) co_return outcome;
    auto nap = Sleep(core.executor, wait);
    co_await nap;
  }
}

}  // namespace

Task<void> ResendRange(Core& core, LetterRange range, std::function<void(RangeResent)> done) {
  const absl::Duration until = core.Mono() + kBudget;
  const Found found = Find(core.world, range);
  RangeResent result;
  for (const std::string& id : found.ids) {
    if (core.Mono() >= until) break;
    auto send = ResendOne(core, id, until);
    absl::StatusOr<Outcome> outcome = co_await send;
    if (!outcome.ok()) continue;  // done with meanwhile
    result.letters.push_back({id, *std::move(outcome)});
    if (result.letters.back().outcome.kind != Outcome::Kind::kSent) break;
  }
  const Found rest = Find(core.world, range);
  result.left = static_cast<int>(rest.ids.size());
  result.over = rest.over;
  done(std::move(result));
}

}  // namespace vigil::alert
