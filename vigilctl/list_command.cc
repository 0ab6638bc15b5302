#include <fmt/format.h>

#include <memory>

#include "vigil/alert/v1/alert.grpc.pb.h"
#include "vigil/registry/v1/registry_service.grpc.pb.h"
#include "vigilctl/commands.h"
#include "vigilctl/read_options.h"
#include "vigilctl/words.h"

namespace vigil::vigilctl {
namespace {

using registry::v1::CaseService;
using registry::v1::DeadlineService;
using registry::v1::FactService;
using registry::v1::FindingService;

struct ListArguments {
  std::string what, parent, filter;
  ReadOptions read;
};

void Print(const registry::v1::Case& row) {
  fmt::print("{:<18} {:<26} {}\n", row.name(), Word(row.situation()), row.display_name());
}

void Print(const registry::v1::Deadline& row) {
  fmt::print("{:<24} {:<9} {}; {}; {}\n", Dates(row.earliest(), row.latest()), Word(row.state()),
             row.title(), row.case_display_name(), row.name());
}

void Print(const registry::v1::Fact& row) {
  const auto* what = row.GetDescriptor()->FindFieldByNumber(row.what_case());
  fmt::print("{:<23} {:<20} {}\n", row.date().empty() ? "undated" : row.date(),
             what != nullptr        ? what->name()
             : row.has_erase_time() ? "erased"
                                    : "confidential",
             row.name());
}

void Print(const registry::v1::Finding& row) {
  fmt::print("{:>5} days  {:<24} {}; {}\n", row.max_shift_days(), row.kind(), row.name(),
             row.text());
}

void Print(const alert::v1::Alert& row) {
  fmt::print("{:<24} {:<12} {}; {}\n", Dates(row.earliest(), row.latest()), Word(row.state()),
             row.title(), row.name());
}

// Prints every row of a list, over all its pages.
template <class Method, class Request, class Rows>
void PrintPages(const Session& session, Method method, Request request, Rows rows) {
  const Connection connection(session);
  request.set_page_size(1000);
  while (true) {
    const auto page = connection.Call(method, request);
    if (session.json) fmt::print("{}", ToJson(page));
    if (!session.json) {
      for (const auto& row : rows(page)) Print(row);
    }
    if (page.next_page_token().empty()) return;
    request.set_page_token(page.next_page_token());
  }
}

void List(const ListArguments& arguments, const Session& session) {
  if (arguments.what == "cases") {
    registry::v1::ListCasesRequest request;
    request.set_filter(arguments.filter);
    SetReadOptions(arguments.read, request);
    PrintPages(session, &CaseService::Stub::ListCases, request,
               [](const auto& page) { return page.cases(); });
  } else if (arguments.what == "deadlines") {
    registry::v1::ListDeadlinesRequest request;
    request.set_parent(arguments.parent);
    request.set_filter(arguments.filter);
    SetReadOptions(arguments.read, request);
    PrintPages(session, &DeadlineService::Stub::ListDeadlines, request,
               [](const auto& page) { return page.deadlines(); });
  } else if (arguments.what == "facts") {
    if (arguments.parent.empty()) {
      Fail(absl::InvalidArgumentError("say whose facts: list facts cases/{case}"));
    }
    registry::v1::ListFactsRequest request;
    request.set_parent(arguments.parent);
    SetReadOptions(arguments.read, request);
    PrintPages(session, &FactService::Stub::ListFacts, request,
               [](const auto& page) { return page.facts(); });
  } else if (arguments.what == "findings") {
    registry::v1::ListFindingsRequest request;
    request.set_parent(arguments.parent);
    SetReadOptions(arguments.read, request);
    PrintPages(session, &FindingService::Stub::ListFindings, request,
               [](const auto& page) { return page.findings(); });
  } else {
    alert::v1::ListAlertsRequest request;
    request.set_filter(arguments.filter);
    SetReadOptions(arguments.read, request);
    PrintPages(session, &alert::v1::AlertService::Stub::ListAlerts, request,
               [](const auto& page) { return page.alerts(); });
  }
}

}  // namespace

void AddList(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<ListArguments>();
  auto* list = app.add_subcommand("list", "prints a list, a line each");
  list->add_option("WHAT", arguments->what, "cases, deadlines, facts, findings or alerts")
      ->required()
      ->check(CLI::IsMember({"cases", "deadlines", "facts", "findings", "alerts"}));
  list->add_option("PARENT", arguments->parent,
                   "only of this one: cases/{case}, dossiers/{dossier}");
  list->add_option("--filter", arguments->filter, "a filter over the fields of a row");
  AddReadOptions(*list, arguments->read);
  list->callback([arguments, &session] { List(*arguments, session); });
}

}  // namespace vigil::vigilctl
