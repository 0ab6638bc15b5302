// The access trail, the verifier and erasure over gRPC. For administrators.
#pragma once

#include <functional>

#include "registry-svc/journal/read_pool.h"
#include "registry-svc/rpc/backend.h"
#include "vigil/registry/v1/audit.grpc.pb.h"

namespace vigil::registry {

class AuditService final : public v1::AuditService::CallbackService {
 public:
  // Reads the whole database; `witness` may be null. Blocks.
  using Verify = std::function<absl::StatusOr<v1::VerifyAuditResponse>(const v1::AuditHead*)>;

  AuditService(const Backend& backend, Verify verify)
      : backend_(backend), verify_(std::move(verify)) {}

  grpc::ServerUnaryReactor* ListAccesses(grpc::CallbackServerContext* context,
                                         const v1::ListAccessesRequest* request,
                                         v1::ListAccessesResponse* response) override;
  grpc::ServerUnaryReactor* GetAuditHead(grpc::CallbackServerContext* context,
                                         const v1::GetAuditHeadRequest* request,
                                         v1::AuditHead* response) override;
  grpc::ServerUnaryReactor* VerifyAudit(grpc::CallbackServerContext* context,
                                        const v1::VerifyAuditRequest* request,
                                        v1::VerifyAuditResponse* response) override;
  grpc::ServerUnaryReactor* EraseCase(grpc::CallbackServerContext* context,
                                      const v1::EraseCaseRequest* request,
                                      v1::EraseCaseResponse* response) override;

 private:
  const Backend& backend_;
  const Verify verify_;
  // Verifications run one after the other, and keep no watcher of the journal waiting.
  ReadPool verifier_;
};

}  // namespace vigil::registry
