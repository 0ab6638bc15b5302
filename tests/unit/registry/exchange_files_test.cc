// Files to documents and back: places, refusals, and that nothing is lost on the way.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <random>

#include "common/yaml/yaml.h"
#include "common/yaml/yaml_writer.h"
#include "registry-svc/exchange/csv_tables.h"
#include "registry-svc/exchange/read_files.h"
#include "tests/testing/status_matchers.h"

namespace vigil::registry {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

using Files = std::vector<std::pair<std::string, std::string>>;

FilesRead Read(const Files& files) {
  v1::ImportFilesRequest request;
  for (const auto& [name, content] : files) {
    auto& file = *request.add_files();
    file.set_file(name);
    file.set_content(content);
  }
  return ReadFiles(request.files());
}

// The documents of an export in one format.
Files Written(const std::vector<v1::CaseDocument>& documents, const std::string& format) {
  Files files;
  if (format == "yaml") {
    for (size_t i = 0; i < documents.size(); ++i) {
      files.emplace_back(std::to_string(i) + ".yaml", WriteYaml(documents[i]));
    }
  } else if (format == "json") {
    std::string text;
    for (const auto& document : documents) {
      std::string json;
      EXPECT_TRUE(google::protobuf::util::MessageToJsonString(document, &json).ok());
      text += (text.empty() ? "[" : ",\n") + json;
    }
    files.emplace_back("all.json", text + "]");
  } else {
    CsvTables tables;
    for (const auto& document : documents) tables.Learn(document);
    for (const auto& [rows, name] :
         {std::pair(CsvRows::kCases, "cases.csv"), std::pair(CsvRows::kDossiers, "dossiers.csv"),
          std::pair(CsvRows::kFacts, "facts.csv")}) {
      std::string text = tables.Header(rows);
      for (const auto& document : documents) text += tables.RowsOf(rows, document);
      if (!text.empty()) files.emplace_back(name, text);
    }
  }
  return files;
}

std::string NameOf(const v1::CaseDocument& document) {
  return document.has_case_() ? document.case_().name() : document.dossier().name();
}

void ExpectReadBack(const std::vector<v1::CaseDocument>& documents, const std::string& format) {
  const FilesRead read = Read(Written(documents, format));
  for (const auto& problem : read.problems) ADD_FAILURE() << format << problem.DebugString();
  ASSERT_EQ(read.documents.size(), documents.size()) << format;
  std::map<std::string, const v1::CaseDocument*> by_name;
  for (const Document& document : read.documents) {
    by_name[NameOf(document.content)] = &document.content;
  }
  for (const v1::CaseDocument& document : documents) {
    const v1::CaseDocument* found = by_name[NameOf(document)];
    ASSERT_NE(found, nullptr) << format;
    EXPECT_TRUE(MessageDifferencer::Equals(*found, document)) << format << "\n"
                                                              << document.DebugString() << "\n"
                                                              << found->DebugString();
  }
}

// Fills messages with anything that their fields can hold.
class Filler {
 public:
  explicit Filler(uint64_t seed) : random_(seed) {}

  int Below(int bound) { return std::uniform_int_distribution<>(0, bound - 1)(random_); }

  std::string Text() {
    static const std::vector<std::string> kParts = {
        "a",          "B7",   " ",    "  ",   ",",           ";",        "\"",           "\"\"",
        "\\",         "\n",   "\r\n", "\r",   "\t",          ": ",       " #",           "- ",
        "{}",         "[",    "]",    "null", "~",           "true",     "Айгүл",        "名",
        "قاموس",      "😀",    "'",    "&",    "*",           "\xC2\x85", "\xE2\x80\xA8", "%",
        "2018-04-13", "=1+1", "|",    ">",    "\xEF\xBB\xBF"};
    std::string text;
    for (int i = Below(5); i >= 0; --i) text += kParts[Below(static_cast<int>(kParts.size()))];
    return text;
  }

  void Fill(Message& message, int depth) {
    const auto* type = message.GetDescriptor();
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor* field = type->field(i);
      if (field->name() == "name" || field->real_containing_oneof() != nullptr) continue;
      if (Below(3) != 0) continue;
      for (int n = field->is_repeated() ? Below(4) : 1; n > 0; --n) Put(message, field, depth);
    }
  }

  void Put(Message& message, const FieldDescriptor* field, int depth) {
    const auto& r = *message.GetReflection();
    const bool many = field->is_repeated();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING: {
        const std::string text = many && Below(5) == 0 ? "" : Text();
        return many ? r.AddString(&message, field, text) : r.SetString(&message, field, text);
      }
      case FieldDescriptor::CPPTYPE_ENUM: {
        const auto* value = field->enum_type()->value(Below(field->enum_type()->value_count()));
        return many ? r.AddEnum(&message, field, value) : r.SetEnum(&message, field, value);
      }
      case FieldDescriptor::CPPTYPE_BOOL:
        return r.SetBool(&message, field, true);
      case FieldDescriptor::CPPTYPE_INT32:
        return r.SetInt32(&message, field, Below(200) - 100);
      case FieldDescriptor::CPPTYPE_MESSAGE:
        if (field->message_type()->full_name() == "google.protobuf.Timestamp") return;
        return Fill(many ? *r.AddMessage(&message, field) : *r.MutableMessage(&message, field),
                    depth + 1);
      default:
        ADD_FAILURE() << field->full_name();
    }
  }

  v1::CaseDocument Make(int number) {
    v1::CaseDocument document;
    const std::string id = std::to_string(number);
    if (Below(4) == 0) {
      Fill(*document.mutable_dossier(), 0);
      document.mutable_dossier()->set_name("dossiers/d-" + id);
    } else {
      Fill(*document.mutable_case_(), 0);
      document.mutable_case_()->set_name("cases/c-" + id);
    }
    const auto* what = v1::Fact::descriptor()->FindOneofByName("what");
    for (int i = Below(4); i > 0; --i) {
      v1::Fact& fact = *document.add_facts();
      Fill(fact, 0);
      Put(fact, what->field(Below(what->field_count())), 0);
      fact.set_name("f" + std::to_string(i));
    }
    return document;
  }

 private:
  std::mt19937_64 random_;
};

TEST(ExchangeFiles, GeneratedDocuments_AreReadBackAsTheyWereWritten) {
  for (int seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    Filler filler(seed);
    std::vector<v1::CaseDocument> documents;
    for (int i = 0; i < 4; ++i) documents.push_back(filler.Make(i));
    for (const char* format : {"yaml", "json", "csv"}) ExpectReadBack(documents, format);
    if (HasFailure()) return;
  }
}

TEST(ExchangeFiles, TheReportsCases_AreReadBackAsTheyWereWritten) {
  const auto loaded = LoadYamlDir<v1::CaseDocument>(VIGIL_SOURCE_DIR "/data/cases");
  ASSERT_THAT(loaded, IsOk());
  std::vector<v1::CaseDocument> documents;
  for (const auto& [file, document] : *loaded) documents.push_back(document);
  ASSERT_GT(documents.size(), 50u);
  for (const char* format : {"yaml", "json", "csv"}) ExpectReadBack(documents, format);
}

TEST(ExchangeFiles, CourtAndCopyOfEveryDecision_AreReadBackAsTheyWereWritten) {
  v1::CaseDocument document;
  document.mutable_case_()->set_name("cases/c-a");
  const auto* what = v1::Fact::descriptor()->FindOneofByName("what");
  for (int i = 0; i < what->field_count(); ++i) {
    v1::Fact fact;
    Message& said = *fact.GetReflection()->MutableMessage(&fact, what->field(i));
    for (const char* name : {"court", "served"}) {
      const FieldDescriptor* field = said.GetDescriptor()->FindFieldByName(name);
      if (field != nullptr) said.GetReflection()->SetString(&said, field, "2018-04");
    }
    if (said.ByteSizeLong() == 0) continue;
    fact.set_name("f" + std::to_string(i));
    *document.add_facts() = fact;
  }
  ASSERT_GE(document.facts_size(), 15);
  for (const char* format : {"yaml", "json", "csv"}) ExpectReadBack({document}, format);
}

TEST(ExchangeFiles, AByteOrderMark_IsPassedOver) {
  const FilesRead read = Read({{"a.yaml",
                                "\xEF\xBB\xBF"
                                "case: {name: c-a}\n"},
                               {"b.json", "\xEF\xBB\xBF[{\"case\": {\"name\": \"c-b\"}}]"},
                               {"c.csv",
                                "\xEF\xBB\xBF"
                                "case,country\r\nc-c,KZ\r\n"}});
  EXPECT_THAT(read.problems, IsEmpty());
  ASSERT_THAT(read.documents, SizeIs(3));
  EXPECT_EQ(read.documents[2].content.case_().name(), "cases/c-c");
  EXPECT_EQ(read.documents[2].content.case_().country(), "KZ");
}

TEST(ExchangeFiles, RowsOfSeveralTables_AreOneDocument) {
  const FilesRead read = Read({{"f.csv",
                                "case,dossier,fact,kind,date,death.cause\n"
                                "c-a,,f1,death,2018,illness\n"
                                ",d-a,f1,other,,\n"
                                "c-a,,f2,,2019,age\n"},
                               {"c.csv", "case,display_name\nc-a,Somebody\n"}});
  EXPECT_THAT(read.problems, IsEmpty());
  ASSERT_THAT(read.documents, SizeIs(2));
  const Document& first = read.documents[0];
  EXPECT_EQ(first.content.case_().display_name(), "Somebody");
  ASSERT_EQ(first.content.facts_size(), 2);
  EXPECT_EQ(first.content.facts(1).death().cause(), "age");
  EXPECT_TRUE(read.documents[1].content.facts(0).has_other()) << "a kind that says no more";

  const Place cell = first.place_of("facts[1].date");
  EXPECT_EQ(cell.file, "f.csv");
  EXPECT_EQ(cell.line, 4);
  EXPECT_EQ(cell.column, 5);
  EXPECT_EQ(cell.key, "date");
  EXPECT_EQ(first.place_of("facts[0].source.title").column, 3) << "no such column: the row's id";
  EXPECT_EQ(first.place_of("facts[0].death").key, "fact");
  EXPECT_EQ(first.place_of("case.display_name").file, "c.csv");
  EXPECT_EQ(read.documents[1].place_of("dossier.name").column, 2);
}

TEST(ExchangeFiles, PlacesOfYamlAndJson_AreLines) {
  const FilesRead read =
      Read({{"a.yaml", "case:\n  name: c-a\nfacts:\n  - name: f1\n    date: x\n"},
            {"b.json", "[{},\n{\"facts\": [\n{\"name\": \"f1\"}]}]"}});
  ASSERT_THAT(read.documents, SizeIs(3));
  EXPECT_EQ(read.documents[0].place_of("facts[0].date").line, 5);
  EXPECT_EQ(read.documents[0].place_of("facts[0].source.title").line, 4);
  const Place place = read.documents[2].place_of("facts[0].name");
  EXPECT_EQ(place.line, 3);
  EXPECT_EQ(place.key, "[1].facts[0].name");
}

TEST(ExchangeFiles, WhatCannotBeRead_IsNamedAndTheRestIsRead) {
  struct {
    const char *file, *content;
    int line, column;
    const char* says;
  } const kCases[] = {
      {"a.yaml", "case:\n  nam: x\n", 2, 0, "did you mean `name`"},
      {"a.json", "[\n{\"case\": 5}]", 2, 0, "write a mapping"},
      {"a.csv", "cas,fac\n", 1, 1, "a column `case`, `dossier` or `fact` is missing"},
      {"a.csv", "case;fact\n", 1, 1, "split by commas"},
      {"a.csv", "case,dat\n", 1, 2, "is no field"},
      {"a.csv", "case,country,country\n", 1, 3, "twice"},
      {"a.csv", "case,country\nc-a,KZ,1\n", 2, 1, "3 cells"},
      {"a.csv", "case,country,\nc-a,KZ,1\n", 2, 3, "no header"},
      {"a.csv", "case,person.sex\nc-a,male\nc-b,none\n", 3, 2, "female, male"},
      {"a.csv", "case,country\nc-a,KZ\ncases/c-a,KZ\n", 3, 1, "stated twice"},
      {"a.csv", "case,fact,kind\nc-a,f1,verdikt\n", 2, 3, "did you mean `verdict`"},
      {"a.csv", "case,fact,kind,death.cause\nc-a,f1,verdict,x\n", 2, 4, "cannot stand beside"},
      {"a.csv", "case,dossier,fact\nc-a,d-a,f1\n", 2, 1, "or that of the dossier"},
      {"a.csv", "fact\nf1\n", 2, 1, "or that of the dossier"},
      {"a.csv", "case,country\nc-a,\"KZ\n", 2, 2, "never ends"},
      {"a.txt", "x", 1, 0, "name it .yaml, .json or .csv"},
      {"", "x", 1, 0, "has no name"},
  };
  for (const auto& wrong : kCases) {
    SCOPED_TRACE(wrong.content);
    const FilesRead read = Read({{wrong.file, wrong.content}, {"z.yaml", "case: {name: c-z}"}});
    ASSERT_THAT(read.problems, SizeIs(1));
    EXPECT_EQ(read.problems[0].line(), wrong.line);
    EXPECT_EQ(read.problems[0].column(), wrong.column);
    EXPECT_THAT(read.problems[0].message(), HasSubstr(wrong.says));
    EXPECT_EQ(read.problems[0].reason(), wrong.file[0] == 0 ? "REQUIRED" : "BAD_FILE");
    ASSERT_FALSE(read.documents.empty());
    EXPECT_EQ(read.documents.back().content.case_().name(), "c-z");
  }
}

TEST(ExchangeFiles, EveryWrongCell_IsNamed) {
  const FilesRead read = Read({{"a.csv",
                                "case,person.sex,country,mandate.act\n"
                                "c-a,x,KZ,y\nc-b,z,KZ,true\n"}});
  EXPECT_THAT(read.problems, SizeIs(3));
  ASSERT_THAT(read.documents, SizeIs(2));
  EXPECT_TRUE(read.documents[1].content.case_().mandate().act());
}

}  // namespace
}  // namespace vigil::registry
