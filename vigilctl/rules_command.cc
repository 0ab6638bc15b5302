#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <memory>

#include "registry-svc/domain/rule_check.h"
#include "registry-svc/domain/rule_examples.h"
#include "vigilctl/commands.h"
#include "vigilctl/words.h"

namespace vigil::vigilctl {
namespace {

namespace fs = std::filesystem;
namespace rules = ::vigil::rules::v1;

struct RulesArguments {
  std::string folder = "data";
  std::string rule;
};

struct Folders {
  std::string rules, calendars;
};

// `data` holds both folders; `data/rules` itself is taken too.
Folders FoldersOf(const std::string& folder) {
  const fs::path path(folder);
  if (fs::is_directory(path / "rules")) {
    return {(path / "rules").string(), (path / "calendars").string()};
  }
  return {path.string(), (path.lexically_normal() / ".." / "calendars").string()};
}

void Check(const RulesArguments& arguments) {
  const Folders folders = FoldersOf(arguments.folder);
  const auto report = registry::CheckRuleFiles(folders.rules, folders.calendars);
  for (const auto& problem : report.problems) {
    fmt::print("{}:{}: {}\n", problem.file, problem.line, problem.text);
  }
  if (!report.problems.empty()) {
    fmt::print("{} wrong\n", report.problems.size());
    std::exit(1);
  }
  fmt::print("{} packs, {} rules, {} examples: all hold\n", report.packs, report.rules,
             report.examples);
}

void Line(std::string_view what, const std::string& value) {
  if (!value.empty()) fmt::print("  {:<11} {}\n", what, value);
}

// A part of the rule in the words of its pack; nothing where it is not set.
std::string Form(const google::protobuf::Message& part) {
  std::string text = part.ShortDebugString();
  for (const char* prefix : {"FACT_KIND_", "PENALTY_", "CRIME_CLASS_", "BODY_", "LIST_KIND_"}) {
    for (size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at)) {
      text.erase(at, std::string_view(prefix).size());
    }
  }
  return text;
}

std::string Law(const rules::Rule& rule) {
  const rules::InForce& law = rule.in_force();
  std::string out = law.from().empty() && law.until().empty()
                        ? "on any day"
                        : fmt::format("{} to {}", law.from().empty() ? "always" : law.from(),
                                      law.until().empty() ? "now" : law.until());
  if (law.reaches_back()) return out + ", reaching back where it is the milder one";
  return out + (law.ongoing() ? ", for rights that go on" : ", on the day of the fact");
}

std::string Counting(const rules::Rule& rule) {
  const rules::Counting& counting = rule.counting();
  std::vector<std::string> out = {
      counting.first_day_counted() ? "the first day is counted" : "the first day is not counted",
      counting.roll() ? "a last day off rolls" : "nothing rolls"};
  if (counting.working_days()) out.push_back("working days");
  if (counting.day_after()) out.push_back("the day after is meant");
  return fmt::format("{}", fmt::join(out, ", "));
}

void PrintRule(const rules::RulePack& pack, const rules::Rule& rule) {
  fmt::print("{}@{}: {}\n", rule.id(), rule.version(), rule.title());
  Line("pack", fmt::format("{} ({})", pack.id(), pack.title()));
  if (rule.has_enabled() && !rule.enabled()) Line("", "SWITCHED OFF");
  Line("kind",
       fmt::format("{}, {}, for {}", Word(rule.kind()), Word(rule.nature()), Word(rule.actor())));
  Line("citation", rule.citation());
  Line("confidence", Word(rule.confidence()));
  Line("law", Law(rule));
  Line("arises", Form(rule.trigger()));
  Line("from", Word(rule.anchor()));
  Line("adds", Form(rule.amount()));
  Line("recurs", Form(rule.recurrence()));
  Line("counts", fmt::format("{}; {}", Counting(rule), Word(rule.boundary())));
  for (const rules::Bar& bar : rule.bars()) {
    Line("bar", fmt::format("{}: {}", Word(bar.result()), bar.reason()));
  }
  for (const auto& test : rule.met_by()) Line("met by", Form(test));
  for (const auto& test : rule.withdrawn_by()) Line("ends with", Form(test));
  Line("do", rule.action());
}

// The examples that name the rule, with the reasoning they give.
void PrintExamples(const registry::RuleBook& book, const std::string& id) {
  for (const rules::RulePack& pack : book.archive().packs()) {
    for (const rules::Example& example : pack.examples()) {
      const bool names =
          std::any_of(example.expect().begin(), example.expect().end(),
                      [&](const rules::ExpectedDate& expected) { return expected.rule() == id; });
      if (!names) continue;
      const auto derived = registry::DeriveExample(book, example);
      if (!derived.ok()) Fail(derived.status());
      fmt::print("  example: {}, on {}\n", example.title(), example.as_of());
      for (const auto& deadline : derived->deadlines) {
        if (deadline.rule().substr(0, deadline.rule().find('@')) != id) continue;
        fmt::print("    {} to {}, {}\n", deadline.earliest(), deadline.latest(),
                   Word(deadline.precision()));
        for (const auto& step : deadline.explanation()) fmt::print("      - {}\n", step);
      }
    }
  }
}

void ExplainRule(const RulesArguments& arguments) {
  const Folders folders = FoldersOf(arguments.folder);
  const auto book = registry::RuleBook::Load(folders.rules, folders.calendars);
  if (!book.ok()) Fail(book.status());
  bool found = false;
  for (const rules::RulePack& pack : book->archive().packs()) {
    for (const rules::Rule& rule : pack.rules()) {
      if (rule.id() != arguments.rule) continue;
      PrintRule(pack, rule);
      found = true;
    }
  }
  if (!found) Fail(absl::NotFoundError(fmt::format("no rule {}", arguments.rule)));
  PrintExamples(*book, arguments.rule);
}

}  // namespace

void AddRules(CLI::App& app) {
  auto arguments = std::make_shared<RulesArguments>();
  auto* rules = app.add_subcommand("rules", "checks and explains rule packs, without a service");
  rules->require_subcommand(1);
  auto* check = rules->add_subcommand("check", "reads packs and calendars and runs the examples");
  check->add_option("DIR", arguments->folder, "folder with rules/ and calendars/")
      ->capture_default_str();
  check->callback([arguments] { Check(*arguments); });
  auto* explain = rules->add_subcommand("explain", "prints a rule in words, with its examples");
  explain->add_option("RULE", arguments->rule, "id of the rule, KZ.CC.72.3")->required();
  explain->add_option("--data", arguments->folder, "folder with rules/ and calendars/")
      ->capture_default_str();
  explain->callback([arguments] { ExplainRule(*arguments); });
}

}  // namespace vigil::vigilctl
