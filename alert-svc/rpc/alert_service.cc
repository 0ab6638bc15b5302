#include "alert-svc/rpc/alert_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "alert-svc/domain/history.h"
#include "alert-svc/rpc/acts.h"
#include "alert-svc/rpc/watch_stream.h"
#include "common/list/sorted_page.h"
#include "common/rpc/errors.h"
#include "common/rpc/stream.h"
#include "common/rpc/unary.h"

namespace vigil::alert {
namespace {

using config::v1::ROLE_READER;
using config::v1::ROLE_STAFF;

constexpr std::string_view kAlerts = "alerts/";
constexpr char kWatchMethod[] = "vigil.alert.v1.AlertService/WatchAlerts";
// How long ago a closed alert may have fired to be told to a watcher who comes back.
constexpr absl::Duration kClosedToldFor = absl::Hours(24 * 90);

bool IsAlertName(std::string_view name) {
  if (!name.starts_with(kAlerts) || name.size() <= kAlerts.size()) return false;
  return std::all_of(name.begin() + kAlerts.size(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

// Where an alert stands in a list: what fired and is not closed, the last first; then what is to
// come, the next first; then the rest. The key of a page token.
std::string KeyOf(const v1::Alert& alert) {
  const std::int64_t ms = absl::ToUnixMillis(TimeOf(alert.fire_time()));
  constexpr std::int64_t kFar = 1'000'000'000'000'000;
  if (HasFired(alert)) return fmt::format("0 {:016} {}", kFar - ms, alert.name());
  if (alert.state() == v1::ALERT_STATE_SCHEDULED) {
    return fmt::format("1 {:016} {}", ms, alert.name());
  }
  return fmt::format("2 {:016} {}", kFar - ms, alert.name());
}

}  // namespace

absl::StatusOr<v1::Alert> AlertService::Read(const std::string& name) const {
  if (!IsAlertName(name)) {
    return rpc::InvalidArgument("BAD_NAME", "name", "name: must be alerts/{alert}");
  }
  const AlertPtr alert = book_.Find(name);
  if (!alert) {
    return rpc::NotFound("ALERT_NOT_FOUND", {{"alert", name}},
                         "there is no such alert; the list shows those there are");
  }
  return *alert;
}

absl::StatusOr<v1::ListAlertsResponse> AlertService::List(
    const v1::ListAlertsRequest& request) const {
  const auto arguments = ReadListArguments<v1::Alert>(sealer_, request);
  if (!arguments.ok()) return arguments.status();
  SortedPage<v1::Alert> page(*arguments);
  const bool filtered = !arguments->filter.MatchesAll();
  book_.ForEach([&](const AlertPtr& alert) {
    if (filtered || HasFired(*alert) || alert->state() == v1::ALERT_STATE_SCHEDULED) {
      page.Add(*alert, KeyOf(*alert));
    }
  });
  v1::ListAlertsResponse response;
  TakePage(sealer_, request, page, response.mutable_alerts(), response);
  return response;
}

grpc::ServerUnaryReactor* AlertService::GetAlert(grpc::CallbackServerContext* context,
                                                 const v1::GetAlertRequest* request,
                                                 v1::Alert* response) {
  return rpc::Unary(context, guard_, ROLE_READER, request, response,
                    [this](const rpc::Caller&, const v1::GetAlertRequest& request) {
                      return Read(request.name());
                    });
}

grpc::ServerUnaryReactor* AlertService::ListAlerts(grpc::CallbackServerContext* context,
                                                   const v1::ListAlertsRequest* request,
                                                   v1::ListAlertsResponse* response) {
  return rpc::Unary(
      context, guard_, ROLE_READER, request, response,
      [this](const rpc::Caller&, const v1::ListAlertsRequest& request) { return List(request); });
}

// Carries out what `make` finds in the request and of the alert as it is.
template <class Request, class MakeReceipt>
grpc::ServerUnaryReactor* AlertService::ActOn(grpc::CallbackServerContext* context,
                                              const Request* request, v1::Alert* response,
                                              MakeReceipt make) {
  return rpc::Unary(
      context, guard_, ROLE_STAFF, request, response,
      [this, make](const rpc::Caller& caller, const Request& request, rpc::Done<v1::Alert> done) {
        const absl::Time now = clock_.Now();
        if (absl::Status s = CheckAct(request, now); !s.ok()) return done(std::move(s));
        absl::StatusOr<v1::Alert> alert = Read(request.name());
        if (!alert.ok()) return done(std::move(alert));
        ActReceipt receipt = make(*alert, request);
        if (!receipt.ok()) return done(receipt.status());
        if (!*receipt) return done(std::move(alert));
        (*receipt)->set_actor(caller.name);
        *(*receipt)->mutable_time() = ToProto(now);
        act_(**std::move(receipt), [this, name = request.name(), done](absl::Status status) {
          if (!status.ok()) return done(std::move(status));
          done(Read(name));
        });
      });
}

grpc::ServerUnaryReactor* AlertService::AcknowledgeAlert(grpc::CallbackServerContext* context,
                                                         const v1::AcknowledgeAlertRequest* request,
                                                         v1::Alert* response) {
  return ActOn(context, request, response, Acknowledge);
}

grpc::ServerUnaryReactor* AlertService::SnoozeAlert(grpc::CallbackServerContext* context,
                                                    const v1::SnoozeAlertRequest* request,
                                                    v1::Alert* response) {
  return ActOn(context, request, response,
               [this](const v1::Alert& alert, const v1::SnoozeAlertRequest& request) {
                 return Snooze(alert, request, clock_.Now());
               });
}

grpc::ServerUnaryReactor* AlertService::HandOverAlert(grpc::CallbackServerContext* context,
                                                      const v1::HandOverAlertRequest* request,
                                                      v1::Alert* response) {
  return ActOn(context, request, response, HandOver);
}

grpc::ServerWriteReactor<v1::WatchAlertsResponse>* AlertService::WatchAlerts(
    grpc::CallbackServerContext* context, const v1::WatchAlertsRequest* request) {
  const absl::StatusOr<rpc::Caller> caller = guard_.Admit(*context, ROLE_READER);
  if (!caller.ok()) {
    return rpc::RefuseStream<v1::WatchAlertsResponse>(guard_, kWatchMethod, caller.status());
  }
  if (!request->token().empty() && !AlertBook::IsToken(request->token())) {
    return rpc::RefuseStream<v1::WatchAlertsResponse>(
        guard_, kWatchMethod,
        rpc::InvalidArgument("BAD_TOKEN", "token",
                             "token: this is no token of this stream: leave it out, and read the "
                             "list of alerts"));
  }
  return WatchStream::Start(book_, guard_, kWatchMethod, caller->trace_id,
                            book_.StartAt(request->token(), clock_.Now() - kClosedToldFor));
}

}  // namespace vigil::alert
