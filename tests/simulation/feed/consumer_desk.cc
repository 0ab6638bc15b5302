#include "tests/simulation/feed/consumer_desk.h"

#include <fmt/format.h>

#include <utility>

#include "common/rpc/errors.h"

namespace vigil::registry {
namespace {

constexpr size_t kReplicas = 6;

// What only a snapshot helps against.
bool NeedsSnapshot(const std::string& reason) {
  return reason == "RESYNC" || reason == "COMPACTED" || reason == "FUTURE_TOKEN";
}

}  // namespace

class Replica::Stream final : public Listener {
 public:
  Stream(Core& core, const v1::WatchChangesRequest& request) : watch(core, request) {}

  void OnNews() override {}
  void OnTick() override { watch.watcher().Tick(); }
  void OnClose() override {}

  PulledWatch watch;
};

void Replica::Disconnect() {
  stream_.reset();
  in_snapshot_ = false;
}

std::string Replica::Connect(Core& core, bool batch) {
  for (const std::string& token : {at_.token, std::string()}) {
    stream_ = std::make_shared<Stream>(core, RequestFor(ledger_.topics(), batch, token));
    in_snapshot_ = token.empty();
    stream_->watch.Pull();
    if (!stream_->watch.ended()) break;
    const std::string reason = rpc::ReasonOf(stream_->watch.status());
    if (!NeedsSnapshot(reason)) return "a consumer was refused " + reason;
  }
  core.hub().Listen(stream_);
  return "";
}

std::string Replica::Ended(const absl::Status& status) {
  Disconnect();
  const std::string reason = rpc::ReasonOf(status);
  return reason == "SLOW_WATCHER" ? "" : "a consumer's stream ended: " + reason;
}

std::string Replica::Read(Core& core, bool batch) {
  if (!stream_) {
    if (std::string broken = Connect(core, batch); !broken.empty()) return broken;
  }
  while (!held_ && stream_->watch.Pull()) Hear(stream_->watch.Take());
  // What follows waits in the transport, as it does for who is slow.
  if (held_) stream_->watch.Pull();
  return stream_->watch.ended() ? Ended(stream_->watch.status()) : "";
}

void Replica::Hear(const v1::WatchChangesResponse& message) {
  // Of a part, and of a snapshot's, nothing is kept until the whole is there.
  if (message.token().empty()) return;
  held_.emplace();
  held_->to = {.life = at_.life, .revision = message.revision(), .token = message.token()};
  if (message.has_change()) held_->revisions.push_back(message.change().revision());
  for (const v1::Change& change : message.changes().changes()) {
    held_->revisions.push_back(change.revision());
  }
  if (!std::exchange(in_snapshot_, false)) return;
  held_->begins = true;
  ++held_->to.life;
}

bool Replica::Write(bool dies) {
  const Ledger::Entry entry = *std::exchange(held_, std::nullopt);
  const bool written = ledger_.Write(at_, entry, dies);
  at_ = written ? entry.to : ledger_.position();
  if (!written) Disconnect();
  return written;
}

ConsumerDesk::ConsumerDesk(const Truth& truth, Ledger::Bugs bugs,
                           std::function<uint64_t(uint64_t)> draw, Counts& counts)
    : truth_(truth),
      draw_(std::move(draw)),
      counts_(counts),
      ledgers_({Ledger(kAllTopics, bugs),
                Ledger(MaskOf(v1::TOPIC_CASES) | MaskOf(v1::TOPIC_RECEIPTS), bugs)}),
      saved_(ledgers_) {}

void ConsumerDesk::Disconnect() {
  for (const auto& replica : replicas_) replica->Disconnect();
}

// A ledger goes back to what it was once, with its token.
void ConsumerDesk::LoseWrites() {
  const size_t at = draw_(ledgers_.size());
  if (draw_(2) == 0) {
    saved_[at] = ledgers_[at];
    return;
  }
  ledgers_[at] = saved_[at];
  ++counts_.lost;
}

std::string ConsumerDesk::Go(Core& core) {
  const uint64_t dice = draw_(40);
  if (dice == 0) {
    LoseWrites();
    return "";
  }
  if (replicas_.empty() || (dice < 5 && replicas_.size() < kReplicas)) {
    replicas_.push_back(std::make_unique<Replica>(ledgers_[draw_(ledgers_.size())]));
    return "";
  }
  const auto at = replicas_.begin() + static_cast<long>(draw_(replicas_.size()));
  Replica& replica = **at;
  if (dice < 8) {
    counts_.died += replica.held() != nullptr ? 1 : 0;
    replicas_.erase(at);
    return "";
  }
  if (replica.held() == nullptr) return replica.Read(core, draw_(3) == 0);
  const bool dies = draw_(10) == 0;
  std::string broken = Write(replica, dies);
  if (dies) replicas_.erase(at);
  return broken;
}

std::string ConsumerDesk::Write(Replica& replica, bool dies) {
  const Ledger::Entry entry = *replica.held();
  if (!replica.Write(dies)) {
    ++counts_.behind;
    return "";
  }
  counts_.acted += static_cast<int64_t>(entry.revisions.size());
  counts_.begun += entry.begins ? 1 : 0;
  counts_.died_writing += dies && !entry.revisions.empty() ? 1 : 0;
  return replica.ledger().Judge(truth_);
}

std::string ConsumerDesk::Finish(Core& core) {
  replicas_.clear();
  for (Ledger& ledger : ledgers_) {
    Replica last(ledger);
    for (;;) {
      std::string broken = last.Read(core, false);
      if (broken.empty() && last.held() == nullptr) break;
      if (broken.empty()) broken = Write(last, false);
      if (!broken.empty()) return broken;
    }
    const auto next = truth_.NextTold(ledger.position().revision, ledger.topics());
    if (next) return fmt::format("a consumer never heard of revision {}", *next);
  }
  return "";
}

}  // namespace vigil::registry
