// What in the report needs care: each anomaly is found, by name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/unit/domain/case_builder.h"

namespace vigil::registry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::UnorderedElementsAre;

// The people in whose cases there is a finding of the kind.
std::set<std::string> PeopleWith(std::string_view kind) {
  std::set<std::string> out;
  for (const TestCase& one : ReportCases()) {
    if (!FindingsOf(one.Derive(), kind).empty()) out.insert(one.display_name());
  }
  return out;
}

TEST(ReportAnomalies, LookAlikeLetters_AreFoundInNineNamesAndTwoArticles) {
  EXPECT_THAT(
      PeopleWith(kNameMixedScript),
      UnorderedElementsAre("Mukhtar Dzhakishev", "Amin Eleusinov", "Aset Matayev",
                           "Makhambet Abzhan", "Muratkhan Tokmadi", "Olesya Khalabuzar",
                           "Amangeldy Batyrbekov", "Anatoliy Pogorelov", "Tatiana Paraskevich"));
  EXPECT_THAT(PeopleWith(kTextMixedScript),
              UnorderedElementsAre("Almat Zhumagulov", "Kenzhebek Abishev"));
}

TEST(ReportAnomalies, SecondSpellings_AreFound) {
  EXPECT_THAT(PeopleWith(kNameSpellings),
              IsSupersetOf({"Leila Khrapunova", "Viktor Khrapunov", "Talgat Ayan", "Maks Bokayev",
                            "Aron Atabek"}));
}

TEST(ReportAnomalies, Counts_AddUp) {
  std::map<v1::Situation, int> counts;
  for (const TestCase& one : ReportCases()) {
    if (one.is_case()) ++counts[one.Situation().situation];
  }
  EXPECT_EQ(counts[v1::SITUATION_IMPRISONED], 18);
  EXPECT_EQ(counts[v1::SITUATION_IN_DETENTION], 4);
  EXPECT_EQ(counts[v1::SITUATION_IN_PSYCHIATRIC_HOSPITAL], 2);
  EXPECT_EQ(counts[v1::SITUATION_UNDER_PREVENTIVE_MEASURE], 1);
  EXPECT_EQ(counts[v1::SITUATION_UNDER_RESTRICTION], 7);
  EXPECT_EQ(counts[v1::SITUATION_RELEASED_WITH_RESTRICTIONS], 4);
  EXPECT_EQ(counts[v1::SITUATION_ABROAD_AT_RISK], 6);
  EXPECT_EQ(counts[v1::SITUATION_NOT_STATED], 7);
}

// The report says "restriction of freedom", "restriction of liberty" and "restraint of liberty" of
// these people; all of it is one penalty, with an end.
TEST(ReportAnomalies, OnePenaltyOfThreeNames_IsOne) {
  std::set<std::string> people;
  for (const TestCase& one : ReportCases()) {
    if (!one.is_case() || one.Situation().situation != v1::SITUATION_UNDER_RESTRICTION) continue;
    people.insert(one.display_name());
    EXPECT_FALSE(Of(one.Derive(), "KZ.CC.44").empty()) << one.display_name();
  }
  EXPECT_THAT(people, UnorderedElementsAre("Olesya Khalabuzar", "Alima Abdirova",
                                           "Bolatbek Blyalov", "Zhanbolat Mamay", "Larisa Kharkova",
                                           "Amangeldy Batyrbekov", "Bigeldy Gabdullin"));
}

TEST(ReportAnomalies, TermsInWords_CountAlike) {
  const std::pair<const char*, const char*> ends[] = {
      {"Nurbek Kushakbayev", "2019-10-07"},  // two and a half years
      {"Makhambet Abzhan", "2021-05-27"},    // 3,5 years
      {"Saken Tulbayev", "2020-03-02"},      // 4 years and 8 months
      {"Igor Chuprina", "2022-06-05"},       // five and a half years
  };
  for (const auto& [person, end] : ends) {
    const auto ended = Of(ReportCase(person).Derive(), "KZ.CC.62.PRISON");
    ASSERT_EQ(ended.size(), 1u) << person;
    EXPECT_EQ(ended[0].earliest(), end) << person;
  }
}

TEST(ReportAnomalies, ImpreciseDates_SayHowFarTheyMoveADate) {
  const auto year = FindingsOf(ReportCase("Sayat Ibrayev").Derive(), kDateImprecise);
  ASSERT_EQ(year.size(), 1u);
  EXPECT_EQ(year[0].max_shift_days(), 364);
  const auto month = FindingsOf(ReportCase("Kenzhebek Abishev").Derive(), kDateImprecise);
  ASSERT_EQ(month.size(), 1u);
  EXPECT_EQ(month[0].max_shift_days(), 29);
  EXPECT_GE(month[0].deadlines_size(), 5) << "every limit of custody moves";
  EXPECT_THAT(PeopleWith(kDateMissing), IsSupersetOf({"Muratkhan Tokmadi", "Zhanbolat Mamay"}));
}

TEST(ReportAnomalies, Articles_OfTwoCodesAndOfNone_AreFound) {
  EXPECT_THAT(PeopleWith(kCodeEditionAmbiguous),
              UnorderedElementsAre("Mukhtar Dzhakishev", "Aron Atabek", "Vadim Kuramshin",
                                   "Iskander Yerimbetov", "Zhanbolat Mamay"));
  EXPECT_THAT(PeopleWith(kArticleContradicted), UnorderedElementsAre("Aset Matayev"));
  EXPECT_THAT(PeopleWith(kArticleUnknown),
              IsSupersetOf({"Muratkhan Tokmadi", "Natalia Ulasik", "Zinaida Mukhortova",
                            "Vladimir Kozlov", "Sayat Ibrayev"}));
}

TEST(ReportAnomalies, OutcomesByCharge_AreFound) {
  EXPECT_THAT(PeopleWith(kOutcomesDiffer), UnorderedElementsAre("Amangeldy Batyrbekov"));
  EXPECT_THAT(PeopleWith(kChargesChanged), UnorderedElementsAre("Ardak Ashim"));
  EXPECT_THAT(PeopleWith(kConvictedAfterAcquittal), UnorderedElementsAre("Vadim Kuramshin"));
  const auto limits = Of(ReportCase("Akmaral Tobylova").Derive(), v1::DEADLINE_KIND_CUSTODY_LIMIT);
  EXPECT_FALSE(limits.empty());
  for (const v1::Deadline& limit : limits) {
    EXPECT_EQ(limit.state(), v1::DEADLINE_STATE_WITHDRAWN) << limit.title();
  }
}

TEST(ReportAnomalies, Tobylova_HasFiveDaysToPayTheBail) {
  const auto bail = Of(ReportCase("Akmaral Tobylova").Derive("2018-04-13"), "KZ.CPC.145.4");
  ASSERT_EQ(bail.size(), 1u);
  EXPECT_EQ(Brief(bail[0]), "2018-04-17 EXACT UPCOMING");
  EXPECT_EQ(bail[0].nature(), v1::DEADLINE_NATURE_ACT_BEFORE);
  EXPECT_EQ(bail[0].actor(), v1::DEADLINE_ACTOR_COUNSEL);
}

TEST(ReportAnomalies, Dzhakishev_HasOneTotalOfTwoTrialsAndADateOfPublication) {
  const Derivation derived = ReportCase("Mukhtar Dzhakishev").Derive();
  EXPECT_EQ(FindingsOf(derived, kTotalOfVerdicts).size(), 1u);
  EXPECT_EQ(FindingsOf(derived, kTransmissionUnknown).size(), 1u);
  const auto readings = FindingsOf(derived, kReadingsDiffer);
  ASSERT_EQ(readings.size(), 1u);
  EXPECT_EQ(readings[0].max_shift_days(), 731);  // 2010 or 2012
  EXPECT_EQ(FindingsOf(derived, kStateRefused).size(), 1u);
  EXPECT_TRUE(FindingsOf(derived, kStateSilent).empty()) << "a refusal is no silence";
}

TEST(ReportAnomalies, TheReport_SpeaksBeforeTheTwentyNinthOfApril) {
  for (const TestCase& one : ReportCases()) {
    for (const CheckedFact& fact : one.own()) {
      if (fact.fact().has_planned_event() || !fact.date.first) continue;
      EXPECT_LE(civil::FormatDay(*fact.date.first), "2018-04-28") << fact.fact().name();
    }
  }
  const auto entries = Of(ReportCase("Talgat Ayan").Derive("2018-04-28"), "KZ.CPC.470");
  ASSERT_FALSE(entries.empty());
  EXPECT_EQ(Brief(entries.back()), "2018-04-29 NO_EARLIER_THAN UPCOMING");
}

TEST(ReportAnomalies, Ayan_FitsOnlyIfCustodyBeganByAugust2016) {
  const Derivation derived = ReportCase("Talgat Ayan").Derive();
  const auto early = FindingsOf(derived, kReplacementTooEarly);
  ASSERT_EQ(early.size(), 1u);
  EXPECT_THAT(early[0].text(), HasSubstr("It fits only if custody began by 2016-08-13."));
  EXPECT_EQ(early[0].max_shift_days(), 106);
  EXPECT_FALSE(FindingsOf(derived, kCustodyStartUnknown).empty());
  const auto ban = FindingsOf(derived, kBanStartDisputed);
  ASSERT_EQ(ban.size(), 1u);
  EXPECT_EQ(ban[0].max_shift_days(), 1309);
  EXPECT_THAT(ban[0].deadlines(), testing::Not(testing::IsEmpty()));
}

TEST(ReportAnomalies, BokayevAndAyan_AreAnsweredWithSilence) {
  for (const char* person : {"Maks Bokayev", "Talgat Ayan"}) {
    const auto silent = FindingsOf(ReportCase(person).Derive(), kStateSilent);
    ASSERT_EQ(silent.size(), 1u) << person;
    EXPECT_THAT(silent[0].text(), HasSubstr("silent for 180 days")) << person;  // since 2017-10-30
  }
}

}  // namespace
}  // namespace vigil::registry
