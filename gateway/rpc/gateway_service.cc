#include "gateway/rpc/gateway_service.h"

#include "common/rpc/unary.h"
#include "gateway/rpc/call_options.h"

namespace vigil::gateway {

grpc::ServerUnaryReactor* GatewayServiceHandler::GetCaseFile(grpc::CallbackServerContext* context,
                                                             const v1::GetCaseFileRequest* request,
                                                             v1::CaseFile* response) {
  return rpc::Unary(context, guard_, config::v1::ROLE_READER, request, response,
                    [this, context](const rpc::Caller& caller, const v1::GetCaseFileRequest& what,
                                    rpc::Done<v1::CaseFile> done) {
                      aggregator_.GetCaseFile(what, OptionsOf(*context, caller.trace_id),
                                              std::move(done));
                    });
}

grpc::ServerUnaryReactor* GatewayServiceHandler::GetOverview(grpc::CallbackServerContext* context,
                                                             const v1::GetOverviewRequest* request,
                                                             v1::Overview* response) {
  return rpc::Unary(context, guard_, config::v1::ROLE_READER, request, response,
                    [this, context](const rpc::Caller& caller, const v1::GetOverviewRequest& what,
                                    rpc::Done<v1::Overview> done) {
                      aggregator_.GetOverview(what, OptionsOf(*context, caller.trace_id),
                                              std::move(done));
                    });
}

}  // namespace vigil::gateway
