#include <fmt/format.h>

#include <memory>

#include "common/clock/clock.h"
#include "common/clock/clock_file.h"
#include "vigilctl/commands.h"

namespace vigil::vigilctl {
namespace {

struct ClockArguments {
  std::string file;
  ClockRequest request;
  double starts_in = 0;
};

void InitClock(const ClockArguments& arguments) {
  const auto live = OpenClock("");
  if (!live.ok()) Fail(live.status());
  const auto origin = (*live)->Wall() + absl::Seconds(arguments.starts_in);
  const auto written = InitClockFile(arguments.file, arguments.request, origin);
  if (!written.ok()) Fail(written.status());
}

}  // namespace

void AddClock(CLI::App& app) {
  auto arguments = std::make_shared<ClockArguments>();
  auto* clock = app.add_subcommand("clock", "the clock that all services of an instance share");
  clock->require_subcommand(1);
  auto* init = clock->add_subcommand("init", "writes it, once; an equal one is kept");
  init->add_option("FILE", arguments->file, "the clock file")->required();
  init->add_option("--start", arguments->request.start, "`live`, or an RFC 3339 time to start at");
  init->add_option("--rate", arguments->request.rate, "calendar seconds a second");
  init->add_option("--starts-in", arguments->starts_in,
                   "seconds of wall time during which the calendar stands at its start");
  init->callback([arguments] { InitClock(*arguments); });
}

}  // namespace vigil::vigilctl
