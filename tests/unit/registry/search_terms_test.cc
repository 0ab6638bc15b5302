#include "registry-svc/casebook/search_terms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "registry-svc/domain/checked_fact.h"

namespace vigil::registry {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::SizeIs;
using testing::UnorderedElementsAre;

constexpr char kCase[] = "cases/c-test";

CaseFile FileOf(const std::string& display_name) {
  auto record = std::make_shared<v1::Case>();
  record->set_name(kCase);
  record->set_display_name(display_name);
  return NewCaseFile(std::move(record), nullptr);
}

v1::Fact Fact(const std::string& id) {
  v1::Fact fact;
  fact.set_name(std::string(kCase) + "/facts/" + id);
  fact.set_date("2018-04-20");
  fact.mutable_source()->set_title("court file");
  return fact;
}

v1::Fact Health(const std::string& id, const std::string& what) {
  v1::Fact fact = Fact(id);
  fact.mutable_health()->set_what(what);
  return fact;
}

std::shared_ptr<const CheckedFact> Checked(const v1::Fact& fact) {
  auto checked = CheckFact(fact);
  EXPECT_TRUE(checked.ok()) << checked.status();
  return std::make_shared<const CheckedFact>(*std::move(checked));
}

void Add(CaseFile& file, const v1::Fact& fact) { file.own = WithFact(*file.own, Checked(fact)); }

std::vector<std::string> Of(const CaseFile& file, KeyField field) {
  std::vector<std::string> keys;
  for (const SearchKey& key : SearchKeysOf(file)) {
    EXPECT_EQ(key.file, kCase);
    if (key.field == field) keys.push_back(key.key);
  }
  return keys;
}

TEST(SearchTerms, ANameMakesItsWordsTheirSoundsAndPairs) {
  const CaseFile file = FileOf("Mukhtar Dzhakishev");
  EXPECT_THAT(Of(file, kNameKey), ElementsAre("jakishev", "mukhtar"));
  EXPECT_THAT(Of(file, kSoundKey), ElementsAre("jksv", "mktr"));
  EXPECT_THAT(Of(file, kPairKey), ElementsAre("jksv mktr"));
}

TEST(SearchTerms, SpellingsOfOneName_ShareTheirPair) {
  CaseFile file = FileOf("Maks Bokayev");
  auto record = std::make_shared<v1::Case>(*file.record);
  record->mutable_person()->add_names()->set_text("Макс Бокаев");
  record->mutable_person()->add_names()->set_text("Bokaev, Max");
  file.record = record;
  EXPECT_THAT(Of(file, kPairKey), ElementsAre("bkv mk"));
}

TEST(SearchTerms, ANameOfOneWord_PairsWithItself) {
  EXPECT_THAT(Of(FileOf("Sarym"), kPairKey), ElementsAre("srm"));
  EXPECT_THAT(Of(FileOf("A B C"), kPairKey), UnorderedElementsAre("a b", "a c", "b c"));
}

TEST(SearchTerms, AFact_MakesWordsArticlesAndPlaces) {
  CaseFile file = FileOf("Somebody");
  v1::Fact fact = Fact("f1");
  fact.set_place("Almaty");
  fact.add_institutions("Prison LA-155/14");
  fact.set_note("He wrote to Астана.");
  v1::Charge& charge = *fact.mutable_verdict()->add_charges();
  charge.set_code_edition(v1::CODE_EDITION_KZ_CC_2014);
  charge.set_article("174");
  charge.set_part("2");
  charge.set_description("inciting discord");
  fact.mutable_verdict()->set_court("Almaty City Court");
  fact.mutable_verdict()->set_term("P5Y");
  Add(file, fact);
  EXPECT_THAT(Of(file, kArticleKey), ElementsAre("174"));
  EXPECT_THAT(Of(file, kLocalityKey), ElementsAre("almaty"));
  EXPECT_THAT(Of(file, kPlaceKey),
              UnorderedElementsAre("almaty", "city", "court", "prison", "la", "155", "14"));
  EXPECT_THAT(Of(file, kFactKey), UnorderedElementsAre("court", "file", "he", "wrote", "to",
                                                       "astana", "inciting", "discord"));
}

TEST(SearchTerms, TheCourtOfEveryKindOfFact_IsFoundLikeAPlace) {
  const auto* what = v1::Fact::descriptor()->FindOneofByName("what");
  int courts = 0;
  for (int i = 0; i < what->field_count(); ++i) {
    const auto* court = what->field(i)->message_type()->FindFieldByName("court");
    if (court == nullptr) continue;
    ++courts;
    v1::Fact fact = Fact("f1");
    google::protobuf::Message& said = *fact.GetReflection()->MutableMessage(&fact, what->field(i));
    said.GetReflection()->SetString(&said, court, "Almaty City Court");
    const auto checked = std::make_shared<CheckedFact>();
    checked->message = std::make_shared<const v1::Fact>(fact);
    CaseFile file = FileOf("Somebody");
    file.own = WithFact(*file.own, checked);
    EXPECT_THAT(Of(file, kPlaceKey), UnorderedElementsAre("almaty", "city", "court"))
        << what->field(i)->name();
  }
  EXPECT_GE(courts, 15);
}

TEST(SearchTerms, WhatIsHiddenOrGone_MakesNoKey) {
  CaseFile file = FileOf("Somebody");
  v1::Fact confidential = Health("f1", "whispered");
  confidential.set_confidential(true);
  Add(file, confidential);
  v1::Fact retracted = Health("f2", "mistaken");
  retracted.mutable_retract_time()->set_seconds(1);
  Add(file, retracted);
  v1::Fact erased = Fact("f3");
  erased.set_note("burnt");
  erased.mutable_erase_time()->set_seconds(1);
  Add(file, erased);
  Add(file, Health("f4", "misspelt"));
  v1::Fact correction = Health("f5", "spelt");
  correction.set_lineage(std::string(kCase) + "/facts/f4");
  Add(file, correction);
  EXPECT_THAT(Of(file, kFactKey), UnorderedElementsAre("court", "file", "spelt"));
}

TEST(SearchTerms, AConfidentialCorrection_HidesWhatItCorrects) {
  CaseFile file = FileOf("Somebody");
  Add(file, Health("f1", "broken arm"));
  v1::Fact correction = Health("f2", "broken leg");
  correction.set_lineage(std::string(kCase) + "/facts/f1");
  correction.set_confidential(true);
  Add(file, correction);
  EXPECT_THAT(Of(file, kFactKey), IsEmpty());
}

TEST(SearchTerms, ADeletedCaseAndADossier_HaveNoKeys) {
  CaseFile file = FileOf("Somebody");
  auto record = std::make_shared<v1::Case>(*file.record);
  record->mutable_delete_time()->set_seconds(1);
  file.record = record;
  EXPECT_THAT(SearchKeysOf(file), IsEmpty());
  auto dossier = std::make_shared<v1::Dossier>();
  dossier->set_name("dossiers/d-test");
  dossier->set_display_name("A mission");
  EXPECT_THAT(SearchKeysOf(NewCaseFile(nullptr, dossier)), IsEmpty());
}

TEST(SearchTerms, ALongWord_IsCutBetweenLetters) {
  std::string latin, glyphs = "ab";
  for (int i = 0; i < 40; ++i) {
    latin += "ab";
    glyphs += "\U00013000";  // a hieroglyph: four bytes, and no Latin form
  }
  const std::vector<std::string> words = KeyWords(latin + " " + glyphs);
  ASSERT_THAT(words, SizeIs(2));
  EXPECT_EQ(words[0], latin.substr(0, kMaxKey));
  EXPECT_EQ(words[1], glyphs.substr(0, 62)) << "64 bytes would end within a letter";
}

// A new field must be thought of: is it words that people search, or a code?
TEST(SearchTerms, EveryTextOfAFact_IsSearchedOrKnownNotToBe) {
  const std::set<std::string> codes = {"name",
                                       "lineage",
                                       "date",
                                       "known_date",
                                       "concerns",
                                       "time",
                                       "retract_reason",
                                       "author",
                                       "retract_author",
                                       "locator",
                                       "sha256",
                                       "location",
                                       "media_type",
                                       "part",
                                       "point",
                                       "country",
                                       "alternative_starts",
                                       "holding_state",
                                       "requesting_state",
                                       "requested_state",
                                       "length",
                                       "term",
                                       "replaces",
                                       "total_with",
                                       "served",
                                       "suspended_for",
                                       "of",
                                       "new_term",
                                       "placed",
                                       "transmitted",
                                       "every",
                                       "reply_due",
                                       "deadline",
                                       "running_since",
                                       "until",
                                       "email",
                                       "phone",
                                       "address",
                                       "languages"};
  const std::set<std::string> words = {
      "title", "description", "what",      "how",   "result", "demand",       "status",
      "by",    "as",          "to",        "note",  "about",  "outcome",      "people",
      "cause", "reason",      "as_stated", "place", "court",  "institutions", "article"};
  std::set<const google::protobuf::Descriptor*> seen;
  const std::function<void(const google::protobuf::Descriptor*)> walk =
      [&](const google::protobuf::Descriptor* message) {
        if (!seen.insert(message).second) return;
        for (int i = 0; i < message->field_count(); ++i) {
          const auto& field = *message->field(i);
          if (field.message_type() != nullptr) walk(field.message_type());
          if (field.cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_STRING) continue;
          EXPECT_TRUE(codes.contains(field.name()) || words.contains(field.name()))
              << field.full_name() << ": is it searched? Say so in search_terms.cc and here";
        }
      };
  walk(v1::Fact::descriptor());
}

TEST(SearchTerms, AFactMore_NotesOnlyItsOwnKeys) {
  CaseFile before = FileOf("Somebody");
  Add(before, Health("f1", "cold"));
  CaseFile after = before;
  Add(after, Health("f2", "fever"));
  KeyChanges changes;
  NoteKeyChanges(&before, after, changes);
  EXPECT_THAT(changes, Contains(Pair(SearchKey{kFactKey, "fever", kCase}, true)));
  EXPECT_THAT(changes, Not(Contains(Pair(SearchKey{kFactKey, "cold", kCase}, true))));
  EXPECT_THAT(changes, Not(Contains(Pair(SearchKey{kNameKey, "somebody", kCase}, true))));
}

TEST(SearchTerms, AFactThatGoes_TakesOnlyTheKeysThatNoOtherHas) {
  CaseFile before = FileOf("Somebody");
  Add(before, Health("f1", "cold fever"));
  Add(before, Health("f2", "fever"));
  CaseFile after = before;
  v1::Fact retracted = Health("f1", "cold fever");
  retracted.mutable_retract_time()->set_seconds(1);
  Add(after, retracted);
  KeyChanges changes;
  NoteKeyChanges(&before, after, changes);
  EXPECT_THAT(changes, ElementsAre(Pair(SearchKey{kFactKey, "cold", kCase}, false)));
}

TEST(SearchTerms, KindsOfOpenFactsThatStand_AreKeys) {
  CaseFile file = FileOf("A Person");
  Add(file, Health("f1", "feverish"));
  Add(file, Health("f2", "coughing"));
  v1::Fact told = Fact("f3");
  told.mutable_release()->set_from(v1::Release::FROM_REMAND);
  told.set_confidential(true);
  Add(file, told);
  v1::Fact retracted = Fact("f4");
  retracted.mutable_recognition()->set_by("a mission");
  retracted.mutable_retract_time()->set_seconds(1);
  Add(file, retracted);
  EXPECT_THAT(Of(file, kKindKey), ElementsAre("health"));
}

}  // namespace
}  // namespace vigil::registry
