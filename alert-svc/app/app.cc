#include "alert-svc/app/app.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <future>
#include <utility>

#include "alert-svc/app/calendars.h"
#include "alert-svc/app/registry_client.h"
#include "alert-svc/app/seeding.h"
#include "alert-svc/deliver/retry.h"
#include "alert-svc/deliver/sender.h"
#include "alert-svc/domain/history.h"
#include "alert-svc/domain/local_time.h"
#include "alert-svc/domain/secret_path.h"
#include "alert-svc/domain/workable.h"
#include "alert-svc/engine/plan_version.h"
#include "alert-svc/engine/pulse.h"
#include "alert-svc/schedule/durability.h"
#include "alert-svc/schedule/redis_schedule.h"
#include "alert-svc/schedule/round_trips.h"
#include "common/log/log.h"
#include "common/rpc/channel.h"

namespace vigil::alert {
namespace {

constexpr int kDefaultDrainSeconds = 10;
constexpr int kDefaultSends = 16;
constexpr int kDefaultBreakerLeast = 50;
constexpr absl::Duration kBouncesEvery = absl::Seconds(2);
constexpr absl::Duration kBounceWait = absl::Seconds(5);
constexpr absl::Duration kWatchEvery = absl::Milliseconds(200);
constexpr absl::Duration kTroublesEvery = absl::Seconds(10);
constexpr absl::Duration kTzdataEvery = absl::Seconds(30);
// Whose subscription names no calendar keeps the working days of the country that prosecutes.
constexpr std::string_view kCalendar = "KZ";

absl::Status Required(std::string_view key) {
  return absl::InvalidArgumentError(
      fmt::format("configuration: {}: missing, give it in the file", key));
}

absl::Status Check(const config::v1::AlertConfig& config) {
  if (config.common().grpc_listen().empty()) return Required("common.grpc_listen");
  if (config.registry().empty()) return Required("registry");
  if (config.redis().empty()) return Required("redis");
  return absl::OkStatus();
}

absl::Status CheckCalendars(const v1::AlertSeeds& seeds, const civil::Calendars& calendars) {
  for (const v1::Subscription& subscription : seeds.subscriptions()) {
    if (absl::Status s = CheckCalendar(subscription, calendars); !s.ok()) return s;
  }
  return absl::OkStatus();
}

void TellOf(const absl::Status& fault) {
  if (fault.ok()) return;
  Log(LogLevel::kError, "a setting of the seeds cannot work",
      {{"why", std::string(fault.message())}});
}

// They are told of and not refused: they may have been seeded long ago, and for one receiver that
// gets nothing the others do not go without.
void TellOfUnworkable(const v1::AlertSeeds& seeds, const std::string& folder) {
  for (const auto& policy : seeds.policies()) TellOf(CheckWorkable(policy));
  for (const auto& subscription : seeds.subscriptions()) TellOf(CheckWorkable(subscription));
  for (const auto& receiver : seeds.receivers()) {
    TellOf(CheckWorkable(receiver));
    TellOf(CheckSecretPath(receiver, folder));
  }
}

std::string DrawHex(int bytes) {
  std::string raw(static_cast<std::size_t>(bytes), '\0');
  randombytes_buf(raw.data(), raw.size());
  std::string hex;
  for (unsigned char c : raw) hex += fmt::format("{:02x}", c);
  return hex;
}

}  // namespace

absl::StatusOr<std::unique_ptr<App>> App::Start(const config::v1::AlertConfig& config) {
  if (sodium_init() < 0) return absl::InternalError("libsodium cannot be set up");
  if (absl::Status s = Check(config); !s.ok()) return s;
  absl::StatusOr<v1::AlertSeeds> seeds = ReadSeeds(config.seeds());
  if (!seeds.ok()) return seeds.status();
  std::unique_ptr<App> app(new App());
  const int drain = config.common().drain_seconds();
  app->drain_ = absl::Seconds(drain > 0 ? drain : kDefaultDrainSeconds);
  if (absl::Status s = app->Open(config); !s.ok()) return s;
  if (absl::Status s = CheckCalendars(*seeds, app->calendars_); !s.ok()) return s;
  TellOfUnworkable(*seeds, config.receiver_secrets_dir());
  if (absl::Status s = app->OpenEngine(config); !s.ok()) return s;
  if (absl::Status s = app->Serve(config); !s.ok()) return s;
  app->StartEngine(*std::move(seeds));
  if (!config.heartbeat().url_file().empty()) app->StartHeartbeat(config.heartbeat());
  return app;
}

absl::Status App::Open(const config::v1::AlertConfig& config) {
  rpc_metrics_ = std::make_unique<rpc::RpcMetrics>(metrics_);
  auto guard = rpc::CallGuard::Load(config.common(), *rpc_metrics_);
  if (!guard.ok()) return guard.status();
  guard_ = *std::move(guard);
  auto clock = OpenClock(config.common().clock_file());
  if (!clock.ok()) return clock.status();
  clock_ = *std::move(clock);
  auto calendars = LoadCalendars(config.calendars_dir());
  if (!calendars.ok()) return calendars.status();
  calendars_ = std::move(calendars->days);
  calendars_version_ = std::move(calendars->version);
  if (auto it = calendars_.find(kCalendar); it != calendars_.end()) days_ = it->second;
  book_ = std::make_unique<AlertBook>(DrawHex(8));
  return absl::OkStatus();
}

absl::Status App::OpenEngine(const config::v1::AlertConfig& config) {
  executor_ = std::make_unique<AsioExecutor>(*clock_);
  RedisScheduleOptions redis;
  redis.redis.address = config.redis();
  redis.redis.password_file = config.redis_password_file();
  redis.on_connect = ReportDurability(metrics_);
  redis.on_round_trip = ReportRoundTrips(metrics_);
  schedule_ = MakeRedisSchedule(std::move(redis), *executor_);
  std::string token;
  if (!config.registry_token_file().empty()) {
    absl::StatusOr<std::string> secret = rpc::ReadSecret(config.registry_token_file());
    if (!secret.ok()) return secret.status();
    token = *std::move(secret);
    sealer_ = Sealer("page tokens of alert-svc\n" + token);
  }
  feed_ = MakeRegistryClient(rpc::MakeChannel(config.registry()), std::move(token), *executor_);
  SenderOptions sending;
  sending.mail = config.mail();
  sending.page_url = config.page_url();
  sending.receiver_secrets_dir = config.receiver_secrets_dir();
  if (!config.action_key_file().empty()) {
    const absl::StatusOr<std::string> key =
        rpc::ReadKey(config.action_key_file(), "action_key_file");
    if (!key.ok()) return key.status();
    sending.action_links = Sealer(*key);
  }
  if (config.send_concurrency() > 0) sending.max_parallel = config.send_concurrency();
  sending.on_trouble = [this](const v1::Receiver& receiver, const Outcome& outcome) {
    if (!troubles_) return;
    if (outcome.ours) return troubles_->MailRefused(outcome.error);
    troubles_->Report(receiver, outcome.trouble, outcome.error);
  };
  auto sender = MakeSender(std::move(sending), *executor_);
  if (!sender.ok()) return sender.status();
  sender_ = *std::move(sender);
  publisher_ = std::make_unique<Publisher>(metrics_, *book_, *executor_);
  EngineOptions options;
  options.send_concurrency =
      config.send_concurrency() > 0 ? config.send_concurrency() : kDefaultSends;
  options.breaker_least =
      config.breaker_least() == 0 ? kDefaultBreakerLeast : std::max(config.breaker_least(), -1);
  options.draw_epoch = [] { return DrawHex(8); };
  options.plan_version = PlanVersion(tzdata_.used(), calendars_version_);
  options.calendars = &calendars_;
  engine_ = std::make_unique<Engine>(*executor_, *schedule_, *feed_, *sender_, *publisher_, days_,
                                     std::move(options));
  publisher_->Follow(engine_.get());
  desk_ = std::make_unique<SettingsDesk>(
      *executor_, *feed_,
      SettingsDesk::Lent{
          .settings = [this]() -> const Settings& { return engine_->core().world.settings(); },
          .when_followed =
              [this](std::int64_t revision, std::function<void()> done) {
                engine_->WhenFollowed(revision, std::move(done));
              },
          .calendars = &calendars_,
          .secrets_dir = config.receiver_secrets_dir()});
  assurance_desk_ = std::make_unique<AssuranceDesk>(*executor_, *engine_);
  seeding_ = std::make_unique<TaskScope>();
  if (const std::string& folder = config.mail().bounce_maildir(); !folder.empty()) {
    bounces_ = std::make_unique<BounceBox>(
        folder, kBouncesEvery, [this](const Bounce& bounce) { return TakeBounce(bounce); },
        CountBounces(metrics_));
  }
  return absl::OkStatus();
}

absl::Status App::TakeBounce(const Bounce& bounce) {
  auto taken = std::make_shared<std::promise<absl::Status>>();
  executor_->Post([this, bounce, taken] {
    if (!engine_) return taken->set_value(absl::UnavailableError("stopping"));
    if (troubles_) {
      troubles_->Bounced(bounce.id, StatusTrouble(bounce.status), bounce.recipient,
                         fmt::format("bounced: {}", bounce.status));
    }
    engine_->Bounced(bounce.id, bounce.status,
                     [taken](absl::Status status) { taken->set_value(std::move(status)); });
  });
  std::future<absl::Status> answer = taken->get_future();
  if (answer.wait_for(absl::ToChronoMilliseconds(kBounceWait)) != std::future_status::ready) {
    return absl::UnavailableError("no answer in time");
  }
  return answer.get();
}

absl::Status App::Serve(const config::v1::AlertConfig& config) {
  service_ = std::make_unique<AlertService>(*book_, *guard_, sealer_, *clock_,
                                            [this](registry::v1::Receipt receipt, auto done) {
                                              Act(std::move(receipt), std::move(done));
                                            });
  settings_service_ = std::make_unique<SettingsService>(*desk_, *guard_, sealer_, *clock_);
  assurance_service_ =
      std::make_unique<AssuranceService>(*assurance_desk_, *book_, *guard_, sealer_, *clock_);
  auto server = rpc::RpcServer::Builder(config.common().grpc_listen())
                    .Add<v1::AlertService>(service_.get())
                    .Add<v1::SettingsService>(settings_service_.get())
                    .Add<v1::AssuranceService>(assurance_service_.get())
                    .Start();
  if (!server.ok()) return server.status();
  server_ = *std::move(server);
  metrics_.SetHealth([this]() -> absl::Status {
    if (ready_) return absl::OkStatus();
    return absl::UnavailableError("not following the journal, or shards are not live");
  });
  metrics_.OnScrape([this] { executor_->RunAndWait([this] { Refresh(); }); });
  if (absl::Status s = metrics_.Serve(config.common().metrics_listen()); !s.ok()) return s;
  Log(LogLevel::kInfo, "serving", {{"port", port()}});
  return absl::OkStatus();
}

void App::StartEngine(v1::AlertSeeds seeds) {
  executor_->RunAndWait([this, &seeds] {
    seeding_->Spawn(Seed(*feed_, *executor_, std::move(seeds)));
    engine_->Start();
    troubles_ = std::make_unique<TroubleDesk>(*executor_, *feed_, *sender_, engine_->core().world,
                                              kTroublesEvery);
    Watch();
    executor_->After(kTzdataEvery, [this] { WatchTzdata(); });
  });
}

void App::StartHeartbeat(const config::v1::Heartbeat& config) {
  HeartbeatOptions options;
  options.url_file = config.url_file();
  if (config.period_seconds() > 0) options.period = absl::Seconds(config.period_seconds());
  options.allow_private_addresses = config.allow_private_addresses();
  executor_->RunAndWait([&] {
    heartbeat_ = std::make_unique<Heartbeat>(
        std::move(options), *executor_, [this] { return CheckPulse(engine_->Status()); },
        [this](Beat beat) { publisher_->CountBeat(beat); });
  });
}

// Keeps health at what the engine says of itself.
void App::Watch() {
  if (!engine_) return;
  const EngineStatus status = engine_->Status();
  const bool ready = status.following && status.redis_up && status.live_shards == kShardCount;
  if (ready != ready_) {
    ready_ = ready;
    server_->SetServing(ready);
    Log(LogLevel::kInfo, ready ? "ready" : "not ready",
        {{"following", status.following},
         {"redis", status.redis_up},
         {"live_shards", status.live_shards}});
  }
  executor_->After(kWatchEvery, [this] { Watch(); });
}

// An update of the machine's time-zone data moves what is still to come.
void App::WatchTzdata() {
  if (!engine_) return;
  if (tzdata_.Look()) {
    Log(LogLevel::kInfo, "the time-zone data changed", {{"version", tzdata_.used()}});
    ReloadZones();
    engine_->PlanAnew(PlanVersion(tzdata_.used(), calendars_version_));
  }
  executor_->After(kTzdataEvery, [this] { WatchTzdata(); });
}

void App::Refresh() {
  publisher_->Set(engine_->Status());
  const AlertBook::Counts counts = book_->counts();
  publisher_->SetAlerts(counts.unacknowledged, counts.overdue);
}

void App::Act(registry::v1::Receipt receipt, std::function<void(absl::Status)> done) {
  executor_->Post([this, receipt = std::move(receipt), done = std::move(done)]() mutable {
    engine_->Act(std::move(receipt), [this, done = std::move(done)](absl::Status status) {
      publisher_->Flush();
      done(std::move(status));
    });
  });
}

void App::StopEngine() {
  bounces_.reset();
  if (!engine_) return;
  executor_->RunAndWait([this] {
    seeding_.reset();
    desk_.reset();
    heartbeat_.reset();
    assurance_desk_.reset();
    troubles_.reset();
    publisher_->Follow(nullptr);
    engine_.reset();
  });
}

void App::Stop() {
  metrics_.SetHealth([] { return absl::UnavailableError("stopping"); });
  server_->SetServing(false);
  const absl::Duration end = clock_->Monotonic() + drain_;
  auto drained = std::make_shared<std::promise<void>>();
  executor_->Post([this, drained] { engine_->Drain([drained] { drained->set_value(); }); });
  drained->get_future().wait_for(absl::ToChronoMilliseconds(drain_));
  book_->Close();
  server_->Shutdown(std::max(end - clock_->Monotonic(), absl::Milliseconds(100)));
  metrics_.StopServing();
  StopEngine();
}

App::~App() {
  metrics_.StopServing();
  if (book_) book_->Close();
  server_.reset();
  if (executor_) {
    StopEngine();
    executor_->Stop();
  }
}

absl::Status StartApp(const config::v1::AlertConfig& config, rpc::Lifecycle& lifecycle) {
  absl::StatusOr<std::unique_ptr<App>> app = App::Start(config);
  if (!app.ok()) return app.status();
  lifecycle.OnStop("alerts", [app = std::shared_ptr<App>(*std::move(app))] { app->Stop(); });
  return absl::OkStatus();
}

}  // namespace vigil::alert
