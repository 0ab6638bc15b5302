#include "vigilctl/moves.h"

#include <fmt/format.h>

#include "vigilctl/words.h"

namespace vigil::vigilctl {
namespace {

using registry::v1::Deadline;
using registry::v1::DeadlineMove;

std::string Days(const Deadline& deadline) { return Dates(deadline.earliest(), deadline.latest()); }

// `+31` for a later date.
std::string Shift(const DeadlineMove& move) {
  const int first = move.earliest_shift_days(), last = move.latest_shift_days();
  if (first == last) return first == 0 ? "" : fmt::format("{:+} days", first);
  return fmt::format("{:+} and {:+} days", first, last);
}

}  // namespace

void PrintMove(const DeadlineMove& move) {
  const Deadline& deadline = move.has_after() ? move.after() : move.before();
  fmt::print("{:<9} {:<24} {:<24} {:<10} {}; {}\n", Word(move.kind()),
             move.has_before() ? Days(move.before()) : "-",
             move.has_after() ? Days(move.after()) : "-", Shift(move), deadline.title(),
             deadline.name());
}

}  // namespace vigil::vigilctl
