#include <fmt/format.h>

#include <memory>

#include "vigil/alert/v1/alert.grpc.pb.h"
#include "vigil/registry/v1/registry_service.grpc.pb.h"
#include "vigilctl/commands.h"
#include "vigilctl/words.h"

namespace vigil::vigilctl {
namespace {

struct ListArguments {
  std::string what, parent, filter, as_of;
};

std::string Dates(const std::string& earliest, const std::string& latest) {
  return earliest == latest ? earliest : earliest + " to " + latest;
}

void Print(const registry::v1::Case& row) {
  fmt::print("{:<18} {:<26} {}\n", row.name(), Word(row.situation()), row.display_name());
}

void Print(const registry::v1::Dossier& row) {
  fmt::print("{:<18} {}\n", row.name(), row.display_name());
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

// The request with what was asked for. An option that the list does not take ends the program: it
// must not look as if it had been heard.
template <class Request>
Request Asking(const ListArguments& arguments) {
  [[maybe_unused]] const auto refuse = [&](std::string_view option, const std::string& value) {
    if (value.empty()) return;
    Fail(absl::InvalidArgumentError(fmt::format("list {} takes no {}", arguments.what, option)));
  };
  Request request;
  request.set_filter(arguments.filter);
  if constexpr (requires { request.set_parent(""); }) {
    request.set_parent(arguments.parent);
  } else {
    refuse("PARENT", arguments.parent);
  }
  if constexpr (requires { request.set_as_of(""); }) {
    request.set_as_of(arguments.as_of);
  } else {
    refuse("--as-of", arguments.as_of);
  }
  return request;
}

// Alerts belong to no case by name; those of one are found by filter.
ListArguments AlertsOf(ListArguments arguments) {
  if (arguments.parent.empty()) return arguments;
  const std::string other =
      arguments.filter.empty() ? "" : fmt::format(" AND ({})", arguments.filter);
  arguments.filter = fmt::format("case = \"{}\"{}", arguments.parent, other);
  arguments.parent.clear();
  return arguments;
}

void List(const ListArguments& arguments, const Session& session) {
  using namespace registry::v1;
  if (arguments.what == "cases") {
    PrintPages(session, &CaseService::Stub::ListCases, Asking<ListCasesRequest>(arguments),
               [](const auto& page) { return page.cases(); });
  } else if (arguments.what == "dossiers") {
    PrintPages(session, &CaseService::Stub::ListDossiers, Asking<ListDossiersRequest>(arguments),
               [](const auto& page) { return page.dossiers(); });
  } else if (arguments.what == "deadlines") {
    PrintPages(session, &DeadlineService::Stub::ListDeadlines,
               Asking<ListDeadlinesRequest>(arguments),
               [](const auto& page) { return page.deadlines(); });
  } else if (arguments.what == "facts") {
    if (arguments.parent.empty()) {
      Fail(absl::InvalidArgumentError("say whose facts: list facts cases/{case}"));
    }
    PrintPages(session, &FactService::Stub::ListFacts, Asking<ListFactsRequest>(arguments),
               [](const auto& page) { return page.facts(); });
  } else if (arguments.what == "findings") {
    PrintPages(session, &FindingService::Stub::ListFindings, Asking<ListFindingsRequest>(arguments),
               [](const auto& page) { return page.findings(); });
  } else {
    PrintPages(session, &alert::v1::AlertService::Stub::ListAlerts,
               Asking<alert::v1::ListAlertsRequest>(AlertsOf(arguments)),
               [](const auto& page) { return page.alerts(); });
  }
}

}  // namespace

void AddList(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<ListArguments>();
  auto* list = app.add_subcommand("list", "prints a list, a line each");
  list->add_option("WHAT", arguments->what, "cases, dossiers, deadlines, facts, findings or alerts")
      ->required()
      ->check(CLI::IsMember({"cases", "dossiers", "deadlines", "facts", "findings", "alerts"}));
  list->add_option("PARENT", arguments->parent,
                   "only of this one: cases/{case}, dossiers/{dossier}; not for these two");
  list->add_option("--filter", arguments->filter, "a filter over the fields of a row");
  list->add_option("--as-of", arguments->as_of,
                   "the day in the world, YYYY-MM-DD; for what is derived: cases, deadlines, "
                   "findings");
  list->callback([arguments, &session] { List(*arguments, session); });
}

}  // namespace vigil::vigilctl
