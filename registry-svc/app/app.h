// registry-svc put together.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/metrics/metrics.h"
#include "common/rpc/guard.h"
#include "common/rpc/lifecycle.h"
#include "common/rpc/rpc_metrics.h"
#include "common/rpc/server.h"
#include "common/seal/sealer.h"
#include "registry-svc/app/history_keeper.h"
#include "registry-svc/casebook/casebook.h"
#include "registry-svc/casebook/casebook_metrics.h"
#include "registry-svc/casebook/day_keeper.h"
#include "registry-svc/casebook/store.h"
#include "registry-svc/casebook/vocabularies.h"
#include "registry-svc/journal/history.h"
#include "registry-svc/journal/hub.h"
#include "registry-svc/journal/read_pool.h"
#include "registry-svc/journal/token.h"
#include "registry-svc/rpc/audit_service.h"
#include "registry-svc/rpc/backend.h"
#include "registry-svc/rpc/case_service.h"
#include "registry-svc/rpc/deadline_service.h"
#include "registry-svc/rpc/exchange_service.h"
#include "registry-svc/rpc/fact_service.h"
#include "registry-svc/rpc/journal_service.h"
#include "registry-svc/rpc/vocabulary_service.h"
#include "registry-svc/rpc/what_if_service.h"
#include "vigil/config/v1/config.pb.h"

namespace vigil::registry {

// Everything that one registry runs, in the order in which it depends on each other; members are
// destroyed in reverse. Serves, and says so in its health, once Start has returned OK.
class App {
 public:
  // What a test puts in the place of the real thing; null members are made from the configuration.
  struct Parts {
    std::unique_ptr<Store> store;
    std::unique_ptr<Clock> clock;
    Hub::Options hub;
    Writer::Options writer;
  };

  // Errors name the file, the key or the address, and the remedy.
  static absl::StatusOr<std::unique_ptr<App>> Start(const config::v1::RegistryConfig& config,
                                                    Parts parts);
  static absl::StatusOr<std::unique_ptr<App>> Start(const config::v1::RegistryConfig& config);
  // Stops without draining, where Stop was not called.
  ~App();

  // Drains: watch streams end with UNAVAILABLE, calls under way finish, writes that wait are made.
  void Stop();

  // Of the gRPC and the metrics port.
  int port() const { return server_->Port(); }
  int metrics_port() const { return metrics_.Port(); }
  Metrics& metrics() { return metrics_; }
  Casebook& book() { return *book_; }

 private:
  App() = default;
  absl::Status Open(const config::v1::RegistryConfig& config, Parts parts);
  absl::Status Serve(const config::v1::RegistryConfig& config);
  void TellAuditHeads();

  absl::Duration drain_;
  Metrics metrics_;
  std::unique_ptr<rpc::RpcMetrics> rpc_metrics_;
  std::unique_ptr<rpc::CallGuard> guard_;
  std::unique_ptr<Clock> clock_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<CasebookMetrics> casebook_metrics_;
  std::unique_ptr<Hub> hub_;
  std::shared_ptr<const Vocabularies> vocabularies_;
  std::unique_ptr<Casebook> book_;
  std::unique_ptr<Sealer> sealer_;
  std::unique_ptr<TokenSealer> tokens_;
  std::unique_ptr<WatchHistory> history_;
  std::unique_ptr<Past> past_;
  std::unique_ptr<ReadPool> pool_, scans_, searches_;
  std::shared_ptr<HistoryKeeper> history_keeper_;
  std::unique_ptr<DayKeeper> day_keeper_;
  std::unique_ptr<Backend> backend_;
  std::unique_ptr<CaseService> cases_;
  std::unique_ptr<FactService> facts_;
  std::unique_ptr<VocabularyService> vocabulary_service_;
  std::unique_ptr<DeadlineService> deadlines_;
  std::unique_ptr<FindingService> findings_;
  std::unique_ptr<SummaryService> summaries_;
  std::unique_ptr<WhatIfService> what_ifs_;
  std::unique_ptr<ExchangeService> exchange_;
  std::unique_ptr<JournalService> journal_;
  std::unique_ptr<AuditService> audit_;
  std::unique_ptr<rpc::RpcServer> server_;
};

// For main: starts an App and registers its teardown.
absl::Status StartApp(const config::v1::RegistryConfig& config, rpc::Lifecycle& lifecycle);

}  // namespace vigil::registry
