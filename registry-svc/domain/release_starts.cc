// The starts that leaving prison gives, and what was then left of the term.
#include <fmt/format.h>

#include <algorithm>

#include "registry-svc/domain/counting.h"

namespace vigil::registry {

Start ReleaseStart(const Reading& reading, const Sentence& sentence) {
  if (sentence.release != nullptr && sentence.release->date.closed()) {
    return AtDate(*sentence.release, sentence.release->date,
                  fmt::format("Released on {}.", civil::DescribeSpan(sentence.release->date)));
  }
  const CheckedFact* order = sentence.parole != nullptr ? sentence.parole : sentence.replacement;
  if (order == nullptr) return {};
  Start out = EntryIntoForce(reading, *order);
  out.later = true;
  out.assumptions |= kReleasedOnEntry;
  out.steps.push_back(fmt::format("{}: taken to be the day the order enters into force.",
                                  sentence.release == nullptr
                                      ? "No release is recorded"
                                      : "The day of the release is not known"));
  return out;
}

std::optional<std::pair<int, int>> RestOfTerm(const Reading& reading, const Sentence& sentence,
                                              Start& start) {
  const std::vector<Start> ends = SentenceEnds(reading, sentence);
  if (ends.empty()) return std::nullopt;
  const Start out_of_prison =
      sentence.paroled_release != nullptr
          ? AtDate(
                *sentence.paroled_release, sentence.paroled_release->date,
                fmt::format("Let out on {}.", civil::DescribeSpan(sentence.paroled_release->date)))
      : sentence.parole != nullptr ? EntryIntoForce(reading, *sentence.parole)
                                   : Start();
  if (out_of_prison.points.empty()) return std::nullopt;
  Range end = WindowOf(ends.front());
  for (const Start& other : ends) {
    end.first = std::min(end.first, WindowOf(other).first);
    end.last = std::max(end.last, WindowOf(other).last);
    Inherit(other, start);
  }
  const Range left = WindowOf(out_of_prison);
  start.earlier |= out_of_prison.later;
  start.later |= out_of_prison.earlier;
  for (const std::string& step : out_of_prison.steps) start.steps.push_back(step);
  for (const CheckedFact* fact : out_of_prison.facts) start.facts.push_back(fact);
  const int fewest = std::max(0, civil::DaysBetween(left.last, end.first));
  const int most = std::max(0, civil::DaysBetween(left.first, end.last));
  start.steps.push_back(
      fewest == most
          ? fmt::format("{} days were left when the person was let out.", most)
          : fmt::format("{} to {} days were left when the person was let out.", fewest, most));
  return std::pair(fewest, most);
}

}  // namespace vigil::registry
