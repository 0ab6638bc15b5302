// simulate [--seeds N] [--seed S] [--days D] [--bug NAME] [--trace]: runs the deterministic
// simulation. A seed that breaks a promise is named, with the command that runs it again; with a
// bug put in, the first one that finds it is the last. Ends with the line `N seeds, V violations, Y
// simulated years a CPU second`, and with 1 where a promise was broken.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <ctime>
#include <map>

#include "common/log/log.h"
#include "tests/simulation/simulation.h"

int main(int argc, char** argv) {
  using vigil::alert::sim::Bug;
  int seeds = 100;
  std::uint64_t seed = 1;
  vigil::alert::sim::SimulationOptions options;
  bool verbose = false;
  CLI::App app("Runs the deterministic simulation of the alert engine.");
  app.add_option("--seeds", seeds, "How many seeds to run.")->check(CLI::PositiveNumber);
  app.add_option("--seed", seed, "The first seed.");
  app.add_option("--days", options.days, "Days of the calendar a seed runs with faults.");
  app.add_flag("--verbose", verbose, "Show the engine's log.");
  app.add_flag("--trace", options.trace, "Print what happens, as it happens.");
  const std::map<std::string, Bug> bugs = {
      {"none", Bug::kNone},         {"no-fence", Bug::kNoFence}, {"no-done", Bug::kNoDone},
      {"no-epoch", Bug::kNoEpoch},  {"no-hold", Bug::kNoHold},   {"early", Bug::kEarly},
      {"lose-sets", Bug::kLoseSets}};
  app.add_option("--bug", options.bug, "Put a bug in, to see it found.")
      ->transform(CLI::CheckedTransformer(bugs));
  CLI11_PARSE(app, argc, argv);
  vigil::InitLog("simulate", verbose ? vigil::LogLevel::kInfo : vigil::LogLevel::kError);

  std::size_t violations = 0;
  int run = 0;
  double years = 0;
  const std::clock_t began = std::clock();
  while (run < seeds && (options.bug == Bug::kNone || violations == 0)) {
    options.seed = seed + static_cast<std::uint64_t>(run++);
    vigil::alert::sim::Simulation simulation(options);
    const auto found = simulation.Run();
    for (const std::string& text : found) fmt::print("seed {}: {}\n", options.seed, text);
    if (!found.empty() && options.bug == Bug::kNone) {
      fmt::print("again: scripts/simulate --seed {} --seeds 1 --days {} --verbose\n", options.seed,
                 options.days);
    }
    violations += found.size();
    years += simulation.simulated_years();
  }
  const double seconds = static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
  fmt::print("{} seeds, {} violations, {:.1f} simulated years a CPU second\n", run, violations,
             years / seconds);
  return violations == 0 ? 0 : 1;
}
