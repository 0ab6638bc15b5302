#include "common/csv/fields.h"

#include <gmock/gmock.h>

#include "vigil/registry/v1/case.pb.h"
#include "vigil/registry/v1/fact.pb.h"

namespace vigil {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

std::vector<std::pair<std::string, std::string>> Told(const google::protobuf::Message& message) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const NamedText& field : FieldsOf(message)) out.emplace_back(field.path, field.text);
  return out;
}

TEST(Fields, EverythingThatIsSet_HasAPathAndAText) {
  registry::v1::Fact fact;
  fact.set_date("2018-04");
  fact.set_confidential(true);
  fact.mutable_source();
  fact.add_concerns("cases/c-a");
  fact.add_concerns("cases/c-b");
  auto& verdict = *fact.mutable_verdict();
  verdict.add_charges()->set_article("174");
  verdict.add_charges();
  verdict.set_penalty(registry::v1::PENALTY_RESTRICTION_OF_LIBERTY);
  EXPECT_THAT(
      Told(fact),
      ElementsAre(Pair("date", "2018-04"), Pair("source", "{}"),
                  Pair("concerns", "cases/c-a; cases/c-b"), Pair("confidential", "true"),
                  Pair("verdict.charges[0].article", "174"), Pair("verdict.charges[1]", "{}"),
                  Pair("verdict.penalty", "restriction_of_liberty")));
}

TEST(Fields, ListsOfTexts_KeepSemicolonsSpacesAndEmptyOnes) {
  registry::v1::Case record;
  for (const char* tag : {"a", "b;c", " d ", "", "\\", "\"\"", "e; "}) record.add_tags(tag);
  const auto told = FieldsOf(record);
  ASSERT_EQ(told.size(), 1u);
  registry::v1::Case read;
  EXPECT_EQ(SetField("tags", told[0].text, &read), "");
  EXPECT_THAT(read.tags(), testing::ElementsAreArray(record.tags()));
  registry::v1::Case by_hand;
  EXPECT_EQ(SetField("tags", "a;b ;  c", &by_hand), "");
  EXPECT_THAT(by_hand.tags(), ElementsAre("a", "b", "c"));
}

TEST(Fields, WhatIsWrong_IsSaidWithWhatToWriteInstead) {
  registry::v1::Fact fact;
  EXPECT_THAT(SetField("dat", "2018", &fact), HasSubstr("did you mean `date`"));
  EXPECT_THAT(SetField("confidential", "maybe", &fact), HasSubstr("true or false"));
  EXPECT_THAT(SetField("verdict.charges.article", "1", &fact), HasSubstr("charges[0]"));
  EXPECT_THAT(SetField("verdict.charges[1].article", "1", &fact), HasSubstr("`charges[0]`"));
  EXPECT_THAT(SetField("verdict.penalty[0]", "fine", &fact), HasSubstr("takes no number"));
  EXPECT_THAT(SetField("verdict.penalty", "jail", &fact), HasSubstr("imprisonment"));
  EXPECT_THAT(SetField("date.day", "1", &fact), HasSubstr("no fields of its own"));
  EXPECT_THAT(SetField("source", "a book", &fact), HasSubstr("{}"));
  EXPECT_THAT(SetField("death.cause", "", &fact), HasSubstr("cannot stand beside `verdict`"));
  EXPECT_THAT(SetField("verdict..term", "P1Y", &fact), HasSubstr("no path"));
  EXPECT_THAT(SetField("verdict.charges[x].part", "1", &fact), HasSubstr("no path"));
}

TEST(Fields, Paths_AreCheckedWithoutAMessage) {
  const auto* type = registry::v1::Fact::descriptor();
  EXPECT_EQ(CheckPath("verdict.charges[7].gravity.value", type), "");
  EXPECT_EQ(CheckPath("death", type), "");
  EXPECT_THAT(CheckPath("verdict.charges[7].gravity.valu", type), HasSubstr("`value`"));
}

}  // namespace
}  // namespace vigil
