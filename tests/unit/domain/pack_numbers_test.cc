// Findings say by how many days a date could move. Those numbers come from the packs: another
// pack, another number.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "tests/unit/domain/case_builder.h"

namespace vigil::registry {
namespace {

using rules::v1::RuleArchive;

rules::v1::Rule& RuleOf(RuleArchive& archive, std::string_view id) {
  for (rules::v1::RulePack& pack : *archive.mutable_packs()) {
    for (rules::v1::Rule& rule : *pack.mutable_rules()) {
      if (rule.id() == id) return rule;
    }
  }
  ADD_FAILURE() << "no rule " << id;
  return *archive.add_packs()->add_rules();
}

rules::v1::Procedure& Procedure(RuleArchive& archive) {
  for (rules::v1::RulePack& pack : *archive.mutable_packs()) {
    if (pack.procedures_size() > 0) return *pack.mutable_procedures(0);
  }
  ADD_FAILURE() << "no procedure";
  return *archive.add_packs()->add_procedures();
}

// What a day in custody is worth.
void SetCredit(RuleArchive& archive, v1::Penalty penalty, v1::Regime regime, int days) {
  for (rules::v1::Credit& credit : *Procedure(archive).mutable_credits()) {
    if (credit.of() == rules::v1::CREDIT_OF_CUSTODY && credit.penalty() == penalty &&
        credit.regime() == regime) {
      credit.set_numerator(days);
    }
  }
}

// The part of an article of the code of 2014.
rules::v1::ArticlePart& Part(RuleArchive& archive, std::string_view article,
                             std::string_view part) {
  for (rules::v1::RulePack& pack : *archive.mutable_packs()) {
    for (rules::v1::ArticleTable& table : *pack.mutable_articles()) {
      if (table.code() != v1::CODE_EDITION_KZ_CC_2014) continue;
      for (rules::v1::Article& one : *table.mutable_articles()) {
        if (one.number() != article) continue;
        for (rules::v1::ArticlePart& found : *one.mutable_parts()) {
          if (found.number() == part) return found;
        }
      }
    }
  }
  ADD_FAILURE() << "no part " << article << "(" << part << ")";
  return *archive.add_packs()->add_articles()->add_articles()->add_parts();
}

struct Change {
  const char* what;
  void (*change)(RuleArchive&);
  std::vector<const char*> facts;
  std::string_view kind;
  // Days by the packs of the tree, and by the changed ones; nothing: there is no such finding.
  std::optional<int> before, after;
  const char* as_of = "2018-04-28";
};

constexpr char kPrison[] =
    "{date: 2016-11-28, verdict: {penalty: imprisonment, term: P5Y, charges: [{code_edition: "
    "kz_cc_2014, article: '419', outcome: convicted, gravity: {value: grave}}]}}";
constexpr char kGravityAssumed[] =
    "{date: 2016-11-28, verdict: {penalty: imprisonment, term: P5Y, charges: [{outcome: "
    "convicted, gravity: {value: grave, assumed: true}}]}}";
constexpr char kRestricted[] =
    "{date: 2017-08-01, verdict: {penalty: restriction_of_liberty, term: P3Y}}";
constexpr char kEmbezzled[] =
    "{date: 2017-08-01, verdict: {penalty: imprisonment, term: P3Y, charges: [{code_edition: "
    "kz_cc_2014, article: '189', part: '1', outcome: convicted, gravity: {value: grave}}]}}";

const Change kChanges[] = {
    {"a day in custody is worth three under a minimum regime",
     [](RuleArchive& a) { SetCredit(a, v1::PENALTY_IMPRISONMENT, v1::REGIME_MINIMUM, 3); },
     {"{date: 2016-06-01, custody: {kind: remand}}",
      "{date: 2016-11-28, verdict: {penalty: imprisonment, term: P5Y}}",
      "{date: 2017-01-20, appeal_decision: {of: f2, result: upheld}}"},
     kRegimeUnknown,
     233,
     466,
     "2020-06-01"},
    {"a day in custody is worth three of restriction",
     [](RuleArchive& a) {
       SetCredit(a, v1::PENALTY_RESTRICTION_OF_LIBERTY, v1::REGIME_UNSPECIFIED, 3);
     },
     {"{custody: {kind: remand, length: P6M}}", kRestricted},
     kCustodyNotCredited,
     362,
     543},
    {"parole after a quarter",
     [](RuleArchive& a) {
       RuleOf(a, "KZ.CC.72.3").mutable_amount()->mutable_fraction()->set_grave("1/4");
     },
     {kPrison, "{date: 2018-04-02, parole: {of: f1}}"},
     kParoleTooEarly,
     421,
     std::nullopt},
    {"a milder penalty after a quarter",
     [](RuleArchive& a) {
       RuleOf(a, "KZ.CC.73.2").mutable_amount()->mutable_fraction()->set_grave("1/4");
     },
     {kPrison, "{date: 2018-04-13, replacement: {of: f1, penalty: restriction_of_liberty}}"},
     kReplacementTooEarly,
     106,
     std::nullopt},
    {"custody lasts a year at most",
     [](RuleArchive& a) { Procedure(a).set_longest_custody("P12M"); },
     {kPrison},
     kCustodyStartUnknown,
     546,
     365},
    {"an appeal takes half a year",
     [](RuleArchive& a) { Procedure(a).set_usual_appeal("P6M"); },
     {kRestricted},
     kAppealUnknown,
     90,
     181},
    {"a ban of twelve years is allowed",
     [](RuleArchive& a) { Procedure(a).set_longest_ban("P12Y"); },
     {"{date: 2017-08-01, verdict: {penalty: restriction_of_liberty, term: P1Y, bans: [{what: x, "
      "term: P11Y}]}}"},
     kBanTermUnusual,
     0,
     std::nullopt},
    {"a restriction of four years is too long",
     [](RuleArchive& a) { Procedure(a).set_longest_restriction("P2Y"); },
     {kRestricted},
     kRestrictionTermUnusual,
     std::nullopt,
     0},
    {"the record of a crime of medium gravity lasts a year",
     [](RuleArchive& a) {
       RuleOf(a, "KZ.CC.79.3.PRISON").mutable_amount()->mutable_by_gravity()->set_medium("P1Y");
     },
     {kGravityAssumed},
     kGravityNotRead,
     1095,
     1826},
    {"provisional arrest of sixty days",
     [](RuleArchive& a) { RuleOf(a, "UA.CPC.583").mutable_amount()->set_term("P60D"); },
     {"{date: 2018-04-01, custody: {kind: extradition, holding_state: UA, requesting_state: KZ}}"},
     kOtherLimitPossible,
     325,
     305},
    {"the treaty binds since 2000",
     [](RuleArchive& a) { RuleOf(a, "UN.HRC.ADM.5Y").mutable_in_force()->set_from("2000-01-01"); },
     {"{date: 2008-02-01, verdict: {penalty: imprisonment, term: P5Y}}",
      "{date: 2010-02-01, appeal_decision: {of: f1, remedies_exhausted: true}}"},
     kBeforeTheTreaty,
     0,
     std::nullopt},
    {"the first part of the article is grave",
     [](RuleArchive& a) { Part(a, "189", "1").set_gravity(v1::GRAVITY_VALUE_GRAVE); },
     {kEmbezzled},
     kGravityContradicted,
     0,
     std::nullopt},
};

void PrintTo(const Change& change, std::ostream* out) { *out << change.what; }

std::optional<int> DaysOfFinding(const Change& change, const RuleBook& book) {
  TestCase one;
  for (const char* fact : change.facts) one.Fact(fact);
  const auto found =
      FindingsOf(DeriveDeadlines(one.View(), book, *civil::ParseDay(change.as_of)), change.kind);
  EXPECT_LE(found.size(), 1u);
  return found.empty() ? std::nullopt : std::optional<int>(found[0].max_shift_days());
}

class PackNumbers : public testing::TestWithParam<Change> {};

TEST_P(PackNumbers, ChangedPack_MovesItsFindings) {
  RuleArchive archive = Rules().archive();
  GetParam().change(archive);
  const auto changed = RuleBook::Compile(std::move(archive));
  ASSERT_TRUE(changed.ok()) << changed.status();
  ASSERT_NE(changed->version(), Rules().version()) << "the change changes nothing";
  EXPECT_EQ(DaysOfFinding(GetParam(), Rules()), GetParam().before);
  EXPECT_EQ(DaysOfFinding(GetParam(), *changed), GetParam().after);
}

INSTANTIATE_TEST_SUITE_P(All, PackNumbers, testing::ValuesIn(kChanges));

}  // namespace
}  // namespace vigil::registry
