// simulate [--seeds N] [--seed S] [--days D] [--calm D] [--bug NAME] [--each-wait] [--jobs J]
// [--trace]: runs the deterministic simulation, J seeds at a time. A seed that breaks a promise is
// named, with the command that runs it again; with a bug put in, the first one that finds it is the
// last. Ends with the line `N seeds, V violations, Y simulated years a CPU second`, and with 1
// where a promise was broken. With --each-wait a seed runs once more for each wait of a replica's
// coroutines, and at this wait the replica dies: before what it waits for is begun, and after. With
// --crossed replicas stand still at a call until another one comes to a call about the same shard.
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
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

// The command that runs a seed again.
std::string Again(const SimulationOptions& options) {
  std::string more = options.crossed ? " --crossed" : "";
  if (options.dies_at > 0) {
    more += fmt::format(" --dies-at {}{}", options.dies_at,
                        options.dies_waiting ? " --dies-waiting" : "");
  }
  return fmt::format(
      "again: scripts/simulate --seed {} --seeds 1 --days {} --calm {}{} --verbose\n", options.seed,
      options.days, options.calm_days, more);
}

// What is to be run.
struct Command {
  SimulationOptions options;
  int seeds = 100;
  int jobs = static_cast<int>(std::thread::hardware_concurrency());
  bool each_wait = false;
  bool digest = false;
  bool verbose = false;
};

void AddOptions(CLI::App& app, Command& command) {
  SimulationOptions& options = command.options;
  app.add_option("--seeds", command.seeds, "How many seeds to run.")->check(CLI::PositiveNumber);
  app.add_option("--seed", options.seed, "The first seed.");
  app.add_option("--days", options.days, "Days of the calendar a seed runs with faults.");
  app.add_option("--calm", options.calm_days, "Days without, that follow.");
  app.add_option("--dies-at", options.dies_at, "At the wait of this number a replica dies.");
  app.add_flag("--dies-waiting", options.dies_waiting, "It dies once what it waits for is begun.");
  app.add_flag("--each-wait", command.each_wait, "At each wait of a seed, one after the other.");
  app.add_flag("--crossed", options.crossed,
               "Replicas stand still until others cross their calls.");
  app.add_option("--jobs", command.jobs, "How many seeds run at a time; by default one a core.");
  app.add_flag("--verbose", command.verbose, "Show the engine's log.");
  app.add_flag("--trace", options.trace, "Print what happens, as it happens.");
  app.add_flag("--digest", command.digest, "Print a hash of what happened in each seed.");
  const std::map<std::string, Bug> bugs = {
      {"none", Bug::kNone},          {"no-fence", Bug::kNoFence},        {"no-done", Bug::kNoDone},
      {"no-epoch", Bug::kNoEpoch},   {"no-hold", Bug::kNoHold},          {"early", Bug::kEarly},
      {"lose-sets", Bug::kLoseSets}, {"hold-custody", Bug::kHoldCustody}};
  app.add_option("--bug", options.bug, "Put a bug in, to see it found.")
      ->transform(CLI::CheckedTransformer(bugs));
}

// Runs one seed; what became of it is said.
void RunSeed(const SimulationOptions& options, bool digest, Totals& totals) {
  Simulation simulation(options);
  const auto found = simulation.Run();
  std::fflush(stdout);  // of a trace
  std::string text;
  if (digest) text += fmt::format("seed {}: digest {:016x}\n", options.seed, simulation.Digest());
  for (const std::string& one : found) text += fmt::format("seed {}: {}\n", options.seed, one);
  if (!found.empty() && options.bug == Bug::kNone) text += Again(options);
  Say(text);
  totals.violations += found.size();
  totals.years += simulation.simulated_years();
}

// Returns how many were run: with a bug put in, the first that finds it is the last.
int RunSeeds(const Command& command, Totals& totals) {
  const bool bug = command.options.bug != Bug::kNone;
  const int jobs = bug ? 1 : std::clamp(command.jobs, 1, std::min(command.seeds, kMostJobs));
  RunJobs(jobs, totals, [&] {
    if (bug && totals.violations > 0) return false;
    const int number = totals.begun++;
    if (number >= command.seeds) return false;
    SimulationOptions options = command.options;
    options.seed += static_cast<std::uint64_t>(number);
    RunSeed(options, command.digest, totals);
    return true;
  });
  return std::min<int>(totals.begun, command.seeds);
}

// Runs each seed once for each of its waits, and each way to die there.
int RunEachWait(const Command& command, Totals& totals) {
  SimulationOptions options = command.options;
  for (int i = 0; i < command.seeds; ++i, ++options.seed) {
    Simulation alive(options);
    alive.Run();
    const int deaths = 2 * alive.waits();
    totals.begun = 0;
    RunJobs(std::clamp(command.jobs, 1, kMostJobs), totals, [&] {
      const int death = totals.begun++;
      if (death >= deaths) return false;
      SimulationOptions dying = options;
      dying.dies_at = 1 + death / 2;
      dying.dies_waiting = death % 2 > 0;
      RunSeed(dying, command.digest, totals);
      return true;
    });
    Say(fmt::format("seed {}: died at each of {} waits\n", options.seed, alive.waits()));
  }
  return command.seeds;
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
  Command command;
  CLI::App app("Runs the deterministic simulation of the alert engine.");
  AddOptions(app, command);
  CLI11_PARSE(app, argc, argv);
  vigil::InitLog("simulate", command.verbose ? vigil::LogLevel::kInfo : vigil::LogLevel::kError);
  // What breaks is meant to.
  if (!command.verbose) vigil::SetLogSink([](std::string_view) {});
  Totals& totals = SharedTotals();
  const int seeds = command.each_wait ? RunEachWait(command, totals) : RunSeeds(command, totals);
  const double seconds = CpuSeconds(RUSAGE_SELF) + CpuSeconds(RUSAGE_CHILDREN);
  Say(fmt::format("{} seeds, {} violations, {:.1f} simulated years a CPU second\n", seeds,
                  totals.violations.load(), totals.years / seconds));
  return totals.violations == 0 ? 0 : 1;
}
