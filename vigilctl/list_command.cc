#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <memory>
#include <string_view>
#include <utility>

#include "vigil/alert/v1/alert.grpc.pb.h"
#include "vigil/registry/v1/journal.grpc.pb.h"
#include "vigil/registry/v1/registry_service.grpc.pb.h"
#include "vigilctl/commands.h"
#include "vigilctl/listing.h"
#include "vigilctl/words.h"

namespace vigil::vigilctl {
namespace {

using namespace registry::v1;
using alert::v1::ListAlertsRequest;
using google::protobuf::util::TimeUtil;

struct ListArguments {
  std::string what, parent;
  ListOptions options;
};

void Print(const Case& row) {
  fmt::print("{:<18} {:<26} {}\n", row.name(), Word(row.situation()), row.display_name());
}

void Print(const Dossier& row) { fmt::print("{:<18} {}\n", row.name(), row.display_name()); }

void Print(const Deadline& row) {
  fmt::print("{:<24} {:<9} {}; {}; {}\n", Dates(row.earliest(), row.latest()), Word(row.state()),
             row.title(), row.case_display_name(), row.name());
}

void Print(const Fact& row) {
  const auto* what = row.GetDescriptor()->FindFieldByNumber(row.what_case());
  fmt::print("{:<23} {:<20} {}\n", row.date().empty() ? "undated" : row.date(),
             what != nullptr        ? what->name()
             : row.has_erase_time() ? "erased"
                                    : "confidential",
             row.name());
}

void Print(const Finding& row) {
  fmt::print("{:>5} days  {:<24} {}; {}\n", row.max_shift_days(), row.kind(), row.name(),
             row.text());
}

void Print(const alert::v1::Alert& row) {
  fmt::print("{:<24} {:<12} {}; {}\n", Dates(row.earliest(), row.latest()), Word(row.state()),
             row.title(), row.name());
}

// `vigil.alert.v1.Policy` of a type's URL.
std::string_view TypeOf(const Record& row) {
  const std::string_view url = row.body().type_url();
  return url.substr(url.rfind('/') + 1);
}

void Print(const Record& row) {
  fmt::print("{:<20} {}; {}\n", TimeUtil::ToString(row.update_time()), row.name(), TypeOf(row));
}

// Whom it was about: a message's receiver, or the person who acted.
void Print(const Receipt& row) {
  const std::string& about = row.deadline().empty() ? row.parent() : row.deadline();
  fmt::print("{:<20} {:<12} {}; {}; {}\n", TimeUtil::ToString(row.time()), Word(row.kind()),
             row.actor().empty() ? row.receiver() : row.actor(), about.empty() ? "several" : about,
             row.id());
}

template <class Rows>
void PrintRows(const Rows& rows) {
  for (const auto& row : rows) Print(row);
}

// The request with what was asked for.
template <class Request>
Request Asking(const ListArguments& arguments) {
  const std::string what = "list " + arguments.what;
  auto request = RequestOf<Request>(arguments.options, what);
  if constexpr (requires { request.set_parent(""); }) {
    request.set_parent(arguments.parent);
  } else {
    Refuse(what, "PARENT", arguments.parent);
  }
  return request;
}

// Alerts belong to no case by name; those of one are found by filter.
ListArguments AlertsOf(ListArguments arguments) {
  if (arguments.parent.empty()) return arguments;
  std::string& filter = arguments.options.filter;
  const std::string other = filter.empty() ? "" : fmt::format(" AND ({})", filter);
  filter = fmt::format("case = \"{}\"{}", arguments.parent, other);
  arguments.parent.clear();
  return arguments;
}

// Records belong to nothing; those of one type begin with its name.
ListRecordsRequest RecordsOf(ListArguments arguments) {
  constexpr std::string_view kRecords = "records/";
  const std::string type = std::exchange(arguments.parent, {});
  auto request = Asking<ListRecordsRequest>(arguments);
  if (type.empty()) return request;
  if (!type.starts_with(kRecords)) {
    Fail(absl::InvalidArgumentError("say of which type: list records records/{type}"));
  }
  request.set_type(type.substr(kRecords.size()));
  return request;
}

void List(const ListArguments& arguments, const Session& session) {
  if (arguments.what == "cases") {
    PrintPages(session, &CaseService::Stub::ListCases, Asking<ListCasesRequest>(arguments),
               [](const auto& page) { PrintRows(page.cases()); });
  } else if (arguments.what == "dossiers") {
    PrintPages(session, &CaseService::Stub::ListDossiers, Asking<ListDossiersRequest>(arguments),
               [](const auto& page) { PrintRows(page.dossiers()); });
  } else if (arguments.what == "deadlines") {
    PrintPages(session, &DeadlineService::Stub::ListDeadlines,
               Asking<ListDeadlinesRequest>(arguments),
               [](const auto& page) { PrintRows(page.deadlines()); });
  } else if (arguments.what == "facts") {
    if (arguments.parent.empty()) {
      Fail(absl::InvalidArgumentError("say whose facts: list facts cases/{case}"));
    }
    PrintPages(session, &FactService::Stub::ListFacts, Asking<ListFactsRequest>(arguments),
               [](const auto& page) { PrintRows(page.facts()); });
  } else if (arguments.what == "findings") {
    PrintPages(session, &FindingService::Stub::ListFindings, Asking<ListFindingsRequest>(arguments),
               [](const auto& page) { PrintRows(page.findings()); });
  } else if (arguments.what == "records") {
    PrintPages(session, &JournalService::Stub::ListRecords, RecordsOf(arguments),
               [](const auto& page) { PrintRows(page.records()); });
  } else if (arguments.what == "receipts") {
    PrintPages(session, &JournalService::Stub::ListReceipts, Asking<ListReceiptsRequest>(arguments),
               [](const auto& page) { PrintRows(page.receipts()); });
  } else {
    PrintPages(session, &alert::v1::AlertService::Stub::ListAlerts,
               Asking<ListAlertsRequest>(AlertsOf(arguments)),
               [](const auto& page) { PrintRows(page.alerts()); });
  }
}

}  // namespace

void AddList(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<ListArguments>();
  auto* list = app.add_subcommand("list", "prints a list, a line each");
  list->add_option("WHAT", arguments->what,
                   "cases, dossiers, deadlines, facts, findings, alerts, records or receipts")
      ->required()
      ->check(CLI::IsMember({"cases", "dossiers", "deadlines", "facts", "findings", "alerts",
                             "records", "receipts"}));
  list->add_option("PARENT", arguments->parent,
                   "only of this one: cases/{case}, dossiers/{dossier}, of records records/{type}; "
                   "not for cases and dossiers");
  AddListOptions<ListCasesRequest, ListDossiersRequest, ListDeadlinesRequest, ListFactsRequest,
                 ListFindingsRequest, ListAlertsRequest, ListRecordsRequest, ListReceiptsRequest>(
      *list, arguments->options, "state = UPCOMING");
  list->callback([arguments, &session] { List(*arguments, session); });
}

}  // namespace vigil::vigilctl
