#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "gateway/upstream/caller.h"
#include "vigil/gateway/v1/gateway.pb.h"

namespace vigil::gateway {

/// Answers that are put together from both backends: asked at once, each with a share of the
/// deadline. A part that cannot be had for now is named in `missing`; an error of the caller's
/// making (a bad date, no right) is answered as such. Stateless; any thread.
class Aggregator {
 public:
  template <class Response>
  using Done = std::function<void(absl::StatusOr<Response>)>;

  /// `backends` must outlive this.
  explicit Aggregator(upstream::Caller& backends) : backends_(backends) {}

  /// The case itself cannot be missing: its error is the answer.
  void GetCaseFile(const v1::GetCaseFileRequest& request, const upstream::CallOptions& options,
                   Done<v1::CaseFile> done);
  /// With both backends away, UNAVAILABLE.
  void GetOverview(const v1::GetOverviewRequest& request, const upstream::CallOptions& options,
                   Done<v1::Overview> done);

 private:
  upstream::Caller& backends_;
};

}  // namespace vigil::gateway
