#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

#include "vigil/registry/v1/registry_service.grpc.pb.h"
#include "vigilctl/commands.h"

namespace vigil::vigilctl {
namespace {

struct ExplainArguments {
  std::string name, as_of;
};

void Print(const registry::v1::Deadline& deadline) {
  using namespace registry::v1;
  fmt::print("{}\n", deadline.title());
  fmt::print("  {} to {}  {}  {}\n", deadline.earliest(), deadline.latest(),
             DeadlineState_Name(deadline.state()), DeadlinePrecision_Name(deadline.precision()));
  if (!deadline.assumptions().empty()) {
    fmt::print("  assumed: {}\n", fmt::join(deadline.assumptions(), ", "));
  }
  if (!deadline.eligibility_reason().empty()) {
    fmt::print("  {}: {}\n", Eligibility_Name(deadline.eligibility()),
               deadline.eligibility_reason());
  }
  for (const auto& step : deadline.explanation()) fmt::print("  - {}\n", step);
  fmt::print("  rule {}, {}, {}\n", deadline.rule(), deadline.citation(),
             Confidence_Name(deadline.confidence()));
  fmt::print("  {}\n", deadline.action());
}

void Explain(const ExplainArguments& arguments, const Session& session) {
  registry::v1::GetDeadlineRequest request;
  request.set_name(arguments.name);
  request.set_as_of(arguments.as_of);
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
  explain->add_option("--as-of", arguments->as_of, "the day in the world, YYYY-MM-DD");
  explain->callback([arguments, &session] { Explain(*arguments, session); });
}

}  // namespace vigil::vigilctl
