#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace vigil {

// The HTTP port of Metrics: GET /metrics, /healthz and /readyz, from two threads of its own.
class MetricsHttp {
 public:
  virtual ~MetricsHttp() = default;  // stops and waits for calls under way
  virtual int Port() const = 0;

  // `listen` is `host:port`. The functions are called from the threads, at the same time too.
  static absl::StatusOr<std::unique_ptr<MetricsHttp>> Start(const std::string& listen,
                                                            std::function<std::string()> metrics,
                                                            std::function<absl::Status()> health);
};

}  // namespace vigil
