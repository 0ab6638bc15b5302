#include "registry-svc/casebook/vocabularies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "common/rpc/errors.h"
#include "common/yaml/yaml.h"
#include "registry-svc/casebook/validate.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil::registry {
namespace {

using ::google::protobuf::FieldDescriptor;
using ::testing::HasSubstr;

const Vocabularies& Tree() {
  static const auto* const tree =
      new absl::StatusOr<Vocabularies>(Vocabularies::Load(VIGIL_SOURCE_DIR "/data/vocabularies"));
  return **tree;
}

std::string FieldOfRefusal(const absl::Status& status) {
  auto metadata = rpc::MetadataOf(status);
  return metadata["field"];
}

v1::Fact Charged(v1::CodeEdition edition, const std::string& article, const std::string& part = "",
                 const std::string& point = "") {
  v1::Fact fact;
  fact.mutable_accusation()->add_charges();
  v1::Charge& charge = *fact.mutable_accusation()->add_charges();
  charge.set_code_edition(edition);
  charge.set_article(article);
  charge.set_part(part);
  charge.set_point(point);
  return fact;
}

TEST(Vocabularies, Place_IsAcceptedByItsNameAlone) {
  v1::Case record;
  EXPECT_THAT(Tree().Check("case", record, nullptr), IsOk());
  record.set_place("Atyrau");
  EXPECT_THAT(Tree().Check("case", record, nullptr), IsOk());
  for (const auto& [written, meant] : {std::pair("Atyraw", "Atyrau"),
                                       {"atyrau", "Atyrau"},
                                       {"Nur-Sultan", "Astana"},
                                       {"Жанаозен", "Zhanaozen"},
                                       {"Nur-Sultn", "Astana"}}) {
    record.set_place(written);
    const absl::Status refused = Tree().Check("case", record, nullptr);
    EXPECT_EQ(rpc::ReasonOf(refused), "NOT_IN_VOCABULARY") << written;
    EXPECT_EQ(FieldOfRefusal(refused), "case.place");
    EXPECT_THAT(std::string(refused.message()), HasSubstr(std::string("'") + meant + "'"));
  }
}

TEST(Vocabularies, PlaceThatIsFarFromAll_IsRefusedWithThePathToTheList) {
  v1::Case record;
  record.set_place("Nowhere at all, really");
  EXPECT_THAT(std::string(Tree().Check("case", record, nullptr).message()),
              HasSubstr("/v1/vocabularies/places/entries"));
}

TEST(Vocabularies, PlaceThatWasThereBefore_IsLetBe) {
  v1::Case before;
  before.set_place("Old words");
  v1::Case record = before;
  EXPECT_THAT(Tree().Check("case", record, &before), IsOk());
  record.set_place("New words");
  EXPECT_EQ(rpc::ReasonOf(Tree().Check("case", record, &before)), "NOT_IN_VOCABULARY");
}

TEST(Vocabularies, FieldsOfAFact_AreCheckedHoweverDeep) {
  v1::Fact fact;
  fact.set_place("Atyrau");
  fact.add_institutions("INTERPOL");
  fact.mutable_verdict()->set_court("Court in Atyrau");
  EXPECT_THAT(Tree().Check("fact", fact), IsOk());
  fact.mutable_verdict()->set_court("Court in Atirau");
  EXPECT_EQ(FieldOfRefusal(Tree().Check("fact", fact)), "fact.verdict.court");
  fact.mutable_verdict()->clear_court();
  fact.add_institutions("Interpole");
  EXPECT_EQ(FieldOfRefusal(Tree().Check("fact", fact)), "fact.institutions[1]");
  fact.clear_institutions();
  fact.mutable_whereabouts()->set_place("Kiev");
  EXPECT_THAT(std::string(Tree().Check("fact", fact).message()), HasSubstr("'Kyiv'"));
  fact.mutable_intervention()->add_institutions("European Parliament");
  EXPECT_THAT(Tree().Check("fact", fact), IsOk());
  fact.mutable_intervention()->add_institutions("Parliament");
  EXPECT_EQ(FieldOfRefusal(Tree().Check("fact", fact)), "fact.intervention.institutions[1]");
}

// The kinds of facts that name a court, each with that field.
std::vector<std::pair<const FieldDescriptor*, const FieldDescriptor*>> CourtsOfFacts() {
  std::vector<std::pair<const FieldDescriptor*, const FieldDescriptor*>> out;
  const auto* what = v1::Fact::descriptor()->FindOneofByName("what");
  for (int i = 0; i < what->field_count(); ++i) {
    const FieldDescriptor* kind = what->field(i);
    const auto* court = kind->message_type()->FindFieldByName("court");
    if (court != nullptr) out.emplace_back(kind, court);
  }
  return out;
}

TEST(Vocabularies, CourtOfEveryKindOfFact_IsAnEntry) {
  const v1::Vocabulary* courts = Tree().Find("vocabularies/courts");
  ASSERT_NE(courts, nullptr);
  EXPECT_GE(CourtsOfFacts().size(), 15u);
  for (const auto& [kind, court] : CourtsOfFacts()) {
    v1::Fact fact;
    google::protobuf::Message& said = *fact.GetReflection()->MutableMessage(&fact, kind);
    said.GetReflection()->SetString(&said, court, courts->entries(0).name());
    EXPECT_THAT(Tree().Check("fact", fact), IsOk()) << kind->name();
    said.GetReflection()->SetString(&said, court, "Any court");
    const absl::Status refused = Tree().Check("fact", fact);
    EXPECT_EQ(rpc::ReasonOf(refused), "NOT_IN_VOCABULARY") << kind->name();
    EXPECT_EQ(FieldOfRefusal(refused), "fact." + kind->name() + ".court");
  }
}

TEST(Vocabularies, Charge_IsCodeArticlePartAndPoint) {
  EXPECT_THAT(Tree().Check("fact", Charged(v1::CODE_EDITION_KZ_CC_2014, "174", "2")), IsOk());
  EXPECT_THAT(Tree().Check("fact", Charged(v1::CODE_EDITION_KZ_CC_1997, "311")), IsOk());
  const auto refused = [](const v1::Fact& fact) {
    const absl::Status status = Tree().Check("fact", fact);
    return rpc::ReasonOf(status) + " " + FieldOfRefusal(status);
  };
  // The number is there, in the other code.
  EXPECT_EQ(refused(Charged(v1::CODE_EDITION_KZ_CC_2014, "311")),
            "NOT_IN_VOCABULARY fact.accusation.charges[1].article");
  EXPECT_EQ(refused(Charged(v1::CODE_EDITION_KZ_CC_2014, "174", "4")),
            "NOT_IN_VOCABULARY fact.accusation.charges[1].part");
  EXPECT_EQ(refused(Charged(v1::CODE_EDITION_KZ_CC_2014, "174", "2", "1")),
            "NOT_IN_VOCABULARY fact.accusation.charges[1].point");
  EXPECT_EQ(refused(Charged(v1::CODE_EDITION_UNSPECIFIED, "174")),
            "REQUIRED fact.accusation.charges[1].code_edition");
  EXPECT_EQ(refused(Charged(v1::CODE_EDITION_KZ_CC_2014, "", "2")),
            "REQUIRED fact.accusation.charges[1].article");
  EXPECT_EQ(refused(Charged(v1::CODE_EDITION_KZ_CC_2014, "189", "", "2")),
            "REQUIRED fact.accusation.charges[1].part");
}

TEST(Vocabularies, Institutions_HoldTheAddresseesOfTheReport) {
  const v1::Vocabulary* institutions = Tree().Find("vocabularies/institutions");
  ASSERT_NE(institutions, nullptr);
  int addressees = 0;
  for (const v1::Entry& entry : institutions->entries()) {
    addressees += entry.contact_points().empty() ? 0 : 1;
  }
  EXPECT_EQ(addressees, 25);
}

TEST(Vocabularies, CasesOfTheReport_NameOnlyEntries) {
  const auto files = LoadYamlDir<v1::CaseDocument>(VIGIL_SOURCE_DIR "/data/cases");
  ASSERT_THAT(files, IsOk());
  int relations = 0, institutions = 0;
  for (const auto& [path, document] : *files) {
    EXPECT_THAT(Tree().Check("case", document.case_(), nullptr), IsOk()) << path;
    for (const v1::Fact& fact : document.facts()) {
      EXPECT_THAT(Tree().Check("fact", fact), IsOk()) << path << " " << fact.name();
      EXPECT_THAT(CheckInput("fact", fact), IsOk()) << path << " " << fact.name();
      relations += fact.has_relation();
      institutions += fact.institutions_size() + fact.intervention().institutions_size();
    }
  }
  EXPECT_GT(relations, 10);
  EXPECT_GT(institutions, 40);
}

// A folder with the four vocabularies, of which one is changed.
class LoadingVocabularies : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"articles", "courts", "institutions", "places"}) {
      Write(name, "entries: [{name: One}]");
    }
  }
  void Write(const std::string& name, const std::string& entries) {
    dir_.Write(name + ".yaml", "name: vocabularies/" + name +
                                   "\nversion: \"1\"\nscope: for a test\n" + entries + "\n");
  }
  std::string Refusal() { return std::string(Vocabularies::Load(dir_.path()).status().message()); }

  TempDir dir_;
};

TEST_F(LoadingVocabularies, FourFiles_AreTakenByName) {
  const auto loaded = Vocabularies::Load(dir_.path());
  ASSERT_THAT(loaded, IsOk());
  ASSERT_EQ(loaded->all().size(), 4u);
  EXPECT_EQ(loaded->all()[0].name(), "vocabularies/articles");
}

TEST_F(LoadingVocabularies, WhatIsWrong_IsNamedWithFileLineAndKey) {
  Write("places", "entries:\n  - name: One\n  - name: One");
  EXPECT_THAT(Refusal(), HasSubstr("places.yaml:6: entries[1].name: 'One' is there twice"));
  Write("places", "entries:\n  - {name: One, aliases: [Two]}\n  - name: Two");
  EXPECT_THAT(Refusal(), HasSubstr("'Two' is there twice"));
  Write("places", "entries:\n  - nam: One");
  EXPECT_THAT(Refusal(), HasSubstr("nam"));
  Write("places", "entries:\n  - kind: city");
  EXPECT_THAT(Refusal(), HasSubstr("entries[0].name: missing"));
  Write("places", "entries: [{name: One}]");
  Write("courts", "entries: [{name: Court, within: Two}]");
  EXPECT_THAT(Refusal(), HasSubstr("'Two' is no place"));
  Write("courts", "entries: [{name: Court}]");
  Write("articles", "entries: [{name: \"9\", article: {code_edition: kz_cc_2014, number: \"9\"}}]");
  EXPECT_THAT(Refusal(), HasSubstr("make the name 'KZ_CC_2014 9'"));
}

TEST_F(LoadingVocabularies, UnknownOrMissingVocabulary_IsRefused) {
  Write("planets", "entries: [{name: Mars}]");
  EXPECT_THAT(Refusal(), HasSubstr("'vocabularies/planets' is none"));
  TempDir empty;
  EXPECT_THAT(Vocabularies::Load(empty.path()), StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace vigil::registry
