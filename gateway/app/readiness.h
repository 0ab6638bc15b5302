#pragma once

#include <functional>
#include <string>

#include "gateway/upstream/caller.h"

namespace vigil::gateway {

/// Whether the gateway can be of use: it asks both backends for their health. Ready means that the
/// registry answers; with alert-svc away, everything but alerts is still there, and the body says
/// what is missing.
class Readiness {
 public:
  using Done = std::function<void(bool ready, std::string body)>;

  /// Both must outlive this.
  Readiness(upstream::Caller& registry, upstream::Caller& alert)
      : registry_(registry), alert_(alert) {}

  /// Answers within a second: `{"status": "ready", "missing": ["alerts"]}`.
  void Check(Done done);

 private:
  upstream::Caller& registry_;
  upstream::Caller& alert_;
};

}  // namespace vigil::gateway
