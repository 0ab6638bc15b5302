#pragma once

#include "alert-svc/rpc/alert_book.h"
#include "alert-svc/rpc/assurance_desk.h"
#include "common/clock/clock.h"
#include "common/rpc/guard.h"
#include "common/seal/sealer.h"
#include "vigil/alert/v1/assurance.grpc.pb.h"

namespace vigil::alert {

// The API over what alerting will do, why, and what went wrong. Thread-safe; what is asked for is
// done by the desk.
class AssuranceService final : public v1::AssuranceService::CallbackService {
 public:
  // All that is passed outlives the service.
  AssuranceService(AssuranceDesk& desk, const AlertBook& book, const rpc::CallGuard& guard,
                   const Sealer& sealer, const Clock& clock)
      : desk_(desk), book_(book), guard_(guard), sealer_(sealer), clock_(clock) {}

  grpc::ServerUnaryReactor* ForecastMessages(grpc::CallbackServerContext* context,
                                             const v1::ForecastMessagesRequest* request,
                                             v1::ForecastMessagesResponse* response) override;
  grpc::ServerUnaryReactor* ExplainMessages(grpc::CallbackServerContext* context,
                                            const v1::ExplainMessagesRequest* request,
                                            v1::ExplainMessagesResponse* response) override;
  grpc::ServerUnaryReactor* ListUnwatchedCases(grpc::CallbackServerContext* context,
                                               const v1::ListUnwatchedCasesRequest* request,
                                               v1::ListUnwatchedCasesResponse* response) override;
  grpc::ServerUnaryReactor* ListDeadLetters(grpc::CallbackServerContext* context,
                                            const v1::ListDeadLettersRequest* request,
                                            v1::ListDeadLettersResponse* response) override;
  grpc::ServerUnaryReactor* ResendDeadLetter(grpc::CallbackServerContext* context,
                                             const v1::ResendDeadLetterRequest* request,
                                             v1::Delivery* response) override;
  grpc::ServerUnaryReactor* ResendDeadLetters(grpc::CallbackServerContext* context,
                                              const v1::ResendDeadLettersRequest* request,
                                              v1::ResendDeadLettersResponse* response) override;
  grpc::ServerUnaryReactor* TestReceiver(grpc::CallbackServerContext* context,
                                         const v1::TestReceiverRequest* request,
                                         v1::Delivery* response) override;
  grpc::ServerUnaryReactor* ListHeldShards(grpc::CallbackServerContext* context,
                                           const v1::ListHeldShardsRequest* request,
                                           v1::ListHeldShardsResponse* response) override;
  grpc::ServerUnaryReactor* ListHeldMessages(grpc::CallbackServerContext* context,
                                             const v1::ListHeldMessagesRequest* request,
                                             v1::ListHeldMessagesResponse* response) override;
  grpc::ServerUnaryReactor* ReleaseHeldShards(grpc::CallbackServerContext* context,
                                              const v1::ReleaseHeldShardsRequest* request,
                                              v1::ReleaseHeldShardsResponse* response) override;

 private:
  absl::StatusOr<AssuranceDesk::ExplainQuery> QueryOf(
      const v1::ExplainMessagesRequest& request) const;

  AssuranceDesk& desk_;
  const AlertBook& book_;
  const rpc::CallGuard& guard_;
  const Sealer& sealer_;
  const Clock& clock_;
};

}  // namespace vigil::alert
