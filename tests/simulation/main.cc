// simulate [--seeds N] [--seed S] [--except S,…] [--days D] [--bug NAME] [--jobs J] [--trace]: runs
// the deterministic simulation, J seeds at a time. A seed that breaks a promise is named, with the
// command that runs it again; with a bug put in, the first one that finds it is the last. Ends with
// the line `N seeds, V violations, Y simulated years a CPU second`, and with 1 where a promise was
// broken.
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <set>
#include <thread>

#include "common/log/log.h"
#include "tests/simulation/jobs.h"
#include "tests/simulation/simulation.h"

namespace vigil::alert::sim {
namespace {

// In one piece: several jobs write.
void Say(const std::string& text) {
  if (write(STDOUT_FILENO, text.data(), text.size()) < 0) std::exit(1);
}

// Runs one seed; what became of it is said.
void RunSeed(const SimulationOptions& options, bool digest, Totals& totals) {
  Simulation simulation(options);
  const auto found = simulation.Run();
  std::fflush(stdout);  // of a trace
  std::string text;
  if (digest) text += fmt::format("seed {}: digest {:016x}\n", options.seed, simulation.Digest());
  for (const std::string& one : found) text += fmt::format("seed {}: {}\n", options.seed, one);
  if (!found.empty() && options.bug == Bug::kNone) {
    text += fmt::format("again: scripts/simulate --seed {} --seeds 1 --days {} --verbose\n",
                        options.seed, options.days);
  }
  Say(text);
  totals.violations += found.size();
  totals.years += simulation.simulated_years();
}

double CpuSeconds(int who) {
  rusage used{};
  getrusage(who, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

}  // namespace
}  // namespace vigil::alert::sim

int main(int argc, char** argv) {
  using namespace vigil::alert::sim;
  int seeds = 100;
  int jobs = static_cast<int>(std::thread::hardware_concurrency());
  std::uint64_t seed = 1;
  std::set<std::uint64_t> except;
  SimulationOptions options;
  bool verbose = false, digest = false;
  CLI::App app("Runs the deterministic simulation of the alert engine.");
  app.add_option("--seeds", seeds, "How many seeds to run.")->check(CLI::PositiveNumber);
  app.add_option("--seed", seed, "The first seed.");
  app.add_option("--except", except, "Seeds to leave out.")->delimiter(',');
  app.add_option("--days", options.days, "Days of the calendar a seed runs with faults.");
  app.add_option("--jobs", jobs, "How many seeds run at a time; by default one a core.");
  app.add_flag("--verbose", verbose, "Show the engine's log.");
  app.add_flag("--trace", options.trace, "Print what happens, as it happens.");
  app.add_flag("--digest", digest, "Print a hash of what happened in each seed.");
  const std::map<std::string, Bug> bugs = {
      {"none", Bug::kNone},         {"no-fence", Bug::kNoFence}, {"no-done", Bug::kNoDone},
      {"no-epoch", Bug::kNoEpoch},  {"no-hold", Bug::kNoHold},   {"early", Bug::kEarly},
      {"lose-sets", Bug::kLoseSets}};
  app.add_option("--bug", options.bug, "Put a bug in, to see it found.")
      ->transform(CLI::CheckedTransformer(bugs));
  CLI11_PARSE(app, argc, argv);
  vigil::InitLog("simulate", verbose ? vigil::LogLevel::kInfo : vigil::LogLevel::kError);

  const bool bug = options.bug != Bug::kNone;
  // With a bug put in, one after the other: the first that finds it is the last.
  jobs = bug ? 1 : std::clamp(jobs, 1, std::min(seeds, kMostJobs));
  Totals& totals = SharedTotals();
  RunJobs(jobs, totals, [&] {
    if (bug && totals.violations > 0) return false;
    const int number = totals.begun++;
    if (number >= seeds) return false;
    options.seed = seed + static_cast<std::uint64_t>(number);
    if (!except.contains(options.seed)) RunSeed(options, digest, totals);
    return true;
  });
  const double seconds = CpuSeconds(RUSAGE_SELF) + CpuSeconds(RUSAGE_CHILDREN);
  Say(fmt::format("{} seeds, {} violations, {:.1f} simulated years a CPU second\n",
                  std::min<int>(totals.begun, seeds), totals.violations.load(),
                  totals.years / seconds));
  return totals.violations == 0 ? 0 : 1;
}
