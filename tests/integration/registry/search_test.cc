// The search, over the API: who is found.
#include "tests/integration/registry/search_fixture.h"

namespace vigil::registry {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

using SearchTest = SearchFixture;

TEST_F(SearchTest, ANameIsFoundInAnyScriptAndSpelling_BestFirst) {
  CreatePerson("c-mukhtar", "Mukhtar Dzhakishev");
  CreatePerson("c-other", "Mukhtar Dzhakiyanov");
  CreatePerson("c-aigul", "Aigul Abdikarimova", {"Айгүл Әбдікәрімова"});
  for (const char* query :
       {"Dzhakishev", "Джакишев", "Jakishev", "Jaqyşev", "dzakishef", "dzhakishov", "DZHAKISH"}) {
    const auto names = Names(query);
    ASSERT_FALSE(names.empty()) << query;
    EXPECT_EQ(names[0], "Mukhtar Dzhakishev") << query;
  }
  EXPECT_THAT(Names("Мukhtar"), ElementsAre("Mukhtar Dzhakishev", "Mukhtar Dzhakiyanov"))
      << "with a Cyrillic M";
  EXPECT_THAT(Names("muhtar jaki"), ElementsAre("Mukhtar Dzhakishev", "Mukhtar Dzhakiyanov"));
  EXPECT_THAT(Names("Әбдікәрімова"), ElementsAre("Aigul Abdikarimova"));
  EXPECT_THAT(Names("aygul"), ElementsAre("Aigul Abdikarimova"));
  EXPECT_THAT(Names("Mukhtar Bokayev"), IsEmpty()) << "every word must be found";
}

TEST_F(SearchTest, AWholeNameGoesBeforeItsBeginningAndBeforeWordsElsewhere) {
  CreatePerson("c-fact", "A Person");
  AddHealth("c-fact", "beaten with Ayan");
  CreatePerson("c-begin", "Maks Ayanov");
  CreatePerson("c-whole", "Talgat Ayan");
  EXPECT_THAT(Names("ayan"), ElementsAre("Talgat Ayan", "Maks Ayanov", "A Person"));
}

TEST_F(SearchTest, AResultSaysWhereAndByWhichName) {
  CreatePerson("c-maks", "Maks Bokayev", {"Maks Bokayev", "Макс Бокаев"}, "Atyrau");
  AddVerdict("c-maks", "174");
  AddHealth("c-maks", "hepatitis");
  ASSERT_OK_AND_ASSIGN(const auto found, Search(Query("Бокаев 174 atyrau hepat")));
  ASSERT_THAT(found.results(), SizeIs(1));
  EXPECT_EQ(found.results(0).matched_name(), "Макс Бокаев");
  EXPECT_THAT(found.results(0).matched_fields(),
              ElementsAre(v1::SEARCH_FIELD_NAME, v1::SEARCH_FIELD_FACT, v1::SEARCH_FIELD_ARTICLE,
                          v1::SEARCH_FIELD_PLACE));
  ASSERT_OK_AND_ASSIGN(const auto by_fact, Search(Query("hepatitis")));
  EXPECT_EQ(by_fact.results(0).matched_name(), "Maks Bokayev");
  EXPECT_THAT(by_fact.results(0).matched_fields(), ElementsAre(v1::SEARCH_FIELD_FACT));
}

TEST_F(SearchTest, ANumberIsFoundWhole) {
  CreatePerson("c-one", "One");
  AddVerdict("c-one", "174");
  EXPECT_THAT(Names("174"), ElementsAre("One"));
  EXPECT_THAT(Names("17"), IsEmpty());
}

TEST_F(SearchTest, WhatIsConfidential_IsNeitherFoundNorCounted) {
  CreatePerson("c-one", "One");
  AddHealth("c-one", "whispered", true);
  AddVerdict("c-one", "258", true);
  for (const char* token : {kReader, kAdmin}) {
    EXPECT_THAT(Names("whispered", token), IsEmpty());
    EXPECT_THAT(Names("258", token), IsEmpty());
    v1::SearchCasesRequest narrowed;
    narrowed.set_article("258");
    EXPECT_THAT(Names(narrowed, token), IsEmpty());
    ASSERT_OK_AND_ASSIGN(const auto found, Search(Query("One"), token));
    EXPECT_EQ(FacetOf(found, "article", "258"), 0);
  }
}

TEST_F(SearchTest, WhatIsRetractedOrDeleted_IsNotFoundUntilItIsBack) {
  CreatePerson("c-one", "Mukhtar Dzhakishev");
  v1::Fact fact = Dated("2018-04-20");
  fact.mutable_health()->set_what("feverish");
  v1::RetractFactRequest retraction;
  retraction.set_name(AddFact("c-one", fact));
  retraction.set_reason("another person");
  EXPECT_THAT(Names("feverish"), SizeIs(1));
  ASSERT_THAT(Call(*facts_, &v1::FactService::Stub::RetractFact, retraction), IsOk());
  EXPECT_THAT(Names("feverish"), IsEmpty());
  v1::DeleteCaseRequest deletion;
  deletion.set_name("cases/c-one");
  ASSERT_THAT(Call(*cases_, &v1::CaseService::Stub::DeleteCase, deletion), IsOk());
  EXPECT_THAT(Names("jakishev"), IsEmpty());
  v1::UndeleteCaseRequest undeletion;
  undeletion.set_name("cases/c-one");
  ASSERT_THAT(Call(*cases_, &v1::CaseService::Stub::UndeleteCase, undeletion), IsOk());
  EXPECT_THAT(Names("jakishev"), SizeIs(1));
}

TEST_F(SearchTest, PagesShowEachHitOnceInOrder) {
  for (int i = 0; i < 23; ++i) CreatePerson("", "Person " + std::to_string(100 + i));
  CreatePerson("", "Personov");
  v1::SearchCasesRequest request = Query("person");
  request.set_page_size(5);
  const auto names = Names(request);
  ASSERT_THAT(names, SizeIs(24));
  EXPECT_EQ(names.back(), "Personov");
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end() - 1));
  ASSERT_OK_AND_ASSIGN(const auto page, Search(request));
  EXPECT_EQ(page.total_size(), 24);
  EXPECT_FALSE(page.cut_off());
  request.set_page_token(page.next_page_token());
  request.set_query("personov");
  ExpectRefused(request, "PAGE_TOKEN_INVALID", "page_token");
}

TEST_F(SearchTest, AsOf_ShowsTheCasesOfThatDay) {
  CreatePerson("c-one", "Person Alpha");
  AddVerdict("c-one", "174");
  v1::SearchCasesRequest request = Query("person");
  request.set_as_of("2016-01-01");
  ASSERT_OK_AND_ASSIGN(const auto found, Search(request));
  EXPECT_EQ(found.results(0).case_().situation(), v1::SITUATION_NOT_STATED);
  EXPECT_EQ(FacetOf(found, "situation", "SITUATION_NOT_STATED"), 1);
  EXPECT_EQ(FacetOf(found, "situation", "SITUATION_IMPRISONED"), 0);
}

}  // namespace
}  // namespace vigil::registry
