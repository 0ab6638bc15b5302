// What is derived, over gRPC: deadlines, findings, and the counts over all cases.
#pragma once

#include "registry-svc/rpc/backend.h"
#include "vigil/registry/v1/registry_service.grpc.pb.h"

namespace vigil::registry {

class DeadlineService final : public v1::DeadlineService::CallbackService {
 public:
  explicit DeadlineService(const Backend& backend) : backend_(backend) {}

  grpc::ServerUnaryReactor* GetDeadline(grpc::CallbackServerContext* context,
                                        const v1::GetDeadlineRequest* request,
                                        v1::Deadline* response) override;
  grpc::ServerUnaryReactor* ListDeadlines(grpc::CallbackServerContext* context,
                                          const v1::ListDeadlinesRequest* request,
                                          v1::ListDeadlinesResponse* response) override;

 private:
  const Backend& backend_;
};

class FindingService final : public v1::FindingService::CallbackService {
 public:
  explicit FindingService(const Backend& backend) : backend_(backend) {}

  grpc::ServerUnaryReactor* GetFinding(grpc::CallbackServerContext* context,
                                       const v1::GetFindingRequest* request,
                                       v1::Finding* response) override;
  grpc::ServerUnaryReactor* ListFindings(grpc::CallbackServerContext* context,
                                         const v1::ListFindingsRequest* request,
                                         v1::ListFindingsResponse* response) override;

 private:
  const Backend& backend_;
};

class SummaryService final : public v1::SummaryService::CallbackService {
 public:
  explicit SummaryService(const Backend& backend) : backend_(backend) {}

  grpc::ServerUnaryReactor* GetSummary(grpc::CallbackServerContext* context,
                                       const v1::GetSummaryRequest* request,
                                       v1::Summary* response) override;

 private:
  const Backend& backend_;
};

}  // namespace vigil::registry
