#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "common/rpc/errors.h"
#include "registry-svc/casebook/validate.h"
#include "registry-svc/exchange/read_files.h"
#include "tests/unit/registry/book_fixture.h"

namespace vigil::registry {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// Two cases and a dossier; a fact of the first concerns the second, which comes later.
constexpr char kFirst[] = R"(case: {name: cases/c-first, display_name: First, country: KZ}
facts:
  - name: f1
    date: 2018-04-20
    source: {title: court file}
    concerns: [c-second]
    custody: {kind: remand}
  - name: f2
    lineage: f1
    date: 2018-04-19
    source: {title: court file}
    concerns: [c-second]
    custody: {kind: remand}
)";
constexpr char kSecond[] = "case: {name: cases/c-second, display_name: Second}\n";
constexpr char kDossier[] =
    "dossier: {name: dossiers/d-one, display_name: A mission, cases: [c-first]}\n";

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

class ImportTest : public BookTest {
 protected:
  using Files = std::vector<std::pair<std::string, std::string>>;

  static Files All() {
    return {{"first.yaml", kFirst}, {"second.yaml", kSecond}, {"dossier.yaml", kDossier}};
  }

  absl::StatusOr<v1::ImportFilesResponse> Import(const Files& files, bool dry_run = false,
                                                 bool only_if_empty = false,
                                                 const std::string& request_id = "") {
    v1::ImportFilesRequest request;
    for (const auto& [name, content] : files) {
      auto& file = *request.add_files();
      file.set_file(name);
      file.set_content(content);
    }
    FilesRead read = ReadFiles(request.files());
    return Call(&Casebook::ImportFiles, Casebook::Import{.documents = std::move(read.documents),
                                                         .problems = std::move(read.problems),
                                                         .dry_run = dry_run,
                                                         .only_if_empty = only_if_empty,
                                                         .request_id = request_id,
                                                         .request = request.SerializeAsString()});
  }

  // The refusal of an import, which changes nothing.
  absl::Status Refusal(const Files& files) {
    const int64_t before = revision();
    const absl::Status status = Import(files).status();
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument)) << "whatever the reason";
    EXPECT_EQ(revision(), before);
    return status;
  }

  FilePtr Find(const std::string& name) const { return book_->Present()->Find(name); }
};

TEST_F(ImportTest, ReferencesEitherWay_AreResolved) {
  const int64_t before = revision();
  ASSERT_OK_AND_ASSIGN(const auto answer, Import(All()));
  EXPECT_EQ(answer.created_cases(), 3);
  EXPECT_EQ(answer.appended_facts(), 2);
  EXPECT_THAT(answer.changes(), SizeIs(5));
  EXPECT_EQ(answer.changes(4).name(), "cases/c-first/facts/f2");
  EXPECT_EQ(answer.changes(4).file(), "first.yaml");
  EXPECT_EQ(answer.changes(4).line(), 8);
  EXPECT_THAT(answer.moves(), IsEmpty()) << "what is new moves nothing";
  EXPECT_EQ(revision() - before, 1) << "an import is told whole";
  const FilePtr first = Find("cases/c-first");
  ASSERT_THAT(*first->own, SizeIs(2));
  EXPECT_EQ(first->own->at(1)->message->lineage(), "cases/c-first/facts/f1");
  const FilePtr second = Find("cases/c-second");
  ASSERT_THAT(*second->foreign, SizeIs(2));
  EXPECT_EQ(second->present->rendered.situation(), v1::SITUATION_IN_DETENTION);
  EXPECT_EQ(Find("dossiers/d-one")->dossier->cases(0), "cases/c-first");
}

TEST_F(ImportTest, Again_ChangesNothing) {
  ASSERT_THAT(Import(All()), IsOk());
  const int64_t before = revision();
  ASSERT_OK_AND_ASSIGN(const auto answer, Import(All()));
  EXPECT_EQ(answer.created_cases() + answer.updated_cases() + answer.appended_facts(), 0);
  EXPECT_EQ(answer.unchanged(), 5);
  EXPECT_EQ(revision(), before);
}

TEST_F(ImportTest, WhatIsStated_IsUpdatedAndTheRestStays) {
  ASSERT_THAT(Import(All()), IsOk());
  ASSERT_OK_AND_ASSIGN(
      const auto answer,
      Import(
          {{"c.csv", "case,person.born,person.names[0].text,tags\nc-first,1970,Premier,a;b\n"}}));
  EXPECT_EQ(answer.updated_cases(), 1);
  ASSERT_THAT(answer.changes(), SizeIs(1));
  EXPECT_EQ(answer.changes(0).kind(), v1::ImportChange::KIND_UPDATED);
  EXPECT_EQ(answer.changes(0).line(), 2);
  const auto& born = answer.changes(0).fields(2);
  EXPECT_EQ(born.path(), "person.born");
  EXPECT_EQ(born.before(), "");
  EXPECT_EQ(born.after(), "1970");
  const v1::Case& record = *Find("cases/c-first")->record;
  EXPECT_EQ(record.country(), "KZ");
  EXPECT_EQ(record.person().born(), "1970");
  EXPECT_THAT(record.tags(), testing::ElementsAre("a", "b"));
  ASSERT_THAT(Import({{"d.csv", "dossier,cases\nd-one,c-first; c-second\n"},
                      {"e.csv", "case,tags,person.sex\nc-first,c,male\n"}}),
              IsOk());
  EXPECT_THAT(Find("cases/c-first")->record->tags(), testing::ElementsAre("c"))
      << "a list is stated as a whole";
  EXPECT_EQ(Find("cases/c-first")->record->person().born(), "1970");
  EXPECT_THAT(Find("dossiers/d-one")->dossier->cases(), SizeIs(2));
}

TEST_F(ImportTest, FactsOfAKnownCase_AreAppendedAndTheMovesTold) {
  ASSERT_THAT(Import(All()), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto answer,
                       Import({{"f.csv",
                                "case,fact,lineage,kind,date,source.title,concerns,"
                                "custody.kind\n"
                                "c-first,f3,f1,custody,2018-04-22,letter,c-second,remand\n"}}));
  EXPECT_EQ(answer.appended_facts(), 1);
  EXPECT_EQ(answer.unchanged(), 0) << "of the case only the name was stated";
  ASSERT_GT(answer.moves_size(), 0);
  std::set<std::string> cases;
  for (const v1::DeadlineMove& move : answer.moves()) {
    if (move.kind() == v1::DeadlineMove::KIND_MOVED) {
      cases.insert(ParentOf(move.after().name()));
      EXPECT_GT(move.latest_shift_days(), 0);
    }
  }
  EXPECT_THAT(cases, testing::ElementsAre("cases/c-first", "cases/c-second"));
}

TEST_F(ImportTest, ARetractReason_RetractsTheFact) {
  ASSERT_THAT(Import(All()), IsOk());
  const std::string retracted =
      Replaced(kFirst, "lineage: f1", "lineage: f1\n    retract_reason: typo");
  ASSERT_OK_AND_ASSIGN(const auto answer, Import({{"first.yaml", retracted}}));
  EXPECT_EQ(answer.retracted_facts(), 1);
  EXPECT_EQ(answer.changes(0).kind(), v1::ImportChange::KIND_RETRACTED);
  EXPECT_EQ(Find("cases/c-first")->FindOwn("cases/c-first/facts/f2")->message->retract_reason(),
            "typo");
  EXPECT_TRUE(Find("cases/c-second")->foreign->at(1)->message->has_retract_time());
  ASSERT_OK_AND_ASSIGN(const auto again, Import({{"first.yaml", retracted}}));
  EXPECT_EQ(again.unchanged(), 3);
  ASSERT_OK_AND_ASSIGN(const auto unsaid, Import({{"first.yaml", kFirst}}));
  EXPECT_EQ(unsaid.unchanged(), 3) << "what is not stated stays";
  EXPECT_EQ(rpc::ReasonOf(Refusal({{"first.yaml", Replaced(retracted, "typo", "other")}})),
            "IMPORT_DIFFERS");
}

TEST_F(ImportTest, ANewFactThatIsRetracted_IsKeptAndDoesNotCount) {
  const std::string text = Replaced(kSecond, "\n", R"(
facts:
  - {name: f1, date: 2018-04-20, source: {title: x}, custody: {kind: remand}, retract_reason: typo}
)");
  ASSERT_OK_AND_ASSIGN(const auto answer, Import({{"second.yaml", text}}));
  EXPECT_EQ(answer.appended_facts(), 1);
  EXPECT_EQ(answer.retracted_facts(), 1);
  EXPECT_EQ(Find("cases/c-second")->present->rendered.situation(), v1::SITUATION_NOT_STATED);
  Open();
  EXPECT_TRUE(Find("cases/c-second")->own->at(0)->message->has_retract_time());
}

TEST_F(ImportTest, OneBadFact_KeepsEverythingOutAndIsPlaced) {
  const absl::Status refused = Refusal(
      {{"first.yaml", Replaced(kFirst, "2018-04-19", "yesterday")}, {"second.yaml", kSecond}});
  EXPECT_EQ(rpc::ReasonOf(refused), "BAD_FACT");
  EXPECT_THAT(std::string(refused.message()), HasSubstr("first.yaml:10: facts[1].date: "));
  EXPECT_EQ(book_->Present()->file_count(), 0);
}

TEST_F(ImportTest, AWrongCell_IsNamedByRowAndColumn) {
  ASSERT_THAT(Import(All()), IsOk());
  std::string table = "case,fact,date,kind,source.title,other.what\n";
  for (int row = 2; row <= 9; ++row) {
    table += "c-second,g" + std::to_string(row) + "," + (row == 7 ? "2018-13-01" : "2018") +
             ",other,a letter,text\n";
  }
  const absl::Status refused = Refusal({{"facts.csv", table}});
  EXPECT_THAT(std::string(refused.message()), HasSubstr("facts.csv:7:3: date: "));
}

TEST_F(ImportTest, AFactThatIsThereAndDiffers_IsRefused) {
  ASSERT_THAT(Import(All()), IsOk());
  const absl::Status refused = Refusal(
      {{"second.yaml", kSecond}, {"first.yaml", Replaced(kFirst, "2018-04-20", "2018-04-21")}});
  EXPECT_EQ(rpc::ReasonOf(refused), "IMPORT_DIFFERS");
  EXPECT_THAT(std::string(refused.message()),
              AllOf(HasSubstr("first.yaml:3: facts[0]: "), HasSubstr("cases/c-first/facts/f1")));
}

TEST_F(ImportTest, WhatLeadsNowhere_IsNamed) {
  const auto reason = [&](const std::string& from, const std::string& to) {
    return rpc::ReasonOf(
        Refusal({{"first.yaml", Replaced(kFirst, from, to)}, {"second.yaml", kSecond}}));
  };
  EXPECT_EQ(reason("c-second", "c-nobody"), "UNKNOWN_REFERENCE");
  EXPECT_EQ(reason("lineage: f1", "lineage: f9"), "UNKNOWN_REFERENCE");
  EXPECT_EQ(reason("kind: remand", "alternative_starts: [f9]"), "UNKNOWN_REFERENCE");
  EXPECT_EQ(reason("c-first", "c-second"), "DOUBLED");
  EXPECT_EQ(reason("name: f2", "name: f1"), "DOUBLED");
  EXPECT_EQ(reason("[c-second]", "[c-second, cases/c-second]"), "DOUBLED");
  EXPECT_EQ(reason("cases/c-first", "C"), "BAD_NAME");
  EXPECT_EQ(reason("name: f2", "name: cases/c-second/facts/f2"), "BAD_NAME");
  EXPECT_EQ(rpc::ReasonOf(Refusal({{"x.yaml", "facts: [{name: f1}]"}})), "REQUIRED");
  EXPECT_EQ(rpc::ReasonOf(Refusal({{"x.csv", "case,fact\nc-nobody,f1\n"}})), "UNKNOWN_REFERENCE");
  EXPECT_EQ(rpc::ReasonOf(Refusal({{"x.csv", "dossier,display_name,cases\nd-x,X,c-nobody\n"}})),
            "UNKNOWN_REFERENCE");
}

TEST_F(ImportTest, CorrectionThatDropsACase_IsRefused) {
  std::string text = kFirst;
  const size_t at = text.rfind("    concerns: [c-second]\n");
  text.erase(at, std::string("    concerns: [c-second]\n").size());
  EXPECT_EQ(rpc::ReasonOf(Refusal({{"first.yaml", text}, {"second.yaml", kSecond}})),
            "MISSING_CONCERN");
}

TEST_F(ImportTest, DeletedCase_TakesNothing) {
  ASSERT_THAT(Import(All()), IsOk());
  v1::DeleteCaseRequest request;
  request.set_name("cases/c-second");
  ASSERT_THAT(Call(&Casebook::DeleteCase, request), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto answer, Import(All()));
  EXPECT_EQ(answer.unchanged(), 5) << "what is there just so is let be";
  EXPECT_EQ(rpc::ReasonOf(Refusal({{"c.csv", "case,country\nc-second,KZ\n"}})), "CASE_DELETED");
  EXPECT_EQ(rpc::ReasonOf(Refusal({{"f.csv",
                                    "case,fact,kind,date,source.title\n"
                                    "c-second,f1,death,2018,x\n"}})),
            "CASE_DELETED");
}

TEST_F(ImportTest, ErasedFact_DoesNotComeBack) {
  const std::string secret = Replaced(kSecond, "\n", R"(
facts: [{name: f1, date: 2018-04-20, source: {title: x}, confidential: true, death: {}}]
)");
  ASSERT_THAT(Import({{"second.yaml", secret}}), IsOk());
  v1::EraseCaseRequest request;
  request.set_name("cases/c-second");
  request.set_reason("asked for");
  ASSERT_THAT(Call(&Casebook::EraseCase, request), IsOk());
  EXPECT_EQ(rpc::ReasonOf(Refusal({{"second.yaml", secret}})), "FACT_ERASED");
}

TEST_F(ImportTest, DryRun_TellsAllProblemsAndWhatWouldChange) {
  ASSERT_THAT(Import(All()), IsOk());
  const int64_t before = revision();
  ASSERT_OK_AND_ASSIGN(
      const auto answer,
      Import({{"bad.yaml", "case: {nam: x}\n"},
              {"c.csv", "case,display_name,country\nc-first,Premier,KZ\nc-third,Third,XX\n"},
              {"f.csv",
               "case,fact,kind,date,source.title\n"
               "c-second,f1,death,soon,x\nc-second,f2,death,2018,x\n"}},
             /*dry_run=*/true));
  ASSERT_THAT(answer.problems(), SizeIs(3));
  EXPECT_EQ(answer.problems(0).file(), "bad.yaml");
  EXPECT_EQ(answer.problems(1).reason(), "BAD_COUNTRY");
  EXPECT_EQ(answer.problems(1).key(), "country");
  EXPECT_EQ(answer.problems(2).line(), 2);
  EXPECT_EQ(answer.updated_cases(), 1);
  EXPECT_EQ(answer.appended_facts(), 1);
  EXPECT_EQ(revision(), before);
  EXPECT_EQ(Find("cases/c-first")->record->display_name(), "First");
  EXPECT_EQ(Find("cases/c-third"), nullptr);
  ASSERT_THAT(CreateCase("c-after", "Somebody"), IsOk());
}

TEST_F(ImportTest, ManyProblems_AreCutOffAndSaidToBe) {
  std::string table = "case,display_name,country\n";
  for (int i = 0; i < 120; ++i) table += "c-" + std::to_string(i) + ",X,XX\n";
  ASSERT_OK_AND_ASSIGN(const auto answer, Import({{"c.csv", table}}, true));
  EXPECT_THAT(answer.problems(), SizeIs(100));
  EXPECT_TRUE(answer.cut_off());
}

TEST_F(ImportTest, OnlyIfEmpty_DoesNothingWhereThereIsACase) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto answer, Import(All(), false, true));
  EXPECT_EQ(answer.created_cases(), 0);
  EXPECT_EQ(book_->Present()->file_count(), 1);
}

TEST_F(ImportTest, SameRequestIdTwice_ImportsOnceAndAnswersWithTheCounts) {
  const std::string id = "8f14e45f-ceea-467f-9a1b-0242ac120002";
  ASSERT_THAT(Import(All(), /*dry_run=*/true, false, id), IsOk()) << "which takes no id";
  ASSERT_OK_AND_ASSIGN(const auto first, Import(All(), false, false, id));
  ASSERT_THAT(first.changes(), testing::Not(testing::IsEmpty()));
  v1::UpdateCaseRequest update;
  update.mutable_case_()->set_name("cases/c-first");
  update.mutable_case_()->set_display_name("Named anew");
  ASSERT_THAT(Call(&Casebook::UpdateCase, update), IsOk());
  const int64_t before = revision();
  for (int round = 0; round < 2; ++round) {
    ASSERT_OK_AND_ASSIGN(const auto again, Import(All(), false, false, id));
    EXPECT_EQ(again.created_cases(), first.created_cases());
    EXPECT_EQ(again.appended_facts(), first.appended_facts());
    EXPECT_THAT(again.changes(), testing::IsEmpty());
    EXPECT_TRUE(again.cut_off()) << "there was more to tell";
    EXPECT_EQ(revision(), before);
    Open();
  }
  EXPECT_EQ(rpc::ReasonOf(Import({All()[0]}, false, false, id).status()), "REQUEST_ID_REUSED");
}

}  // namespace
}  // namespace vigil::registry
