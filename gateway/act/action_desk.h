#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/seal/action_link.h"
#include "gateway/act/action_page.h"
#include "gateway/http/message.h"
#include "gateway/upstream/caller.h"

namespace vigil::gateway {

/// Answers action links, `/act/{sealed}` of mails and webhooks: GET shows what the alert is about
/// and which answers there are, and changes nothing, whoever fetches it; POST gives the answer, in
/// the name of the receiver that the message went to. The link is the only proof, so it holds for
/// one alert, one receiver and some weeks, and no longer than that receiver is told of alerts where
/// it was then. Immutable; any thread.
class ActionDesk {
 public:
  static constexpr std::string_view kPrefix = "/act/";
  using Done = std::function<void(http::Response)>;

  /// `token` is the gateway's own at alert-svc; without it or `sealer` no link is taken. What is
  /// passed by reference must outlive this.
  ActionDesk(upstream::Caller& backends, const Clock& clock, std::optional<Sealer> sealer,
             std::string token)
      : backends_(backends), clock_(clock), sealer_(std::move(sealer)), token_(std::move(token)) {}

  /// GET, HEAD and POST of a path that begins with kPrefix. Answers once, with a page.
  void Answer(const http::Request& request, const std::string& trace_id, Done done) const;

 private:
  struct Visit;
  using VisitPtr = std::shared_ptr<const Visit>;

  // One after the other: whether the receiver is still there, what the alert is, what to do.
  void AskForReceiver(const VisitPtr& visit) const;
  void AskForAlert(const VisitPtr& visit) const;
  void Act(const VisitPtr& visit) const;
  void Show(const Visit& visit, const absl::StatusOr<alert::v1::Alert>& alert) const;

  upstream::Caller& backends_;
  const Clock& clock_;
  const std::optional<Sealer> sealer_;
  const std::string token_;
};

}  // namespace vigil::gateway
