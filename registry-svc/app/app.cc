#include "registry-svc/app/app.h"

#include <fmt/format.h>
#include <sodium.h>

#include <filesystem>
#include <utility>

#include "common/log/log.h"
#include "common/rpc/errors.h"
#include "registry-svc/audit/verify.h"
#include "registry-svc/store/sqlite_store.h"

namespace vigil::registry {
namespace {

constexpr int kDefaultDrainSeconds = 10;
// Reads over very many files that run at one time; the others wait.
constexpr int kScanThreads = 2;

absl::Status Required(std::string_view key, std::string_view flag) {
  return absl::InvalidArgumentError(
      fmt::format("configuration: {}: missing, give it in the file or as {}", key, flag));
}

absl::Status Check(const config::v1::RegistryConfig& config, bool has_store) {
  if (config.common().grpc_listen().empty()) return Required("common.grpc_listen", "--grpc-listen");
  if (config.database().empty() && !has_store) return Required("database", "--database");
  if (config.rules_dir().empty()) return Required("rules_dir", "--rules-dir");
  if (config.calendars_dir().empty()) return Required("calendars_dir", "--calendars-dir");
  if (config.cache_mib() < 0) {
    return absl::InvalidArgumentError(
        "configuration: cache_mib: negative, give MiB or leave it out");
  }
  return absl::OkStatus();
}

size_t CacheBytes(const config::v1::RegistryConfig& config) {
  return config.cache_mib() == 0 ? kDefaultCacheBytes
                                 : static_cast<size_t>(config.cache_mib()) << 20;
}

std::string VocabulariesDir(const config::v1::RegistryConfig& config) {
  if (!config.vocabularies_dir().empty()) return config.vocabularies_dir();
  return (std::filesystem::path(config.rules_dir()) / ".." / "vocabularies").lexically_normal();
}

}  // namespace

absl::StatusOr<std::unique_ptr<App>> App::Start(const config::v1::RegistryConfig& config) {
  return Start(config, Parts());
}

absl::StatusOr<std::unique_ptr<App>> App::Start(const config::v1::RegistryConfig& config,
                                                Parts parts) {
  if (sodium_init() < 0) return absl::InternalError("libsodium cannot be set up");
  if (absl::Status s = Check(config, parts.store != nullptr); !s.ok()) return s;
  std::unique_ptr<App> app(new App());
  const int drain = config.common().drain_seconds();
  app->drain_ = absl::Seconds(drain > 0 ? drain : kDefaultDrainSeconds);
  // /readyz says `starting` while everything is loaded.
  if (absl::Status s = app->metrics_.Serve(config.common().metrics_listen()); !s.ok()) return s;
  if (absl::Status s = app->Open(config, std::move(parts)); !s.ok()) return s;
  if (absl::Status s = app->Serve(config); !s.ok()) return s;
  return app;
}

absl::Status App::Open(const config::v1::RegistryConfig& config, Parts parts) {
  rpc_metrics_ = std::make_unique<rpc::RpcMetrics>(metrics_);
  auto guard = rpc::CallGuard::Load(config.common(), *rpc_metrics_);
  if (!guard.ok()) return guard.status();
  guard_ = *std::move(guard);
  clock_ = std::move(parts.clock);
  if (!clock_) {
    auto clock = OpenClock(config.common().clock_file());
    if (!clock.ok()) return clock.status();
    clock_ = *std::move(clock);
  }
  absl::StatusOr<RuleBook> rules = RuleBook::Load(config.rules_dir(), config.calendars_dir());
  if (!rules.ok()) return rules.status();
  store_ = std::move(parts.store);
  if (!store_) {
    auto store =
        SqliteStore::Open({.path = config.database(), .master_key_file = config.master_key_file()});
    if (!store.ok()) return store.status();
    store_ = *std::move(store);
  }
  casebook_metrics_ = std::make_unique<CasebookMetrics>(metrics_);
  hub_ = std::make_unique<Hub>(parts.hub);
  auto vocabularies = Vocabularies::Load(VocabulariesDir(config));
  if (!vocabularies.ok()) return vocabularies.status();
  vocabularies_ = std::make_shared<const Vocabularies>(*std::move(vocabularies));
  parts.writer.vocabularies = vocabularies_;
  auto book = Casebook::Open(
      *store_, *clock_, *std::move(rules), *casebook_metrics_,
      [hub = hub_.get()](const auto& changes) { hub->Append(changes); }, SecureRandom(),
      parts.writer, CacheBytes(config));
  if (!book.ok()) return book.status();
  book_ = *std::move(book);
  hub_->StartAt(book_->Present()->revision());
  return absl::OkStatus();
}

absl::Status App::Serve(const config::v1::RegistryConfig& config) {
  sealer_ = std::make_unique<Sealer>(book_->secret());
  tokens_ = std::make_unique<TokenSealer>(book_->journal_id(), book_->epoch(), book_->secret());
  history_ = std::make_unique<WatchHistory>(
      WatchHistory::Options{.revisions = config.watch_history().revisions(),
                            .age = absl::Hours(24 * config.watch_history().days())});
  past_ = std::make_unique<Past>(*store_, *book_);
  pool_ = std::make_unique<ReadPool>();
  scans_ = std::make_unique<ReadPool>(kScanThreads);
  searches_ = std::make_unique<ReadPool>();
  history_keeper_ = std::make_shared<HistoryKeeper>(*book_, *store_, *pool_, *history_);
  if (absl::Status s = history_keeper_->Update(); !s.ok()) return s;
  hub_->Listen(history_keeper_);
  day_keeper_ = std::make_unique<DayKeeper>(*book_, *clock_);
  auto& watchers = metrics_.Gauge("vigil_watchers", "Watch streams that are open.");
  auto& oldest =
      metrics_.Gauge("vigil_watch_oldest_revision", "First revision that a watcher is still told.");
  metrics_.OnScrape([&oldest, history = history_.get()] { oldest.Set(history->compacted() + 1); });
  auto& cached =
      metrics_.Gauge("vigil_file_cache_bytes",
                     "Memory of the files that are held ready for use, at most cache_mib.");
  metrics_.OnScrape([&cached, book = book_.get()] {
    cached.Set(static_cast<double>(book->Present()->cache_bytes()));
  });
  backend_ = std::make_unique<Backend>(Backend{.book = *book_,
                                               .store = *store_,
                                               .hub = *hub_,
                                               .pool = *pool_,
                                               .scans = *scans_,
                                               .past = *past_,
                                               .searches = *searches_,
                                               .guard = *guard_,
                                               .sealer = *sealer_,
                                               .tokens = *tokens_,
                                               .history = *history_,
                                               .watchers = watchers});
  cases_ = std::make_unique<CaseService>(*backend_);
  facts_ = std::make_unique<FactService>(*backend_);
  vocabulary_service_ = std::make_unique<VocabularyService>(*backend_, *vocabularies_);
  deadlines_ = std::make_unique<DeadlineService>(*backend_);
  findings_ = std::make_unique<FindingService>(*backend_);
  summaries_ = std::make_unique<SummaryService>(*backend_);
  exchange_ = std::make_unique<ExchangeService>(*backend_);
  what_ifs_ = std::make_unique<WhatIfService>(*backend_, *vocabularies_);
  journal_ = std::make_unique<JournalService>(*backend_);
  audit_ = std::make_unique<AuditService>(*backend_,
                                          [path = config.database()](const v1::AuditHead* witness) {
                                            return VerifyAuditFile(path, witness);
                                          });
  TellAuditHeads();

  auto server = rpc::RpcServer::Builder(config.common().grpc_listen())
                    .Add<v1::CaseService>(cases_.get())
                    .Add<v1::FactService>(facts_.get())
                    .Add<v1::VocabularyService>(vocabulary_service_.get())
                    .Add<v1::DeadlineService>(deadlines_.get())
                    .Add<v1::FindingService>(findings_.get())
                    .Add<v1::SummaryService>(summaries_.get())
                    .Add<v1::ExchangeService>(exchange_.get())
                    .Add<v1::WhatIfService>(what_ifs_.get())
                    .Add<v1::JournalService>(journal_.get())
                    .Add<v1::AuditService>(audit_.get())
                    .Start();
  if (!server.ok()) return server.status();
  server_ = *std::move(server);
  server_->SetServing(true);
  metrics_.SetHealth([] { return absl::OkStatus(); });
  Log(LogLevel::kInfo, "serving", {{"port", port()}, {"revision", book_->Present()->revision()}});
  return absl::OkStatus();
}

// Scraped by somebody else, they are a witness: a number that goes back, or a hash that changes
// under the same number, is a tail that was cut off or rewritten.
void App::TellAuditHeads() {
  auto& numbers = metrics_.Gauges("vigil_audit_head", "Number of the last entry, by chain.");
  auto& hashes = metrics_.Gauges("vigil_audit_head_hash",
                                 "First 48 bits of the last entry's SHA-256, by chain.");
  const auto tell = [&](const char* chain, auto end) {
    auto& number = numbers.Add({{"chain", chain}});
    auto& hash = hashes.Add({{"chain", chain}});
    metrics_.OnScrape([this, &number, &hash, end] {
      const ChainEnd at = end(*book_->Present());
      number.Set(static_cast<double>(at.number));
      uint64_t bits = 0;
      for (unsigned char byte : at.hash.substr(0, 6)) bits = bits << 8 | byte;
      hash.Set(static_cast<double>(bits));
    });
  };
  tell("journal", [](const Snapshot& snapshot) {
    return ChainEnd{.number = snapshot.revision(), .hash = snapshot.hash()};
  });
  tell("accesses", [](const Snapshot& snapshot) { return snapshot.accesses(); });
}

void App::Stop() {
  metrics_.SetHealth([] { return absl::UnavailableError("stopping"); });
  server_->SetServing(false);
  hub_->Close();
  server_->Shutdown(drain_);
  // First, as it ends a turn of the day that is under way.
  book_->Stop();
  day_keeper_.reset();
  metrics_.StopServing();
}

App::~App() {
  // The scrape must not meet a history that is gone, nor a reactor a service that is.
  metrics_.StopServing();
  if (hub_) hub_->Close();
  server_.reset();
  // What waits there reads by the backend, which goes before it.
  pool_.reset();
  scans_.reset();
  searches_.reset();
}

absl::Status StartApp(const config::v1::RegistryConfig& config, rpc::Lifecycle& lifecycle) {
  absl::StatusOr<std::unique_ptr<App>> app = App::Start(config);
  if (!app.ok()) return app.status();
  lifecycle.OnStop("registry", [app = std::shared_ptr<App>(*std::move(app))] { app->Stop(); });
  return absl::OkStatus();
}

}  // namespace vigil::registry
