#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/rpc/errors.h"
#include "tests/integration/registry/registry_fixture.h"

namespace vigil::registry {

// Cases, and searches of them as readers do.
class SearchFixture : public RegistryTest {
 protected:
  absl::StatusOr<v1::SearchCasesResponse> Search(const v1::SearchCasesRequest& request,
                                                 const char* token = kReader) {
    return Call(*cases_, &v1::CaseService::Stub::SearchCases, request, token);
  }

  static v1::SearchCasesRequest Query(const std::string& query) {
    v1::SearchCasesRequest request;
    request.set_query(query);
    return request;
  }

  // Names to show of all hits, over all pages, in their order.
  std::vector<std::string> Names(v1::SearchCasesRequest request, const char* token = kReader) {
    std::vector<std::string> names;
    do {
      const auto page = Search(request, token);
      EXPECT_THAT(page, IsOk());
      if (!page.ok()) return names;
      for (const auto& result : page->results()) names.push_back(result.case_().display_name());
      const bool first = request.page_token().empty();
      EXPECT_EQ(page->facets().empty(), !first || page->results().empty());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return names;
  }
  std::vector<std::string> Names(const std::string& query, const char* token = kReader) {
    return Names(Query(query), token);
  }

  void CreatePerson(const std::string& id, const std::string& display_name,
                    const std::vector<std::string>& names = {}, const std::string& place = "") {
    v1::CreateCaseRequest request;
    request.set_case_id(id);
    request.mutable_case_()->set_display_name(display_name);
    request.mutable_case_()->set_place(place);
    for (const std::string& name : names) {
      request.mutable_case_()->mutable_person()->add_names()->set_text(name);
    }
    ASSERT_THAT(Call(*cases_, &v1::CaseService::Stub::CreateCase, request), IsOk());
  }

  static v1::Fact Dated(const std::string& date) {
    v1::Fact fact;
    fact.set_date(date);
    fact.mutable_source()->set_title("court file");
    return fact;
  }

  std::string AddFact(const std::string& id, const v1::Fact& fact) {
    v1::CreateFactRequest request;
    request.set_parent("cases/" + id);
    *request.mutable_fact() = fact;
    const auto made = Call(*facts_, &v1::FactService::Stub::CreateFact, request);
    EXPECT_THAT(made, IsOk());
    return made.ok() ? made->name() : "";
  }

  void AddHealth(const std::string& id, const std::string& what, bool confidential = false) {
    v1::Fact fact = Dated("2018-04-20");
    fact.mutable_health()->set_what(what);
    fact.set_confidential(confidential);
    AddFact(id, fact);
  }

  void AddVerdict(const std::string& id, const std::string& article, bool confidential = false) {
    v1::Fact fact = Dated("2016-11-28");
    v1::Charge& charge = *fact.mutable_verdict()->add_charges();
    charge.set_code_edition(v1::CODE_EDITION_KZ_CC_2014);
    charge.set_article(article);
    charge.set_outcome(v1::CHARGE_OUTCOME_CONVICTED);
    fact.mutable_verdict()->set_penalty(v1::PENALTY_IMPRISONMENT);
    fact.mutable_verdict()->set_term("P5Y");
    fact.set_confidential(confidential);
    AddFact(id, fact);
  }

  void AddRemand(const std::string& id) {
    v1::Fact fact = Dated("2018-04-20");
    fact.mutable_custody()->set_kind(v1::Custody::KIND_REMAND);
    AddFact(id, fact);
  }

  // Marks the deadlines of that kind.
  void MarkMet(const std::string& id, v1::DeadlineKind kind) {
    v1::ListDeadlinesRequest request;
    request.set_parent("cases/" + id);
    const auto all = Call(*deadlines_, &v1::DeadlineService::Stub::ListDeadlines, request);
    ASSERT_THAT(all, IsOk());
    for (const v1::Deadline& deadline : all->deadlines()) {
      if (deadline.kind() != kind) continue;
      v1::Fact mark = Dated("2018-04-28");
      const std::string& name = deadline.name();
      mark.mutable_deadline_mark()->set_deadline(name.substr(name.rfind('/') + 1));
      mark.mutable_deadline_mark()->set_mark(v1::DeadlineMark::MARK_MET);
      mark.mutable_deadline_mark()->set_reason("extended");
      AddFact(id, mark);
    }
  }

  void ExpectRefused(const v1::SearchCasesRequest& request, const std::string& reason,
                     const std::string& field) {
    const auto answer = Search(request);
    EXPECT_THAT(answer, StatusIs(absl::StatusCode::kInvalidArgument, testing::HasSubstr(field)));
    EXPECT_EQ(rpc::ReasonOf(answer.status()), reason);
  }

  static int FacetOf(const v1::SearchCasesResponse& response, const std::string& field,
                     const std::string& value) {
    for (const auto& facet : response.facets()) {
      if (facet.field() == field && facet.value() == value) return facet.count();
    }
    return 0;
  }
};

}  // namespace vigil::registry
