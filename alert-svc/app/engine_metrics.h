#pragma once

#include "alert-svc/deliver/bounce_box.h"
#include "alert-svc/deliver/heartbeat.h"
#include "alert-svc/engine/engine.h"
#include "common/metrics/metrics.h"

namespace vigil::alert {

// The engine's figures. Observations come on the engine's thread; the gauges are set from a status
// before each scrape.
class EngineMetrics : public EngineObserver {
 public:
  // `metrics` outlives it.
  explicit EngineMetrics(Metrics& metrics);

  void Fired(absl::Duration lateness) override;
  void Attempted(const v1::Receiver& receiver, Delivered outcome) override;
  void ShardLost() override;
  void Refused() override;
  void Audited(const AuditFound& found) override;
  void FoldAudited(std::size_t wrong) override;
  void ReceiptsUnreadable() override;
  void AlertsChanged() override {}

  void Set(const EngineStatus& status);
  void CountBeat(Beat beat);
  void SetAlerts(int unacknowledged, int overdue);

 private:
  prometheus::Gauge& pending_;
  prometheus::Gauge& unacknowledged_;
  prometheus::Gauge& overdue_;
  prometheus::Gauge& lag_revisions_;
  prometheus::Gauge& lag_seconds_;
  prometheus::Gauge& live_;
  prometheus::Gauge& attaching_;
  prometheus::Gauge& lost_;
  prometheus::Gauge& held_;
  prometheus::Gauge& troubled_;
  prometheus::Histogram& lateness_;
  prometheus::Family<prometheus::Counter>& deliveries_;
  prometheus::Counter& dead_;
  prometheus::Counter& ambiguous_;
  prometheus::Counter& losses_;
  prometheus::Counter& refusals_;
  prometheus::Counter& audits_;
  prometheus::Counter& missing_;
  prometheus::Counter& wrong_;
  prometheus::Counter& extra_;
  prometheus::Counter& fold_audits_;
  prometheus::Counter& fold_differences_;
  prometheus::Counter& unreadable_;
  prometheus::Family<prometheus::Counter>& heartbeats_;
};

// For BounceBox: counts mails that came back in `vigil_bounces_total`, by result.
BounceBox::Count CountBounces(Metrics& metrics);

}  // namespace vigil::alert
