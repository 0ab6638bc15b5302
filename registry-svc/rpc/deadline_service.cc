#include "registry-svc/rpc/deadline_service.h"

#include "common/rpc/unary.h"
#include "registry-svc/rpc/deadline_reads.h"

namespace vigil::registry {

using config::v1::ROLE_READER;

grpc::ServerUnaryReactor* DeadlineService::GetDeadline(grpc::CallbackServerContext* context,
                                                       const v1::GetDeadlineRequest* request,
                                                       v1::Deadline* response) {
  return DisclosingRead(context, backend_, backend_.pool, request, response,
                        [this](Disclosure& disclosure, const v1::GetDeadlineRequest& request) {
                          return ReadDeadline(backend_, disclosure, request);
                        });
}

grpc::ServerUnaryReactor* DeadlineService::ListDeadlines(grpc::CallbackServerContext* context,
                                                         const v1::ListDeadlinesRequest* request,
                                                         v1::ListDeadlinesResponse* response) {
  return DisclosingRead(context, backend_, backend_.scans, request, response,
                        [this](Disclosure& disclosure, const v1::ListDeadlinesRequest& request) {
                          return ReadDeadlines(backend_, disclosure, request);
                        });
}

grpc::ServerUnaryReactor* FindingService::ListFindings(grpc::CallbackServerContext* context,
                                                       const v1::ListFindingsRequest* request,
                                                       v1::ListFindingsResponse* response) {
  return DisclosingRead(context, backend_, backend_.scans, request, response,
                        [this](Disclosure& disclosure, const v1::ListFindingsRequest& request) {
                          return ReadFindings(backend_, disclosure, request);
                        });
}

grpc::ServerUnaryReactor* SummaryService::GetSummary(grpc::CallbackServerContext* context,
                                                     const v1::GetSummaryRequest* request,
                                                     v1::Summary* response) {
  return rpc::Unary(context, backend_.guard, ROLE_READER, request, response,
                    [this](const rpc::Caller&, const v1::GetSummaryRequest& request) {
                      return ReadSummary(backend_, request);
                    });
}

}  // namespace vigil::registry
