// Whether decisions were appealed, and terms of appeal that were missed: each told once, and only
// of what weighs on the person.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/unit/domain/case_builder.h"

namespace vigil::registry {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kRestriction[] =
    "{date: 2018-04-02, verdict: {penalty: restriction_of_liberty, term: P1Y}}";
constexpr char kPrisonServedCopy[] =
    "{date: 2018-04-02, verdict: {penalty: imprisonment, term: P1Y, served: 2018-04-05}}";
constexpr char kLongAgo[] =
    "{date: 2017-04-10, verdict: {penalty: imprisonment, term: P3Y, regime: medium}}";

std::string RemedyOn(const TestCase& one, std::string_view as_of) {
  const auto found = FindingsOf(one.Derive(as_of), kAppealUnknown);
  EXPECT_EQ(found.size(), 1u);
  return found.empty() ? std::string() : found[0].remedy();
}

TEST(AppealFindings, UnknownAfterTheTerm_SaysThatItCanBeRestored) {
  TestCase one;
  one.Fact(kRestriction);
  EXPECT_THAT(RemedyOn(one, "2018-04-17"), Not(HasSubstr("restore")));
  EXPECT_THAT(RemedyOn(one, "2018-04-18"), HasSubstr("is over"));
  EXPECT_THAT(RemedyOn(one, "2018-04-18"), HasSubstr("restore it (CPC 50)"));
}

TEST(AppealFindings, UnknownOfAPrisoner_CountsFromTheCopy) {
  constexpr char kHeld[] = "{date: 2018-01-10, custody: {kind: remand}}";
  TestCase dated, undated;
  dated.Fact(kHeld).Fact(kPrisonServedCopy);
  undated.Fact(kHeld).Fact("{date: 2018-04-02, verdict: {penalty: imprisonment, term: P1Y}}");
  EXPECT_THAT(RemedyOn(dated, "2018-04-20"), Not(HasSubstr("restore")));
  EXPECT_THAT(RemedyOn(dated, "2018-04-21"), HasSubstr("is over"));
  EXPECT_THAT(RemedyOn(undated, "2018-04-21"), HasSubstr("may be over"));
}

TEST(AppealFindings, UnknownOfWhatIsInThePersonsFavour_AsksForNoRestoration) {
  TestCase paroled;
  paroled.Fact("{date: 2016-04-10, verdict: {penalty: imprisonment, term: P3Y}}");
  paroled.Fact("{date: 2018-02-01, parole: {of: f1, served: 2018-02-01}}");
  EXPECT_THAT(RemedyOn(paroled, "2018-04-28"), Not(HasSubstr("restore")));
}

// Facts, and of how many decisions the term of appeal is told to be missed.
struct Missed {
  const char* what;
  std::vector<const char*> facts;
  size_t findings;
  const char* as_of = "2018-04-28";
};

void CheckMissed(const std::vector<Missed>& rows) {
  for (const Missed& row : rows) {
    TestCase one;
    for (const char* fact : row.facts) one.Fact(fact);
    EXPECT_EQ(FindingsOf(one.Derive(row.as_of), kAppealTermMissed).size(), row.findings)
        << row.what;
  }
}

TEST(AppealFindings, MissedTermOfAVerdict_IsToldWhereItIsKnownAndWeighs) {
  CheckMissed({
      {"a convict in prison, from the copy", {kPrisonServedCopy}, 1, "2018-04-21"},
      {"the last day", {kPrisonServedCopy}, 0, "2018-04-20"},
      {"when the copy was given is not known",
       {"{date: 2018-04-02, verdict: {penalty: imprisonment, term: P1Y}}"},
       0},
      {"appealed",
       {kPrisonServedCopy, "{date: 2018-04-20, appeal_decision: {of: f1, result: upheld}}"},
       0},
      {"nobody appealed, and that is known",
       {kPrisonServedCopy, "{appeal_decision: {of: f1, result: not_appealed}}"},
       0},
      {"a fine", {"{date: 2018-04-02, verdict: {penalty: fine}}"}, 1},
      {"acquitted",
       {"{date: 2018-04-02, verdict: {penalty: none, charges: [{code_edition: kz_cc_2014, article: "
        "'174', outcome: acquitted}]}}"},
       0},
      {"acquitted of all, and no penalty is stated",
       {"{date: 2018-04-02, verdict: {charges: [{code_edition: kz_cc_2014, article: '174', "
        "outcome: acquitted}]}}"},
       0},
      {"served, as a fact says",
       {kPrisonServedCopy, "{date: 2018-05-02, release: {from: prison, ground: served}}"},
       0,
       "2018-06-01"},
      {"let out, and nothing says that anything is left",
       {kPrisonServedCopy, "{date: 2018-05-02, release: {from: prison}}"},
       0,
       "2018-06-01"},
      {"let out on parole: the term runs on",
       {kPrisonServedCopy, "{date: 2018-05-02, parole: {of: f1}}",
        "{date: 2018-05-22, release: {from: prison, ground: parole}}"},
       1,
       "2018-06-01"},
      {"served, as its dates say", {kPrisonServedCopy}, 0, "2019-05-01"},
      {"replaced",
       {kPrisonServedCopy,
        "{date: 2018-04-25, verdict: {penalty: imprisonment, term: P2Y, replaces: [f1]}}"},
       0},
      {"the convict died", {kPrisonServedCopy, "{date: 2018-04-15, death: {}}"}, 0},
  });
}

TEST(AppealFindings, MissedTermOfAnOrder_IsToldWhereItIsAgainstThePerson) {
  CheckMissed({
      {"a harsher regime",
       {kLongAgo,
        "{date: 2018-04-02, transfer: {to: w, regime: maximum, by_court_order: true, "
        "served: 2018-04-05}}"},
       1},
      {"a milder regime",
       {kLongAgo,
        "{date: 2018-04-02, transfer: {to: w, regime: minimum, by_court_order: true, "
        "served: 2018-04-05}}"},
       0},
      {"nobody knows which",
       {kLongAgo,
        "{date: 2018-04-02, transfer: {to: w, by_court_order: true, served: "
        "2018-04-05}}"},
       0},
      {"a harsher regime, and out since",
       {kLongAgo,
        "{date: 2018-04-02, transfer: {to: w, regime: maximum, by_court_order: true, served: "
        "2018-04-05}}",
        "{date: 2018-04-25, release: {from: prison, ground: early}}"},
       0},
      {"parole that was granted", {kLongAgo, "{date: 2018-04-02, parole: {of: f1}}"}, 0},
      {"a milder penalty that was granted",
       {kLongAgo,
        "{date: 2018-04-02, replacement: {of: f1, penalty: restriction_of_liberty, served: "
        "2018-04-05}}"},
       0},
      {"extradition",
       {"{date: 2018-04-02, extradition_step: {step: granted, requested_state: KZ, served: "
        "2018-04-05}}"},
       1},
      {"extradition that was refused after all",
       {"{date: 2018-04-02, extradition_step: {step: granted, requested_state: KZ, served: "
        "2018-04-05}}",
        "{date: 2018-04-20, extradition_step: {step: refused, requested_state: KZ}}"},
       0},
      {"custody", {"{date: 2018-04-02, custody: {kind: remand}}"}, 1},
      {"custody, and a complaint was decided",
       {"{date: 2018-04-02, custody: {kind: remand}}",
        "{date: 2018-04-10, appeal_decision: {of: f1, result: upheld}}"},
       0},
      {"custody that is over",
       {"{date: 2018-04-02, custody: {kind: remand}}",
        "{date: 2018-04-10, release: {from: remand}}"},
       0},
      {"custody before the verdict", {"{date: 2017-01-02, custody: {kind: remand}}", kLongAgo}, 0},
  });
}

TEST(AppealFindings, ServedSentence_IsToldByAMarkToo) {
  TestCase one;
  one.Fact("{date: 2016-04-04, verdict: {penalty: fine}}");
  const auto record = Of(one.Derive(), v1::DEADLINE_KIND_RECORD_EXPUNGED);
  ASSERT_EQ(record.size(), 1u);
  EXPECT_EQ(FindingsOf(one.Derive(), kAppealTermMissed).size(), 1u);
  v1::Fact mark;
  mark.set_date("2018-04-20");
  mark.mutable_deadline_mark()->set_deadline(std::string(IdOf(record[0].name())));
  mark.mutable_deadline_mark()->set_mark(v1::DeadlineMark::MARK_MET);
  mark.mutable_deadline_mark()->set_reason("paid, and a certificate says so");
  one.Add(mark);
  EXPECT_TRUE(FindingsOf(one.Derive(), kAppealTermMissed).empty());
}

// Where dates hang on whether a decision was appealed, that it is not known says the rest too.
TEST(AppealFindings, OneDecision_HasOneOfThem) {
  const std::vector<std::vector<const char*>> cases = {
      {kRestriction},
      {"{date: 2018-01-10, custody: {kind: remand}}", kPrisonServedCopy},
      {"{date: 2017-08-01, verdict: {penalty: restriction_of_liberty, term: P2Y}}",
       "{date: 2018-04-02, replacement: {of: f1, penalty: imprisonment}}"},
  };
  for (const auto& facts : cases) {
    TestCase one;
    for (const char* fact : facts) one.Fact(fact);
    const Derivation derived = one.Derive("2018-04-28");
    EXPECT_FALSE(FindingsOf(derived, kAppealUnknown).empty()) << facts[0];
    EXPECT_TRUE(FindingsOf(derived, kAppealTermMissed).empty()) << facts[0];
    for (const v1::Finding& finding : FindingsOf(derived, kAppealUnknown)) {
      EXPECT_THAT(finding.remedy(), HasSubstr("is over")) << finding.text();
    }
  }
}

// How often each decision of the report's cases is told of, on days before and after all terms.
TEST(AppealFindings, DecisionsOfTheReport_AreToldOfOnce) {
  std::set<std::string> restrictions;
  for (const TestCase& one : ReportCases()) {
    for (const char* as_of : {"2018-04-28", "2018-06-01", "2019-01-01"}) {
      std::map<std::string, int> told;
      const Derivation derived = one.Derive(as_of);
      for (const v1::Finding& finding : derived.findings) {
        const bool of_appeal =
            finding.kind() == kAppealUnknown || finding.kind() == kAppealTermMissed;
        if (of_appeal) ++told[finding.facts(0)];
      }
      for (const auto& [decision, times] : told) EXPECT_EQ(times, 1) << decision << " " << as_of;
      for (const v1::Deadline& end : Of(derived, "KZ.CC.44")) {
        if (told.contains(end.facts(0))) restrictions.insert(end.facts(0));
      }
    }
  }
  EXPECT_EQ(restrictions.size(), 7u) << "verdicts of restriction without a word of an appeal";
}

}  // namespace
}  // namespace vigil::registry
