// The domain's one file with I/O: reads packs and calendars.
#include <fmt/format.h>

#include <algorithm>

#include "common/yaml/yaml.h"
#include "registry-svc/domain/compiled_rules.h"
#include "registry-svc/domain/rule_book.h"
#include "registry-svc/domain/rule_check.h"
#include "registry-svc/domain/rule_compiler.h"
#include "registry-svc/domain/rule_examples.h"
#include "registry-svc/domain/rule_places.h"

namespace vigil::registry {
namespace {

struct PackFile {
  std::string file;
  YamlLines lines;
  rules::v1::RulePack pack;
};

// A status of the YAML reader as a problem of the file.
FileProblem Parted(const std::string& file, const absl::Status& status) {
  const YamlProblem problem = TakeApart(status, file);
  return {file, problem.line,
          problem.key.empty() ? problem.text : fmt::format("{}: {}", problem.key, problem.text)};
}

// Reads a folder's packs; what cannot be read is a problem.
std::vector<PackFile> ReadPacks(const std::string& folder, RuleFilesReport& report) {
  std::vector<PackFile> out;
  const absl::StatusOr<std::vector<std::string>> files = YamlFilesIn(folder);
  if (!files.ok()) {
    report.problems.push_back(Parted(folder, files.status()));
    return out;
  }
  for (const std::string& file : *files) {
    PackFile read{file, {}, {}};
    if (absl::Status s = LoadYaml(file, &read.pack, &read.lines); !s.ok()) {
      report.problems.push_back(Parted(file, s));
      continue;
    }
    CompiledBook alone;
    std::vector<PackProblem> problems;
    CompilePack(read.pack, alone, problems);
    for (const PackProblem& problem : problems) {
      report.problems.push_back({file, read.lines.LineAround(problem.path), problem.text});
    }
    out.push_back(std::move(read));
  }
  return out;
}

std::vector<rules::v1::Calendar> ReadCalendars(const std::string& folder, RuleFilesReport& report) {
  std::vector<rules::v1::Calendar> out;
  const absl::StatusOr<std::vector<std::string>> files = YamlFilesIn(folder);
  if (!files.ok()) {
    report.problems.push_back(Parted(folder, files.status()));
    return out;
  }
  for (const std::string& file : *files) {
    YamlLines lines;
    rules::v1::Calendar calendar;
    if (absl::Status s = LoadYaml(file, &calendar, &lines); !s.ok()) {
      report.problems.push_back(Parted(file, s));
    } else if (const auto alone = RuleBook::Compile({}, {calendar}); !alone.ok()) {
      report.problems.push_back({file, 1, std::string(alone.status().message())});
    } else {
      out.push_back(std::move(calendar));
    }
  }
  return out;
}

void CheckTogether(const std::vector<PackFile>& packs,
                   const std::vector<rules::v1::Calendar>& calendars, const std::string& folder,
                   RuleFilesReport& report) {
  std::vector<rules::v1::RulePack> all;
  for (const PackFile& read : packs) all.push_back(read.pack);
  const absl::StatusOr<RuleBook> book = RuleBook::Compile(all, calendars);
  if (!book.ok()) {
    report.problems.push_back({folder, 1, std::string(book.status().message())});
    return;
  }
  for (const PackFile& read : packs) {
    for (const auto& problems : {RunExamples(*book, read.pack), RulesWithoutExample(read.pack)}) {
      for (const ExampleProblem& problem : problems) {
        report.problems.push_back({read.file, read.lines.LineAround(problem.path), problem.text});
      }
    }
  }
}

}  // namespace

RuleFilesReport CheckRuleFiles(const std::string& rules_dir, const std::string& calendars_dir) {
  RuleFilesReport report;
  const std::vector<PackFile> packs = ReadPacks(rules_dir, report);
  const std::vector<rules::v1::Calendar> calendars = ReadCalendars(calendars_dir, report);
  for (const PackFile& read : packs) {
    ++report.packs;
    report.rules += read.pack.rules_size();
    report.examples += read.pack.examples_size();
  }
  if (report.problems.empty()) CheckTogether(packs, calendars, rules_dir, report);
  std::stable_sort(report.problems.begin(), report.problems.end(),
                   [](const FileProblem& a, const FileProblem& b) {
                     return std::pair(a.file, a.line) < std::pair(b.file, b.line);
                   });
  return report;
}

absl::StatusOr<RuleBook> RuleBook::Load(const std::string& rules_dir,
                                        const std::string& calendars_dir) {
  absl::StatusOr<std::vector<std::string>> files = YamlFilesIn(rules_dir);
  if (!files.ok()) return files.status();
  std::vector<rules::v1::RulePack> packs;
  for (const std::string& file : *files) {
    YamlLines lines;
    rules::v1::RulePack& pack = packs.emplace_back();
    if (absl::Status s = LoadYaml(file, &pack, &lines); !s.ok()) return s;
    // Each file on its own first, so that a refusal can name it.
    if (absl::StatusOr<RuleBook> alone = Compile({pack}, {}); !alone.ok()) {
      return Located(alone.status(), file, lines);
    }
  }
  absl::StatusOr<std::vector<std::string>> calendar_files = YamlFilesIn(calendars_dir);
  if (!calendar_files.ok()) return calendar_files.status();
  std::vector<rules::v1::Calendar> calendars;
  for (const std::string& file : *calendar_files) {
    YamlLines lines;
    rules::v1::Calendar& calendar = calendars.emplace_back();
    if (absl::Status s = LoadYaml(file, &calendar, &lines); !s.ok()) return s;
    if (absl::StatusOr<RuleBook> alone = Compile({}, {calendar}); !alone.ok()) {
      return Located(alone.status(), file, lines);
    }
  }
  return Compile(packs, calendars);
}

}  // namespace vigil::registry
