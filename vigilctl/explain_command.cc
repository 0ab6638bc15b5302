#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

#include "vigil/registry/v1/registry_service.grpc.pb.h"
#include "vigilctl/commands.h"
#include "vigilctl/read_options.h"
#include "vigilctl/words.h"

namespace vigil::vigilctl {
namespace {

struct ExplainArguments {
  std::string name;
  ReadOptions read;
};

// The day or days, and which moment of them is meant.
std::string Days(const registry::v1::Deadline& deadline) {
  const auto& first =
      deadline.earliest_time().empty() ? deadline.earliest() : deadline.earliest_time();
  const auto& last = deadline.latest_time().empty() ? deadline.latest() : deadline.latest_time();
  const std::string days = first == last ? first : fmt::format("{} to {}", first, last);
  return fmt::format("{} ({}, {})", days, Word(deadline.boundary()), deadline.time_zone());
}

void Print(const registry::v1::Deadline& deadline) {
  fmt::print("{}\n", deadline.title());
  const auto line = [](std::string_view what, const std::string& value) {
    if (!value.empty()) fmt::print("  {:<12} {}\n", what, value);
  };
  line("date", Days(deadline));
  line("state", Word(deadline.state()));
  line("precision", Word(deadline.precision()));
  line("assumed", fmt::format("{}", fmt::join(deadline.assumptions(), ", ")));
  line("recurs", deadline.recurrence());
  if (deadline.eligibility() != registry::v1::ELIGIBILITY_UNSPECIFIED) {
    line("eligibility", Word(deadline.eligibility()) +
                            (deadline.eligibility_reason().empty() ? "" : ": ") +
                            deadline.eligibility_reason());
  }
  line("rule", fmt::format("{}, confidence {}", deadline.rule(), Word(deadline.confidence())));
  line("citation", deadline.citation());
  line("facts", fmt::format("{}", fmt::join(deadline.facts(), ", ")));
  line("do", deadline.action());
  fmt::print("  why\n");
  for (const auto& step : deadline.explanation()) fmt::print("    - {}\n", step);
}

void Explain(const ExplainArguments& arguments, const Session& session) {
  registry::v1::GetDeadlineRequest request;
  request.set_name(arguments.name);
  SetReadOptions(arguments.read, "explain", request);
  const auto deadline =
      Connection(session).Call(&registry::v1::DeadlineService::Stub::GetDeadline, request);
  if (session.json) {
    fmt::print("{}", ToJson(deadline));
  } else {
    Print(deadline);
  }
}

}  // namespace

void AddExplain(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<ExplainArguments>();
  auto* explain = app.add_subcommand("explain", "prints a deadline with its reasoning");
  explain->add_option("NAME", arguments->name, "cases/{case}/deadlines/{deadline}")->required();
  AddReadOptions<registry::v1::GetDeadlineRequest>(*explain, arguments->read);
  explain->callback([arguments, &session] { Explain(*arguments, session); });
}

}  // namespace vigil::vigilctl
