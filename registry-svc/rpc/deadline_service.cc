#include "registry-svc/rpc/deadline_service.h"

#include "registry-svc/rpc/deadline_reads.h"
#include "registry-svc/rpc/past_lists.h"

namespace vigil::registry {

grpc::ServerUnaryReactor* DeadlineService::GetDeadline(grpc::CallbackServerContext* context,
                                                       const v1::GetDeadlineRequest* request,
                                                       v1::Deadline* response) {
  return DisclosingRead(context, backend_, request, response,
                        [this](Disclosure& disclosure, const v1::GetDeadlineRequest& request) {
                          return ReadDeadline(backend_, disclosure, request);
                        });
}

grpc::ServerUnaryReactor* DeadlineService::ListDeadlines(grpc::CallbackServerContext* context,
                                                         const v1::ListDeadlinesRequest* request,
                                                         v1::ListDeadlinesResponse* response) {
  return DisclosingRead(
      context, backend_, request, response,
      [this, context](Disclosure& disclosure, const v1::ListDeadlinesRequest& request) {
        return request.known_at().empty()
                   ? ReadDeadlines(backend_, disclosure, request)
                   : ReadPastDeadlines(backend_, GoneOf(context), disclosure, request);
      });
}

grpc::ServerUnaryReactor* FindingService::GetFinding(grpc::CallbackServerContext* context,
                                                     const v1::GetFindingRequest* request,
                                                     v1::Finding* response) {
  return DisclosingRead(context, backend_, request, response,
                        [this](Disclosure& disclosure, const v1::GetFindingRequest& request) {
                          return ReadFinding(backend_, disclosure, request);
                        });
}

grpc::ServerUnaryReactor* FindingService::ListFindings(grpc::CallbackServerContext* context,
                                                       const v1::ListFindingsRequest* request,
                                                       v1::ListFindingsResponse* response) {
  return DisclosingRead(
      context, backend_, request, response,
      [this, context](Disclosure& disclosure, const v1::ListFindingsRequest& request) {
        return request.known_at().empty()
                   ? ReadFindings(backend_, disclosure, request)
                   : ReadPastFindings(backend_, GoneOf(context), disclosure, request);
      });
}

grpc::ServerUnaryReactor* SummaryService::GetSummary(grpc::CallbackServerContext* context,
                                                     const v1::GetSummaryRequest* request,
                                                     v1::Summary* response) {
  return PlainRead(
      context, backend_, request, response, [this, context](const v1::GetSummaryRequest& request) {
        return request.known_at().empty() ? ReadSummary(backend_, request)
                                          : ReadPastSummary(backend_, GoneOf(context), request);
      });
}

}  // namespace vigil::registry
