#include "registry-svc/rpc/fact_service.h"

#include <vector>

#include "common/rpc/unary.h"
#include "common/seal/page_token.h"
#include "registry-svc/casebook/refusals.h"
#include "registry-svc/casebook/validate.h"
#include "registry-svc/rpc/known_at.h"

namespace vigil::registry {

using config::v1::ROLE_ADMIN;
using config::v1::ROLE_STAFF;

grpc::ServerUnaryReactor* FactService::CreateFact(grpc::CallbackServerContext* context,
                                                  const v1::CreateFactRequest* request,
                                                  v1::Fact* response) {
  return rpc::Unary(context, backend_.guard, ROLE_STAFF, request, response,
                    [this](const rpc::Caller& caller, const v1::CreateFactRequest& request,
                           rpc::Done<v1::Fact> done) {
                      backend_.book.CreateFact(OriginOf(caller), request, std::move(done));
                    });
}

grpc::ServerUnaryReactor* FactService::GetFact(grpc::CallbackServerContext* context,
                                               const v1::GetFactRequest* request,
                                               v1::Fact* response) {
  return DisclosingRead(context, backend_, request, response,
                        [this](Disclosure& disclosure,
                               const v1::GetFactRequest& request) -> absl::StatusOr<v1::Fact> {
                          if (absl::Status s = CheckKnownAt(request.known_at()); !s.ok()) return s;
                          if (!IsFactName(request.name())) {
                            return refusals::BadName("name", "cases/{case}/facts/{fact}");
                          }
                          const FilePtr file =
                              backend_.book.Present()->Find(ParentOf(request.name()));
                          const auto fact = file ? file->FindOwn(request.name()) : nullptr;
                          if (!fact) return refusals::FactNotFound(request.name());
                          return disclosure.Show(*fact->message);
                        });
}

absl::StatusOr<v1::ListFactsResponse> FactService::List(Disclosure& disclosure,
                                                        const v1::ListFactsRequest& request) const {
  if (absl::Status s = CheckKnownAt(request.known_at()); !s.ok()) return s;
  const absl::StatusOr<Page> page = OpenPage(backend_.sealer, request);
  if (!page.ok()) return page.status();
  const absl::StatusOr<FilePtr> file =
      FindFile(*backend_.book.Present(), "parent", request.parent());
  if (!file.ok()) return file.status();
  FactList facts = *(*file)->own;
  facts.insert(facts.end(), (*file)->foreign->begin(), (*file)->foreign->end());

  v1::ListFactsResponse response;
  bool reached = page->cursor.empty();
  std::string last;
  for (const auto& fact : facts) {
    const v1::Fact& message = *fact->message;
    if (!reached) {
      reached = message.name() == page->cursor;
      continue;
    }
    if (message.has_retract_time() && !request.show_retracted()) continue;
    if (response.facts_size() == page->size) {
      response.set_next_page_token(SealPageToken(backend_.sealer, request, last));
      break;
    }
    *response.add_facts() = disclosure.Show(message);
    last = message.name();
  }
  return response;
}

grpc::ServerUnaryReactor* FactService::ListFacts(grpc::CallbackServerContext* context,
                                                 const v1::ListFactsRequest* request,
                                                 v1::ListFactsResponse* response) {
  return DisclosingRead(context, backend_, request, response,
                        [this](Disclosure& disclosure, const v1::ListFactsRequest& request) {
                          return List(disclosure, request);
                        });
}

grpc::ServerUnaryReactor* FactService::RetractFact(grpc::CallbackServerContext* context,
                                                   const v1::RetractFactRequest* request,
                                                   v1::Fact* response) {
  return rpc::Unary(context, backend_.guard, ROLE_STAFF, request, response,
                    [this](const rpc::Caller& caller, const v1::RetractFactRequest& request,
                           rpc::Done<v1::Fact> done) {
                      backend_.book.RetractFact(
                          OriginOf(caller), request,
                          [this, caller, done = std::move(done)](absl::StatusOr<v1::Fact> fact) {
                            Disclosure disclosure(caller);
                            if (fact.ok()) *fact = disclosure.Show(*fact);
                            Disclose<v1::RetractFactRequest>(backend_, caller, disclosure,
                                                             std::move(fact), done);
                          });
                    });
}

grpc::ServerUnaryReactor* ImportService::ImportCases(grpc::CallbackServerContext* context,
                                                     const v1::ImportCasesRequest* request,
                                                     v1::ImportCasesResponse* response) {
  return rpc::Unary(context, backend_.guard, ROLE_ADMIN, request, response,
                    [this](const rpc::Caller& caller, const v1::ImportCasesRequest& request,
                           rpc::Done<v1::ImportCasesResponse> done) {
                      backend_.book.ImportCases(OriginOf(caller), request, std::move(done));
                    });
}

}  // namespace vigil::registry
