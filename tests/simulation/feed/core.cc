#include "tests/simulation/feed/core.h"

#include <grpcpp/impl/codegen/proto_utils.h>

#include <cstdlib>
#include <utility>

#include "registry-svc/store/sqlite_store.h"

namespace vigil::registry {
namespace {

Hub::Options WithoutThread(Hub::Options options) {
  options.own_thread = false;
  return options;
}

std::vector<std::shared_ptr<const Published>> ChangesOf(const Batch& batch) {
  std::vector<std::shared_ptr<const Published>> changes;
  for (const JournalEntry& entry : batch.entries) {
    auto change = std::make_shared<Published>();
    change->revision = entry.revision;
    change->hash = entry.hash;
    change->change.ParseFromString(entry.payload);
    changes.push_back(std::move(change));
  }
  return changes;
}

}  // namespace

Core::Core(const Options& options) : options_(options), hub_(WithoutThread(options.hub)) {}

Core::~Core() { hub_.Close(); }

absl::StatusOr<std::unique_ptr<Core>> Core::Open(const Options& options, const Clock& clock,
                                                 const RuleBook& rules) {
  std::unique_ptr<Core> core(new Core(options));
  auto store = SqliteStore::Open({.path = options.path});
  if (!store.ok()) return store.status();
  core->store_ = std::make_unique<FaultyStore>(*std::move(store));
  auto publish = [hub = &core->hub_](const auto& changes) { hub->Append(changes); };
  if (options.tell_early) {
    core->store_->BeforeCommit([publish](const Batch& batch) { publish(ChangesOf(batch)); });
  }
  auto book = Casebook::Open(*core->store_, clock, rules, core->casebook_metrics_,
                             options.tell_early ? Writer::Publish([](const auto&) {}) : publish,
                             options.random);
  if (!book.ok()) return book.status();
  core->book_ = *std::move(book);
  core->hub_.StartAt(core->book_->Present()->revision());
  core->tokens_ = std::make_unique<TokenSealer>(core->book_->journal_id(), core->book_->epoch(),
                                                core->book_->secret());
  return core;
}

Feed Core::feed() const {
  return {.book = *book_,
          .hub = hub_,
          .tokens = *tokens_,
          .history = history_,
          .message_bytes = options_.message_bytes};
}

v1::WatchChangesRequest RequestFor(TopicMask topics, bool batch, const std::string& token) {
  v1::WatchChangesRequest request;
  request.set_batch(batch);
  request.set_token(token);
  request.set_snapshot(token.empty());
  for (int topic = v1::TOPIC_CASES; topics != kAllTopics && topic <= v1::Topic_MAX; ++topic) {
    if (Wants(topics, static_cast<v1::Topic>(topic))) {
      request.add_topics(static_cast<v1::Topic>(topic));
    }
  }
  return request;
}

PulledWatch::PulledWatch(Core& core, const v1::WatchChangesRequest& request)
    : core_(core), watcher_(core.feed(), request) {}

bool PulledWatch::Pull() {
  while (!holding_ && !ended_) {
    switch (watcher_.Next()) {
      case Watcher::Step::kWrite:
        holding_ = true;
        break;
      case Watcher::Step::kRead: {
        const Watcher::Range range = watcher_.range();
        watcher_.Take(core_.store().ReadJournal(range.after, range.limit, range.bytes));
        break;
      }
      case Watcher::Step::kWait:
        return false;
      case Watcher::Step::kEnd:
        ended_ = true;
        break;
    }
  }
  return holding_;
}

v1::WatchChangesResponse PulledWatch::Take() {
  grpc::ByteBuffer bytes = watcher_.message();
  v1::WatchChangesResponse message;
  if (!grpc::GenericDeserialize<grpc::ProtoBufferReader, v1::WatchChangesResponse>(&bytes, &message)
           .ok()) {
    std::abort();
  }
  holding_ = false;
  watcher_.Written();
  return message;
}

std::vector<v1::WatchChangesResponse> PulledWatch::Drain() {
  std::vector<v1::WatchChangesResponse> messages;
  while (Pull()) messages.push_back(Take());
  return messages;
}

}  // namespace vigil::registry
