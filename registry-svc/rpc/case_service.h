// Cases and dossiers over gRPC.
#pragma once

#include "registry-svc/rpc/backend.h"
#include "vigil/registry/v1/registry_service.grpc.pb.h"

namespace vigil::registry {

class CaseService final : public v1::CaseService::CallbackService {
 public:
  explicit CaseService(const Backend& backend) : backend_(backend) {}

  grpc::ServerUnaryReactor* CreateCase(grpc::CallbackServerContext* context,
                                       const v1::CreateCaseRequest* request,
                                       v1::Case* response) override;
  grpc::ServerUnaryReactor* GetCase(grpc::CallbackServerContext* context,
                                    const v1::GetCaseRequest* request, v1::Case* response) override;
  grpc::ServerUnaryReactor* ListCases(grpc::CallbackServerContext* context,
                                      const v1::ListCasesRequest* request,
                                      v1::ListCasesResponse* response) override;
  grpc::ServerUnaryReactor* UpdateCase(grpc::CallbackServerContext* context,
                                       const v1::UpdateCaseRequest* request,
                                       v1::Case* response) override;
  grpc::ServerUnaryReactor* BatchGetCases(grpc::CallbackServerContext* context,
                                          const v1::BatchGetCasesRequest* request,
                                          v1::BatchGetCasesResponse* response) override;
  grpc::ServerUnaryReactor* BatchCreateCases(grpc::CallbackServerContext* context,
                                             const v1::BatchCreateCasesRequest* request,
                                             v1::BatchCreateCasesResponse* response) override;
  grpc::ServerUnaryReactor* CreateDossier(grpc::CallbackServerContext* context,
                                          const v1::CreateDossierRequest* request,
                                          v1::Dossier* response) override;
  grpc::ServerUnaryReactor* UpdateDossier(grpc::CallbackServerContext* context,
                                          const v1::UpdateDossierRequest* request,
                                          v1::Dossier* response) override;
  grpc::ServerUnaryReactor* DeleteDossier(grpc::CallbackServerContext* context,
                                          const v1::DeleteDossierRequest* request,
                                          v1::Dossier* response) override;
  grpc::ServerUnaryReactor* UndeleteDossier(grpc::CallbackServerContext* context,
                                            const v1::UndeleteDossierRequest* request,
                                            v1::Dossier* response) override;
  grpc::ServerUnaryReactor* BatchGetDossiers(grpc::CallbackServerContext* context,
                                             const v1::BatchGetDossiersRequest* request,
                                             v1::BatchGetDossiersResponse* response) override;
  grpc::ServerUnaryReactor* BatchCreateDossiers(grpc::CallbackServerContext* context,
                                                const v1::BatchCreateDossiersRequest* request,
                                                v1::BatchCreateDossiersResponse* response) override;
  grpc::ServerUnaryReactor* DeleteCase(grpc::CallbackServerContext* context,
                                       const v1::DeleteCaseRequest* request,
                                       v1::Case* response) override;
  grpc::ServerUnaryReactor* UndeleteCase(grpc::CallbackServerContext* context,
                                         const v1::UndeleteCaseRequest* request,
                                         v1::Case* response) override;
  grpc::ServerUnaryReactor* SearchCases(grpc::CallbackServerContext* context,
                                        const v1::SearchCasesRequest* request,
                                        v1::SearchCasesResponse* response) override;
  grpc::ServerUnaryReactor* ListDuplicates(grpc::CallbackServerContext* context,
                                           const v1::ListDuplicatesRequest* request,
                                           v1::ListDuplicatesResponse* response) override;
  grpc::ServerUnaryReactor* GetDossier(grpc::CallbackServerContext* context,
                                       const v1::GetDossierRequest* request,
                                       v1::Dossier* response) override;
  grpc::ServerUnaryReactor* ListDossiers(grpc::CallbackServerContext* context,
                                         const v1::ListDossiersRequest* request,
                                         v1::ListDossiersResponse* response) override;

 private:
  const Backend& backend_;
};

}  // namespace vigil::registry
