#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/metrics/metrics.h"
#include "google/protobuf/descriptor.h"

namespace vigil::rpc {

// One RPC method's own handles: a call costs no look-up.
class MethodMetrics {
 public:
  const std::string& method() const { return method_; }

  // Counts one finished call.
  void Finished(absl::StatusCode code, absl::Duration took);

 private:
  friend class RpcMetrics;
  std::string method_;
  // Of one code; made with the first call that ends with it.
  struct Ended {
    prometheus::Counter* count = nullptr;
    prometheus::Histogram* duration = nullptr;
  };
  prometheus::Family<prometheus::Counter>* requests_ = nullptr;
  prometheus::Family<prometheus::Histogram>* durations_ = nullptr;
  std::array<std::once_flag, 17> made_;
  std::array<Ended, 17> by_code_;
};

// Rate, errors and duration of every RPC: vigil_rpc_requests_total{method,code},
// vigil_rpc_duration_seconds{method,code}, vigil_rpc_in_flight. Methods are labelled by the name of
// the service and the method, `vigil.registry.v1.CaseService/GetCase`. Thread-safe; one a process.
class RpcMetrics {
 public:
  // `metrics` outlives this. More than `max_in_flight` calls at one time are refused.
  explicit RpcMetrics(Metrics& metrics, int max_in_flight = 10'000);

  // The handles of a method, by its name; made at the first call. The reference stays.
  MethodMetrics& Method(const std::string& name);

  // The handles of the method that takes this request: no two RPCs share one.
  MethodMetrics& MethodOf(const google::protobuf::Descriptor* request);

  // A place among the calls in flight; false where there is none, and the call is to be refused
  // with RESOURCE_EXHAUSTED. Each Enter that answered true needs one Leave.
  bool Enter();
  void Leave();

 private:
  const int max_in_flight_;
  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Histogram>& durations_;
  prometheus::Gauge& gauge_;
  std::atomic<int> in_flight_{0};
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, std::unique_ptr<MethodMetrics>> methods_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<const google::protobuf::Descriptor*, MethodMetrics*> by_request_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace vigil::rpc
