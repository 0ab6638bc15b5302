#pragma once

#include "common/rpc/guard.h"
#include "gateway/aggregate/aggregator.h"
#include "vigil/gateway/v1/gateway.grpc.pb.h"

namespace vigil::gateway {

/// The gateway's own RPCs.
class GatewayServiceHandler : public v1::GatewayService::CallbackService {
 public:
  /// Both must outlive this.
  GatewayServiceHandler(Aggregator& aggregator, const rpc::CallGuard& guard)
      : aggregator_(aggregator), guard_(guard) {}

  grpc::ServerUnaryReactor* GetCaseFile(grpc::CallbackServerContext* context,
                                        const v1::GetCaseFileRequest* request,
                                        v1::CaseFile* response) override;
  grpc::ServerUnaryReactor* GetOverview(grpc::CallbackServerContext* context,
                                        const v1::GetOverviewRequest* request,
                                        v1::Overview* response) override;

 private:
  Aggregator& aggregator_;
  const rpc::CallGuard& guard_;
};

}  // namespace vigil::gateway
