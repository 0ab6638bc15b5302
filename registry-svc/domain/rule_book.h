// The rules of all packs and the calendars, compiled once and indexed by what triggers them.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/civil/working_days.h"
#include "vigil/rules/v1/archive.pb.h"
#include "vigil/rules/v1/calendar.pb.h"
#include "vigil/rules/v1/rule.pb.h"

namespace vigil::registry {

struct CompiledBook;  // compiled_rules.h

// Immutable; cheap to copy; safe from any thread.
class RuleBook {
 public:
  // Reads every *.yaml of the two folders (rules::v1::RulePack and rules::v1::Calendar).
  // INVALID_ARGUMENT or NOT_FOUND naming file, line and key. In rule_book_load.cc, the domain's one
  // file with I/O.
  static absl::StatusOr<RuleBook> Load(const std::string& rules_dir,
                                       const std::string& calendars_dir);

  // Compiles packs and calendars that are already read. INVALID_ARGUMENT naming the pack, the rule
  // and the key.
  static absl::StatusOr<RuleBook> Compile(const std::vector<rules::v1::RulePack>& packs,
                                          const std::vector<rules::v1::Calendar>& calendars);

  // The same from an archive. A copy of archive() with a pack, a rule or a calendar changed gives
  // the book of a "what if".
  static absl::StatusOr<RuleBook> Compile(rules::v1::RuleArchive archive);

  // A hash of the content of all packs and calendars, 32 hex digits: the same data, the same
  // version. Examples do not count.
  const std::string& version() const;

  // The packs and calendars it was made from.
  const rules::v1::RuleArchive& archive() const;

  // Working days by country.
  const civil::Calendars& calendars() const;

  // For the engine.
  const CompiledBook& compiled() const { return *book_; }

 private:
  explicit RuleBook(std::shared_ptr<const CompiledBook> book) : book_(std::move(book)) {}

  std::shared_ptr<const CompiledBook> book_;
};

}  // namespace vigil::registry
