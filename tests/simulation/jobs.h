#pragma once

#include <atomic>
#include <cstddef>
#include <functional>

namespace vigil::alert::sim {

inline constexpr int kMostJobs = 256;

// What the jobs share, each a process of its own.
struct Totals {
  std::atomic<int> begun{0};  // seeds
  std::atomic<std::size_t> violations{0};
  std::atomic<double> years{0};
};

// In memory that processes forked from here on share with this one.
Totals& SharedTotals();

// Runs `next` in so many processes, in each until it returns false; one job runs in this process.
// A process that dies counts as a violation, and is said.
void RunJobs(int jobs, Totals& totals, const std::function<bool()>& next);

}  // namespace vigil::alert::sim
