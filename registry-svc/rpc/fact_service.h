// Facts over gRPC.
#pragma once

#include "registry-svc/rpc/backend.h"
#include "registry-svc/rpc/disclosure.h"
#include "vigil/registry/v1/registry_service.grpc.pb.h"

namespace vigil::registry {

// Of a confidential fact a caller below administrator learns only that it is there.
class FactService final : public v1::FactService::CallbackService {
 public:
  explicit FactService(const Backend& backend) : backend_(backend) {}

  grpc::ServerUnaryReactor* CreateFact(grpc::CallbackServerContext* context,
                                       const v1::CreateFactRequest* request,
                                       v1::Fact* response) override;
  grpc::ServerUnaryReactor* GetFact(grpc::CallbackServerContext* context,
                                    const v1::GetFactRequest* request, v1::Fact* response) override;
  grpc::ServerUnaryReactor* ListFacts(grpc::CallbackServerContext* context,
                                      const v1::ListFactsRequest* request,
                                      v1::ListFactsResponse* response) override;
  grpc::ServerUnaryReactor* BatchGetFacts(grpc::CallbackServerContext* context,
                                          const v1::BatchGetFactsRequest* request,
                                          v1::BatchGetFactsResponse* response) override;
  grpc::ServerUnaryReactor* BatchCreateFacts(grpc::CallbackServerContext* context,
                                             const v1::BatchCreateFactsRequest* request,
                                             v1::BatchCreateFactsResponse* response) override;
  grpc::ServerUnaryReactor* RetractFact(grpc::CallbackServerContext* context,
                                        const v1::RetractFactRequest* request,
                                        v1::Fact* response) override;

 private:
  absl::StatusOr<v1::Fact> Get(Disclosure& disclosure, const v1::GetFactRequest& request) const;
  absl::StatusOr<v1::BatchGetFactsResponse> GetSeveral(
      Disclosure& disclosure, const v1::BatchGetFactsRequest& request) const;
  absl::StatusOr<v1::ListFactsResponse> List(Disclosure& disclosure,
                                             const v1::ListFactsRequest& request) const;

  const Backend& backend_;
};

}  // namespace vigil::registry
