// The search, over the API: narrowed, and counted.
#include "tests/integration/registry/search_fixture.h"

namespace vigil::registry {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using SearchNarrowingTest = SearchFixture;

TEST_F(SearchNarrowingTest, EachNarrowingLeavesOutTheOthers) {
  CreatePerson("c-prison", "Person Alpha", {}, "Almaty");
  AddVerdict("c-prison", "174");
  CreatePerson("c-remand", "Person Beta", {}, "Atyrau");
  AddRemand("c-remand");
  CreatePerson("c-none", "Person Gamma");
  EXPECT_THAT(Names("person"), ElementsAre("Person Alpha", "Person Beta", "Person Gamma"));

  v1::SearchCasesRequest request;
  request.add_situations(v1::SITUATION_IMPRISONED);
  EXPECT_THAT(Names(request), ElementsAre("Person Alpha"));
  request.add_situations(v1::SITUATION_NOT_STATED);
  EXPECT_THAT(Names(request), ElementsAre("Person Alpha", "Person Gamma"));
  request.set_query("person gamma");
  EXPECT_THAT(Names(request), ElementsAre("Person Gamma"));

  request.Clear();
  request.add_deadline_kinds(v1::DEADLINE_KIND_CUSTODY_LIMIT);
  EXPECT_THAT(Names(request), ElementsAre("Person Beta"));
  request.set_deadline_until("2018-04-01");
  EXPECT_THAT(Names(request), IsEmpty()) << "one deadline has both the kind and the day";
  request.clear_deadline_until();
  request.set_deadline_from("2018-04-21");
  EXPECT_THAT(Names(request), ElementsAre("Person Beta"));
  request.add_situations(v1::SITUATION_IMPRISONED);
  EXPECT_THAT(Names(request), IsEmpty()) << "the case has both the situation and the deadline";
  request.add_situations(v1::SITUATION_IN_DETENTION);
  EXPECT_THAT(Names(request), ElementsAre("Person Beta"));
  request.clear_deadline_from();
  EXPECT_THAT(Names(request), ElementsAre("Person Beta"));
  request.add_deadline_kinds(v1::DEADLINE_KIND_SENTENCE_END);
  EXPECT_THAT(Names(request), ElementsAre("Person Alpha", "Person Beta"));

  request.Clear();
  request.set_article("174");
  EXPECT_THAT(Names(request), ElementsAre("Person Alpha"));
  request.set_article("17");
  EXPECT_THAT(Names(request), IsEmpty());

  request.Clear();
  request.set_place("Алматы");
  EXPECT_THAT(Names(request), ElementsAre("Person Alpha"));
  request.set_query("person beta");
  EXPECT_THAT(Names(request), IsEmpty());
}

TEST_F(SearchNarrowingTest, KindsOfFacts_NarrowAndAreCountedButForConfidentialOnes) {
  CreatePerson("c-ill", "Person Alpha");
  AddHealth("c-ill", "hepatitis");
  CreatePerson("c-told", "Person Beta");
  AddHealth("c-told", "whispered", true);
  CreatePerson("c-remand", "Person Gamma");
  AddRemand("c-remand");
  for (const char* token : {kReader, kAdmin}) {
    v1::SearchCasesRequest request;
    request.set_fact_kind("health");
    EXPECT_THAT(Names(request, token), ElementsAre("Person Alpha"));
    request.set_query("person");
    EXPECT_THAT(Names(request, token), ElementsAre("Person Alpha"));
    request.set_known_at(std::to_string(app_->book().Present()->revision()));
    EXPECT_THAT(Names(request, token), ElementsAre("Person Alpha")) << "of the past";
    ASSERT_OK_AND_ASSIGN(const auto found, Search(Query("person"), token));
    EXPECT_EQ(FacetOf(found, "fact_kind", "health"), 1);
    EXPECT_EQ(FacetOf(found, "fact_kind", "custody"), 1);
  }
}

TEST_F(SearchNarrowingTest, StatesOfDeadlines_NarrowAlsoByThoseThatDoNotStand) {
  CreatePerson("c-met", "Person Alpha");
  AddRemand("c-met");
  CreatePerson("c-open", "Person Beta");
  AddRemand("c-open");
  v1::SearchCasesRequest request;
  request.add_deadline_kinds(v1::DEADLINE_KIND_CUSTODY_LIMIT);
  ASSERT_THAT(Names(request), ElementsAre("Person Alpha", "Person Beta"));
  MarkMet("c-met", v1::DEADLINE_KIND_CUSTODY_LIMIT);
  EXPECT_THAT(Names(request), ElementsAre("Person Beta")) << "of those that stand";
  ASSERT_OK_AND_ASSIGN(const auto found, Search(request));
  EXPECT_EQ(FacetOf(found, "deadline_state", "DEADLINE_STATE_MET"), 0) << "Beta has none";

  request.add_deadline_states(v1::DEADLINE_STATE_MET);
  EXPECT_THAT(Names(request), ElementsAre("Person Alpha"));
  request.set_deadline_from("2018-04-21");
  EXPECT_THAT(Names(request), ElementsAre("Person Alpha")) << "by the index of days";
  request.clear_deadline_from();
  request.clear_deadline_kinds();
  EXPECT_THAT(Names(request), ElementsAre("Person Alpha")) << "by the index of states";
  request.set_query("person");
  EXPECT_THAT(Names(request), ElementsAre("Person Alpha"));
  request.set_as_of("2018-04-28");
  EXPECT_THAT(Names(request), ElementsAre("Person Alpha")) << "as of a day";
  request.set_known_at(std::to_string(app_->book().Present()->revision()));
  EXPECT_THAT(Names(request), ElementsAre("Person Alpha")) << "of the past";
}

TEST_F(SearchNarrowingTest, AFacetCountsWhatNarrowingByItFinds) {
  CreatePerson("c-one", "Person Alpha", {}, "Almaty");
  AddVerdict("c-one", "174");
  CreatePerson("c-two", "Person Beta", {}, "Almaty");
  AddVerdict("c-two", "174");
  AddVerdict("c-two", "258");
  CreatePerson("c-three", "Person Gamma", {}, "Atyrau");
  AddRemand("c-three");
  const v1::SearchCasesRequest all = Query("person");
  ASSERT_OK_AND_ASSIGN(const auto found, Search(all));
  EXPECT_EQ(FacetOf(found, "article", "174"), 2);
  EXPECT_EQ(FacetOf(found, "place", "almaty"), 2);
  EXPECT_EQ(FacetOf(found, "situation", "SITUATION_IMPRISONED"), 2);
  EXPECT_EQ(FacetOf(found, "deadline_kind", "DEADLINE_KIND_CUSTODY_LIMIT"), 1);
  EXPECT_EQ(FacetOf(found, "fact_kind", "verdict"), 2);
  EXPECT_GE(FacetOf(found, "deadline_state", "DEADLINE_STATE_UPCOMING"), 2);
  for (const auto& facet : found.facets()) {
    v1::SearchCasesRequest narrowed = all;
    v1::Situation situation;
    v1::DeadlineKind kind;
    v1::DeadlineState state;
    if (facet.field() == "fact_kind") narrowed.set_fact_kind(facet.value());
    if (facet.field() == "article") narrowed.set_article(facet.value());
    if (facet.field() == "place") narrowed.set_place(facet.value());
    if (v1::Situation_Parse(facet.value(), &situation)) narrowed.add_situations(situation);
    if (v1::DeadlineKind_Parse(facet.value(), &kind)) narrowed.add_deadline_kinds(kind);
    if (v1::DeadlineState_Parse(facet.value(), &state)) narrowed.add_deadline_states(state);
    ASSERT_OK_AND_ASSIGN(const auto narrower, Search(narrowed));
    EXPECT_EQ(narrower.total_size(), facet.count()) << facet.field() << " " << facet.value();
  }
}

TEST_F(SearchNarrowingTest, AsOf_NarrowsByThatDay) {
  CreatePerson("c-one", "Person Alpha");
  AddVerdict("c-one", "174");
  CreatePerson("c-two", "Person Beta");
  AddRemand("c-two");
  v1::SearchCasesRequest request;
  request.add_situations(v1::SITUATION_IMPRISONED);
  for (const char* query : {"", "person"}) {
    request.set_query(query);
    request.set_as_of("2018-04-28");
    EXPECT_THAT(Names(request), ElementsAre("Person Alpha")) << query;
    request.set_as_of("2016-01-01");
    EXPECT_THAT(Names(request), IsEmpty()) << query;
    request.set_known_at(std::to_string(app_->book().Present()->revision()));
    EXPECT_THAT(Names(request), IsEmpty()) << query << ", of the past";
    request.set_as_of("2017-01-01");
    EXPECT_THAT(Names(request), ElementsAre("Person Alpha")) << query << ", of the past";
    request.clear_known_at();
  }
  request.Clear();
  request.add_deadline_kinds(v1::DEADLINE_KIND_CUSTODY_LIMIT);
  request.set_as_of("2018-04-01");
  EXPECT_THAT(Names(request), IsEmpty()) << "before anybody was taken into custody";
  request.set_as_of("2018-05-01");
  EXPECT_THAT(Names(request), ElementsAre("Person Beta"));
}

TEST_F(SearchNarrowingTest, OddQueries_AreRefusedByField) {
  ExpectRefused(Query(""), "REQUIRED", "query");
  ExpectRefused(Query(" - !"), "REQUIRED", "query");
  ExpectRefused(Query(std::string(401, 'x')), "TEXT_TOO_LONG", "query");
  ExpectRefused(Query("a b c d e f g h i j k l m n o p q"), "TOO_MANY", "query");
  v1::SearchCasesRequest request;
  request.set_article(std::string(401, '1'));
  ExpectRefused(request, "TEXT_TOO_LONG", "article");
  request.set_article("-");
  ExpectRefused(request, "REQUIRED", "article");
  request.Clear();
  request.set_place("…");
  ExpectRefused(request, "REQUIRED", "place");
  request.Clear();
  request.set_deadline_from("soon");
  ExpectRefused(request, "BAD_DATE", "deadline_from");
  request.Clear();
  request.set_deadline_until("2018-02-30");
  ExpectRefused(request, "BAD_DATE", "deadline_until");
  for (const char* kind : {"verdicts", "date", "what"}) {
    request.Clear();
    request.set_fact_kind(kind);
    ExpectRefused(request, "BAD_FACT_KIND", "fact_kind");
  }
  for (const int state : {0, 77}) {
    request.Clear();
    request.add_deadline_states(static_cast<v1::DeadlineState>(state));
    ExpectRefused(request, "BAD_DEADLINE_STATE", "deadline_states");
  }
  request = Query("a");
  request.set_as_of("2018-02-30");
  ExpectRefused(request, "BAD_DATE", "as_of");
}

}  // namespace
}  // namespace vigil::registry
