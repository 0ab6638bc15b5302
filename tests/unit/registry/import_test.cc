#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/rpc/errors.h"
#include "tests/unit/registry/book_fixture.h"

namespace vigil::registry {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

class ImportTest : public BookTest {
 protected:
  // Two cases and a dossier; a fact of the first concerns the second, which comes later.
  static v1::ImportCasesRequest Documents() {
    v1::ImportCasesRequest request;
    auto& first = *request.add_documents();
    first.mutable_case_()->set_name("cases/c-first");
    first.mutable_case_()->set_display_name("First");
    *first.add_facts() = Custody("2018-04-20");
    first.mutable_facts(0)->set_name("f1");
    first.mutable_facts(0)->add_concerns("c-second");
    *first.add_facts() = Custody("2018-04-19");
    first.mutable_facts(1)->set_name("f2");
    first.mutable_facts(1)->set_lineage("f1");
    first.mutable_facts(1)->add_concerns("c-second");
    auto& second = *request.add_documents();
    second.mutable_case_()->set_name("cases/c-second");
    second.mutable_case_()->set_display_name("Second");
    auto& dossier = *request.add_documents();
    dossier.mutable_dossier()->set_name("dossiers/d-one");
    dossier.mutable_dossier()->set_display_name("A mission");
    dossier.mutable_dossier()->add_cases("c-first");
    return request;
  }

  absl::StatusOr<v1::ImportCasesResponse> Import(const v1::ImportCasesRequest& request) {
    return Call(&Casebook::ImportCases, request);
  }
};

TEST_F(ImportTest, ReferencesEitherWay_AreResolved) {
  const int64_t before = revision();
  ASSERT_OK_AND_ASSIGN(const auto counts, Import(Documents()));
  EXPECT_EQ(counts.created_cases(), 3);
  EXPECT_EQ(counts.created_facts(), 2);
  EXPECT_EQ(revision() - before, 1) << "an import is told whole";
  const auto snapshot = book_->Present();
  const FilePtr first = snapshot->Find("cases/c-first");
  ASSERT_THAT(*first->own, SizeIs(2));
  EXPECT_EQ(first->own->at(1)->message->lineage(), "cases/c-first/facts/f1");
  const FilePtr second = snapshot->Find("cases/c-second");
  ASSERT_THAT(*second->foreign, SizeIs(2));
  EXPECT_EQ(second->present->rendered.situation(), v1::SITUATION_IN_DETENTION);
  EXPECT_EQ(snapshot->Find("dossiers/d-one")->dossier->cases(0), "cases/c-first");
}

TEST_F(ImportTest, Again_ChangesNothing) {
  ASSERT_THAT(Import(Documents()), IsOk());
  const int64_t before = revision();
  ASSERT_OK_AND_ASSIGN(const auto counts, Import(Documents()));
  EXPECT_EQ(counts.created_cases(), 0);
  EXPECT_EQ(counts.unchanged(), 5);
  EXPECT_EQ(revision(), before);
}

TEST_F(ImportTest, OneBadFact_KeepsEverythingOut) {
  const int64_t before = revision();
  auto request = Documents();
  request.mutable_documents(0)->mutable_facts(1)->set_date("yesterday");
  EXPECT_THAT(Import(request), StatusIs(absl::StatusCode::kInvalidArgument,
                                        HasSubstr("documents[0].facts[1].date")));
  EXPECT_EQ(revision(), before);
  EXPECT_EQ(book_->Present()->file_count(), 0);
}

TEST_F(ImportTest, AConflictInTheLastDocument_KeepsTheFirstOutToo) {
  v1::ImportCasesRequest only_second;
  *only_second.add_documents() = Documents().documents(1);
  ASSERT_THAT(Import(only_second), IsOk());
  auto request = Documents();
  request.mutable_documents(1)->mutable_case_()->set_display_name("Another second");
  const absl::Status refused = Import(request).status();
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("cases/c-second")));
  EXPECT_EQ(rpc::ReasonOf(refused), "IMPORT_DIFFERS");
  EXPECT_EQ(book_->Present()->Find("cases/c-first"), nullptr);
  EXPECT_EQ(book_->Present()->file_count(), 1);
}

TEST_F(ImportTest, ReferencesToNothing_AreNamed) {
  auto request = Documents();
  request.mutable_documents(0)->mutable_facts(0)->set_concerns(0, "c-nobody");
  EXPECT_THAT(Import(request), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("c-nobody")));
  request = Documents();
  request.mutable_documents(0)->mutable_facts(1)->set_lineage("f9");
  EXPECT_THAT(Import(request), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("f9")));
  request = Documents();
  request.mutable_documents(1)->mutable_case_()->set_name("cases/c-first");
  EXPECT_THAT(Import(request), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("twice")));
}

TEST_F(ImportTest, DoubledConcern_IsRefused) {
  auto request = Documents();
  request.mutable_documents(0)->mutable_facts(0)->add_concerns("cases/c-second");
  EXPECT_THAT(Import(request), StatusIs(absl::StatusCode::kInvalidArgument,
                                        HasSubstr("documents[0].facts[0].concerns")));
}

TEST_F(ImportTest, CorrectionThatDropsACase_IsRefused) {
  const int64_t before = revision();
  auto request = Documents();
  request.mutable_documents(0)->mutable_facts(1)->clear_concerns();
  EXPECT_THAT(Import(request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("a correction names all")));
  EXPECT_EQ(revision(), before);
}

TEST_F(ImportTest, ValidateOnly_CountsAndChangesNothing) {
  const int64_t before = revision();
  auto request = Documents();
  request.set_validate_only(true);
  ASSERT_OK_AND_ASSIGN(const auto counts, Import(request));
  EXPECT_EQ(counts.created_cases(), 3);
  EXPECT_EQ(revision(), before);
  EXPECT_EQ(book_->Present()->file_count(), 0);
  ASSERT_THAT(CreateCase("c-after", "Somebody"), IsOk());
}

TEST_F(ImportTest, OnlyIfEmpty_DoesNothingWhereThereIsACase) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  auto request = Documents();
  request.set_only_if_empty(true);
  ASSERT_OK_AND_ASSIGN(const auto counts, Import(request));
  EXPECT_EQ(counts.created_cases(), 0);
  EXPECT_EQ(book_->Present()->file_count(), 1);
}

}  // namespace
}  // namespace vigil::registry
