// Several cases, dossiers or facts in one command: one revision, all or none.
#include <fmt/format.h>

#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "common/rpc/errors.h"
#include "registry-svc/casebook/casebook.h"
#include "registry-svc/casebook/commands.h"
#include "registry-svc/casebook/once.h"
#include "registry-svc/casebook/refusals.h"
#include "registry-svc/casebook/validate.h"
#include "registry-svc/casebook/veil.h"

namespace vigil::registry {
namespace {

constexpr int kMaxBatch = 1000;

// The refusal of one of several requests, with its number before field and message.
absl::Status At(int index, const absl::Status& status) {
  const std::string prefix = fmt::format("requests[{}].", index);
  const rpc::Metadata metadata = rpc::MetadataOf(status);
  const auto field = metadata.find("field");
  if (!absl::IsInvalidArgument(status) || field == metadata.end()) {
    return rpc::Annotate(status, fmt::format("requests[{}]: ", index));
  }
  return rpc::InvalidArgument(rpc::ReasonOf(status), prefix + field->second,
                              prefix + std::string(status.message()));
}

// Runs each request, at most once for its id. Returns the names made, in their order.
template <class Request>
absl::StatusOr<std::vector<std::string>> RunEach(
    Draft& draft, const google::protobuf::RepeatedPtrField<Request>& requests,
    std::string_view method, absl::StatusOr<std::string> (*apply)(Draft&, const Request&)) {
  std::set<std::string_view> ids;
  std::vector<std::string> names;
  for (int i = 0; i < requests.size(); ++i) {
    const std::string& id = requests[i].request_id();
    // The draft finds an id again only after the command that brought it.
    if (!id.empty() && !ids.insert(id).second) {
      return At(i, refusals::BadField("DOUBLED", "request_id", "request_id: is there twice"));
    }
    absl::StatusOr<std::string> name = Once(draft, requests[i], method, apply);
    if (!name.ok()) return At(i, name.status());
    names.push_back(*std::move(name));
  }
  return names;
}

absl::Status CheckSize(int size) {
  if (size == 0) return refusals::BadField("REQUIRED", "requests", "requests: missing");
  if (size <= kMaxBatch) return absl::OkStatus();
  return refusals::BadField("TOO_MANY", "requests",
                            fmt::format("requests: at most {} in one call", kMaxBatch));
}

// Each fact belongs to the parent of the batch.
absl::Status Address(v1::BatchCreateFactsRequest& batch) {
  for (int i = 0; i < batch.requests_size(); ++i) {
    v1::CreateFactRequest& request = *batch.mutable_requests(i);
    if (request.parent().empty()) request.set_parent(batch.parent());
    if (request.parent() == batch.parent()) continue;
    return At(i, refusals::BadField("BAD_NAME", "parent", "parent: not that of the batch"));
  }
  return absl::OkStatus();
}

// All of a batch in one change: `command` for each request, then `add` for the name of each thing
// made, once it is durable.
template <class Response, class Request, class Command, class Add>
void SubmitBatch(Writer& writer, Origin origin, std::string_view method, Request request,
                 Command command, Add add, Done<Response> done) {
  auto shared = std::make_shared<Request>(std::move(request));
  auto names = std::make_shared<std::vector<std::string>>();
  auto response = std::make_shared<Response>();
  writer.Submit({.origin = std::move(origin),
                 .apply =
                     [shared, names, method, command](Draft& draft) {
                       auto made = RunEach(draft, shared->requests(), std::string(method), command);
                       if (made.ok()) *names = *std::move(made);
                       return made.status();
                     },
                 .keep =
                     [names, response, add](const Draft& draft) {
                       for (const std::string& name : *names) add(draft, name, *response);
                     },
                 .done =
                     [response, done = std::move(done)](const absl::Status& status) {
                       if (!status.ok()) return done(status);
                       done(*response);
                     }});
}

}  // namespace

void Casebook::BatchCreateCases(Origin origin, v1::BatchCreateCasesRequest request,
                                Done<v1::BatchCreateCasesResponse> done) {
  if (absl::Status s = CheckSize(request.requests_size()); !s.ok()) return done(s);
  const auto add = [](const Draft& draft, const std::string& name,
                      v1::BatchCreateCasesResponse& response) {
    *response.add_cases() = ToldCase(*draft.Find(name)->present);
  };
  SubmitBatch<v1::BatchCreateCasesResponse>(*writer_, std::move(origin), "CreateCase",
                                            std::move(request), commands::CreateCase, add,
                                            std::move(done));
}

void Casebook::BatchCreateDossiers(Origin origin, v1::BatchCreateDossiersRequest request,
                                   Done<v1::BatchCreateDossiersResponse> done) {
  if (absl::Status s = CheckSize(request.requests_size()); !s.ok()) return done(s);
  const auto add = [](const Draft& draft, const std::string& name,
                      v1::BatchCreateDossiersResponse& response) {
    *response.add_dossiers() = *draft.Find(name)->dossier;
  };
  SubmitBatch<v1::BatchCreateDossiersResponse>(*writer_, std::move(origin), "CreateDossier",
                                               std::move(request), commands::CreateDossier, add,
                                               std::move(done));
}

void Casebook::BatchCreateFacts(Origin origin, v1::BatchCreateFactsRequest request,
                                Done<v1::BatchCreateFactsResponse> done) {
  if (absl::Status s = CheckSize(request.requests_size()); !s.ok()) return done(s);
  if (absl::Status s = Address(request); !s.ok()) return done(s);
  const auto add = [](const Draft& draft, const std::string& name,
                      v1::BatchCreateFactsResponse& response) {
    *response.add_facts() = *draft.Find(ParentOf(name))->FindOwn(name)->message;
  };
  SubmitBatch<v1::BatchCreateFactsResponse>(*writer_, std::move(origin), "CreateFact",
                                            std::move(request), commands::CreateFact, add,
                                            std::move(done));
}

}  // namespace vigil::registry
