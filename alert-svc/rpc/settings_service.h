#pragma once

#include "alert-svc/rpc/settings_desk.h"
#include "common/clock/clock.h"
#include "common/rpc/guard.h"
#include "common/seal/sealer.h"
#include "vigil/alert/v1/settings_service.grpc.pb.h"

namespace vigil::alert {

// The API over settings. Thread-safe; what is asked for is done by the desk.
class SettingsService final : public v1::SettingsService::CallbackService {
 public:
  // All that is passed outlives the service.
  SettingsService(SettingsDesk& desk, const rpc::CallGuard& guard, const Sealer& sealer,
                  const Clock& clock)
      : desk_(desk), guard_(guard), sealer_(sealer), clock_(clock) {}

  grpc::ServerUnaryReactor* CreatePolicy(grpc::CallbackServerContext* context,
                                         const v1::CreatePolicyRequest* request,
                                         v1::Policy* response) override;
  grpc::ServerUnaryReactor* GetPolicy(grpc::CallbackServerContext* context,
                                      const v1::GetPolicyRequest* request,
                                      v1::Policy* response) override;
  grpc::ServerUnaryReactor* ListPolicies(grpc::CallbackServerContext* context,
                                         const v1::ListPoliciesRequest* request,
                                         v1::ListPoliciesResponse* response) override;
  grpc::ServerUnaryReactor* UpdatePolicy(grpc::CallbackServerContext* context,
                                         const v1::UpdatePolicyRequest* request,
                                         v1::Policy* response) override;
  grpc::ServerUnaryReactor* DeletePolicy(grpc::CallbackServerContext* context,
                                         const v1::DeletePolicyRequest* request,
                                         v1::DeletePolicyResponse* response) override;
  grpc::ServerUnaryReactor* CreateReceiver(grpc::CallbackServerContext* context,
                                           const v1::CreateReceiverRequest* request,
                                           v1::Receiver* response) override;
  grpc::ServerUnaryReactor* GetReceiver(grpc::CallbackServerContext* context,
                                        const v1::GetReceiverRequest* request,
                                        v1::Receiver* response) override;
  grpc::ServerUnaryReactor* ListReceivers(grpc::CallbackServerContext* context,
                                          const v1::ListReceiversRequest* request,
                                          v1::ListReceiversResponse* response) override;
  grpc::ServerUnaryReactor* UpdateReceiver(grpc::CallbackServerContext* context,
                                           const v1::UpdateReceiverRequest* request,
                                           v1::Receiver* response) override;
  grpc::ServerUnaryReactor* DeleteReceiver(grpc::CallbackServerContext* context,
                                           const v1::DeleteReceiverRequest* request,
                                           v1::DeleteReceiverResponse* response) override;
  grpc::ServerUnaryReactor* CreateSubscription(grpc::CallbackServerContext* context,
                                               const v1::CreateSubscriptionRequest* request,
                                               v1::Subscription* response) override;
  grpc::ServerUnaryReactor* GetSubscription(grpc::CallbackServerContext* context,
                                            const v1::GetSubscriptionRequest* request,
                                            v1::Subscription* response) override;
  grpc::ServerUnaryReactor* ListSubscriptions(grpc::CallbackServerContext* context,
                                              const v1::ListSubscriptionsRequest* request,
                                              v1::ListSubscriptionsResponse* response) override;
  grpc::ServerUnaryReactor* UpdateSubscription(grpc::CallbackServerContext* context,
                                               const v1::UpdateSubscriptionRequest* request,
                                               v1::Subscription* response) override;
  grpc::ServerUnaryReactor* DeleteSubscription(grpc::CallbackServerContext* context,
                                               const v1::DeleteSubscriptionRequest* request,
                                               v1::DeleteSubscriptionResponse* response) override;
  grpc::ServerUnaryReactor* CreateSilence(grpc::CallbackServerContext* context,
                                          const v1::CreateSilenceRequest* request,
                                          v1::Silence* response) override;
  grpc::ServerUnaryReactor* GetSilence(grpc::CallbackServerContext* context,
                                       const v1::GetSilenceRequest* request,
                                       v1::Silence* response) override;
  grpc::ServerUnaryReactor* ListSilences(grpc::CallbackServerContext* context,
                                         const v1::ListSilencesRequest* request,
                                         v1::ListSilencesResponse* response) override;
  grpc::ServerUnaryReactor* UpdateSilence(grpc::CallbackServerContext* context,
                                          const v1::UpdateSilenceRequest* request,
                                          v1::Silence* response) override;
  grpc::ServerUnaryReactor* ApproveSilence(grpc::CallbackServerContext* context,
                                           const v1::ApproveSilenceRequest* request,
                                           v1::Silence* response) override;
  grpc::ServerUnaryReactor* DeleteSilence(grpc::CallbackServerContext* context,
                                          const v1::DeleteSilenceRequest* request,
                                          v1::DeleteSilenceResponse* response) override;

 private:
  template <class Setting, class Request>
  grpc::ServerUnaryReactor* Create(grpc::CallbackServerContext* context, rpc::Role role,
                                   const Request* request, Setting* response);
  template <class Setting, class Request>
  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context, const Request* request,
                                Setting* response);
  template <class Setting, class Request, class Response>
  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context, const Request* request,
                                 Response* response);
  template <class Setting, class Request>
  grpc::ServerUnaryReactor* Update(grpc::CallbackServerContext* context, const Request* request,
                                   Setting* response);
  template <class Setting, class Request, class Response>
  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext* context, rpc::Role role,
                                   const Request* request, Response* response);

  SettingsDesk& desk_;
  const rpc::CallGuard& guard_;
  const Sealer& sealer_;
  const Clock& clock_;
};

}  // namespace vigil::alert
