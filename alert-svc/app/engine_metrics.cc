#include "alert-svc/app/engine_metrics.h"

namespace vigil::alert {
namespace {

const char* TypeOf(const v1::Receiver& receiver) {
  switch (receiver.way_case()) {
    case v1::Receiver::kWebhook:
      return "webhook";
    case v1::Receiver::kSlack:
    case v1::Receiver::kMatrix:
      return "chat";
    default:
      return "email";
  }
}

const char* NameOf(Beat beat) {
  switch (beat) {
    case Beat::kHeard:
      return "heard";
    case Beat::kFailed:
      return "failed";
    case Beat::kSilent:
      break;
  }
  return "silent";
}

const char* NameOf(EngineObserver::Delivered outcome) {
  switch (outcome) {
    case EngineObserver::Delivered::kSent:
      return "sent";
    case EngineObserver::Delivered::kRetry:
      return "retry";
    case EngineObserver::Delivered::kDead:
      return "dead";
    case EngineObserver::Delivered::kAmbiguous:
      return "ambiguous";
  }
  return "retry";
}

prometheus::Gauge& Shards(Metrics& metrics, const char* state) {
  return metrics.Gauge("vigil_shards", "Shards of the schedule, by where this replica stands.",
                       {{"state", state}});
}

prometheus::Counter& Repairs(Metrics& metrics, const char* found) {
  return metrics
      .Counters("vigil_audit_repairs_total",
                "Members of shards at rest that an audit put right, by how it found "
                "them.")
      .Add({{"found", found}});
}

}  // namespace

EngineMetrics::EngineMetrics(Metrics& metrics)
    : pending_(metrics.Gauge("vigil_reminders_pending", "Reminders in the schedule.")),
      unacknowledged_(metrics.Gauge("vigil_alerts_unacknowledged",
                                    "Alerts that fired and that nobody acknowledged or put off.")),
      overdue_(metrics.Gauge("vigil_overdue", "Of those, alerts whose deadline has passed.")),
      lag_revisions_(metrics.Gauge("vigil_journal_lag_revisions",
                                   "Revisions by which the slowest shard is behind the journal.")),
      lag_seconds_(metrics.Gauge("vigil_journal_lag_seconds",
                                 "Since when the journal is silent; it speaks each second.")),
      live_(Shards(metrics, "live")),
      attaching_(Shards(metrics, "attaching")),
      lost_(Shards(metrics, "lost")),
      held_(metrics.Gauge("vigil_shards_held",
                          "Shards that the breaker holds until an administrator lets them go.")),
      troubled_(metrics.Gauge("vigil_receivers_troubled", "Receivers that cannot be reached.")),
      lateness_(metrics.Histogram(
          "vigil_fire_lateness_seconds",
          "Calendar time from when a message was due until its sending "
          "starts.",
          {},
          {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 60, 300, 3600, 86400})),
      deliveries_(metrics.Counters("vigil_deliveries_total",
                                   "Attempts to deliver, by receiver type and outcome.")),
      dead_(metrics.Counter("vigil_dead_letters_total", "Messages given up.")),
      ambiguous_(
          metrics.Counter("vigil_deliveries_ambiguous_total",
                          "Attempts whose outcome is unknown: a second copy with the same id may "
                          "arrive. Each lease that ran out counts as one, whether its holder, "
                          "which died or stood still, had begun to send or not: never fewer "
                          "than there were.")),
      losses_(metrics.Counter("vigil_shard_losses_total",
                              "Shards found lost and rebuilt, the first opening included.")),
      refusals_(metrics.Counter("vigil_redis_refusals_total",
                                "Calls that Redis refused: its memory is full, or its clock is "
                                "another than ours.")),
      audits_(metrics.Counter("vigil_audits_total", "Shards compared with the plan.")),
      missing_(Repairs(metrics, "missing")),
      wrong_(Repairs(metrics, "wrong")),
      extra_(Repairs(metrics, "extra")),
      fold_audits_(metrics.Counter("vigil_fold_audits_total",
                                   "Shards of what is held in memory that were compared with the "
                                   "registry.")),
      fold_differences_(metrics.Counter("vigil_fold_differences_total",
                                        "Cases and digests that were held in memory otherwise "
                                        "than the registry holds them.")),
      unreadable_(metrics.Counter("vigil_receipts_unreadable_total",
                                  "Entries of receipt streams that cannot be read.")),
      heartbeats_(metrics.Counters("vigil_heartbeats_total",
                                   "Signs of life to the outside watchdog, by what came of them; "
                                   "silent: alerting did not work.")) {
  for (const char* type : {"email", "webhook", "chat"}) {
    for (const char* outcome : {"sent", "retry", "dead", "ambiguous"}) {
      deliveries_.Add({{"receiver_type", type}, {"outcome", outcome}});
    }
  }
}

void EngineMetrics::Fired(absl::Duration lateness) {
  lateness_.Observe(absl::ToDoubleSeconds(lateness));
}

void EngineMetrics::Attempted(const v1::Receiver& receiver, Delivered outcome) {
  deliveries_.Add({{"receiver_type", TypeOf(receiver)}, {"outcome", NameOf(outcome)}}).Increment();
  if (outcome == Delivered::kDead) dead_.Increment();
  if (outcome == Delivered::kAmbiguous) ambiguous_.Increment();
}

void EngineMetrics::ShardLost() { losses_.Increment(); }

void EngineMetrics::Refused() { refusals_.Increment(); }

void EngineMetrics::Audited(const AuditFound& found) {
  audits_.Increment();
  missing_.Increment(static_cast<double>(found.missing));
  wrong_.Increment(static_cast<double>(found.wrong));
  extra_.Increment(static_cast<double>(found.extra));
}

void EngineMetrics::FoldAudited(std::size_t wrong) {
  fold_audits_.Increment();
  fold_differences_.Increment(static_cast<double>(wrong));
}

void EngineMetrics::ReceiptsUnreadable() { unreadable_.Increment(); }

void EngineMetrics::Set(const EngineStatus& status) {
  pending_.Set(static_cast<double>(status.pending));
  lag_revisions_.Set(static_cast<double>(status.lag_revisions));
  lag_seconds_.Set(absl::ToDoubleSeconds(status.feed_silence));
  live_.Set(status.live_shards);
  attaching_.Set(status.attaching_shards);
  lost_.Set(status.lost_shards);
  held_.Set(status.held_shards);
  troubled_.Set(status.troubled);
}

void EngineMetrics::CountBeat(Beat beat) {
  heartbeats_.Add({{"outcome", NameOf(beat)}}).Increment();
}

void EngineMetrics::SetAlerts(int unacknowledged, int overdue) {
  unacknowledged_.Set(unacknowledged);
  overdue_.Set(overdue);
}

BounceBox::Count CountBounces(Metrics& metrics) {
  auto& family = metrics.Counters(
      "vigil_bounces_total",
      "Mails that came back and are done with: failures taken, failures of messages unknown, "
      "reports of delay, mails to a message's address without a report, and strays.");
  auto* taken = &family.Add({{"result", "taken"}});
  auto* unknown = &family.Add({{"result", "unknown"}});
  auto* delayed = &family.Add({{"result", "delayed"}});
  auto* no_report = &family.Add({{"result", "no_report"}});
  auto* stray = &family.Add({{"result", "stray"}});
  return [=](BounceResult result) {
    switch (result) {
      case BounceResult::kTaken:
        return taken->Increment();
      case BounceResult::kUnknown:
        return unknown->Increment();
      case BounceResult::kDelayed:
        return delayed->Increment();
      case BounceResult::kNoReport:
        return no_report->Increment();
      case BounceResult::kStray:
        return stray->Increment();
    }
  };
}

}  // namespace vigil::alert
