#include "registry-svc/domain/compiled_rules.h"

#include <fmt/format.h>

#include <set>

#include "absl/strings/cord.h"
#include "registry-svc/domain/ids.h"
#include "registry-svc/domain/rule_book.h"
#include "registry-svc/domain/rule_compiler.h"

namespace vigil::registry {
namespace {

// Versions of one rule that reach back are one family: its first member stands for all.
void Index(CompiledBook& book) {
  std::unordered_map<std::string, CompiledRule*> first;
  for (CompiledRule& rule : book.rules) {
    if (rule.law.reaches_back) {
      const auto [known, is_first] = first.try_emplace(rule.rule.id(), &rule);
      known->second->versions.push_back(&rule);
      if (!is_first) continue;
    }
    if (rule.rule.trigger().facts().empty()) book.by_kind[0].push_back(&rule);
    for (int kind : rule.rule.trigger().facts()) book.by_kind.at(kind).push_back(&rule);
  }
}

// By content, so that the order of files does not count. Examples change nothing that is derived.
std::string VersionOf(const rules::v1::RuleArchive& archive) {
  std::set<std::string> parts;
  for (rules::v1::RulePack pack : archive.packs()) {
    pack.clear_examples();
    parts.insert("rules" + pack.SerializeAsString());
  }
  for (const auto& calendar : archive.calendars()) {
    parts.insert("calendar" + calendar.SerializeAsString());
  }
  IdHash low, high(0x6c62272e07bb0142ull);
  for (const std::string& part : parts) {
    low.Add(part);
    high.Add(part).Add(int64_t(part.size()));
  }
  return low.Hex() + high.Hex();
}

absl::Status StatusOf(const PackProblem& problem) {
  absl::Status status = absl::InvalidArgumentError(problem.text);
  if (!problem.path.empty()) status.SetPayload(kRulePathPayload, absl::Cord(problem.path));
  return status;
}

absl::Status CompileCalendar(const rules::v1::Calendar& calendar, CompiledBook& book) {
  absl::StatusOr<civil::WorkingDays> days = civil::WorkingDays::Make(calendar);
  if (!days.ok()) {
    return absl::InvalidArgumentError(
        fmt::format("calendar {}: {}", calendar.country(), std::string(days.status().message())));
  }
  if (!book.calendars.try_emplace(calendar.country(), *std::move(days)).second) {
    return absl::InvalidArgumentError(fmt::format("calendar {}: given twice", calendar.country()));
  }
  return absl::OkStatus();
}

}  // namespace

bool LawSpan::Covers(const civil::Span& when) const {
  if (until && when.first && *when.first > *until) return false;
  if (ongoing || !from) return true;
  return !when.last || *when.last >= *from;
}

const CompiledProcedure* CompiledBook::ProcedureOf(std::string_view country) const {
  const auto found = procedures.find(std::string(country));
  return found == procedures.end() ? nullptr : &found->second;
}

const civil::WorkingDays& CompiledBook::CalendarOf(std::string_view country) const {
  static const civil::WorkingDays& kWeekendsOnly = *new civil::WorkingDays();
  const auto found = calendars.find(country);
  return found == calendars.end() ? kWeekendsOnly : found->second;
}

absl::StatusOr<RuleBook> RuleBook::Compile(rules::v1::RuleArchive archive) {
  auto book = std::make_shared<CompiledBook>();
  std::vector<PackProblem> problems;
  for (const rules::v1::RulePack& pack : archive.packs()) CompilePack(pack, *book, problems);
  if (problems.empty()) CheckVersions(*book, problems);
  if (!problems.empty()) return StatusOf(problems.front());
  for (const rules::v1::Calendar& calendar : archive.calendars()) {
    if (absl::Status s = CompileCalendar(calendar, *book); !s.ok()) return s;
  }
  Index(*book);
  book->version = VersionOf(archive);
  book->archive = std::move(archive);
  return RuleBook(std::move(book));
}

absl::StatusOr<RuleBook> RuleBook::Compile(const std::vector<rules::v1::RulePack>& packs,
                                           const std::vector<rules::v1::Calendar>& calendars) {
  rules::v1::RuleArchive archive;
  archive.mutable_packs()->Assign(packs.begin(), packs.end());
  archive.mutable_calendars()->Assign(calendars.begin(), calendars.end());
  return Compile(std::move(archive));
}

const std::string& RuleBook::version() const { return book_->version; }

const civil::Calendars& RuleBook::calendars() const { return book_->calendars; }

const rules::v1::RuleArchive& RuleBook::archive() const { return book_->archive; }

}  // namespace vigil::registry
