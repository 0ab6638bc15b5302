#include "registry-svc/domain/rule_book.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/domain/case_builder.h"

namespace vigil::registry {
namespace {

namespace fs = std::filesystem;

// Rules and calendars of one test, in folders of their own.
class RuleBookFiles : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    root_ = fs::path(testing::TempDir()) / (std::string("rule-book-") + test->name());
    fs::remove_all(root_);
    fs::create_directories(root_ / "rules");
    fs::create_directories(root_ / "calendars");
  }
  void TearDown() override { fs::remove_all(root_); }

  void Write(const std::string& name, const std::string& text) {
    std::ofstream(root_ / name) << text;
  }
  absl::StatusOr<RuleBook> Load() {
    return RuleBook::Load((root_ / "rules").string(), (root_ / "calendars").string());
  }
  std::string Refusal() {
    const auto loaded = Load();
    EXPECT_FALSE(loaded.ok());
    return std::string(loaded.status().message());
  }

  fs::path root_;
};

constexpr char kRule[] = R"(id: p
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
    trigger: {facts: [VERDICT]}
    anchor: FACT_DATE
)";

TEST_F(RuleBookFiles, WrongTerm_NamesFileLineAndKey) {
  Write("rules/p.yaml", std::string(kRule) + "    amount:\n      term: five years\n");
  EXPECT_THAT(Refusal(), testing::AllOf(testing::HasSubstr("p.yaml:16:"),
                                        testing::HasSubstr("rule X.1: amount.term")));
}

TEST_F(RuleBookFiles, TermForThoseWhoHid_NeedsOneForTheOthers) {
  Write("rules/p.yaml",
        std::string(kRule) + "    amount:\n      by_gravity_if_hidden: {minor: P5Y}\n");
  EXPECT_THAT(Refusal(), testing::HasSubstr("amount.by_gravity_if_hidden: only beside"));
}

TEST_F(RuleBookFiles, MissingKey_NamesTheRulesLine) {
  std::string text = kRule;
  text.erase(text.find("    citation: c\n"), 16);
  Write("rules/p.yaml", text);
  EXPECT_THAT(Refusal(), testing::AllOf(testing::HasSubstr("p.yaml:3:"),
                                        testing::HasSubstr("citation: missing")));
}

TEST_F(RuleBookFiles, UnknownKey_IsRefused) {
  Write("rules/p.yaml", std::string(kRule) + "    colour: red\n");
  EXPECT_THAT(Refusal(),
              testing::AllOf(testing::HasSubstr("p.yaml:15:"), testing::HasSubstr("colour")));
}

TEST_F(RuleBookFiles, DoubledRule_IsRefused) {
  Write("rules/a.yaml", kRule);
  Write("rules/b.yaml", kRule);
  EXPECT_THAT(Refusal(), testing::HasSubstr("X.1@1: given twice"));
}

TEST_F(RuleBookFiles, WrongCalendarDay_NamesFileAndKey) {
  Write("rules/p.yaml", kRule);
  Write("calendars/kz.yaml", "country: KZ\nmoved:\n  - {works: 2018-02-30, day_off: 2018-03-09}\n");
  EXPECT_THAT(Refusal(),
              testing::AllOf(testing::HasSubstr("kz.yaml:"), testing::HasSubstr("moved.works")));
}

TEST_F(RuleBookFiles, MissingFolder_IsNotFound) {
  fs::remove_all(root_ / "calendars");
  EXPECT_EQ(Load().status().code(), absl::StatusCode::kNotFound);
}

TEST_F(RuleBookFiles, Version_IsOfTheContent) {
  Write("rules/p.yaml", kRule);
  const std::string first = Load()->version();
  EXPECT_EQ(first.size(), 32u);
  fs::rename(root_ / "rules/p.yaml", root_ / "rules/q.yaml");
  EXPECT_EQ(Load()->version(), first) << "the file's name is no content";
  std::string text = kRule;
  text.replace(text.find("title: t"), 8, "title: u");
  Write("rules/q.yaml", text);
  EXPECT_NE(Load()->version(), first);
}

TEST(RuleBook, RulesOfTheTree_Compile) {
  EXPECT_EQ(Rules().version().size(), 32u);
  EXPECT_TRUE(Rules().calendars().contains("KZ"));
}

TEST(RuleBook, FactKinds_AreTheFieldsOfAFact) {
  const auto* kinds = rules::v1::FactKind_descriptor();
  for (int i = 0; i < kinds->value_count(); ++i) {
    if (kinds->value(i)->number() == 0) continue;
    std::string name = kinds->value(i)->name().substr(sizeof("FACT_KIND_") - 1);
    for (char& c : name) c = static_cast<char>(std::tolower(c));
    const auto* field = v1::Fact::descriptor()->FindFieldByName(name);
    ASSERT_NE(field, nullptr) << name;
    EXPECT_EQ(field->number(), kinds->value(i)->number()) << name;
  }
}

TEST(RuleBook, SwitchedOffRule_DerivesNothing) {
  TestCase one;
  one.Fact(
      "{date: 2016-01-05, verdict: {penalty: imprisonment, term: P2Y, charges: [{code_edition: "
      "kz_cc_2014, article: '174', outcome: convicted}]}}");
  one.Fact("{date: 2018-01-05, release: {from: prison, ground: served}}");
  EXPECT_TRUE(Of(one.Derive(), "KZ.SUP").empty());
}

}  // namespace
}  // namespace vigil::registry
