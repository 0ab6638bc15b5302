// The situations that the facts of data/cases/ lead to are those of the report.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "common/yaml/yaml.h"
#include "registry-svc/domain/checked_fact.h"
#include "registry-svc/domain/deadline.h"
#include "registry-svc/domain/rule_book.h"
#include "registry-svc/domain/situation.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil::registry {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

// The report's cases as the registry holds them: names in full, facts where they count.
class Report : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto files = LoadYamlDir<v1::CaseDocument>(VIGIL_SOURCE_DIR "/data/cases");
    ASSERT_TRUE(files.ok()) << files.status().message();
    auto rules = RuleBook::Load(VIGIL_SOURCE_DIR "/data/rules", VIGIL_SOURCE_DIR "/data/calendars");
    ASSERT_TRUE(rules.ok()) << rules.status().message();
    rules_ = new RuleBook(*std::move(rules));
    people_ = new std::map<std::string, Person>;
    facts_ = new std::deque<CheckedFact>;
    for (const auto& [path, document] : *files) {
      if (document.has_case_()) (*people_)[document.case_().name()].record = document.case_();
    }
    for (const auto& [path, document] : *files) AddFacts(document);
  }

  static void TearDownTestSuite() {
    delete people_;
    delete facts_;
    delete rules_;
  }

  static std::map<v1::Situation, int> CountOn(civil::Day day) {
    std::map<v1::Situation, int> counts;
    for (const auto& [name, person] : *people_) ++counts[Read(person, day).situation];
    return counts;
  }

  static SituationReading ReadByName(const std::string& display_name, civil::Day day) {
    for (const auto& [name, person] : *people_) {
      if (person.record.display_name() == display_name) return Read(person, day);
    }
    ADD_FAILURE() << "no case of that name";
    return {};
  }

  static std::vector<v1::DeadlineKind> KindsOf(const std::string& display_name, civil::Day day) {
    std::vector<v1::DeadlineKind> kinds;
    for (const auto& [name, person] : *people_) {
      if (person.record.display_name() != display_name) continue;
      for (const v1::Deadline& deadline : Derive(person, day).deadlines) {
        kinds.push_back(deadline.kind());
      }
    }
    return kinds;
  }

  // Names of the findings of a kind, over all people.
  static std::vector<std::string> FindingsOfKind(std::string_view kind, civil::Day day) {
    std::vector<std::string> found;
    for (const auto& [name, person] : *people_) {
      for (const v1::Finding& finding : Derive(person, day).findings) {
        if (finding.kind() == kind) found.push_back(finding.name());
      }
    }
    return found;
  }

 private:
  struct Person {
    v1::Case record;
    std::vector<const CheckedFact*> facts;
  };

  static SituationReading Read(const Person& person, civil::Day day) {
    return SituationOf({.record = &person.record, .facts = person.facts}, *rules_, day);
  }

  static Derivation Derive(const Person& person, civil::Day day) {
    return DeriveDeadlines({.record = &person.record, .facts = person.facts}, *rules_, day);
  }

  static void AddFacts(const v1::CaseDocument& document) {
    const std::string& parent =
        document.has_case_() ? document.case_().name() : document.dossier().name();
    for (v1::Fact fact : document.facts()) {
      fact.set_name(parent + "/facts/" + fact.name());
      auto checked = CheckFact(fact);
      ASSERT_TRUE(checked.ok()) << fact.name() << ": " << checked.status().message();
      facts_->push_back(*std::move(checked));
      if (document.has_case_()) (*people_)[parent].facts.push_back(&facts_->back());
      for (const std::string& other : fact.concerns()) {
        (*people_)[other].facts.push_back(&facts_->back());
      }
    }
  }

  static RuleBook* rules_;
  static std::map<std::string, Person>* people_;
  // A deque: views point into it while it grows.
  static std::deque<CheckedFact>* facts_;
};

RuleBook* Report::rules_ = nullptr;
std::map<std::string, Report::Person>* Report::people_ = nullptr;
std::deque<CheckedFact>* Report::facts_ = nullptr;

TEST_F(Report, Situations_OnTheReportsDay_AreTheReportsCounts) {
  EXPECT_THAT(
      CountOn(civil::MakeDay(2018, 4, 28)),
      UnorderedElementsAre(
          Pair(v1::SITUATION_IMPRISONED, 18), Pair(v1::SITUATION_IN_DETENTION, 4),
          Pair(v1::SITUATION_IN_PSYCHIATRIC_HOSPITAL, 2),
          Pair(v1::SITUATION_UNDER_PREVENTIVE_MEASURE, 1), Pair(v1::SITUATION_UNDER_RESTRICTION, 7),
          Pair(v1::SITUATION_RELEASED_WITH_RESTRICTIONS, 4), Pair(v1::SITUATION_ABROAD_AT_RISK, 6),
          Pair(v1::SITUATION_NOT_STATED, 7)));
}

TEST_F(Report, Replacement_NotYetInForce_IsFlagged) {
  const SituationReading decided = ReadByName("Talgat Ayan", civil::MakeDay(2018, 4, 28));
  EXPECT_EQ(decided.since, "2018-04-13");
  EXPECT_THAT(decided.flags, ElementsAre("DECIDED_NOT_YET_OUT"));
}

TEST_F(Report, Acquittal_ThatWasAnnulled_DoesNotFree) {
  EXPECT_EQ(ReadByName("Vadim Kuramshin", civil::MakeDay(2013, 1, 1)).situation,
            v1::SITUATION_IMPRISONED);
}

TEST_F(Report, OpinionStoredInOneCase_CountsInTheOtherItConcerns) {
  EXPECT_THAT(KindsOf("Talgat Ayan", civil::MakeDay(2018, 4, 28)),
              Contains(v1::DEADLINE_KIND_UN_FOLLOW_UP));
}

TEST_F(Report, EveryReference_MeansAFactOfItsCase) {
  EXPECT_THAT(FindingsOfKind(kReferenceUnknown, civil::MakeDay(2018, 4, 28)), IsEmpty());
}

TEST_F(Report, Prison_BeforeTheSecondVerdict_IsPrisonStill) {
  EXPECT_EQ(ReadByName("Amangeldy Batyrbekov", civil::MakeDay(2017, 1, 18)).situation,
            v1::SITUATION_IMPRISONED);
  EXPECT_EQ(ReadByName("Amangeldy Batyrbekov", civil::MakeDay(2017, 1, 19)).situation,
            v1::SITUATION_UNDER_RESTRICTION);
}

}  // namespace
}  // namespace vigil::registry
