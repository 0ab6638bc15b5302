// Rules as the engine runs them: every text read, indexed by what triggers them. Internal to the
// domain.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/civil/span.h"
#include "common/civil/term.h"
#include "common/civil/working_days.h"
#include "registry-svc/domain/charges.h"
#include "vigil/registry/v1/deadline.pb.h"
#include "vigil/rules/v1/archive.pb.h"
#include "vigil/rules/v1/rule.pb.h"

namespace vigil::registry {

// Payload of a refusal of RuleBook::Compile: where in its file the wrong text stands,
// `rules[3].amount.term`.
inline constexpr char kRulePathPayload[] = "vigil/rule_path";

// Days on which something is law.
struct LawSpan {
  std::optional<civil::Day> from;
  std::optional<civil::Day> until;
  bool ongoing = false;
  bool reaches_back = false;

  // Law for a fact that may have happened on any day of [first, last].
  bool Covers(const civil::Span& when) const;
};

// A value for each category of gravity, by the number of the category.
template <class T>
using PerGravity = std::array<std::optional<T>, v1::GravityValue_ARRAYSIZE>;

// A rule with every text read.
struct CompiledRule {
  rules::v1::Rule rule;
  // What every deadline of the rule says alike.
  v1::Deadline prototype;
  LawSpan law;
  civil::Term term;
  civil::Term term_if_held;
  civil::Term less;
  civil::Term at_least_served;
  civil::Term every;
  civil::Term first;
  civil::Term known_within;
  std::optional<civil::Fraction> rest_fraction;
  bool by_gravity = false;
  PerGravity<civil::Fraction> fraction;
  PerGravity<civil::Term> gravity_term;
  PerGravity<civil::Term> term_if_hidden;
  ClassSet any_class = 0;
  ClassSet no_class = 0;
  std::vector<ClassSet> bar_classes;
  // Where a milder law reaches back, all versions of the rule, this one too; the mildest is used.
  std::vector<const CompiledRule*> versions;

  bool has_fraction() const { return rule.amount().has_fraction(); }
  bool recurs() const { return rule.has_recurrence(); }
};

// A credit with every text read.
struct CompiledCredit {
  rules::v1::Credit credit;
  LawSpan law;
};

// What the engine needs of a State's procedure.
struct CompiledProcedure {
  rules::v1::Procedure procedure;
  civil::Term appeal_term;
  // Operations that give entry into force from the day of a decision: ` +P15D roll/KZ +P1D`.
  std::string plain_entry_count;
  civil::Term longest_custody;
  civil::Term shortest_ban;
  civil::Term longest_ban;
  civil::Term shortest_restriction;
  civil::Term longest_restriction;
  civil::Term usual_appeal;
  std::vector<CompiledCredit> credits;
};

// Everything a derivation reads besides the case.
struct CompiledBook {
  std::vector<CompiledRule> rules;
  // Into `rules`, by Fact.what case; 0: rules about the case itself. Of a family of versions the
  // first alone.
  std::array<std::vector<const CompiledRule*>, 128> by_kind;
  ArticleIndex articles;
  std::unordered_map<std::string, CompiledProcedure> procedures;
  civil::Calendars calendars;
  std::string version;
  // What it was made from.
  rules::v1::RuleArchive archive;

  // The procedure of a State; null where no pack has it.
  const CompiledProcedure* ProcedureOf(std::string_view country) const;
  // Its working days; weekends only where no calendar is known.
  const civil::WorkingDays& CalendarOf(std::string_view country) const;
};

}  // namespace vigil::registry
