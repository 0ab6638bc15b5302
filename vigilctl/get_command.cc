#include <fmt/format.h>

#include <memory>
#include <string_view>

#include "vigil/alert/v1/alert.grpc.pb.h"
#include "vigil/alert/v1/assurance.pb.h"
#include "vigil/alert/v1/settings.pb.h"
#include "vigil/gateway/v1/calendar.pb.h"
#include "vigil/registry/v1/journal.grpc.pb.h"
#include "vigil/registry/v1/registry_service.grpc.pb.h"
#include "vigilctl/commands.h"
#include "vigilctl/read_options.h"

namespace vigil::vigilctl {
namespace {

struct GetArguments {
  std::string name;
  ReadOptions read;
};

template <class Request, class Method>
void Show(const Session& session, const GetArguments& arguments, Method method) {
  Request request;
  request.set_name(arguments.name);
  SetReadOptions(arguments.read, arguments.name, request);
  fmt::print("{}", ToJson(Connection(session).Call(method, request)));
}

// The name tells which service has it.
void Get(const GetArguments& arguments, const Session& session) {
  using namespace registry::v1;
  const std::string_view name = arguments.name;
  if (name.find("/facts/") != std::string_view::npos) {
    Show<GetFactRequest>(session, arguments, &FactService::Stub::GetFact);
  } else if (name.find("/deadlines/") != std::string_view::npos) {
    Show<GetDeadlineRequest>(session, arguments, &DeadlineService::Stub::GetDeadline);
  } else if (name.starts_with("cases/")) {
    Show<GetCaseRequest>(session, arguments, &CaseService::Stub::GetCase);
  } else if (name.starts_with("dossiers/")) {
    Show<GetDossierRequest>(session, arguments, &CaseService::Stub::GetDossier);
  } else if (name.starts_with("alerts/")) {
    Show<alert::v1::GetAlertRequest>(session, arguments, &alert::v1::AlertService::Stub::GetAlert);
  } else if (name.starts_with("records/")) {
    Show<GetRecordRequest>(session, arguments, &JournalService::Stub::GetRecord);
  } else {
    Fail(absl::InvalidArgumentError(fmt::format(
        "'{}' is no name; write cases/…, cases/…/facts/…, cases/…/deadlines/…, dossiers/…, "
        "alerts/… or records/…",
        name)));
  }
}

// What the services keep in records is written by its type, which has to be in the program.
void KnowRecords() {
  google::protobuf::LinkMessageReflection<alert::v1::Receiver>();
  google::protobuf::LinkMessageReflection<alert::v1::DueForecast>();
  google::protobuf::LinkMessageReflection<gateway::v1::Calendar>();
}

}  // namespace

void AddGet(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<GetArguments>();
  auto* get =
      app.add_subcommand("get", "prints a case, dossier, fact, deadline, alert or record as JSON");
  get->add_option("NAME", arguments->name, "cases/{case}, cases/{case}/facts/{fact}, …")
      ->required();
  using namespace registry::v1;
  AddReadOptions<GetCaseRequest, GetDossierRequest, GetFactRequest, GetDeadlineRequest,
                 alert::v1::GetAlertRequest, GetRecordRequest>(*get, arguments->read);
  KnowRecords();
  get->callback([arguments, &session] { Get(*arguments, session); });
}

}  // namespace vigil::vigilctl
