#include "tests/unit/domain/compared.h"

#include <gtest/gtest.h>

namespace vigil::registry {
namespace {

// Of a recurring deadline those ahead, or after its end: how many of them are listed hangs on the
// day it began.
bool IsAhead(const v1::Deadline& deadline) {
  return !deadline.recurrence().empty() && (deadline.state() == v1::DEADLINE_STATE_UPCOMING ||
                                            deadline.state() == v1::DEADLINE_STATE_WITHDRAWN);
}

}  // namespace

Derivation DeriveFacts(const v1::Case& record, const Facts& facts, std::string_view as_of) {
  TestCase one(record);
  for (const v1::Fact& fact : facts) one.Add(fact);
  return one.Derive(as_of);
}

GeneratedCase Marked(uint64_t seed) {
  GeneratedCase one = Generate(seed);
  const Derivation derived = DeriveFacts(one.record, one.facts);
  if (seed % 3 != 0 || derived.deadlines.empty()) return one;
  const v1::Deadline& marked = derived.deadlines[seed % derived.deadlines.size()];
  // The last ones of what recurs come and go with the day it began.
  if (!marked.recurrence().empty()) return one;
  v1::Fact& fact = one.facts.emplace_back();
  fact.set_name("mark");
  fact.set_date("2029-01-01");
  v1::DeadlineMark& mark = *fact.mutable_deadline_mark();
  mark.set_deadline(marked.name());
  mark.set_mark(seed % 2 == 0 ? v1::DeadlineMark::MARK_MET : v1::DeadlineMark::MARK_WAIVED);
  mark.set_reason("w");
  return one;
}

std::string Describe(const v1::Case& record, const Facts& facts) {
  std::string out = record.ShortDebugString() + "\n";
  for (const v1::Fact& fact : facts) out += fact.ShortDebugString() + "\n";
  return out;
}

std::map<std::string, const v1::Deadline*> ByName(const Derivation& derived) {
  std::map<std::string, const v1::Deadline*> out;
  for (const v1::Deadline& deadline : derived.deadlines) {
    if (deadline.kind() == v1::DEADLINE_KIND_CASE_REVIEW) continue;
    EXPECT_TRUE(out.emplace(deadline.name(), &deadline).second) << deadline.rule();
  }
  return out;
}

std::string Told(const v1::Deadline& deadline) {
  return deadline.rule() + " " + Brief(deadline) + "\n" + Explained(deadline);
}

std::vector<std::string> Vanished(const std::map<std::string, const v1::Deadline*>& had,
                                  const std::map<std::string, const v1::Deadline*>& has) {
  std::vector<std::string> out;
  for (const auto& [name, deadline] : had) {
    if (has.contains(name) || IsAhead(*deadline) || !deadline->alternative_group().empty())
      continue;
    out.push_back(Told(*deadline));
  }
  return out;
}

void ExpectBound(const v1::Deadline& bounded, const v1::Deadline& known) {
  const v1::DeadlinePrecision precision = bounded.precision();
  if (precision == v1::DEADLINE_PRECISION_ESTIMATE) return;
  if (precision != v1::DEADLINE_PRECISION_NO_LATER_THAN) {
    EXPECT_GE(known.earliest(), bounded.earliest()) << Told(bounded) << Told(known);
  }
  if (precision != v1::DEADLINE_PRECISION_NO_EARLIER_THAN) {
    EXPECT_LE(known.latest(), bounded.latest()) << Told(bounded) << Told(known);
  }
}

void ExpectWithin(const v1::Deadline& window, const v1::Deadline& known) {
  EXPECT_LE(window.earliest(), known.earliest()) << Told(window) << Told(known);
  EXPECT_GE(window.latest(), known.latest()) << Told(window) << Told(known);
}

}  // namespace vigil::registry
