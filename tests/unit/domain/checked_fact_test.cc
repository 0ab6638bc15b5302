#include "registry-svc/domain/checked_fact.h"

#include <gtest/gtest.h>

#include "common/yaml/yaml.h"

namespace vigil::registry {
namespace {

absl::StatusOr<CheckedFact> Check(std::string_view yaml) {
  v1::Fact fact;
  const absl::Status status = ParseYaml(yaml, "fact", &fact);
  EXPECT_TRUE(status.ok()) << status;
  return CheckFact(fact);
}

struct RefusedCase {
  const char* yaml;
  const char* field;
};

TEST(CheckFact, WhatCannotBeRead_NamesTheField) {
  const RefusedCase cases[] = {
      {"{date: 2018-02-30, source: {title: t}, search: {}}", "date"},
      {"{date: 2018-02, known_date: soon, source: {title: t}, search: {}}", "known_date"},
      {"{date: 2018-02, search: {}}", "source.title"},
      {"{date: 2018-02, source: {title: t}}", "what"},
      {"{date: 2018-02, source: {title: t}, verdict: {term: 5 years}}", "verdict.term"},
      {"{date: 2018-02, source: {title: t}, verdict: {served: yesterday}}", "verdict.served"},
      {"{date: 2018-02, source: {title: t}, verdict: {bans: [{term: P1Y}, {term: x}]}}",
       "verdict.bans[1].term"},
      {"{date: 2018-02, source: {title: t}, committal: {term: month}}", "committal.term"},
      {"{date: 2018-02, source: {title: t}, committal: {placed: 2018-2-1}}", "committal.placed"},
      {"{source: {title: t}, manual_date: {what: w, reason: r}}", "date"},
      {"{source: {title: t}, deadline_mark: {deadline: d, mark: MARK_MET}}",
       "deadline_mark.reason"},
      {"{source: {title: t}, deadline_mark: {deadline: d, reason: r}}", "deadline_mark.mark"},
  };
  for (const RefusedCase& c : cases) {
    const auto checked = Check(c.yaml);
    ASSERT_FALSE(checked.ok()) << c.yaml;
    EXPECT_EQ(checked.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(FieldOf(checked.status()), c.field) << checked.status();
  }
}

// What was decided, and when a copy was given.
TEST(CheckFact, CopyOfEveryDecision_IsReadAsADate) {
  const auto* what = v1::Fact::descriptor()->FindOneofByName("what");
  int decisions = 0;
  for (int i = 0; i < what->field_count(); ++i) {
    const auto* served = what->field(i)->message_type()->FindFieldByName("served");
    if (served == nullptr) continue;
    ++decisions;
    v1::Fact fact;
    fact.mutable_source()->set_title("t");
    google::protobuf::Message& said = *fact.GetReflection()->MutableMessage(&fact, what->field(i));
    said.GetReflection()->SetString(&said, served, "2018-04-02");
    const auto checked = CheckFact(fact);
    ASSERT_TRUE(checked.ok()) << checked.status();
    EXPECT_EQ(civil::DescribeSpan(checked->other_date), "2018-04-02") << what->field(i)->name();
    said.GetReflection()->SetString(&said, served, "yesterday");
    EXPECT_EQ(FieldOf(CheckFact(fact).status()), what->field(i)->name() + ".served");
  }
  EXPECT_EQ(decisions, 10);
}

TEST(CheckFact, DatesAndTerms_AreReadOnce) {
  const auto checked = Check(
      "{name: cases/c-1/facts/f2, date: 2016-10, source: {title: t}, verdict: {penalty: "
      "imprisonment, term: P5Y, served: 2016-11-02, bans: [{what: a}, {what: b, term: P3Y}]}}");
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_EQ(checked->term, (civil::Term{60, 0, 0}));
  ASSERT_EQ(checked->ban_terms.size(), 2u);
  EXPECT_TRUE(checked->ban_terms[0].empty());
  EXPECT_EQ(checked->ban_terms[1], (civil::Term{36, 0, 0}));
  EXPECT_TRUE(checked->other_date.exact());
  EXPECT_EQ(checked->line, "cases/c-1/facts/f2");
}

TEST(CheckFact, BareLineage_IsBesideTheFact) {
  const auto checked =
      Check("{name: cases/c-1/facts/f2, lineage: f1, source: {title: t}, search: {}}");
  ASSERT_TRUE(checked.ok());
  EXPECT_EQ(checked->line, "cases/c-1/facts/f1");
}

}  // namespace
}  // namespace vigil::registry
