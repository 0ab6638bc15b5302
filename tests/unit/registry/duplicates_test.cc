#include "registry-svc/casebook/duplicates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vigil::registry {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

CaseFile FileOf(const std::vector<std::string>& names, const std::string& born = "",
                const std::string& place = "") {
  auto record = std::make_shared<v1::Case>();
  record->set_name("cases/c-test");
  record->set_display_name(names[0]);
  for (const std::string& name : names) record->mutable_person()->add_names()->set_text(name);
  record->mutable_person()->set_born(born);
  record->set_place(place);
  return NewCaseFile(std::move(record), nullptr);
}

CaseFile Charged(CaseFile file, const std::string& article, bool confidential = false) {
  v1::Fact fact;
  fact.set_name("cases/c-test/facts/f1");
  fact.set_date("2018");
  fact.set_confidential(confidential);
  fact.mutable_source()->set_title("court file");
  fact.mutable_accusation()->add_charges()->set_article(article);
  file.own = WithFact(*file.own, std::make_shared<const CheckedFact>(*CheckFact(fact)));
  return file;
}

Alike Of(const CaseFile& a, const CaseFile& b) {
  const Alike alike = Compare(LikenessOf(a), LikenessOf(b));
  EXPECT_EQ(Compare(LikenessOf(b), LikenessOf(a)).score, alike.score) << "either way round";
  return alike;
}

TEST(Duplicates, TheSameNameInAnyScriptAndOrder_IsTheSameName) {
  EXPECT_THAT(Of(FileOf({"Mukhtar Dzhakishev"}), FileOf({"Джакишев Мухтар"})).reasons,
              ElementsAre("SAME_NAME"));
  EXPECT_THAT(Of(FileOf({"A pen name", "Maks Bokayev"}), FileOf({"Макс Бокаев"})).reasons,
              ElementsAre("SIMILAR_NAME"));
}

TEST(Duplicates, AnotherSpellingOrAMissingPatronymic_IsASimilarName) {
  EXPECT_THAT(Of(FileOf({"Yermek Narymbayev"}), FileOf({"Ermek Narimbaev"})).reasons,
              ElementsAre("SIMILAR_NAME"));
  EXPECT_THAT(Of(FileOf({"Mukhtar Erkinovich Dzhakishev"}), FileOf({"Muhtar Jakishev"})).reasons,
              ElementsAre("SIMILAR_NAME"));
}

TEST(Duplicates, RelativesWithOneFamilyName_AreNotAlike) {
  EXPECT_EQ(Of(FileOf({"Aset Nurzhaubay"}), FileOf({"Dulat Nurzhaubay"})).score, 0);
  EXPECT_EQ(
      Of(FileOf({"Aset Erkinovich Nurzhaubay"}), FileOf({"Dulat Erkinovich Nurzhaubay"})).score, 0);
  EXPECT_EQ(Of(FileOf({"Sarym"}), FileOf({"Sarym Batyrov"})).score, 0)
      << "one word says too little of a longer name";
}

TEST(Duplicates, EverythingAlike_MakesOneHundred) {
  const CaseFile file = Charged(FileOf({"Mukhtar Dzhakishev"}, "1963-05-17", "Almaty"), "174");
  const Alike alike = Of(file, file);
  EXPECT_EQ(alike.score, 100);
  EXPECT_THAT(alike.reasons, ElementsAre("SAME_NAME", "SAME_BIRTH", "SAME_PLACE", "SAME_ARTICLE"));
}

TEST(Duplicates, BirthPlaceAndArticle_CountOnlyWithAName) {
  const Alike alike = Of(Charged(FileOf({"Mukhtar Dzhakishev"}, "1963-05-17", "Almaty"), "174"),
                         Charged(FileOf({"Yedige Batyrov"}, "1963-05-17", "Almaty"), "174"));
  EXPECT_EQ(alike.score, 0);
  EXPECT_THAT(alike.reasons, IsEmpty());
}

TEST(Duplicates, AYearAlone_SaysLessThanADayOfBirth) {
  const auto born = [](const std::string& date) { return FileOf({"Mukhtar Dzhakishev"}, date); };
  EXPECT_GT(Of(born("1963-05-17"), born("1963-05-17")).score, Of(born("1963"), born("1963")).score);
  EXPECT_GT(Of(born("1963"), born("1963")).score, Of(born("1963"), born("1964")).score);
  EXPECT_EQ(Of(born("1963"), born("1964")).score, Of(born(""), born("")).score)
      << "what differs takes nothing off";
}

TEST(Duplicates, AConfidentialCharge_IsNoReason) {
  EXPECT_THAT(Of(Charged(FileOf({"Mukhtar Dzhakishev"}), "174", true),
                 Charged(FileOf({"Mukhtar Dzhakishev"}), "174"))
                  .reasons,
              ElementsAre("SAME_NAME"));
}

}  // namespace
}  // namespace vigil::registry
