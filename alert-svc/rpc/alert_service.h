#pragma once

#include <functional>

#include "absl/status/status.h"
#include "alert-svc/rpc/alert_book.h"
#include "common/clock/clock.h"
#include "common/rpc/guard.h"
#include "common/seal/sealer.h"
#include "vigil/alert/v1/alert.grpc.pb.h"
#include "vigil/registry/v1/journal.pb.h"

namespace vigil::alert {

// Carries out what a person did: journals it, lets the shard follow, publishes the alert as it is
// then. From any thread; `done` comes on the engine's.
using Act = std::function<void(registry::v1::Receipt, std::function<void(absl::Status)> done)>;

// The API over alerts. Reads come from the book; actions go through `act`.
class AlertService final : public v1::AlertService::CallbackService {
 public:
  // All that is passed outlives the service.
  AlertService(AlertBook& book, const rpc::CallGuard& guard, const Sealer& sealer,
               const Clock& clock, Act act)
      : book_(book), guard_(guard), sealer_(sealer), clock_(clock), act_(std::move(act)) {}

  grpc::ServerUnaryReactor* GetAlert(grpc::CallbackServerContext* context,
                                     const v1::GetAlertRequest* request,
                                     v1::Alert* response) override;
  grpc::ServerUnaryReactor* ListAlerts(grpc::CallbackServerContext* context,
                                       const v1::ListAlertsRequest* request,
                                       v1::ListAlertsResponse* response) override;
  grpc::ServerUnaryReactor* AcknowledgeAlert(grpc::CallbackServerContext* context,
                                             const v1::AcknowledgeAlertRequest* request,
                                             v1::Alert* response) override;
  grpc::ServerUnaryReactor* SnoozeAlert(grpc::CallbackServerContext* context,
                                        const v1::SnoozeAlertRequest* request,
                                        v1::Alert* response) override;
  grpc::ServerUnaryReactor* HandOverAlert(grpc::CallbackServerContext* context,
                                          const v1::HandOverAlertRequest* request,
                                          v1::Alert* response) override;
  grpc::ServerWriteReactor<v1::WatchAlertsResponse>* WatchAlerts(
      grpc::CallbackServerContext* context, const v1::WatchAlertsRequest* request) override;

 private:
  absl::StatusOr<v1::Alert> Read(const std::string& name) const;
  absl::StatusOr<v1::ListAlertsResponse> List(const v1::ListAlertsRequest& request) const;
  template <class Request, class MakeReceipt>
  grpc::ServerUnaryReactor* ActOn(grpc::CallbackServerContext* context, const Request* request,
                                  v1::Alert* response, MakeReceipt make);

  AlertBook& book_;
  const rpc::CallGuard& guard_;
  const Sealer& sealer_;
  const Clock& clock_;
  const Act act_;
};

}  // namespace vigil::alert
