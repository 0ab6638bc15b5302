#include <fmt/format.h>

#include <memory>
#include <vector>

#include "common/yaml/yaml.h"
#include "vigil/registry/v1/what_if.grpc.pb.h"
#include "vigilctl/commands.h"
#include "vigilctl/moves.h"
#include "vigilctl/read_options.h"
#include "vigilctl/words.h"

namespace vigil::vigilctl {
namespace {

namespace pb = registry::v1;

struct WhatIfArguments {
  std::string name;
  std::vector<std::string> facts, without, rules, calendars;
  ReadOptions read;
  bool unchanged = false;
};

pb::WhatIfRequest RequestOf(const WhatIfArguments& arguments) {
  pb::WhatIfRequest request;
  request.set_name(arguments.name);
  SetReadOptions(arguments.read, "what-if", request);
  request.set_show_unchanged(arguments.unchanged);
  for (const auto& file : arguments.facts) {
    if (auto status = LoadYaml(file, request.add_supposed_facts()); !status.ok()) Fail(status);
  }
  for (const auto& fact : arguments.without) request.add_without_facts(fact);
  const auto add = [](const std::string& file, pb::SupposedFile* supposed) {
    supposed->set_file(file);
    supposed->set_yaml(ReadText(file));
  };
  for (const auto& file : arguments.rules) add(file, request.add_rules());
  for (const auto& file : arguments.calendars) add(file, request.add_calendars());
  return request;
}

void Print(const pb::WhatIfResponse& answer) {
  fmt::print("as of {}\n", answer.as_of());
  if (answer.situation_before() != answer.situation_after()) {
    fmt::print("{}, instead of {}\n", Word(answer.situation_after()),
               Word(answer.situation_before()));
  }
  if (answer.moves().empty()) fmt::print("no deadline changes\n");
  for (const auto& move : answer.moves()) PrintMove(move);
  for (const auto& finding : answer.new_findings()) {
    fmt::print("new finding   {}: {}\n", finding.kind(), finding.text());
  }
  for (const auto& finding : answer.gone_findings()) {
    fmt::print("gone finding  {}: {}\n", finding.kind(), finding.text());
  }
}

void WhatIf(const WhatIfArguments& arguments, const Session& session) {
  const auto answer =
      Connection(session).Call(&pb::WhatIfService::Stub::WhatIf, RequestOf(arguments));
  if (session.json) {
    fmt::print("{}", ToJson(answer));
  } else {
    Print(answer);
  }
}

}  // namespace

void AddWhatIf(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<WhatIfArguments>();
  auto* what_if =
      app.add_subcommand("what-if", "prints which dates would move, and writes nothing");
  what_if->add_option("NAME", arguments->name, "cases/{case} or dossiers/{dossier}")->required();
  what_if->add_option("--fact", arguments->facts, "YAML file of a fact that is supposed");
  what_if->add_option("--without", arguments->without, "id of a fact that shall not count");
  what_if->add_option("--rules", arguments->rules, "rule pack in the place of that of its id");
  what_if->add_option("--calendar", arguments->calendars,
                      "calendar in the place of that of its country");
  AddReadOptions<pb::WhatIfRequest>(*what_if, arguments->read);
  what_if->add_flag("--all", arguments->unchanged, "deadlines that stay the same too");
  what_if->callback([arguments, &session] { WhatIf(*arguments, session); });
}

}  // namespace vigil::vigilctl
