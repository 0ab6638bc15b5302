// Holds data/cases/ to what an import would refuse, and to what the report says of its people.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/civil/span.h"
#include "common/civil/term.h"
#include "common/yaml/yaml.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil::registry {
namespace {

namespace fs = std::filesystem;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::testing::IsSubsetOf;

struct File {
  fs::path path;
  v1::CaseDocument document;
};

// Every file of data/cases/, loaded as the import loads them.
const std::vector<File>& Files() {
  static const auto* files = [] {
    auto* loaded = new std::vector<File>;
    for (const auto& entry : fs::directory_iterator(VIGIL_SOURCE_DIR "/data/cases")) {
      if (entry.path().extension() != ".yaml") continue;
      File file{entry.path(), {}};
      const absl::Status status = LoadYaml(entry.path().string(), &file.document);
      EXPECT_TRUE(status.ok()) << status.message();
      loaded->push_back(std::move(file));
    }
    return loaded;
  }();
  return *files;
}

std::string NameOf(const v1::CaseDocument& document) {
  return document.has_case_() ? document.case_().name() : document.dossier().name();
}

std::set<std::string> CaseNames() {
  std::set<std::string> names;
  for (const File& file : Files()) {
    if (file.document.has_case_()) names.insert(file.document.case_().name());
  }
  return names;
}

std::string Where(const File& file, const v1::Fact& fact) {
  return file.path.filename().string() + " " + fact.name();
}

// Calls `visit` with each set string of a message, however deep, and with the name of its field.
template <class Visit>
void ForEachString(const Message& message, const Visit& visit) {
  std::vector<const FieldDescriptor*> fields;
  const auto* reflection = message.GetReflection();
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
        visit(field->name(), field->is_repeated() ? reflection->GetRepeatedString(message, field, i)
                                                  : reflection->GetString(message, field));
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        ForEachString(field->is_repeated() ? reflection->GetRepeatedMessage(message, field, i)
                                           : reflection->GetMessage(message, field),
                      visit);
      }
    }
  }
}

// The bare ids by which a fact refers to others of its file.
std::vector<std::string> References(const v1::Fact& fact) {
  std::vector<std::string> ids;
  const auto add = [&ids](const auto& more) { ids.insert(ids.end(), more.begin(), more.end()); };
  add(fact.verdict().replaces());
  add(fact.verdict().total_with());
  add(fact.custody().alternative_starts());
  if (fact.has_appeal_decision()) ids.push_back(fact.appeal_decision().of());
  if (fact.has_replacement()) ids.push_back(fact.replacement().of());
  if (fact.has_parole()) ids.push_back(fact.parole().of());
  if (fact.has_state_reply()) ids.push_back(fact.state_reply().to());
  if (!fact.lineage().empty()) ids.push_back(fact.lineage());
  return ids;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

TEST(CaseFiles, Directory_HoldsFortyNinePeopleAndSomeDossiers) {
  EXPECT_EQ(CaseNames().size(), 49u);
  EXPECT_GT(Files().size(), 49u);
}

TEST(CaseFiles, EveryFile_IsNamedByTheCodeItHolds) {
  std::set<std::string> seen;
  for (const File& file : Files()) {
    const std::string name = NameOf(file.document);
    EXPECT_NE(file.document.has_case_(), file.document.has_dossier()) << file.path;
    EXPECT_EQ(name.substr(name.find('/') + 1), file.path.stem().string());
    EXPECT_TRUE(seen.insert(name).second) << name;
  }
}

TEST(CaseFiles, EveryCode_TellsNothingOfThePerson) {
  // Random codes have no vowels, so that none can spell a word.
  for (const File& file : Files()) {
    const std::string code = file.path.stem().string();
    ASSERT_EQ(code.size(), 10u) << code;
    EXPECT_EQ(code.find_first_not_of("23456789bcdfghjkmnpqrstvwxz", 2), std::string::npos) << code;
    EXPECT_EQ(code.substr(0, 2), file.document.has_case_() ? "c-" : "d-");
  }
}

TEST(CaseFiles, EveryCase_HasNamesACountryAndAZone) {
  for (const File& file : Files()) {
    if (!file.document.has_case_()) continue;
    const v1::Case& record = file.document.case_();
    ASSERT_GT(record.person().names_size(), 0) << file.path;
    EXPECT_EQ(record.person().names(0).kind(), v1::NAME_KIND_MAIN) << file.path;
    EXPECT_EQ(record.person().names(0).text(), record.display_name()) << file.path;
    EXPECT_EQ(record.country(), "KZ") << file.path;
    EXPECT_GT(file.document.facts_size(), 0) << file.path;
    if (!record.time_zone().empty()) {
      EXPECT_TRUE(fs::exists("/usr/share/zoneinfo/" + record.time_zone())) << record.time_zone();
    }
  }
}

TEST(CaseFiles, EveryFact_HasASourceAndSaysWhatHappened) {
  for (const File& file : Files()) {
    std::set<std::string> ids;
    for (const v1::Fact& fact : file.document.facts()) {
      EXPECT_TRUE(ids.insert(fact.name()).second) << Where(file, fact);
      EXPECT_NE(fact.what_case(), v1::Fact::WHAT_NOT_SET) << Where(file, fact);
      EXPECT_FALSE(fact.source().title().empty()) << Where(file, fact);
      EXPECT_FALSE(fact.source().locator().empty()) << Where(file, fact);
      EXPECT_NE(fact.source().reliability(), v1::RELIABILITY_UNSPECIFIED) << Where(file, fact);
    }
  }
}

TEST(CaseFiles, EveryReference_Resolves) {
  const std::set<std::string> cases = CaseNames();
  for (const File& file : Files()) {
    std::set<std::string> ids;
    for (const v1::Fact& fact : file.document.facts()) ids.insert(fact.name());
    for (const v1::Fact& fact : file.document.facts()) {
      EXPECT_THAT(References(fact), IsSubsetOf(ids)) << Where(file, fact);
      EXPECT_THAT(fact.concerns(), IsSubsetOf(cases)) << Where(file, fact);
    }
    EXPECT_THAT(file.document.dossier().cases(), IsSubsetOf(cases)) << file.path;
  }
}

TEST(CaseFiles, EveryDateAndTerm_Parses) {
  const std::set<std::string> dates = {"date",   "known_date", "placed",   "transmitted",
                                       "served", "born",       "reply_due"};
  const std::set<std::string> terms = {"term", "length", "every", "new_term"};
  for (const File& file : Files()) {
    ForEachString(file.document, [&](const std::string& field, const std::string& text) {
      if (dates.contains(field)) {
        EXPECT_TRUE(civil::ParseSpan(text).ok()) << file.path << " " << text;
      } else if (terms.contains(field)) {
        EXPECT_TRUE(civil::ParseTerm(text).ok()) << file.path << " " << text;
      }
    });
  }
}

TEST(CaseFiles, EveryDateThatHasPassed_LiesBeforeTheEndOfTheReport) {
  const civil::Day report = civil::MakeDay(2018, 4, 28);
  for (const File& file : Files()) {
    for (const v1::Fact& fact : file.document.facts()) {
      const auto span = civil::ParseSpan(fact.date());
      if (!span.ok() || span->empty() || fact.has_planned_event()) continue;
      ASSERT_TRUE(span->last.has_value()) << Where(file, fact);
      EXPECT_LE(span->first.value_or(*span->last), report) << Where(file, fact);
    }
  }
}

TEST(CaseFiles, EveryArticle_SaysOfWhichCode) {
  const std::set<std::string> old_code = {"176", "177", "181", "193", "241", "311"};
  for (const File& file : Files()) {
    for (const v1::Fact& fact : file.document.facts()) {
      for (const v1::Charge& charge : fact.verdict().charges()) {
        EXPECT_EQ(charge.article().empty(), charge.code_edition() == v1::CODE_EDITION_UNSPECIFIED)
            << Where(file, fact);
        EXPECT_EQ(old_code.contains(charge.article()),
                  charge.code_edition() == v1::CODE_EDITION_KZ_CC_1997)
            << Where(file, fact) << " article " << charge.article();
        EXPECT_TRUE(!charge.has_gravity() || charge.gravity().assumed()) << Where(file, fact);
      }
    }
  }
}

TEST(CaseFiles, EveryPersonOfTheGoldenTable_HasACase) {
  std::set<std::string> people;
  for (const File& file : Files()) people.insert(file.document.case_().display_name());
  std::ifstream table(VIGIL_SOURCE_DIR "/tests/testdata/golden-deadlines.csv");
  std::string line;
  std::getline(table, line);
  int rows = 0;
  for (; std::getline(table, line); ++rows) {
    const std::string person = line.substr(0, line.find(','));
    EXPECT_TRUE(people.contains(person)) << person;
  }
  EXPECT_GT(rows, 40);
}

TEST(CaseFiles, NamesWithLookAlikeLetters_AreKeptAsPrinted) {
  // The Cyrillic letters by code point: to the eye they equal Latin ones.
  const std::map<std::string, std::string> printed = {
      {"Mukhtar Dzhakishev", "\u041Cukhtar Dzhakishev"},
      {"Amin Eleusinov", "\u0410min Eleusinov"},
      {"Aset Matayev", "\u0410set Matayev"},
      {"Makhambet Abzhan", "\u041C\u0430khambet Abzhan"},
      {"Muratkhan Tokmadi", "\u041Curatkhan Tokmadi"},
      {"Olesya Khalabuzar", "\u041Elesya Khalabuzar"},
      {"Amangeldy Batyrbekov", "\u0410mangeldy Batyrbekov"},
      {"Anatoliy Pogorelov", "\u0410natoliy Pogorelov"},
      {"Tatiana Paraskevich", "\u0422\u0430tiana Paraskevich"},
  };
  std::map<std::string, std::string> found;
  for (const File& file : Files()) {
    for (const v1::Name& name : file.document.case_().person().names()) {
      if (name.kind() != v1::NAME_KIND_AS_PRINTED) continue;
      found.emplace(file.document.case_().display_name(), name.text());
    }
  }
  EXPECT_EQ(found, printed);
}

TEST(CaseFiles, NoFileName_ContainsAName) {
  std::set<std::string> words;
  for (const File& file : Files()) {
    for (const v1::Name& name : file.document.case_().person().names()) {
      for (std::string_view rest = name.text(); !rest.empty();) {
        const size_t end = std::min(rest.find(' '), rest.size());
        if (end >= 3) words.insert(Lower(rest.substr(0, end)));
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
    }
  }
  for (const File& file : Files()) {
    for (const std::string& word : words) {
      EXPECT_EQ(Lower(file.path.filename().string()).find(word), std::string::npos) << word;
    }
  }
}

}  // namespace
}  // namespace vigil::registry
