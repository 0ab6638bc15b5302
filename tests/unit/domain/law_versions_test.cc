// Versions of a rule: by the day of the fact, and the milder law that reaches back.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/yaml/yaml.h"
#include "tests/unit/domain/case_builder.h"

namespace vigil::registry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// A book of two versions of one rule: P10D until 2017, `later` from 2018.
RuleBook Versions(std::string_view in_force, std::string_view later) {
  const auto rule = [&](int version, std::string_view law, std::string_view term) {
    return fmt::format(
        "  - {{id: X.1, version: {}, kind: MANUAL, title: t, nature: HAPPENS, actor: US, boundary: "
        "FROM_DAY, action: a, citation: c, confidence: LOW, in_force: {{{}{}}}, trigger: {{facts: "
        "[VERDICT]}}, anchor: FACT_DATE, amount: {{term: {}}}}}\n",
        version, law, in_force, term);
  };
  rules::v1::RulePack pack;
  const absl::Status read = ParseYaml("id: p\nrules:\n" + rule(1, "until: \"2017-12-31\"", "P10D") +
                                          rule(2, "from: \"2018-01-01\"", later),
                                      "p.yaml", &pack);
  EXPECT_TRUE(read.ok()) << read;
  auto book = RuleBook::Compile({pack}, {});
  EXPECT_TRUE(book.ok()) << book.status();
  return *std::move(book);
}

std::vector<std::string> Dates(const RuleBook& book, std::string_view facts_day,
                               std::string_view as_of) {
  TestCase one;
  one.Fact(fmt::format("{{date: {}, verdict: {{penalty: fine}}}}", facts_day));
  std::vector<std::string> out;
  for (const auto& deadline :
       DeriveDeadlines(one.View(), book, *civil::ParseDay(as_of)).deadlines) {
    out.push_back(deadline.rule() + " " + deadline.earliest());
  }
  return out;
}

TEST(LawVersions, PlainVersions_HoldOnTheDayOfTheFact) {
  const RuleBook book = Versions("", "P5D");
  EXPECT_THAT(Dates(book, "2017-06-01", "2019-01-01"), ElementsAre("X.1@1 2017-06-11"));
  EXPECT_THAT(Dates(book, "2018-06-01", "2019-01-01"), ElementsAre("X.1@2 2018-06-06"));
}

TEST(LawVersions, MilderLaw_ReachesBackOnceItIsLaw) {
  const RuleBook book = Versions(", reaches_back: true", "P5D");
  EXPECT_THAT(Dates(book, "2017-06-01", "2017-12-01"), ElementsAre("X.1@1 2017-06-11"));
  EXPECT_THAT(Dates(book, "2017-06-01", "2018-01-01"), ElementsAre("X.1@2 2017-06-06"));
}

TEST(LawVersions, HarsherLaw_DoesNot) {
  const RuleBook book = Versions(", reaches_back: true", "P20D");
  EXPECT_THAT(Dates(book, "2017-06-01", "2019-01-01"), ElementsAre("X.1@1 2017-06-11"));
  EXPECT_THAT(Dates(book, "2018-06-01", "2019-01-01"), ElementsAre("X.1@2 2018-06-21"));
}

TEST(LawVersions, NameOfADeadline_StaysOverVersions) {
  const RuleBook book = Versions(", reaches_back: true", "P5D");
  TestCase one;
  one.Fact("{date: 2017-06-01, verdict: {penalty: fine}}");
  const auto old = DeriveDeadlines(one.View(), book, *civil::ParseDay("2017-12-01")).deadlines;
  const auto now = DeriveDeadlines(one.View(), book, *civil::ParseDay("2018-12-01")).deadlines;
  ASSERT_EQ(old.size(), 1u);
  ASSERT_EQ(now.size(), 1u);
  EXPECT_EQ(old[0].name(), now[0].name());
  EXPECT_THAT(Explained(now[0]), HasSubstr("X.1@2 is the mildest"));
}

TEST(LawVersions, AnotherBook_AnswersWhatIf) {
  rules::v1::RuleArchive archive = Rules().archive();
  for (auto& calendar : *archive.mutable_calendars()) calendar.clear_moved();
  const auto supposed = RuleBook::Compile(archive);
  ASSERT_TRUE(supposed.ok()) << supposed.status();
  EXPECT_NE(supposed->version(), Rules().version());
  const TestCase& ayan = ReportCase("Talgat Ayan");
  const auto entries =
      Of(DeriveDeadlines(ayan.View(), *supposed, *civil::ParseDay("2018-04-28")), "KZ.CPC.470");
  ASSERT_FALSE(entries.empty());
  // Without the decreed Saturday the last day rolls to Monday.
  EXPECT_EQ(entries.back().earliest(), "2018-05-01");
}

}  // namespace
}  // namespace vigil::registry
