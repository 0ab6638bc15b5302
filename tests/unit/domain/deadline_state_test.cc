// Names, states, marks and what depends on the day asked for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/domain/case_builder.h"

namespace vigil::registry {
namespace {

v1::Deadline Only(const TestCase& one, std::string_view rule,
                  std::string_view as_of = "2018-04-28") {
  const auto found = Of(one.Derive(as_of), rule);
  EXPECT_EQ(found.size(), 1u) << rule;
  return found.empty() ? v1::Deadline() : found[0];
}

TEST(DeadlineName, CorrectedFact_KeepsIt) {
  TestCase first;
  first.Fact("{date: 2018-04-07, custody: {kind: remand}}");
  TestCase corrected;
  corrected.Fact("{date: 2018-04-07, custody: {kind: remand}}");
  corrected.Fact("{date: 2018-04-09, lineage: f1, custody: {kind: remand}}");
  const v1::Deadline before = Only(first, "KZ.CPC.151.1");
  const v1::Deadline after = Only(corrected, "KZ.CPC.151.1");
  EXPECT_EQ(before.name(), after.name());
  EXPECT_EQ(after.earliest(), "2018-06-09");
}

TEST(DeadlineKnownTime, IsWhenTheLastOfItsFactsCameIntoTheRecord) {
  TestCase one;
  one.Fact("{date: 2016-06-01, create_time: '2018-04-22T10:00:00Z', custody: {kind: remand}}");
  one.Fact(
      "{date: 2016-11-28, create_time: '2018-04-20T10:00:00Z', "
      "verdict: {penalty: imprisonment, term: P5Y, regime: maximum}}");
  const v1::Deadline end = Only(one, "KZ.CC.62.PRISON");
  EXPECT_THAT(end.facts(), testing::SizeIs(2));
  EXPECT_EQ(end.known_time().seconds(), 1524391200);
}

TEST(DeadlineName, AlternativeThatIsAdded_KeepsTheMainOne) {
  TestCase first;
  first.Fact("{date: 2018-04-07, custody: {kind: remand}}");
  TestCase with_alternative;
  with_alternative.Fact("{date: 2018-04-07, custody: {kind: remand, alternative_starts: [f2]}}");
  with_alternative.Fact("{date: 2018-04-05, taken_to_police: {}}");
  const std::string name = Only(first, "KZ.CPC.151.1").name();
  int same = 0;
  for (const auto& deadline : Of(with_alternative.Derive(), "KZ.CPC.151.1")) {
    same += deadline.name() == name;
  }
  EXPECT_EQ(same, 1);
}

TEST(DeadlineName, Occurrences_KeepTheirsAsTimeGoesOn) {
  TestCase one;
  one.Fact("{date: 2016-10-14, committal: {}}");
  const auto early = Of(one.Derive("2018-04-28"), "KZ.CC.96.2.COMMISSION");
  const auto late = Of(one.Derive("2019-04-28"), "KZ.CC.96.2.COMMISSION");
  ASSERT_GT(late.size(), early.size());
  for (size_t i = 0; i < early.size(); ++i) {
    EXPECT_EQ(early[i].name(), late[i].name());
    EXPECT_EQ(early[i].earliest(), late[i].earliest());
  }
}

TEST(DeadlineName, HasAPlainId) {
  TestCase one;
  one.Fact("{date: 2018-04-07, custody: {kind: remand}}");
  for (const auto& deadline : one.Derive().deadlines) {
    const std::string id(IdOf(deadline.name()));
    EXPECT_EQ(id.size(), 16u);
    EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos) << id;
  }
}

TEST(DeadlineState, TurnsWithTheDay) {
  TestCase one;
  one.Fact("{date: 2017-11, custody: {kind: remand}}");  // [2018-01-01, 2018-01-30]
  EXPECT_EQ(Only(one, "KZ.CPC.151.1", "2017-12-31").state(), v1::DEADLINE_STATE_UPCOMING);
  EXPECT_EQ(Only(one, "KZ.CPC.151.1", "2018-01-01").state(), v1::DEADLINE_STATE_DUE);
  EXPECT_EQ(Only(one, "KZ.CPC.151.1", "2018-01-30").state(), v1::DEADLINE_STATE_DUE);
  EXPECT_EQ(Only(one, "KZ.CPC.151.1", "2018-01-31").state(), v1::DEADLINE_STATE_PASSED);
}

TEST(DeadlineState, WhatOpens_StaysDue) {
  TestCase one;
  one.Fact(
      "{date: 2016-11-28, verdict: {penalty: imprisonment, term: P5Y, charges: [{gravity: "
      "{value: grave}}]}}");
  EXPECT_EQ(Only(one, "KZ.CC.73.2", "2018-07-27").state(), v1::DEADLINE_STATE_UPCOMING);
  EXPECT_EQ(Only(one, "KZ.CC.73.2", "2018-07-28").state(), v1::DEADLINE_STATE_DUE);
  EXPECT_EQ(Only(one, "KZ.CC.73.2", "2020-07-28").state(), v1::DEADLINE_STATE_DUE);
}

TEST(DeadlineState, FactsOfTheFuture_DoNotCount) {
  TestCase one;
  one.Fact("{date: 2018-04-07, custody: {kind: remand}}");
  one.Fact("{date: 2018-05-01, release: {from: remand}}");
  EXPECT_EQ(Only(one, "KZ.CPC.151.1", "2018-04-30").state(), v1::DEADLINE_STATE_UPCOMING);
  EXPECT_EQ(Only(one, "KZ.CPC.151.1", "2018-05-01").state(), v1::DEADLINE_STATE_WITHDRAWN);
  EXPECT_TRUE(one.Derive("2018-04-06").deadlines.empty());
}

TEST(DeadlineState, Marks_MeetAndWaive) {
  TestCase one;
  one.Fact("{date: 2018-06-02, manual_date: {what: w, reason: r}}");
  const std::string id(IdOf(Only(one, "FACT.MANUAL").name()));
  TestCase met;
  met.Fact("{date: 2018-06-02, manual_date: {what: w, reason: r}}");
  met.Fact("{date: 2018-04-20, deadline_mark: {deadline: " + id +
           ", mark: MARK_MET, reason: done}}");
  EXPECT_EQ(Only(met, "FACT.MANUAL").state(), v1::DEADLINE_STATE_MET);
  EXPECT_EQ(Only(met, "FACT.MANUAL", "2018-04-19").state(), v1::DEADLINE_STATE_UPCOMING);
  met.Fact("{date: 2018-04-21, deadline_mark: {deadline: " + id +
           ", mark: MARK_WAIVED, reason: no more}}");
  EXPECT_EQ(Only(met, "FACT.MANUAL").state(), v1::DEADLINE_STATE_WAIVED);
  const v1::Deadline waived = Only(met, "FACT.MANUAL");
  EXPECT_THAT(Explained(waived), testing::HasSubstr("waived: no more"));
  ASSERT_EQ(waived.facts_size(), 2) << "the date and the last mark, whose words it tells";
  EXPECT_NE(waived.facts(0), waived.facts(1));
}

TEST(DeadlineState, WhatEndsIt_IsAmongItsFactsAndMovesNoDateOfTheRecord) {
  TestCase one;
  one.Fact("{date: 2018-04-07, custody: {kind: remand}}");
  const v1::Deadline before = Only(one, "KZ.CPC.151.1");
  one.Fact("{date: 2018-04-20, release: {from: remand}}");
  const v1::Deadline after = Only(one, "KZ.CPC.151.1");
  EXPECT_EQ(after.state(), v1::DEADLINE_STATE_WITHDRAWN);
  ASSERT_EQ(after.facts_size(), before.facts_size() + 1);
  EXPECT_EQ(after.facts(0), before.facts(0));
  EXPECT_EQ(after.known_time().seconds(), before.known_time().seconds());
}

TEST(DeadlineState, MarksAndDatesSetByHand_NameTheirAuthor) {
  TestCase one;
  one.Fact("{date: 2018-06-02, author: aigul, manual_date: {what: w, reason: r}}");
  const v1::Deadline set = Only(one, "FACT.MANUAL");
  EXPECT_THAT(Explained(set), testing::HasSubstr("Set by hand by aigul: w. Reason: r."));
  one.Fact("{date: 2018-04-20, author: maria, deadline_mark: {deadline: " +
           std::string(IdOf(set.name())) + ", mark: MARK_WAIVED, reason: no more}}");
  EXPECT_THAT(Explained(Only(one, "FACT.MANUAL")),
              testing::HasSubstr("Marked as waived by maria: no more."));
}

TEST(DeadlineState, Death_WithdrawsAllButWhatSurvives) {
  TestCase one;
  one.Fact("{date: 2016-11-28, verdict: {penalty: imprisonment, term: P5Y}}");
  one.Fact("{date: 2018-01-10, body_decision: {body: un_working_group_on_arbitrary_detention}}");
  one.Fact("{date: 2018-04-20, death: {}}");
  EXPECT_EQ(Only(one, "KZ.CC.62.PRISON").state(), v1::DEADLINE_STATE_WITHDRAWN);
  EXPECT_EQ(Only(one, "UN.WGAD.FU").state(), v1::DEADLINE_STATE_UPCOMING);
}

TEST(DeadlineState, ReplacedVerdict_WithdrawsWhatHungOnIt) {
  TestCase one;
  one.Fact("{date: 2016-11-28, verdict: {penalty: imprisonment, term: P5Y}}");
  one.Fact(
      "{date: 2018-01-10, verdict: {penalty: restriction_of_liberty, term: P1Y, replaces: "
      "[f1]}}");
  EXPECT_EQ(Only(one, "KZ.CC.62.PRISON").state(), v1::DEADLINE_STATE_WITHDRAWN);
}

TEST(Derivation, Twice_GivesTheSameBytes) {
  TestCase one;
  const std::string verdict = "{date: 2016-11-28, verdict: {penalty: imprisonment, term: P5Y}}";
  one.Fact(verdict);
  const Derivation first = one.Derive();
  const Derivation second = one.Derive();
  ASSERT_EQ(first.deadlines.size(), second.deadlines.size());
  for (size_t i = 0; i < first.deadlines.size(); ++i) {
    EXPECT_EQ(first.deadlines[i].SerializeAsString(), second.deadlines[i].SerializeAsString());
  }
}

TEST(Derivation, NoFacts_NoDeadlines) {
  TestCase one;
  EXPECT_TRUE(one.Derive().deadlines.empty());
  EXPECT_TRUE(one.Derive().findings.empty());
}

TEST(Derivation, OtherState_HasNoKazakhTerms) {
  TestCase one("country: CZ");
  one.Fact("{date: 2016-11-28, verdict: {penalty: imprisonment, term: P5Y}}");
  for (const v1::Deadline& deadline : one.Derive().deadlines) {
    EXPECT_EQ(deadline.rule().find("KZ."), std::string::npos) << deadline.rule();
  }
}

}  // namespace
}  // namespace vigil::registry
