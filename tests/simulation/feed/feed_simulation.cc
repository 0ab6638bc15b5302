#include "tests/simulation/feed/feed_simulation.h"

#include <fmt/format.h>

#include <filesystem>

#include "common/rpc/errors.h"
#include "registry-svc/store/sqlite.h"

namespace vigil::registry {
namespace {

namespace fs = std::filesystem;

constexpr size_t kClients = 12;
constexpr size_t kOldTokens = 200;
// Small, so that watchers fall out of the ring, and revisions come in parts.
constexpr size_t kRing = 6;
constexpr size_t kMessageBytes = 1500;
constexpr int kSlowTicks = 2;
// Of the readers behind the gateway, after each step.
constexpr int kGatewayMoves = 2;

TopicMask TopicsOf(const v1::WatchChangesRequest& request) {
  TopicMask mask = 0;
  for (const int topic : request.topics()) mask |= MaskOf(static_cast<v1::Topic>(topic));
  return mask == 0 ? kAllTopics : mask;
}

}  // namespace

// A watcher, who is woken like one over gRPC.
class FeedSimulation::Client final : public Listener {
 public:
  Client(Core& core, const Truth& truth, const v1::WatchChangesRequest& request,
         std::optional<int64_t> after)
      : request(request), watch(core, request), judge(truth, TopicsOf(request), after) {}

  void OnNews() override { awake = true; }
  void OnTick() override {
    watch.watcher().Tick();
    awake = true;
  }
  void OnClose() override {}

  const v1::WatchChangesRequest request;
  PulledWatch watch;
  Judge judge;
  // Something may have come since it was asked last.
  bool awake = true;
  // The next change is the first after its snapshot: one that FeedBug::kGap loses.
  bool begins = false;
};

FeedSimulation::FeedSimulation(const Options& options, const RuleBook& rules)
    : options_(options),
      rules_(rules),
      random_(options.seed),
      core_random_(options.seed + 1),
      gateway_random_(options.seed + 2),
      consumers_(
          truth_,
          {.no_fence = options.bug == FeedBug::kBehind, .torn = options.bug == FeedBug::kTorn},
          [this](uint64_t below) { return Draw(below); }, counts_.consumers),
      gateway_({.truth = truth_,
                .epoch = epoch_,
                .refusal = [this](const OldToken& token) { return ExpectedRefusal(token); },
                .draw =
                    [this](uint64_t below) {
                      return std::uniform_int_distribution<uint64_t>(0, below - 1)(gateway_random_);
                    },
                .lose_lines = options.bug == FeedBug::kLine,
                .late_ids = options.bug == FeedBug::kId},
               counts_.gateway) {}

FeedSimulation::~FeedSimulation() = default;

void FeedSimulation::Require(bool kept, const std::string& what) {
  if (!kept && broken_.empty()) broken_ = fmt::format("step {}: {}", step_, what);
}

void FeedSimulation::Require(const std::string& broken) { Require(broken.empty(), broken); }

std::string FeedSimulation::Run() {
  Open();
  for (step_ = 1; step_ <= options_.steps && broken_.empty(); ++step_) {
    Step();
    for (int i = 0; i < kGatewayMoves && broken_.empty(); ++i) Require(gateway_.Go(*core_));
  }
  if (broken_.empty()) Finish();
  return broken_;
}

void FeedSimulation::Step() {
  const uint64_t dice = Draw(135);
  if (dice < 25) return WriteTogether();
  if (dice < 28) return WriteAndFail();
  if (dice < 36) return StartClient();
  if (dice < 40) return StartFromOldToken();
  if (dice < 42) return Kill();
  if (dice < 43) return Backup();
  if (dice < 44) return Restore();
  if (dice < 46) {
    ++counts_.compactions;
    compacted_ = std::max(compacted_, static_cast<int64_t>(Draw(truth_.head() + 1)));
    return core_->history().Compact(compacted_);
  }
  if (dice < 56) return core_->hub().Wake(true);
  if (dice < 66) return core_->hub().Wake(false);
  if (dice < 100) return StepClients(dice);
  if (dice < 109) return Require(shards_->Start(cases_));
  if (dice < 117) return Require(shards_->Go(static_cast<int>(1 + Draw(5))));
  if (dice < 120) return clock_.Advance(absl::Seconds(20 + Draw(50)));
  for (uint64_t i = Draw(8); i > 0; --i) Require(consumers_.Go(*core_));
}

// One of them goes away, or takes what has come.
void FeedSimulation::StepClients(uint64_t dice) {
  if (clients_.empty()) return;
  const size_t at = Draw(clients_.size());
  if (dice < 69) {  // goes away
    Keep(*clients_[at]);
    clients_.erase(clients_.begin() + static_cast<long>(at));
    return;
  }
  Go(*clients_[at], static_cast<int>(Draw(6)));
  std::erase_if(clients_, [](const auto& client) { return client->watch.ended(); });
}

// Opens the registry on what is on disk.
void FeedSimulation::Open() {
  Core::Options options;
  options.path = options_.folder + "/registry.db";
  options.hub.changes = kRing;
  options.message_bytes = kMessageBytes;
  options.random = [this] { return core_random_(); };
  options.tell_early = options_.bug == FeedBug::kEarly;
  auto core = Core::Open(options, clock_, rules_);
  Require(core.ok(), std::string(core.status().message()));
  if (!core.ok()) return;
  core_ = *std::move(core);
  compacted_ = 0;
  Learn();
  shards_ = std::make_unique<ShardDesk>(
      *core_, truth_, clock_, options_.bug == FeedBug::kShard,
      [this](uint64_t below) { return Draw(below); }, counts_.shards);
}

// Every connection breaks.
void FeedSimulation::CloseAll() {
  for (const auto& client : clients_) Keep(*client);
  clients_.clear();
  shards_.reset();
  consumers_.Disconnect();
  Require(gateway_.Break());
}

void FeedSimulation::Kill() {
  ++counts_.kills;
  CloseAll();
  core_.reset();
  Open();
}

void FeedSimulation::Backup() {
  CloseAll();
  core_.reset();
  fs::copy_file(options_.folder + "/registry.db", options_.folder + "/backup.db",
                fs::copy_options::overwrite_existing);
  has_backup_ = true;
  Open();
}

// Puts the backup in the place of the database: as a restore does, or by the bare file, which only
// the chain of hashes can tell.
void FeedSimulation::Restore() {
  if (!has_backup_) return;
  ++counts_.restores;
  CloseAll();
  core_.reset();
  const std::string path = options_.folder + "/registry.db";
  for (const char* beside : {"-wal", "-shm"}) fs::remove(path + beside);
  fs::copy_file(options_.folder + "/backup.db", path, fs::copy_options::overwrite_existing);
  if (Chance(50)) {
    ++epoch_;
    has_backup_ = false;  // it is of an earlier epoch
    auto database = Database::Open(path);
    Require(database.ok() && database->Execute("DELETE FROM meta WHERE key='journal_epoch'").ok(),
            "the epoch cannot be taken out");
  }
  truth_ = Truth();
  consumers_.Forget();
  Open();
}

// Reads what became durable.
void FeedSimulation::Learn() {
  auto entries = core_->store().ReadJournal(truth_.head(), 1'000'000, INT64_MAX);
  Require(entries.ok(), "the journal cannot be read");
  if (!entries.ok()) return;
  counts_.revisions += static_cast<int64_t>(entries->size());
  Require(truth_.Extend(*entries));
  Require(truth_.head() == core_->book().Present()->revision(),
          "what is served is not what is durable");
  cases_.clear();
  for (const auto& [name, display] : truth_.StateAt(truth_.head(), kAllTopics).cases) {
    cases_.push_back(name);
  }
}

void FeedSimulation::StartClient() {
  if (clients_.size() >= kClients) return;
  const TopicMask topics = Chance(50) ? kAllTopics : static_cast<TopicMask>(1 + Draw(kAllTopics));
  v1::WatchChangesRequest request = RequestFor(topics, Chance(30), "");
  if (Chance(70)) return Start(request, "", std::nullopt);
  request.set_snapshot(false);
  Start(request, "", compacted_);
}

void FeedSimulation::StartFromOldToken() {
  if (tokens_.empty() || clients_.size() >= kClients) return;
  OldToken token = tokens_[Draw(tokens_.size())];
  v1::WatchChangesRequest request = RequestFor(token.topics, Chance(30), token.token);
  std::string expected = ExpectedRefusal(token);
  if (Chance(10)) {
    const TopicMask other = token.topics == kAllTopics ? 1 : kAllTopics;
    request = RequestFor(other, false, token.token);
    if (token.epoch == epoch_) expected = "OTHER_TOPICS";
  }
  if (!expected.empty() && options_.bug == FeedBug::kToken) MakeAcceptable(request);
  Start(request, expected, token.revision);
}

void FeedSimulation::MakeAcceptable(v1::WatchChangesRequest& request) const {
  request.set_token(core_->tokens().Seal(
      MakeResumePoint(truth_.head(), truth_.HashOf(truth_.head()), TopicsOf(request))));
}

std::string FeedSimulation::ExpectedRefusal(const OldToken& token) const {
  if (token.epoch != epoch_) return "RESYNC";
  if (token.revision > truth_.head()) return "FUTURE_TOKEN";
  if (token.revision < compacted_) return "COMPACTED";
  return token.hash == truth_.HashOf(token.revision) ? "" : "RESYNC";
}

void FeedSimulation::Start(const v1::WatchChangesRequest& request,
                           const std::string& expected_refusal, std::optional<int64_t> after) {
  ++counts_.watches;
  auto client = std::make_shared<Client>(*core_, truth_, request, after);
  core_->hub().Listen(client);
  client->watch.Pull();
  if (!client->watch.ended()) {
    Require(expected_refusal.empty(), "a watch began that had to be refused " + expected_refusal);
    clients_.push_back(client);
    return;
  }
  ++counts_.refusals;
  const absl::Status status = client->watch.status();
  const std::string reason = rpc::ReasonOf(status);
  Require(reason == expected_refusal,
          fmt::format("a watch was refused {}, not {}", reason, expected_refusal));
  if (reason != "COMPACTED") return;
  Require(rpc::MetadataOf(status)["oldest_revision"] == fmt::format("{}", compacted_ + 1),
          "the oldest revision is another");
}

// Lets a client take up to `messages`, where it was woken; 0: asks only, and leaves the message in
// the transport.
void FeedSimulation::Go(Client& client, int messages) {
  if (client.watch.ended()) return;
  for (int i = 0; client.awake || client.watch.holding(); ++i) {
    if (!client.watch.holding() && !client.watch.Pull()) {
      client.awake = false;
      if (client.watch.ended()) Ended(client);
      return;
    }
    if (i == messages || !broken_.empty()) return;
    const bool slow = client.watch.watcher().stalled_ticks() >= kSlowTicks;
    const v1::WatchChangesResponse message = client.watch.Take();
    client.awake = true;
    ++counts_.messages;
    counts_.parts += message.more() ? 1 : 0;
    Hear(client, message);
    if (slow) Keep(client);
  }
}

void FeedSimulation::Hear(Client& client, v1::WatchChangesResponse message) {
  const bool in_snapshot = client.judge.in_snapshot();
  if (options_.bug == FeedBug::kDrop && Chance(5)) return;
  if (options_.bug == FeedBug::kGap) {
    if (client.begins && !message.has_bookmark()) {
      client.begins = false;
      return;
    }
    client.begins |= in_snapshot && message.has_bookmark();
  }
  if (options_.bug == FeedBug::kAhead && message.has_bookmark() && !in_snapshot) {
    message.set_revision(truth_.head());
    message.mutable_bookmark()->set_hash(truth_.HashOf(truth_.head()));
  }
  Require(client.judge.Hear(message));
  if (options_.bug == FeedBug::kDouble && Chance(5)) Require(client.judge.Hear(message));
}

// Only who was slow is closed while the process lives, and with what it can resume from.
void FeedSimulation::Ended(Client& client) {
  const absl::Status status = client.watch.status();
  Require(rpc::ReasonOf(status) == "SLOW_WATCHER",
          "a watch ended: " + std::string(status.message()));
  ++counts_.slow;
  auto point = core_->tokens().Open(rpc::MetadataOf(status)["token"]);
  if (options_.bug == FeedBug::kSlow && point.ok()) ++point->revision;
  const auto next = truth_.NextTold(client.judge.at(), TopicsOf(client.request));
  Require(point.ok() && point->revision >= client.judge.at() && (!next || point->revision < *next),
          "a slow watcher was closed with a token that leaves something out");
  Keep(client);
}

void FeedSimulation::Keep(const Client& client) {
  const int64_t revision = client.judge.token_revision();
  if (client.judge.token().empty() || revision > truth_.head()) return;
  OldToken token{.token = client.judge.token(),
                 .revision = revision,
                 .hash = truth_.HashOf(revision),
                 .topics = TopicsOf(client.request),
                 .epoch = epoch_};
  // By its token alert-svc tells a revision from that of the same number of another journal.
  for (const OldToken& kept : tokens_) {
    const bool same = kept.epoch == epoch_ && kept.topics == token.topics &&
                      kept.revision == revision && kept.hash == token.hash;
    Require(!same || kept.token == token.token, "a revision with two tokens");
  }
  if (tokens_.size() < kOldTokens) return tokens_.push_back(std::move(token));
  tokens_[Draw(tokens_.size())] = std::move(token);
}

// The faults end: every watcher must come to know all, by being woken alone; then, quiet, where it
// stands.
void FeedSimulation::Finish() {
  Require(shards_->Finish());
  Require(consumers_.Finish(*core_));
  Require(gateway_.Finish(*core_));
  core_->hub().Wake(false);
  for (const auto& client : clients_) {
    Go(*client, 1'000'000);
    if (!client->watch.ended()) Require(client->judge.AtRest());
  }
  core_->hub().Wake(true);
  core_->hub().Wake(true);
  for (const auto& client : clients_) {
    Go(*client, 1'000'000);
    if (client->watch.ended()) continue;
    Require(client->judge.at() == truth_.head(), "a quiet watch got no bookmark");
  }
}

}  // namespace vigil::registry
