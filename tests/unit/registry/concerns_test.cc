#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/registry/book_fixture.h"

namespace vigil::registry {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

// Two cases, and facts of the first that concern the second.
class ConcernsTest : public BookTest {
 protected:
  void SetUp() override {
    BookTest::SetUp();
    ASSERT_THAT(CreateCase("c-one1", "One"), IsOk());
    ASSERT_THAT(CreateCase("c-two2", "Two"), IsOk());
  }
  static v1::Fact Shared(const std::string& date) {
    v1::Fact fact = Custody(date);
    fact.add_concerns("cases/c-two2");
    return fact;
  }
  static v1::RetractFactRequest Retraction(const std::string& reason) {
    v1::RetractFactRequest request;
    request.set_name("cases/c-one1/facts/f1");
    request.set_reason(reason);
    return request;
  }
  FactList foreign() const { return *book_->Present()->Find("cases/c-two2")->foreign; }
};

TEST_F(ConcernsTest, DoubledCase_IsRefused) {
  v1::Fact fact = Shared("2018-04-20");
  fact.add_concerns("cases/c-two2");
  EXPECT_THAT(CreateFact("cases/c-one1", fact),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("fact.concerns")));
  EXPECT_THAT(foreign(), SizeIs(0));
}

TEST_F(ConcernsTest, DoubledCaseInAnOlderDatabase_IsLoadedOnce) {
  ASSERT_OK_AND_ASSIGN(v1::Fact fact, CreateFact("cases/c-one1", Shared("2018-04-20")));
  fact.add_concerns("cases/c-two2");
  Batch batch;
  batch.facts.push_back({.open = fact, .sealed = {}});
  book_.reset();
  ASSERT_THAT(store_->Commit(batch), IsOk());
  Open();
  EXPECT_THAT(foreign(), SizeIs(1));
}

TEST_F(ConcernsTest, CorrectionThatDropsACase_IsRefused) {
  ASSERT_THAT(CreateFact("cases/c-one1", Shared("2018-04-20"), "f1"), IsOk());
  v1::Fact correction = Custody("2018-04-19");
  correction.set_lineage("f1");
  EXPECT_THAT(
      CreateFact("cases/c-one1", correction),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("a correction names all cases")));
  correction.add_concerns("cases/c-two2");
  EXPECT_THAT(CreateFact("cases/c-one1", correction), IsOk());
}

TEST_F(ConcernsTest, CorrectionOfARetractedFact_NeedNotNameItsCases) {
  ASSERT_THAT(CreateFact("cases/c-one1", Shared("2018-04-20"), "f1"), IsOk());
  ASSERT_THAT(Call(&Casebook::RetractFact, Retraction("not Two")), IsOk());
  v1::Fact correction = Custody("2018-04-19");
  correction.set_lineage("f1");
  EXPECT_THAT(CreateFact("cases/c-one1", correction), IsOk());
}

TEST_F(ConcernsTest, CorrectionWhereACaseWasDeletedSince_CanBeWritten) {
  ASSERT_THAT(CreateFact("cases/c-one1", Shared("2018-04-20"), "f1"), IsOk());
  v1::DeleteCaseRequest deletion;
  deletion.set_name("cases/c-two2");
  ASSERT_THAT(Call(&Casebook::DeleteCase, deletion), IsOk());
  v1::Fact correction = Shared("2018-04-19");
  EXPECT_THAT(CreateFact("cases/c-one1", correction),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("live case")))
      << "a first statement cannot";
  correction.set_lineage("f1");
  EXPECT_THAT(CreateFact("cases/c-one1", correction), IsOk());
  EXPECT_THAT(foreign(), SizeIs(2));
}

TEST_F(ConcernsTest, LongReasonOfARetraction_IsRefused) {
  ASSERT_THAT(CreateFact("cases/c-one1", Shared("2018-04-20"), "f1"), IsOk());
  EXPECT_THAT(Call(&Casebook::RetractFact, Retraction(std::string(4097, 'x'))),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("reason: at most 4096")));
  EXPECT_THAT(Call(&Casebook::RetractFact, Retraction(std::string(4096, 'x'))), IsOk());
}

}  // namespace
}  // namespace vigil::registry
