// vigilctl rules, which needs no service.
#include <gmock/gmock.h>

#include "tests/testing/temp_dir.h"
#include "tests/unit/vigilctl/program.h"

namespace vigil {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(VigilctlRules, Check_RunsTheExamplesOfTheTree) {
  const auto ran = RunVigilctl("rules check " VIGIL_SOURCE_DIR "/data");
  EXPECT_EQ(ran.code, 0) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr("examples: all hold"));
}

TEST(VigilctlRules, Check_NamesEveryProblemByFileAndLine) {
  const TempDir dir;
  dir.Write("data/calendars/kz.yaml", "country: KZ\n");
  const std::string file = dir.Write("data/rules/p.yaml",
                                     "id: p\n"
                                     "rules:\n"
                                     "  - id: X.1\n"
                                     "    amount: {term: ten days}\n");
  const auto ran = RunVigilctl("rules check " + dir.File("data"));
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.output, AllOf(HasSubstr(file + ":3: pack p: rule X.1: citation: missing"),
                                HasSubstr(file + ":4: pack p: rule X.1: amount.term")));
}

TEST(VigilctlRules, Check_OfARuleWithoutExample_Fails) {
  const TempDir dir;
  dir.Write("data/calendars/kz.yaml", "country: KZ\n");
  const std::string file = dir.Write("data/rules/p.yaml",
                                     "id: p\n"
                                     "rules:\n"
                                     "  - id: X.1\n"
                                     "    version: 1\n"
                                     "    kind: MANUAL\n"
                                     "    title: t\n"
                                     "    nature: OPENS\n"
                                     "    actor: US\n"
                                     "    boundary: FROM_DAY\n"
                                     "    action: a\n"
                                     "    citation: c\n"
                                     "    confidence: LOW\n"
                                     "    trigger: {facts: [CUSTODY]}\n"
                                     "    anchor: FACT_DATE\n");
  const auto ran = RunVigilctl("rules check " + dir.File("data"));
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.output, HasSubstr(file + ":3: rule X.1: no example of this pack"));
}

TEST(VigilctlRules, Explain_TellsARuleWithItsExamples) {
  const auto ran = RunVigilctl("rules explain KZ.CC.72.7 --data " VIGIL_SOURCE_DIR "/data");
  EXPECT_EQ(ran.code, 0) << ran.output;
  EXPECT_THAT(ran.output, AllOf(HasSubstr("KZ.CC.72.7@1: "), HasSubstr("article 72(7)(1)"),
                                HasSubstr("working days"), HasSubstr("2018-05-05")));
  EXPECT_EQ(RunVigilctl("rules explain X.1 --data " VIGIL_SOURCE_DIR "/data").code, 1);
}

}  // namespace
}  // namespace vigil
