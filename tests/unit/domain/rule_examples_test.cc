#include "registry-svc/domain/rule_examples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry-svc/domain/rule_check.h"
#include "tests/testing/temp_dir.h"
#include "tests/unit/domain/case_builder.h"

namespace vigil::registry {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kPack[] = R"(id: p
rules:
  - id: X.1
    version: 1
    kind: MANUAL
    title: t
    nature: OPENS
    actor: US
    boundary: FROM_DAY
    action: a
    citation: c
    confidence: LOW
    trigger: {facts: [CUSTODY]}
    anchor: FACT_DATE
    amount: {term: P10D}
)";

std::string Pack(const std::string& examples) { return kPack + examples; }

class RuleFiles : public testing::Test {
 protected:
  RuleFilesReport CheckPack(const std::string& text) {
    dir_.Write("rules/p.yaml", text);
    dir_.Write("calendars/kz.yaml", "country: KZ\n");
    return CheckRuleFiles(dir_.File("rules"), dir_.File("calendars"));
  }

  TempDir dir_;
};

TEST(RuleExamples, EveryExampleOfTheTree_Holds) {
  const RuleFilesReport report =
      CheckRuleFiles(VIGIL_SOURCE_DIR "/data/rules", VIGIL_SOURCE_DIR "/data/calendars");
  for (const FileProblem& problem : report.problems) {
    ADD_FAILURE() << problem.file << ":" << problem.line << ": " << problem.text;
  }
}

TEST_F(RuleFiles, ExampleThatHolds_IsNoProblem) {
  const auto report =
      CheckPack(Pack("examples:\n"
                     "  - title: ten days\n"
                     "    facts: [{date: 2018-01-01, custody: {}}]\n"
                     "    as_of: 2018-02-01\n"
                     "    expect: [{rule: X.1, date: 2018-01-11, precision: EXACT}]\n"));
  EXPECT_THAT(report.problems, IsEmpty());
  EXPECT_EQ(report.examples, 1);
}

TEST_F(RuleFiles, ExampleThatFails_NamesItsLineAndWhatCameOut) {
  const auto report =
      CheckPack(Pack("examples:\n"
                     "  - title: ten days\n"
                     "    facts: [{date: 2018-01-01, custody: {}}]\n"
                     "    as_of: 2018-02-01\n"
                     "    expect:\n"
                     "      - {rule: X.1, date: 2018-01-10}\n"));
  ASSERT_EQ(report.problems.size(), 1u);
  EXPECT_EQ(report.problems[0].line, 21);
  EXPECT_THAT(report.problems[0].text, HasSubstr("2018-01-11 EXACT DUE"));
}

TEST_F(RuleFiles, ExampleThatExpectsTooLittle_Fails) {
  const auto report = CheckPack(
      Pack("examples:\n"
           "  - title: two\n"
           "    facts: [{date: 2018-01-01, custody: {}}, {date: 2018-01-05, custody: {}}]\n"
           "    as_of: 2018-02-01\n"
           "    expect: [{rule: X.1, date: 2018-01-11}]\n"
           "  - title: none\n"
           "    facts: [{date: 2018-01-01, custody: {}}]\n"
           "    as_of: 2018-02-01\n"
           "    none: [X.1]\n"));
  ASSERT_EQ(report.problems.size(), 2u);
  EXPECT_THAT(report.problems[0].text, HasSubstr("more than is expected"));
  EXPECT_THAT(report.problems[1].text, HasSubstr("should give nothing"));
}

TEST_F(RuleFiles, EveryProblem_IsToldAtOnce) {
  std::string text = Pack("");
  text.replace(text.find("version: 1"), 10, "version: 0");
  text.replace(text.find("P10D"), 4, "ten");
  const auto report = CheckPack(text);
  ASSERT_EQ(report.problems.size(), 2u);
  EXPECT_THAT(report.problems[0].text, HasSubstr("version: missing"));
  EXPECT_EQ(report.problems[0].line, 4);
  EXPECT_THAT(report.problems[1].text, HasSubstr("amount.term"));
  EXPECT_EQ(report.problems[1].line, 15);
}

TEST_F(RuleFiles, FactThatCannotBeRead_IsToldWithItsPath) {
  const auto report =
      CheckPack(Pack("examples:\n"
                     "  - title: x\n"
                     "    facts: [{date: 2018-13-01, custody: {}}]\n"
                     "    as_of: 2018-02-01\n"
                     "    expect: [{rule: X.1, date: 2018-01-11}]\n"));
  ASSERT_EQ(report.problems.size(), 1u);
  EXPECT_THAT(report.problems[0].text, HasSubstr("facts[0]: date"));
}

TEST_F(RuleFiles, TwoVersionsOfOneDay_AreRefused) {
  std::string second = Pack("");
  second = second.substr(second.find("  - id"));
  second.replace(second.find("version: 1"), 10, "version: 2");
  const auto report = CheckPack(Pack("") + second);
  ASSERT_EQ(report.problems.size(), 1u);
  EXPECT_THAT(report.problems[0].text, HasSubstr("law on a day on which X.1@1 is law too"));
}

TEST_F(RuleFiles, RuleWithoutExample_IsAProblemOfItsLine) {
  const auto report = CheckPack(Pack(""));
  ASSERT_EQ(report.problems.size(), 1u);
  EXPECT_EQ(report.problems[0].line, 3);
  EXPECT_THAT(report.problems[0].text, HasSubstr("X.1: no example of this pack"));
}

TEST_F(RuleFiles, RuleThatAnotherPackShows_NeedsAnExampleOfItsOwn) {
  dir_.Write("rules/q.yaml",
             "id: q\n"
             "examples:\n"
             "  - title: ten days\n"
             "    facts: [{date: 2018-01-01, custody: {}}]\n"
             "    as_of: 2018-02-01\n"
             "    expect: [{rule: X.1, date: 2018-01-11}]\n");
  const auto report = CheckPack(Pack(""));
  ASSERT_EQ(report.problems.size(), 1u);
  EXPECT_THAT(report.problems[0].file, HasSubstr("p.yaml"));
}

TEST_F(RuleFiles, RuleThatIsExpectedToGiveNothing_IsNotShown) {
  const auto report =
      CheckPack(Pack("examples:\n"
                     "  - title: no custody\n"
                     "    facts: [{date: 2018-01-01, search: {what: w}}]\n"
                     "    as_of: 2018-02-01\n"
                     "    none: [X.1]\n"));
  ASSERT_EQ(report.problems.size(), 1u);
  EXPECT_THAT(report.problems[0].text, HasSubstr("no example of this pack"));
}

}  // namespace
}  // namespace vigil::registry
