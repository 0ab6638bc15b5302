// Since when a finding holds: since the newest fact that it rests on was recorded, or since the day
// on which it arose.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/time.h"
#include "common/yaml/yaml.h"
#include "tests/unit/domain/case_builder.h"

namespace vigil::registry {
namespace {

// Long before anything arose, and long after.
constexpr char kEarly[] = "2016-06-01T00:00:00Z";
constexpr char kLate[] = "2018-06-20T09:30:00Z";

google::protobuf::Timestamp At(std::string_view moment) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, std::string(moment), &time, &error)) << error;
  google::protobuf::Timestamp out;
  out.set_seconds(absl::ToUnixSeconds(time));
  return out;
}

v1::Fact FactOf(std::string_view yaml, std::string_view recorded) {
  v1::Fact fact;
  const absl::Status status = ParseYaml(yaml, "fact", &fact);
  EXPECT_TRUE(status.ok()) << status << "\n" << yaml;
  *fact.mutable_create_time() = At(recorded);
  return fact;
}

void Add(std::string_view yaml, std::string_view recorded, TestCase& one) {
  one.Add(FactOf(yaml, recorded));
}

// Of the one finding of the kind; empty where it has none.
std::string FoundAt(const TestCase& one, std::string_view kind, std::string_view as_of) {
  const auto found = FindingsOf(one.Derive(as_of), kind);
  EXPECT_EQ(found.size(), 1u) << kind;
  if (found.empty() || !found[0].has_found_time()) return {};
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ",
                          absl::FromUnixSeconds(found[0].found_time().seconds()),
                          absl::UTCTimeZone());
}

struct Arisen {
  const char* what;
  std::vector<const char*> facts;
  std::string_view kind;
  // Midnight of the first day with it, in Almaty.
  const char* since;
};

const std::vector<Arisen>& WithTime() {
  static const auto& rows = *new std::vector<Arisen>{
      {"a sentence",
       {"{date: 2017-04-01, verdict: {penalty: imprisonment, term: P1Y}}"},
       kEndedUnconfirmed,
       "2018-04-01T18:00:00Z"},
      {"a ban",
       {"{date: 2016-04-01, verdict: {penalty: restriction_of_liberty, term: P6M, bans: [{what: "
        "x, term: P1Y}]}}",
        "{date: 2016-04-20, appeal_decision: {of: f1, result: upheld}}",
        "{date: 2016-10-20, release: {ground: ground_served}}"},
       kEndedUnconfirmed,
       "2017-04-20T18:00:00Z"},
      {"a stay in a hospital, by its later reading",
       {"{date: 2018-02-27, committal: {term: P1M, placed: 2018-03-01}}"},
       kEndedUnconfirmed,
       "2018-04-01T18:00:00Z"},
      {"a deferral",
       {"{date: 2016-05-10, verdict: {penalty: imprisonment, term: P5Y}}",
        "{date: 2016-06-01, deferral: {of: f1, ground: ground_pregnancy}}"},
       kEndedUnconfirmed,
       "2017-06-01T18:00:00Z"},
      {"custody for extradition",
       {"{date: 2017-03-10, custody: {kind: extradition, holding_state: KZ, requesting_state: "
        "RU}}"},
       kEndedUnconfirmed,
       "2018-03-10T18:00:00Z"},
      {"the first limit of custody",
       {"{date: 2018-01-05, custody: {kind: remand}}"},
       kCustodyLimitPassed,
       "2018-03-05T18:00:00Z"},
      {"a release",
       {"{date: 2016-01-05, verdict: {penalty: imprisonment, term: P5Y}}",
        "{date: 2018-02-01, parole: {of: f1}}"},
       kReleaseUnconfirmed,
       "2018-02-16T18:00:00Z"},
      {"protection",
       {"{date: 2016-05-10, asylum_step: {step: granted, country: CZ}}"},
       kProtectionLapsing,
       "2017-04-10T18:00:00Z"},
      {"a reply of the State",
       {"{date: 2017-10-01, body_decision: {body: un_working_group_on_arbitrary_detention, "
        "transmitted: 2017-10-02}}"},
       kStateSilent,
       "2018-04-02T18:00:00Z"},
      {"a planned event",
       {"{date: 2018-04-10/2018-04-11, planned_event: {what: a mission}}"},
       kOutcomeUnknown,
       "2018-04-11T18:00:00Z"},
      {"a record",
       {"{date: 2016-05-10, verdict: {penalty: restriction_of_liberty, term: P1Y}}",
        "{date: 2016-06-01, appeal_decision: {of: f1, result: upheld}}"},
       kRecordUnconfirmed,
       "2017-06-01T18:00:00Z"},
      {"an appeal that was missed",
       {"{date: 2018-04-02, verdict: {penalty: imprisonment, term: P1Y, served: 2018-04-05}}"},
       kAppealTermMissed,
       "2018-04-20T18:00:00Z"},
      {"an appeal that is not known, after its term",
       {"{date: 2018-04-02, verdict: {penalty: restriction_of_liberty, term: P1Y}}"},
       kAppealUnknown,
       "2018-04-17T18:00:00Z"},
      {"a review of the case",
       {"{date: 2018-01-05, search: {}}"},
       kCaseReview,
       "2018-04-04T18:00:00Z"},
  };
  return rows;
}

TEST(FoundTime, OfWhatCameWithTime_IsTheBeginningOfItsDay) {
  for (const Arisen& row : WithTime()) {
    TestCase one;
    for (const char* fact : row.facts) Add(fact, kEarly, one);
    EXPECT_EQ(FoundAt(one, row.kind, "2018-04-28"), row.since) << row.what;
  }
}

TEST(FoundTime, OfWhatWasRecordedAfterIt_IsWhenThatWasRecorded) {
  for (const Arisen& row : WithTime()) {
    // A record of late is a touch of the case.
    if (row.kind == kCaseReview) continue;
    TestCase one;
    for (const char* fact : row.facts) Add(fact, kLate, one);
    EXPECT_EQ(FoundAt(one, row.kind, "2018-06-28"), kLate) << row.what;
  }
}

TEST(FoundTime, OfAMandate_IsTheDayOnWhichItEndsOrIsToBeAskedFor) {
  const TestCase one("{mandate: {act: true, until: '2018-05-28'}}");
  EXPECT_EQ(FoundAt(one, kMandateEnding, "2018-05-10"), "2018-04-27T18:00:00Z");
  EXPECT_EQ(FoundAt(one, kMandateEnded, "2018-07-10"), "2018-05-28T18:00:00Z");
  v1::Case entered;
  entered.mutable_mandate()->set_until("2018-05-28");
  *entered.mutable_create_time() = At(kLate);
  EXPECT_EQ(FoundAt(TestCase(entered), kMandateEnded, "2018-07-10"), kLate);
  *entered.mutable_create_time() = At(kEarly);
  *entered.mutable_update_time() = At(kLate);
  EXPECT_EQ(FoundAt(TestCase(entered), kMandateEnded, "2018-07-10"), kLate) << "it was edited";
}

// A release that belongs to somebody else was taken back.
TEST(FoundTime, OfWhatARetractionLeft_IsWhenItWas) {
  TestCase one;
  Add("{date: 2018-01-10, custody: {kind: remand}}", kEarly, one);
  v1::Fact release = FactOf("{date: 2018-01-20, release: {from: remand}}", kEarly);
  *release.mutable_retract_time() = At(kLate);
  one.Add(release);
  EXPECT_EQ(FoundAt(one, kCustodyLimitPassed, "2018-06-28"), kLate);
}

TEST(FoundTime, Day_BeginsInTheZoneOfTheCase) {
  TestCase west("{time_zone: Asia/Aqtau}");
  Add("{date: 2018-04-10, planned_event: {what: a mission}}", kEarly, west);
  EXPECT_EQ(FoundAt(west, kOutcomeUnknown, "2018-04-28"), "2018-04-10T19:00:00Z");
}

TEST(FoundTime, OfAGap_IsWhenTheFactWasRecorded) {
  TestCase one;
  v1::Fact fact;
  fact.mutable_custody()->set_kind(v1::Custody::KIND_REMAND);
  fact.mutable_create_time()->set_seconds(1524884400);
  fact.mutable_create_time()->set_nanos(7);
  one.Add(fact);
  const auto found = FindingsOf(one.Derive(), kDateMissing);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].found_time().seconds(), 1524884400);
  EXPECT_EQ(found[0].found_time().nanos(), 7);
}

TEST(FoundTime, OfAFactRecordedBeforeItCounts_IsItsDay) {
  TestCase one;
  Add("{date: 2018-05-10, verdict: {penalty: imprisonment}}", "2018-05-01T00:00:00Z", one);
  EXPECT_EQ(FoundAt(one, kTermUnknown, "2018-05-20"), "2018-05-09T18:00:00Z");
}

// The fact that it is about was recorded early, another that it rests on late.
TEST(FoundTime, OfSeveralFacts_IsThatOfTheNewest) {
  struct Row {
    const char* what;
    std::vector<std::pair<const char*, const char*>> facts;
    std::string_view kind;
  };
  const Row rows[] = {
      {"before its ground",
       {{"{date: 2018-02-01, verdict: {penalty: imprisonment, term: P5Y}}", kLate},
        {"{date: 2018-01-01, parole: {of: f1}}", kEarly}},
       kOutOfOrder},
      {"before custody began",
       {{"{date: 2018-01-01, release: {from: remand}}", kEarly},
        {"{date: 2018-02-01, custody: {kind: remand}}", kLate}},
       kOutOfOrder},
      {"after the death",
       {{"{date: 2018-02-01, visit: {by: w}}", kEarly}, {"{date: 2018-01-01, death: {}}", kLate}},
       kOutOfOrder},
      {"a right that opened later",
       {{"{date: 2016-11-28, verdict: {penalty: imprisonment, term: P5Y, charges: [{code_edition: "
         "kz_cc_2014, article: '419', outcome: convicted, gravity: {value: grave}}]}}",
         kLate},
        {"{date: 2018-04-13, replacement: {of: f1, penalty: restriction_of_liberty}}", kEarly}},
       kReplacementTooEarly},
      {"a term on appeal",
       {{"{date: 2017-08-01, verdict: {penalty: restriction_of_liberty, term: P2Y}}", kEarly},
        {"{date: 2017-09-01, appeal_decision: {of: f1, result: changed, new_term: P8Y}}", kLate}},
       kRestrictionTermUnusual},
      {"custody whose worth hangs on the regime",
       {{"{date: 2016-11-28, verdict: {penalty: imprisonment, term: P5Y}}", kEarly},
        {"{date: 2016-06-01, custody: {kind: remand}}", kLate}},
       kRegimeUnknown},
      {"an acquittal",
       {{"{date: 2017-08-01, verdict: {penalty: none}}", kLate},
        {"{date: 2017-09-01, verdict: {penalty: fine, replaces: [f1]}}", kEarly}},
       kConvictedAfterAcquittal},
  };
  for (const Row& row : rows) {
    TestCase one;
    for (const auto& [fact, recorded] : row.facts) Add(fact, recorded, one);
    EXPECT_EQ(FoundAt(one, row.kind, "2018-10-28"), kLate) << row.what;
  }
}

TEST(FoundTime, OfTheNamesOfACase_IsNotSet) {
  TestCase one("{person: {names: [{text: A, kind: NAME_KIND_SPELLING}]}}");
  EXPECT_EQ(FoundAt(one, kNameSpellings, "2018-04-28"), "");
}

}  // namespace
}  // namespace vigil::registry
