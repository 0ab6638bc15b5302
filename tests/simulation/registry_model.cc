#include "tests/simulation/registry_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "alert-svc/domain/history.h"
#include "alert-svc/domain/ids.h"
#include "common/shard/shard.h"

namespace vigil::alert::sim {

using registry::v1::Change;
using registry::v1::Deadline;
using registry::v1::Receipt;
using registry::v1::WatchChangesResponse;

std::int64_t RegistryModel::Commit(Change change) {
  change.set_prev_hash(HashOf(revision()));
  change.set_revision(revision() + 1);
  *change.mutable_time() = ToProto(queue_.now());
  state_.epochs.push_back(epoch_);
  state_.journal.push_back(std::move(change));
  const Change& committed = state_.journal.back();
  if (on_commit) on_commit(committed);
  const std::map<std::uint64_t, Watcher> watchers = watchers_;
  for (const auto& [id, watcher] : watchers) watcher(committed);
  return revision();
}

std::string RegistryModel::HashOf(std::int64_t revision) const {
  if (revision == 0) return std::string();
  return fmt::format("{}-{}", state_.epochs[static_cast<std::size_t>(revision - 1)], revision);
}

std::string RegistryModel::TokenOf(int epoch, std::int64_t revision) {
  return fmt::format("{}:{}", epoch, revision);
}

bool RegistryModel::IsNamed(std::int64_t revision, const std::string& mark) const {
  for (int epoch = state_.epochs[static_cast<std::size_t>(revision - 1)]; epoch <= epoch_;
       ++epoch) {
    if (mark == RevisionMark(TokenOf(epoch, revision))) return true;
  }
  return false;
}

std::int64_t RegistryModel::RevisionOf(const std::string& receipt) const {
  auto it = state_.receipt_revisions.find(receipt);
  return it == state_.receipt_revisions.end() ? revision() + 1 : it->second;
}

void RegistryModel::Restore() {
  state_ = saved_;
  ++epoch_;
  watchers_.clear();
}

std::int64_t RegistryModel::PutSetting(const std::string& name,
                                       const google::protobuf::Message& body) {
  registry::v1::Record& record = state_.records[name];
  record.set_name(name);
  if (const auto* packed = dynamic_cast<const google::protobuf::Any*>(&body)) {
    *record.mutable_body() = *packed;
  } else {
    record.mutable_body()->PackFrom(body);
  }
  *record.mutable_update_time() = ToProto(queue_.now());
  record.set_etag(std::to_string(revision() + 1));
  Change change;
  *change.add_items()->mutable_record_changed()->mutable_record() = record;
  return Commit(std::move(change));
}

absl::StatusOr<registry::v1::Record> RegistryModel::Put(
    const registry::v1::PutRecordRequest& request) {
  const std::string& name = request.record().name();
  const auto present = state_.records.find(name);
  if (present != state_.records.end()) {
    if (request.create_only()) return absl::AlreadyExistsError(name);
    const std::string& wanted = request.record().etag();
    if (!wanted.empty() && wanted != present->second.etag()) return absl::AbortedError(name);
  }
  const google::protobuf::Any body = request.record().body();
  PutSetting(name, body);
  return state_.records.at(name);
}

std::vector<registry::v1::Record> RegistryModel::Records(const std::string& type) const {
  std::vector<registry::v1::Record> records;
  for (const auto& [name, record] : state_.records) {
    if (name.starts_with("records/" + type + "/")) records.push_back(record);
  }
  return records;
}

std::int64_t RegistryModel::SetDeadlines(const std::string& parent, std::vector<Deadline> after) {
  Change change;
  auto& changed = *change.add_items()->mutable_deadlines_changed();
  changed.set_parent(parent);
  std::map<std::string, const Deadline*> before;
  for (const Deadline& old : state_.deadlines[parent]) {
    *changed.add_before() = old;
    before[old.name()] = &old;
  }
  for (Deadline& now : after) {
    const auto old = before.find(now.name());
    const bool same = old != before.end() && old->second->earliest() == now.earliest() &&
                      old->second->latest() == now.latest();
    *now.mutable_known_time() = same ? old->second->known_time() : ToProto(queue_.now());
    *changed.add_after() = now;
  }
  state_.deadlines[parent] = std::move(after);
  state_.written[parent] = queue_.now();
  return Commit(std::move(change));
}

registry::v1::StreamShardResponse RegistryModel::Shard(int shard) const {
  registry::v1::StreamShardResponse told;
  told.set_revision(revision());
  told.set_hash(HashOf(revision()));
  for (const auto& [parent, deadlines] : state_.deadlines) {
    if (ShardOf(parent) != shard) continue;
    for (const Deadline& deadline : deadlines) *told.add_deadlines() = deadline;
  }
  for (const Receipt& receipt : state_.receipts) {
    const std::string& of = receipt.deadline().empty() ? receipt.reminder() : receipt.parent();
    if (ShardOf(of) == shard) *told.add_receipts() = receipt;
  }
  return told;
}

registry::v1::ListFindingsResponse RegistryModel::Findings(const std::string& page_token) const {
  constexpr int kPage = 5;
  registry::v1::ListFindingsResponse findings;
  for (auto next = state_.written.lower_bound(page_token); next != state_.written.end(); ++next) {
    if (findings.findings_size() == kPage) {
      findings.set_next_page_token(next->first);
      break;
    }
    registry::v1::Finding& finding = *findings.add_findings();
    finding.set_name(next->first + "/findings/f-1");
    *finding.mutable_found_time() = ToProto(next->second);
  }
  return findings;
}

std::int64_t RegistryModel::Record(const std::vector<Receipt>& receipts) {
  std::vector<const Receipt*> fresh;
  for (const Receipt& receipt : receipts) {
    if (!state_.receipt_revisions.emplace(receipt.id(), revision() + 1).second) continue;
    state_.receipts.push_back(receipt);
    fresh.push_back(&receipt);
    if (on_receipt) on_receipt(receipt);
  }
  if (fresh.empty()) return revision();
  Change change;
  auto& recorded = *change.add_items()->mutable_receipts_recorded();
  for (const Receipt* receipt : fresh) *recorded.add_receipts() = *receipt;
  return Commit(std::move(change));
}

std::vector<Change> RegistryModel::Snapshot() const {
  std::vector<Change> parts(1);
  for (const auto& [name, record] : state_.records) {
    *parts.front().add_items()->mutable_record_changed()->mutable_record() = record;
  }
  for (const auto& [parent, deadlines] : state_.deadlines) {
    auto& changed = *parts.emplace_back().add_items()->mutable_deadlines_changed();
    changed.set_parent(parent);
    for (const Deadline& deadline : deadlines) *changed.add_after() = deadline;
  }
  auto& recorded = *parts.emplace_back().add_items()->mutable_receipts_recorded();
  for (const Receipt& receipt : state_.receipts) *recorded.add_receipts() = receipt;
  for (Change& part : parts) part.set_revision(revision());
  return parts;
}

std::uint64_t RegistryModel::Watch(Watcher watcher) {
  watchers_[++last_watcher_] = std::move(watcher);
  return last_watcher_;
}

// One stream: what the registry commits arrives in order, a little later.
class SimFeed::Stream final : public FeedStream {
 public:
  Stream(SimFeed& feed, std::function<void(WatchChangesResponse)> on_message,
         std::function<void(absl::Status)> on_end)
      : feed_(feed), on_message_(std::move(on_message)), on_end_(std::move(on_end)) {
    feed_.stream_ = this;
  }
  ~Stream() override {
    *live_ = false;
    if (watch_) feed_.registry_.Unwatch(watch_);
    if (feed_.stream_ == this) feed_.stream_ = nullptr;
  }

  void Start(const registry::v1::WatchChangesRequest& request) {
    if (!feed_.link_->up) return End(absl::UnavailableError("away"));
    const RegistryModel& registry = feed_.registry_;
    revision_ = registry.revision();
    if (request.token().empty()) {
      for (Change& change : registry.Snapshot()) {
        WatchChangesResponse part;
        part.set_revision(revision_);
        *part.mutable_snapshot_part() = std::move(change);
        Send(std::move(part));
      }
      Send(Bookmark());
    } else {
      const std::size_t mark = request.token().find(':');
      if (std::stoi(request.token().substr(0, mark)) != registry.epoch()) {
        return End(absl::FailedPreconditionError("RESYNC"));
      }
      const auto& journal = registry.journal();
      const auto from = static_cast<std::size_t>(std::stoll(request.token().substr(mark + 1)));
      for (std::size_t i = from; i < journal.size(); ++i) Tell(journal[i]);
    }
    watch_ = feed_.registry_.Watch([this](const Change& change) { Tell(change); });
    Beat();
  }

  void End(absl::Status status) {
    if (watch_) feed_.registry_.Unwatch(std::exchange(watch_, 0));
    feed_.executor_.Later(absl::Milliseconds(1), [live = live_, on_end = on_end_, status] {
      if (std::exchange(*live, false)) on_end(status);
    });
  }

 private:
  // A quiet stream says each second that it is there.
  void Beat() {
    feed_.executor_.Later(absl::Seconds(1), [live = live_, this] {
      if (!*live || watch_ == 0) return;
      Send(Bookmark());
      Beat();
    });
  }

  WatchChangesResponse Bookmark() const {
    WatchChangesResponse message;
    message.set_revision(revision_);
    message.set_token(feed_.registry_.TokenOf(revision_));
    message.mutable_bookmark()->set_hash(feed_.registry_.HashOf(revision_));
    return message;
  }

  void Tell(const Change& change) {
    revision_ = change.revision();
    WatchChangesResponse message;
    message.set_revision(revision_);
    message.set_token(feed_.registry_.TokenOf(revision_));
    *message.mutable_change() = change;
    Send(std::move(message));
  }

  void Send(WatchChangesResponse message) {
    Queue& queue = feed_.queue_;
    const Link& link = *feed_.link_;
    // One after the other: whoever reads may be asked something in between.
    next_ = std::max(next_ + absl::Microseconds(20),
                     queue.wall() + queue.Between(link.least, link.most));
    auto shared = std::make_shared<WatchChangesResponse>(std::move(message));
    feed_.executor_.Later(next_ - queue.wall(), [live = live_, this, shared] {
      if (*live) on_message_(std::move(*shared));
    });
  }

  std::int64_t revision_ = 0;
  SimFeed& feed_;
  std::function<void(WatchChangesResponse)> on_message_;
  std::function<void(absl::Status)> on_end_;
  std::shared_ptr<bool> live_ = std::make_shared<bool>(true);
  std::uint64_t watch_ = 0;
  absl::Time next_ = absl::InfinitePast();
};

std::unique_ptr<FeedStream> SimFeed::Watch(registry::v1::WatchChangesRequest request,
                                           std::function<void(WatchChangesResponse)> on_message,
                                           std::function<void(absl::Status)> on_end) {
  executor_.Begins(Wait::kWatch);
  auto stream = std::make_unique<Stream>(*this, std::move(on_message), std::move(on_end));
  stream->Start(request);
  return stream;
}

std::unique_ptr<FeedStream> SimFeed::StreamShard(
    registry::v1::StreamShardRequest request,
    std::function<void(registry::v1::StreamShardResponse)> on_part,
    std::function<void(absl::Status)> on_end) {
  struct Reading final : FeedStream {
    ~Reading() override { *live = false; }
    std::shared_ptr<bool> live = std::make_shared<bool>(true);
  };
  constexpr absl::Duration kOneWay = absl::Milliseconds(5);
  auto reading = std::make_unique<Reading>();
  auto end = [live = reading->live, on_end = std::move(on_end)](absl::Status status) {
    if (*live) on_end(std::move(status));
  };
  executor_.Later(kOneWay, [this, shard = request.shard(), live = reading->live,
                            on_part = std::move(on_part), end = std::move(end)] {
    if (!link_->up) return end(absl::UnavailableError("away"));
    executor_.Later(kOneWay, [live, on_part, end, told = registry_.Shard(shard)] {
      if (*live) on_part(told);
      end(absl::OkStatus());
    });
  });
  return reading;
}

void SimFeed::Cut() {
  if (stream_) stream_->End(absl::UnavailableError("cut"));
}

void SimFeed::RecordReceipts(registry::v1::RecordReceiptsRequest request,
                             Done<absl::StatusOr<registry::v1::RecordReceiptsResponse>> done) {
  executor_.Begins(Wait::kRegistry);
  using Answer = absl::StatusOr<registry::v1::RecordReceiptsResponse>;
  auto serve = [&r = registry_, request = std::move(request)]() -> Answer {
    registry::v1::RecordReceiptsResponse response;
    response.set_revision(r.Record({request.receipts().begin(), request.receipts().end()}));
    return response;
  };
  Call<Answer>(queue_, executor_, link_, absl::Seconds(2), std::move(serve),
               absl::UnavailableError("lost"), std::move(done));
}

void SimFeed::PutRecord(registry::v1::PutRecordRequest request,
                        Done<absl::StatusOr<registry::v1::Record>> done) {
  executor_.Begins(Wait::kRegistry);
  using Answer = absl::StatusOr<registry::v1::Record>;
  auto serve = [&r = registry_, request = std::move(request)]() -> Answer {
    return r.Put(request);
  };
  Call<Answer>(queue_, executor_, link_, absl::Seconds(2), std::move(serve),
               absl::UnavailableError("lost"), std::move(done));
}

void SimFeed::ListFindings(registry::v1::ListFindingsRequest request,
                           Done<absl::StatusOr<registry::v1::ListFindingsResponse>> done) {
  executor_.Begins(Wait::kRegistry);
  using Answer = absl::StatusOr<registry::v1::ListFindingsResponse>;
  auto serve = [&r = registry_, page = request.page_token()]() -> Answer {
    return r.Findings(page);
  };
  Call<Answer>(queue_, executor_, link_, absl::Seconds(2), std::move(serve),
               absl::UnavailableError("lost"), std::move(done));
}

void SimFeed::ListRecords(registry::v1::ListRecordsRequest request,
                          Done<absl::StatusOr<registry::v1::ListRecordsResponse>> done) {
  executor_.Begins(Wait::kRegistry);
  using Answer = absl::StatusOr<registry::v1::ListRecordsResponse>;
  auto serve = [&r = registry_, type = request.type()]() -> Answer {
    registry::v1::ListRecordsResponse response;
    for (registry::v1::Record& record : r.Records(type)) {
      *response.add_records() = std::move(record);
    }
    return response;
  };
  Call<Answer>(queue_, executor_, link_, absl::Seconds(2), std::move(serve),
               absl::UnavailableError("lost"), std::move(done));
}

}  // namespace vigil::alert::sim
