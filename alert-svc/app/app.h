#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "alert-svc/app/asio_executor.h"
#include "alert-svc/app/publisher.h"
#include "alert-svc/app/tzdata.h"
#include "alert-svc/deliver/bounce_box.h"
#include "alert-svc/deliver/heartbeat.h"
#include "alert-svc/engine/engine.h"
#include "alert-svc/rpc/alert_book.h"
#include "alert-svc/rpc/alert_service.h"
#include "alert-svc/rpc/assurance_service.h"
#include "alert-svc/rpc/settings_service.h"
#include "alert-svc/trouble/trouble_desk.h"
#include "common/civil/working_days.h"
#include "common/clock/clock.h"
#include "common/metrics/metrics.h"
#include "common/rpc/guard.h"
#include "common/rpc/lifecycle.h"
#include "common/rpc/rpc_metrics.h"
#include "common/rpc/server.h"
#include "common/seal/sealer.h"
#include "vigil/config/v1/config.pb.h"

namespace vigil::alert {

// Everything that one replica runs, in the order in which it depends on each other; members are
// destroyed in reverse. Ready, and says so in its health, once it follows the journal, Redis
// answers and every shard is live.
class App {
 public:
  // Errors name the file, the key or the address, and the remedy. Registry and Redis may be away.
  static absl::StatusOr<std::unique_ptr<App>> Start(const config::v1::AlertConfig& config);
  ~App();

  // Drains: no new claims, what is on its way ends, watchers are closed, calls finish.
  void Stop();

  int port() const { return server_->Port(); }
  int metrics_port() const { return metrics_.Port(); }

 private:
  App() = default;
  absl::Status Open(const config::v1::AlertConfig& config);
  absl::Status OpenEngine(const config::v1::AlertConfig& config);
  absl::Status Serve(const config::v1::AlertConfig& config);
  void StartEngine(v1::AlertSeeds seeds);
  void Watch();
  void StartHeartbeat(const config::v1::Heartbeat& config);
  void WatchTzdata();
  void Refresh();
  void Act(registry::v1::Receipt receipt, std::function<void(absl::Status)> done);
  // A mail came back; on the thread of the box.
  absl::Status TakeBounce(const Bounce& bounce);
  void StopEngine();

  absl::Duration drain_;
  Metrics metrics_;
  std::unique_ptr<rpc::RpcMetrics> rpc_metrics_;
  std::unique_ptr<rpc::CallGuard> guard_;
  std::unique_ptr<Clock> clock_;
  civil::Calendars calendars_;
  std::string calendars_version_;
  civil::WorkingDays days_;  // of who names no calendar
  TzdataWatch tzdata_{TzdataVersion};
  Sealer sealer_;  // Of page tokens: replicas, and a restarted one, share the registry's token.
  std::unique_ptr<AlertBook> book_;
  std::unique_ptr<AsioExecutor> executor_;
  std::unique_ptr<Schedule> schedule_;
  std::unique_ptr<RegistryFeed> feed_;
  std::unique_ptr<Sender> sender_;
  std::unique_ptr<Publisher> publisher_;
  std::unique_ptr<TaskScope> seeding_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<TroubleDesk> troubles_;
  std::unique_ptr<BounceBox> bounces_;
  std::unique_ptr<Heartbeat> heartbeat_;
  std::unique_ptr<SettingsDesk> desk_;
  std::unique_ptr<AssuranceDesk> assurance_desk_;
  std::unique_ptr<AlertService> service_;
  std::unique_ptr<SettingsService> settings_service_;
  std::unique_ptr<AssuranceService> assurance_service_;
  std::unique_ptr<rpc::RpcServer> server_;
  std::atomic<bool> ready_ = false;
};

// For main: starts an App and registers its teardown.
absl::Status StartApp(const config::v1::AlertConfig& config, rpc::Lifecycle& lifecycle);

}  // namespace vigil::alert
