#include "registry-svc/rpc/case_service.h"

#include "common/rpc/unary.h"
#include "registry-svc/rpc/case_reads.h"
#include "registry-svc/rpc/disclosure.h"
#include "registry-svc/rpc/duplicate_reads.h"
#include "registry-svc/rpc/past_lists.h"
#include "registry-svc/rpc/search_reads.h"

namespace vigil::registry {

using config::v1::ROLE_READER;
using config::v1::ROLE_STAFF;

grpc::ServerUnaryReactor* CaseService::CreateCase(grpc::CallbackServerContext* context,
                                                  const v1::CreateCaseRequest* request,
                                                  v1::Case* response) {
  return rpc::Unary(context, backend_.guard, ROLE_STAFF, request, response,
                    [this](const rpc::Caller& caller, const v1::CreateCaseRequest& request,
                           rpc::Done<v1::Case> done) {
                      backend_.book.CreateCase(OriginOf(caller), request, std::move(done));
                    });
}

grpc::ServerUnaryReactor* CaseService::GetCase(grpc::CallbackServerContext* context,
                                               const v1::GetCaseRequest* request,
                                               v1::Case* response) {
  return DisclosingRead(context, backend_, request, response,
                        [this](Disclosure& disclosure, const v1::GetCaseRequest& request) {
                          return ReadCase(backend_, disclosure, request);
                        });
}

grpc::ServerUnaryReactor* CaseService::ListCases(grpc::CallbackServerContext* context,
                                                 const v1::ListCasesRequest* request,
                                                 v1::ListCasesResponse* response) {
  return DisclosingRead(
      context, backend_, request, response,
      [this, context](Disclosure& disclosure, const v1::ListCasesRequest& request) {
        return request.known_at().empty()
                   ? ReadCases(backend_, disclosure, request)
                   : ReadPastCases(backend_, GoneOf(context), disclosure, request);
      });
}

grpc::ServerUnaryReactor* CaseService::UpdateCase(grpc::CallbackServerContext* context,
                                                  const v1::UpdateCaseRequest* request,
                                                  v1::Case* response) {
  return rpc::Unary(context, backend_.guard, ROLE_STAFF, request, response,
                    [this](const rpc::Caller& caller, const v1::UpdateCaseRequest& request,
                           rpc::Done<v1::Case> done) {
                      backend_.book.UpdateCase(OriginOf(caller), request, std::move(done));
                    });
}

grpc::ServerUnaryReactor* CaseService::BatchGetCases(grpc::CallbackServerContext* context,
                                                     const v1::BatchGetCasesRequest* request,
                                                     v1::BatchGetCasesResponse* response) {
  return DisclosingRead(context, backend_, request, response,
                        [this](Disclosure& disclosure, const v1::BatchGetCasesRequest& request) {
                          return ReadBatch(backend_, disclosure, request);
                        });
}

grpc::ServerUnaryReactor* CaseService::BatchCreateCases(grpc::CallbackServerContext* context,
                                                        const v1::BatchCreateCasesRequest* request,
                                                        v1::BatchCreateCasesResponse* response) {
  return rpc::Unary(context, backend_.guard, ROLE_STAFF, request, response,
                    [this](const rpc::Caller& caller, const v1::BatchCreateCasesRequest& request,
                           rpc::Done<v1::BatchCreateCasesResponse> done) {
                      backend_.book.BatchCreateCases(OriginOf(caller), request, std::move(done));
                    });
}

grpc::ServerUnaryReactor* CaseService::CreateDossier(grpc::CallbackServerContext* context,
                                                     const v1::CreateDossierRequest* request,
                                                     v1::Dossier* response) {
  return rpc::Unary(context, backend_.guard, ROLE_STAFF, request, response,
                    [this](const rpc::Caller& caller, const v1::CreateDossierRequest& request,
                           rpc::Done<v1::Dossier> done) {
                      backend_.book.CreateDossier(OriginOf(caller), request, std::move(done));
                    });
}

grpc::ServerUnaryReactor* CaseService::UpdateDossier(grpc::CallbackServerContext* context,
                                                     const v1::UpdateDossierRequest* request,
                                                     v1::Dossier* response) {
  return rpc::Unary(context, backend_.guard, ROLE_STAFF, request, response,
                    [this](const rpc::Caller& caller, const v1::UpdateDossierRequest& request,
                           rpc::Done<v1::Dossier> done) {
                      backend_.book.UpdateDossier(OriginOf(caller), request, std::move(done));
                    });
}

grpc::ServerUnaryReactor* CaseService::DeleteCase(grpc::CallbackServerContext* context,
                                                  const v1::DeleteCaseRequest* request,
                                                  v1::Case* response) {
  return rpc::Unary(context, backend_.guard, ROLE_STAFF, request, response,
                    [this](const rpc::Caller& caller, const v1::DeleteCaseRequest& request,
                           rpc::Done<v1::Case> done) {
                      backend_.book.DeleteCase(OriginOf(caller), request, std::move(done));
                    });
}

grpc::ServerUnaryReactor* CaseService::UndeleteCase(grpc::CallbackServerContext* context,
                                                    const v1::UndeleteCaseRequest* request,
                                                    v1::Case* response) {
  return rpc::Unary(context, backend_.guard, ROLE_STAFF, request, response,
                    [this](const rpc::Caller& caller, const v1::UndeleteCaseRequest& request,
                           rpc::Done<v1::Case> done) {
                      backend_.book.UndeleteCase(OriginOf(caller), request, std::move(done));
                    });
}

grpc::ServerUnaryReactor* CaseService::SearchCases(grpc::CallbackServerContext* context,
                                                   const v1::SearchCasesRequest* request,
                                                   v1::SearchCasesResponse* response) {
  return rpc::Unary(
      context, backend_.guard, ROLE_READER, request, response,
      [this, context](const rpc::Caller& caller, const v1::SearchCasesRequest& request,
                      rpc::Done<v1::SearchCasesResponse> done) {
        const absl::StatusOr<SearchArguments> arguments = ReadSearch(backend_, request);
        if (!arguments.ok()) return done(arguments.status());
        const auto search = [this, context, &caller, &request, arguments = *arguments, done] {
          if (context->IsCancelled()) return done(absl::CancelledError("the caller has gone"));
          Disclosure disclosure(caller);
          auto answer =
              request.known_at().empty()
                  ? FindCases(backend_, GoneOf(context), disclosure, request, arguments)
                  : FindPastCases(backend_, GoneOf(context), disclosure, request, arguments);
          Disclose<v1::SearchCasesRequest>(backend_, caller, disclosure, std::move(answer), done);
        };
        const bool scan = !request.known_at().empty() || !request.as_of().empty();
        ReadPool& pool = scan ? backend_.scans : backend_.searches;
        if (!pool.Post(search)) done(refusals::Overloaded());
      });
}

grpc::ServerUnaryReactor* CaseService::ListDuplicates(grpc::CallbackServerContext* context,
                                                      const v1::ListDuplicatesRequest* request,
                                                      v1::ListDuplicatesResponse* response) {
  return rpc::Unary(context, backend_.guard, ROLE_READER, request, response,
                    [this, context](const rpc::Caller&, const v1::ListDuplicatesRequest& request,
                                    rpc::Done<v1::ListDuplicatesResponse> done) {
                      const absl::StatusOr<PinnedArguments> arguments =
                          ReadDuplicatesArguments(backend_, request);
                      if (!arguments.ok()) return done(arguments.status());
                      const auto answer = [this, context, request, arguments = *arguments, done] {
                        if (context->IsCancelled())
                          return done(absl::CancelledError("the caller has gone"));
                        done(FindDuplicates(backend_, GoneOf(context), request, arguments));
                      };
                      const bool scan = !request.known_at().empty() ||
                                        (IsOfAll(request.parent()) && !arguments->order.empty());
                      ReadPool& pool = scan ? backend_.scans : backend_.searches;
                      if (!pool.Post(answer)) done(refusals::Overloaded());
                    });
}

grpc::ServerUnaryReactor* CaseService::DeleteDossier(grpc::CallbackServerContext* context,
                                                     const v1::DeleteDossierRequest* request,
                                                     v1::Dossier* response) {
  return rpc::Unary(context, backend_.guard, ROLE_STAFF, request, response,
                    [this](const rpc::Caller& caller, const v1::DeleteDossierRequest& request,
                           rpc::Done<v1::Dossier> done) {
                      backend_.book.DeleteDossier(OriginOf(caller), request, std::move(done));
                    });
}

grpc::ServerUnaryReactor* CaseService::UndeleteDossier(grpc::CallbackServerContext* context,
                                                       const v1::UndeleteDossierRequest* request,
                                                       v1::Dossier* response) {
  return rpc::Unary(context, backend_.guard, ROLE_STAFF, request, response,
                    [this](const rpc::Caller& caller, const v1::UndeleteDossierRequest& request,
                           rpc::Done<v1::Dossier> done) {
                      backend_.book.UndeleteDossier(OriginOf(caller), request, std::move(done));
                    });
}

grpc::ServerUnaryReactor* CaseService::BatchGetDossiers(grpc::CallbackServerContext* context,
                                                        const v1::BatchGetDossiersRequest* request,
                                                        v1::BatchGetDossiersResponse* response) {
  return PlainRead(context, backend_, request, response,
                   [this](const v1::BatchGetDossiersRequest& request) {
                     return ReadDossierBatch(backend_, request);
                   });
}

grpc::ServerUnaryReactor* CaseService::BatchCreateDossiers(
    grpc::CallbackServerContext* context, const v1::BatchCreateDossiersRequest* request,
    v1::BatchCreateDossiersResponse* response) {
  return rpc::Unary(context, backend_.guard, ROLE_STAFF, request, response,
                    [this](const rpc::Caller& caller, const v1::BatchCreateDossiersRequest& request,
                           rpc::Done<v1::BatchCreateDossiersResponse> done) {
                      backend_.book.BatchCreateDossiers(OriginOf(caller), request, std::move(done));
                    });
}

grpc::ServerUnaryReactor* CaseService::GetDossier(grpc::CallbackServerContext* context,
                                                  const v1::GetDossierRequest* request,
                                                  v1::Dossier* response) {
  return PlainRead(
      context, backend_, request, response,
      [this](const v1::GetDossierRequest& request) { return ReadDossier(backend_, request); });
}

grpc::ServerUnaryReactor* CaseService::ListDossiers(grpc::CallbackServerContext* context,
                                                    const v1::ListDossiersRequest* request,
                                                    v1::ListDossiersResponse* response) {
  return PlainRead(context, backend_, request, response,
                   [this, context](const v1::ListDossiersRequest& request) {
                     return request.known_at().empty()
                                ? ReadDossiers(backend_, request)
                                : ReadPastDossiers(backend_, GoneOf(context), request);
                   });
}

}  // namespace vigil::registry
