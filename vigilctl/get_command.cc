#include <fmt/format.h>

#include <memory>
#include <string_view>

#include "vigil/alert/v1/alert.grpc.pb.h"
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
  } else {
    Fail(absl::InvalidArgumentError(fmt::format(
        "'{}' is no name; write cases/…, cases/…/facts/…, cases/…/deadlines/…, dossiers/… or "
        "alerts/…",
        name)));
  }
}

}  // namespace

void AddGet(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<GetArguments>();
  auto* get = app.add_subcommand("get", "prints a case, dossier, fact, deadline or alert as JSON");
  get->add_option("NAME", arguments->name, "cases/{case}, cases/{case}/facts/{fact}, …")
      ->required();
  using namespace registry::v1;
  AddReadOptions<GetCaseRequest, GetDossierRequest, GetFactRequest, GetDeadlineRequest,
                 alert::v1::GetAlertRequest>(*get, arguments->read);
  get->callback([arguments, &session] { Get(*arguments, session); });
}

}  // namespace vigil::vigilctl
