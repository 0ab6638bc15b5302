#include "common/yaml/yaml.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "common/log/json_escape.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"
#include "vigil/config/v1/config.pb.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil {
namespace {

using ::absl::StatusCode;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

absl::StatusOr<registry::v1::CaseDocument> Parse(std::string_view text) {
  registry::v1::CaseDocument document;
  if (auto status = ParseYaml(text, "x.yaml", &document); !status.ok()) return status;
  return document;
}

registry::v1::Fact OnlyFact(std::string_view fields) {
  const auto document = Parse(fmt::format("facts: [{{{}}}]", fields));
  EXPECT_THAT(document, IsOk());
  return document.ok() && document->facts_size() == 1 ? document->facts(0) : registry::v1::Fact();
}

TEST(Yaml, ScalarsOfTextFields_StayAsWritten) {
  const auto fact = OnlyFact("date: 2018-04-13, as_stated: 0x10, note: true, known_date: 07");
  EXPECT_EQ(fact.date(), "2018-04-13");
  EXPECT_EQ(fact.as_stated(), "0x10");
  EXPECT_EQ(fact.note(), "true");
  EXPECT_EQ(fact.known_date(), "07");
}

TEST(Yaml, EnumValues_TakeFullAndShortNamesInAnyCase) {
  for (const char* name : {"PENALTY_IMPRISONMENT", "imprisonment", "Imprisonment"}) {
    EXPECT_EQ(OnlyFact(fmt::format("verdict: {{penalty: {}}}", name)).verdict().penalty(),
              registry::v1::PENALTY_IMPRISONMENT);
  }
  const auto charge = OnlyFact("accusation: {charges: [{code_edition: kz_cc_2014}]}");
  EXPECT_EQ(charge.accusation().charges(0).code_edition(), registry::v1::CODE_EDITION_KZ_CC_2014);
}

TEST(Yaml, Timestamps_AreRfc3339) {
  const auto fact = OnlyFact("create_time: 1969-12-31T23:59:59.5Z");
  EXPECT_EQ(fact.create_time().seconds(), -1);
  EXPECT_EQ(fact.create_time().nanos(), 500'000'000);
}

TEST(Yaml, RefusalsOfTextInAnyScript_EndWithWholeLetters) {
  const std::string long_key = "ж" + std::string(79, 'a') + "ж";
  for (const std::string& text :
       {std::string("case: {\"\\ж\": 1}\n"), fmt::format("case: {{{}: 1}}", long_key),
        fmt::format("case: {{a{}: 1}}", long_key)}) {
    const absl::Status status = Parse(text).status();
    ASSERT_THAT(status, StatusIs(StatusCode::kInvalidArgument)) << text;
    for (std::string_view rest(status.message().data(), status.message().size()); !rest.empty();) {
      ASSERT_GT(Utf8Length(rest), 0u) << status;
      rest.remove_prefix(Utf8Length(rest));
    }
  }
}

TEST(Yaml, CommaWhereNoneMayStand_IsRefusedAndHoldsNobodyUp) {
  for (const char* text : {",{\"case\": 1}", "case: {}\n!, a: b\n", ","}) {
    EXPECT_THAT(Parse(text), StatusIs(StatusCode::kInvalidArgument)) << text;
  }
}

TEST(Yaml, EmptyArray_IsRefusedOnItsFirstLine) {
  const auto none = []() -> google::protobuf::Message* { return nullptr; };
  YamlLines lines;
  EXPECT_THAT(ParseJsonArray("", "x.json", none, &lines),
              StatusIs(StatusCode::kInvalidArgument, StartsWith("x.json:1: ")));
}

TEST(Yaml, Anchors_Hold) {
  ASSERT_OK_AND_ASSIGN(const auto document, Parse("facts:\n"
                                                  "  - source: &s {title: T}\n"
                                                  "  - source: *s\n"));
  EXPECT_EQ(document.facts(1).source().title(), "T");
}

TEST(Yaml, EmptyFile_IsTheEmptyMessage) { EXPECT_THAT(Parse("# nothing\n"), IsOk()); }

struct Refusal {
  const char* what;
  std::string text;
  const char* start;  // the place
  const char* rest;   // what is wrong or the remedy
};

class YamlRefuses : public testing::TestWithParam<Refusal> {};

TEST_P(YamlRefuses, WithPlaceAndRemedy) {
  EXPECT_THAT(Parse(GetParam().text),
              StatusIs(StatusCode::kInvalidArgument,
                       AllOf(StartsWith(GetParam().start), HasSubstr(GetParam().rest))));
}

std::string Nested(int depth) {
  std::string text = "facts: ";
  for (int i = 0; i < depth; ++i) text += '[';
  return text;
}

INSTANTIATE_TEST_SUITE_P(
    All, YamlRefuses,
    testing::Values(
        Refusal{"UnknownKey", "case:\n  display_nam: X\n",
                "x.yaml:2: case.display_nam: unknown key", "did you mean `display_name`?"},
        Refusal{"DoubledKey", "case:\n  name: a\n  country: KZ\n  name: b\n",
                "x.yaml:4: case.name: is written twice", "first on line 2"},
        Refusal{"DoubledSection", "case: {name: a}\ncase: {name: b}\n",
                "x.yaml:2: case: is written", "keep one"},
        Refusal{"ListForText", "case:\n  display_name: [X]\n",
                "x.yaml:2: case.display_name: is a list", "write text"},
        Refusal{"TextForList", "case:\n  tags: x\n", "x.yaml:2: case.tags: is one value",
                "write a list"},
        Refusal{"TextForMapping", "facts:\n - other: x\n", "x.yaml:2: facts[0].other: is one value",
                "write a mapping"},
        Refusal{"QuotedTruth", "facts:\n - confidential: \"true\"\n",
                "x.yaml:2: facts[0].confidential", "without quotes"},
        Refusal{"NoNumber", "facts:\n - personal: {age: forty}\n",
                "x.yaml:2: facts[0].personal.age", "a whole number"},
        Refusal{"NumberOutOfRange", "facts:\n - personal: {age: 3000000000}\n",
                "x.yaml:2: facts[0].personal.age", "in range"},
        Refusal{"UnknownEnum", "facts:\n - verdict: {penalty: jail}\n",
                "x.yaml:2: facts[0].verdict.penalty: 'jail' is unknown", "imprisonment"},
        Refusal{"TwoOfAOneof", "facts:\n - death: {}\n   other: {what: x}\n",
                "x.yaml:3: facts[0].other: cannot stand beside `death`", "keep one"},
        Refusal{"NoValue", "case:\n  name:\n", "x.yaml:2: case.name: has no value",
                "leave the key"},
        Refusal{"TimeWithoutZone", "facts:\n - create_time: 2018-04-28T09:00:00\n",
                "x.yaml:2: facts[0].create_time", "with its zone"},
        Refusal{"Malformed", "case: [\n", "x.yaml:2: not well-formed", "mend"},
        Refusal{"SecondDocument", "case: {}\n---\ncase: {}\n", "x.yaml:3: a second document",
                "one a file"},
        Refusal{"NotUtf8", "case:\n  name: \xff\n", "x.yaml:2: a byte is not UTF-8", "UTF-8"},
        Refusal{"EscapeOfNoLetter", "case:\n  \"\\_\": 1\n",
                "x.yaml:2: an escape that is no letter", "write the letter"},
        Refusal{"TooDeep", Nested(100'000), "x.yaml:1: ", ""},
        Refusal{"SelfReference", "facts: &f\n - other: *f\n", "x.yaml:", "write a mapping"},
        Refusal{"TooLarge", std::string((8 << 20) + 1, ' '), "x.yaml:1: the file is too large",
                "split"}),
    [](const auto& info) { return info.param.what; });

TEST(Yaml, AliasesThatMultiply_AreRefused) {
  // Each list of facts' tags is ten times the last: a file of a kilobyte, a billion values.
  std::string text = "case:\n  tags: [x]\nfacts:\n";
  text += " - concerns: &a [";
  for (int i = 0; i < 2000; ++i) text += "x,";
  text += "]\n";
  for (int i = 0; i < 600; ++i) text += " - concerns: *a\n";
  EXPECT_THAT(Parse(text), StatusIs(StatusCode::kInvalidArgument, HasSubstr("too many values")));
}

TEST(Yaml, MissingFile_IsNotFoundAndNamed) {
  registry::v1::CaseDocument document;
  EXPECT_THAT(LoadYaml("/nowhere/a.yaml", &document),
              StatusIs(StatusCode::kNotFound, HasSubstr("/nowhere/a.yaml")));
}

TEST(Yaml, Folder_IsReadByNameAndOnlyItsYaml) {
  const TempDir dir;
  dir.Write("b.yaml", "case: {name: b}");
  dir.Write("a.yaml", "case: {name: a}");
  dir.Write("c.txt", "not: yaml: at: all");
  ASSERT_OK_AND_ASSIGN(const auto loaded, LoadYamlDir<registry::v1::CaseDocument>(dir.path()));
  ASSERT_THAT(loaded, SizeIs(2));
  EXPECT_EQ(loaded[0].second.case_().name(), "a");
  EXPECT_EQ(loaded[1].first, dir.File("b.yaml"));
}

TEST(Yaml, Lines_AreThoseOfTheKeys) {
  const TempDir dir;
  registry::v1::CaseDocument document;
  YamlLines lines;
  const auto file = dir.Write("a.yaml", "case:\n  name: a\nfacts:\n  - name: f1\n    date: 2018\n");
  ASSERT_THAT(LoadYaml(file, &document, &lines), IsOk());
  EXPECT_EQ(lines.LineOf("facts[0].date"), 5);
  EXPECT_EQ(lines.LineOf("case.country"), 0);
}

}  // namespace
}  // namespace vigil
