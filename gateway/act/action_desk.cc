#include "gateway/act/action_desk.h"

#include <utility>

#include "common/rpc/errors.h"
#include "gateway/act/action_form.h"
#include "gateway/aggregate/gather.h"
#include "vigil/alert/v1/settings_service.pb.h"

namespace vigil::gateway {
namespace {

namespace alert_v1 = ::vigil::alert::v1;

constexpr char kGetReceiver[] = "/vigil.alert.v1.SettingsService/GetReceiver";
constexpr char kGetAlert[] = "/vigil.alert.v1.AlertService/GetAlert";
constexpr char kAcknowledge[] = "/vigil.alert.v1.AlertService/AcknowledgeAlert";
constexpr char kSnooze[] = "/vigil.alert.v1.AlertService/SnoozeAlert";

constexpr absl::Duration kLongestPutOff = absl::Hours(24 * 31);

// Where a link cannot be read, the browser says which language its reader has.
std::string LanguageOf(const http::Request& request) {
  return std::string(request.headers.Get("accept-language").substr(0, 2));
}

Sorry SorryFor(const absl::Status& status) {
  if (absl::IsNotFound(status) || rpc::ReasonOf(status) == "ALERT_OVER") return Sorry::kOver;
  return absl::IsInvalidArgument(status) ? Sorry::kUnclear : Sorry::kAway;
}

}  // namespace

// One request, from its link to its page.
struct ActionDesk::Visit {
  ActionLink link;
  std::optional<ActionForm> form;  // What to do; nothing: show.
  upstream::CallOptions options;
  Done done;

  void Refuse(Sorry why) const { done(SorryPage(why, link.language)); }
};

void ActionDesk::Answer(const http::Request& request, const std::string& trace_id,
                        Done done) const {
  std::string_view sealed = request.path;
  sealed.remove_prefix(kPrefix.size());
  if (sealed == "style.css") return done(ActionStyle());
  if (!sealer_ || token_.empty()) return done(SorryPage(Sorry::kOff, LanguageOf(request)));
  std::optional<ActionLink> link = OpenActionLink(*sealer_, sealed);
  if (!link) return done(SorryPage(Sorry::kBroken, LanguageOf(request)));

  auto visit = std::make_shared<Visit>();
  visit->link = *std::move(link);
  visit->options.token = token_;
  visit->options.trace_id = trace_id;
  visit->options.on_behalf_of = visit->link.receiver;
  visit->done = std::move(done);
  const absl::Time now = clock_.Now();
  if (now >= visit->link.expires) return visit->Refuse(Sorry::kExpired);
  if (request.method == "POST") {
    visit->form = ParseActionForm(request.body);
    const bool clear =
        visit->form && (!visit->form->until ||
                        (*visit->form->until > now && *visit->form->until <= now + kLongestPutOff));
    if (!clear) return visit->Refuse(Sorry::kUnclear);
  }
  AskForReceiver(visit);
}

// Whoever is no longer to be told, or no longer there, is no longer to answer, whatever lies in the
// mailbox that was theirs.
void ActionDesk::AskForReceiver(const VisitPtr& visit) const {
  alert_v1::GetReceiverRequest request;
  request.set_name(visit->link.receiver);
  CallRpc<alert_v1::Receiver>(backends_, kGetReceiver, request, visit->options,
                              [this, visit](const absl::StatusOr<alert_v1::Receiver>& receiver) {
                                if (absl::IsNotFound(receiver.status()))
                                  return visit->Refuse(Sorry::kReceiverGone);
                                if (!receiver.ok()) return visit->Refuse(Sorry::kAway);
                                if (receiver->disabled() || WayOf(*receiver) != visit->link.way)
                                  return visit->Refuse(Sorry::kReceiverGone);
                                AskForAlert(visit);
                              });
}

void ActionDesk::AskForAlert(const VisitPtr& visit) const {
  alert_v1::GetAlertRequest request;
  request.set_name(visit->link.alert);
  CallRpc<alert_v1::Alert>(backends_, kGetAlert, request, visit->options,
                           [this, visit](const absl::StatusOr<alert_v1::Alert>& alert) {
                             if (!alert.ok() || !visit->form || !IsOpen(*alert)) {
                               return Show(*visit, alert);
                             }
                             Act(visit);
                           });
}

void ActionDesk::Act(const VisitPtr& visit) const {
  const auto show = [this, visit](const absl::StatusOr<alert_v1::Alert>& alert) {
    Show(*visit, alert);
  };
  if (!visit->form->until) {
    alert_v1::AcknowledgeAlertRequest request;
    request.set_name(visit->link.alert);
    return CallRpc<alert_v1::Alert>(backends_, kAcknowledge, request, visit->options, show);
  }
  alert_v1::SnoozeAlertRequest request;
  request.set_name(visit->link.alert);
  request.mutable_until()->set_seconds(absl::ToUnixSeconds(*visit->form->until));
  CallRpc<alert_v1::Alert>(backends_, kSnooze, request, visit->options, show);
}

void ActionDesk::Show(const Visit& visit, const absl::StatusOr<alert_v1::Alert>& alert) const {
  if (!alert.ok()) return visit.Refuse(SorryFor(alert.status()));
  if (alert->state() == alert_v1::ALERT_STATE_CLOSED) return visit.Refuse(Sorry::kOver);
  visit.done(AlertPage(*alert, visit.link, clock_.Now()));
}

}  // namespace vigil::gateway
