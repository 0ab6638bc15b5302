#include "common/yaml/yaml_writer.h"

#include <gmock/gmock.h>

#include "common/yaml/yaml.h"
#include "tests/testing/status_matchers.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(YamlWriter, Texts_AreReadBackAsTheyWere) {
  for (const char* text : {"plain",    "2018-04-13",   "null",   "~",   "true", "07",
                           "a: b",     "# no comment", "- item", "{}",  "[",    "'",
                           "\"",       "\\",           "a\nb",   "a\n", "\n",   "a\r\nb",
                           "\r",       "\ta",          "a\t",    " a",  "a ",   "&a",
                           "*a",       "!a",           "%a",     "@a",  "|",    ">",
                           "? a",      "a #b",         "Айгүл",  "名",  "😀",    "\xEF\xBB\xBF",
                           "\xC2\x85", "\xE2\x80\xA8", "---",    "...", ": ",   ","}) {
    registry::v1::CaseDocument document, read;
    document.mutable_case_()->set_display_name(text);
    document.mutable_case_()->add_tags(text);
    const std::string yaml = WriteYaml(document);
    ASSERT_THAT(ParseYaml(yaml, "x.yaml", &read), IsOk()) << yaml;
    EXPECT_EQ(read.case_().display_name(), text) << yaml;
    EXPECT_EQ(read.case_().tags(0), text) << yaml;
  }
}

TEST(YamlWriter, Fields_StandAsPeopleWriteThem) {
  registry::v1::CaseDocument document;
  auto& fact = *document.add_facts();
  fact.set_name("f1");
  fact.set_confidential(true);
  fact.mutable_source();
  fact.mutable_verdict()->set_penalty(registry::v1::PENALTY_FINE);
  fact.add_concerns("c-a");
  EXPECT_THAT(WriteYaml(document),
              AllOf(HasSubstr("facts:\n  - name: f1\n"), HasSubstr("source: {}\n"),
                    HasSubstr("confidential: true\n"), HasSubstr("penalty: fine\n"),
                    HasSubstr("concerns: [c-a]\n")));
}

TEST(Json, AnArray_IsReadByTheSameWalker) {
  std::vector<registry::v1::CaseDocument> read(2);
  size_t next = 0;
  const auto add = [&] { return &read.at(next++); };
  YamlLines lines;
  ASSERT_THAT(ParseJsonArray("[\n\t{\"case\": {\"displayName\": \"A \\ud83d\\ude00 \\\\ud83d\"}},\n"
                             "\t{\"case\":{\"display_name\":\"\\u0410\\/\"},\n\t\"facts\":[]}\n]\n",
                             "x.json", add, &lines),
              IsOk());
  EXPECT_EQ(read[0].case_().display_name(), "A 😀 \\ud83d");
  EXPECT_EQ(read[1].case_().display_name(), "А/");
  EXPECT_EQ(lines.LineOf("[1].facts"), 4);
  EXPECT_EQ(lines.LineOf("[0].case.display_name"), 2);
}

TEST(Json, WhatIsWrong_IsNamedByLineAndPath) {
  registry::v1::CaseDocument document;
  const auto add = [&] { return &document; };
  const auto refusal = [&](const char* text) {
    const absl::Status status = ParseJsonArray(text, "x.json", add, nullptr);
    EXPECT_FALSE(status.ok());
    return TakeApart(status, "x.json");
  };
  YamlProblem problem = refusal("[\n{\"case\": {\"displayNam\": \"A\"}}]");
  EXPECT_EQ(problem.line, 2);
  EXPECT_EQ(problem.key, "[0].case.displayNam");
  EXPECT_THAT(problem.text, HasSubstr("did you mean `display_name`"));
  EXPECT_THAT(refusal("{\"case\": {}}").text, HasSubstr("write a list"));
  EXPECT_THAT(refusal("").text, HasSubstr("write a list"));
  EXPECT_THAT(refusal("[{\"case\": ").text, HasSubstr("not well-formed JSON"));
  EXPECT_THAT(refusal("[\"\\ud83d\"]").text, HasSubstr("not well-formed JSON"));
}

TEST(Yaml, CamelCase_IsForJsonAlone) {
  registry::v1::CaseDocument document;
  EXPECT_FALSE(ParseYaml("case: {displayName: A}", "x.yaml", &document).ok());
}

}  // namespace
}  // namespace vigil
