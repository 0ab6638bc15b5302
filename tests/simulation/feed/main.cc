// The journal's feed against its contract.
#include <fmt/format.h>
#include <sodium.h>

#include <CLI/CLI.hpp>
#include <map>

#include "tests/simulation/feed/feed_simulation.h"
#include "tests/testing/temp_dir.h"

namespace {

using vigil::registry::FeedBug;
using vigil::registry::FeedSimulation;

const std::map<std::string, FeedBug> kBugs = {
    {"none", FeedBug::kNone},     {"early", FeedBug::kEarly}, {"drop", FeedBug::kDrop},
    {"double", FeedBug::kDouble}, {"shard", FeedBug::kShard}, {"gap", FeedBug::kGap},
    {"ahead", FeedBug::kAhead},   {"slow", FeedBug::kSlow},   {"token", FeedBug::kToken},
    {"behind", FeedBug::kBehind}, {"torn", FeedBug::kTorn},   {"line", FeedBug::kLine},
    {"id", FeedBug::kId}};

void Add(FeedSimulation::Counts& sum, const FeedSimulation::Counts& counts) {
  sum.revisions += counts.revisions;
  sum.messages += counts.messages;
  sum.watches += counts.watches;
  sum.refusals += counts.refusals;
  sum.slow += counts.slow;
  sum.kills += counts.kills;
  sum.restores += counts.restores;
  sum.compactions += counts.compactions;
  sum.parts += counts.parts;
  sum.shards.read += counts.shards.read;
  sum.shards.old += counts.shards.old;
  sum.shards.parts += counts.shards.parts;
  sum.shards.gone += counts.shards.gone;
  sum.consumers.acted += counts.consumers.acted;
  sum.consumers.begun += counts.consumers.begun;
  sum.consumers.behind += counts.consumers.behind;
  sum.consumers.died += counts.consumers.died;
  sum.consumers.died_writing += counts.consumers.died_writing;
  sum.consumers.lost += counts.consumers.lost;
  for (int i = 0; i < vigil::registry::kReaderFormats; ++i) {
    sum.gateway.taken[i] += counts.gateway.taken[i];
  }
  sum.gateway.crossed += counts.gateway.crossed;
  sum.gateway.refused += counts.gateway.refused;
  sum.gateway.torn += counts.gateway.torn;
}

// The first kind of fault that a run never met, and so has shown nothing about; empty where it met
// all.
std::string NeverMet(const FeedSimulation::Counts& sum) {
  const std::pair<const char*, int64_t> kinds[] = {
      {"refusals", sum.refusals},
      {"slow readers", sum.slow},
      {"kills", sum.kills},
      {"restores", sum.restores},
      {"compactions", sum.compactions},
      {"parts", sum.parts},
      {"shards", sum.shards.read},
      {"shards of an old revision", sum.shards.old},
      {"shards of a revision that is gone", sum.shards.gone},
      {"revisions acted upon", sum.consumers.acted},
      {"ledgers begun anew", sum.consumers.begun},
      {"writers that were behind", sum.consumers.behind},
      {"replicas that died with something in hand", sum.consumers.died},
      {"replicas that died writing", sum.consumers.died_writing},
      {"ledgers that lost writes", sum.consumers.lost},
      {"server-sent events", sum.gateway.taken[0]},
      {"lines of NDJSON", sum.gateway.taken[1]},
      {"messages over gRPC", sum.gateway.taken[2]},
      {"tokens taken to another format", sum.gateway.crossed},
      {"tokens that the gateway had refused", sum.gateway.refused},
      {"messages torn in the middle", sum.gateway.torn}};
  for (const auto& [kind, count] : kinds) {
    if (count == 0) return kind;
  }
  return "";
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App cli("The journal's feed against its contract: one writer, many watchers, and faults.");
  uint64_t seeds = 20;
  uint64_t first = 1;
  int steps = 300;
  std::string data = "data";
  FeedBug bug = FeedBug::kNone;
  cli.add_option("--seeds", seeds, "how many seeds to run");
  const auto* const one = cli.add_option("--seed", first, "run this one alone");
  cli.add_option("--steps", steps, "steps a seed");
  cli.add_option("--data", data, "folder with rules and calendars");
  cli.add_option("--bug", bug,
                 "break a promise on purpose: early, drop, double, shard, gap, ahead, slow, token, "
                 "behind, torn, line, id")
      ->transform(CLI::CheckedTransformer(kBugs));
  CLI11_PARSE(cli, argc, argv);
  if (one->count() > 0) seeds = 1;
  if (sodium_init() < 0) return 2;
  const auto rules = vigil::registry::RuleBook::Load(data + "/rules", data + "/calendars");
  if (!rules.ok()) {
    fmt::print("{}\n", std::string(rules.status().message()));
    return 2;
  }
  int ran = 0;
  int violations = 0;
  FeedSimulation::Counts sum;
  for (uint64_t seed = first; seed < first + seeds; ++seed) {
    const vigil::TempDir folder;
    FeedSimulation simulation({.seed = seed, .steps = steps, .folder = folder.path(), .bug = bug},
                              *rules);
    const std::string broken = simulation.Run();
    ++ran;
    Add(sum, simulation.counts());
    if (broken.empty()) continue;
    ++violations;
    fmt::print("seed {}: {}; again: simulate_feed --seed {} --steps {}\n", seed, broken, seed,
               steps);
    if (bug != FeedBug::kNone) break;  // it was noticed
  }
  fmt::print(
      "{} revisions, {} messages ({} parts), {} watches, {} refused, {} slow, {} kills, {} "
      "restores, {} compactions\n{} shards in {} parts, {} of an old revision, {} of one that was "
      "gone\n"
      "{} revisions acted upon, {} ledgers begun anew, {} writers behind, {} died with something "
      "in "
      "hand, {} writing, {} ledgers lost writes\n"
      "behind the gateway {} events, {} lines, {} messages over gRPC, {} went on in another "
      "format, "
      "{} refused, {} torn\n"
      "{} seeds, {} violations\n",
      sum.revisions, sum.messages, sum.parts, sum.watches, sum.refusals, sum.slow, sum.kills,
      sum.restores, sum.compactions, sum.shards.read, sum.shards.parts, sum.shards.old,
      sum.shards.gone, sum.consumers.acted, sum.consumers.begun, sum.consumers.behind,
      sum.consumers.died, sum.consumers.died_writing, sum.consumers.lost, sum.gateway.taken[0],
      sum.gateway.taken[1], sum.gateway.taken[2], sum.gateway.crossed, sum.gateway.refused,
      sum.gateway.torn, ran, violations);
  if (violations > 0) return 1;
  const std::string missing = one->count() > 0 ? "" : NeverMet(sum);
  if (!missing.empty()) fmt::print("no {}: these seeds show nothing, run more\n", missing);
  return missing.empty() ? 0 : 1;
}
