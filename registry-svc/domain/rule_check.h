// Everything that is wrong with the files of rules and calendars, at once.
#pragma once

#include <string>
#include <vector>

namespace vigil::registry {

// Something wrong in a file.
struct FileProblem {
  std::string file;
  // From 1.
  int line = 1;
  std::string text;
};

// What CheckRuleFiles found.
struct RuleFilesReport {
  // By file, then line. Empty: RuleBook::Load takes the folders, every rule has an example in its
  // own pack, and every example holds.
  std::vector<FileProblem> problems;
  int packs = 0;
  int rules = 0;
  int examples = 0;
};

// Reads the *.yaml of both folders as RuleBook::Load does, but goes on after a problem; and runs
// the examples of the packs, where all of them can be read. I/O; see rule_book_load.cc.
RuleFilesReport CheckRuleFiles(const std::string& rules_dir, const std::string& calendars_dir);

}  // namespace vigil::registry
