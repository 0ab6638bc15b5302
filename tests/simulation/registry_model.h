#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "alert-svc/engine/registry_feed.h"
#include "tests/simulation/network.h"

namespace vigil::alert::sim {

// The registry, as far as the engine sees it: a journal, deadlines, records and receipts, all
// durable. Faults are the links' to make.
class RegistryModel {
 public:
  // A watcher: told of each revision in order.
  using Watcher = std::function<void(const registry::v1::Change&)>;

  explicit RegistryModel(Queue& queue) : queue_(queue) {}

  std::int64_t PutSetting(const std::string& name, const google::protobuf::Message& body);
  // A record is written as the request says: ALREADY_EXISTS, or ABORTED where its etag is another.
  absl::StatusOr<registry::v1::Record> Put(const registry::v1::PutRecordRequest& request);
  // Records of a type, by name.
  std::vector<registry::v1::Record> Records(const std::string& type) const;
  // Makes the deadlines of a case these; journals the difference.
  std::int64_t SetDeadlines(const std::string& parent, std::vector<registry::v1::Deadline> after);
  std::int64_t Record(const std::vector<registry::v1::Receipt>& receipts);
  std::int64_t revision() const { return static_cast<std::int64_t>(state_.journal.size()); }
  const std::deque<registry::v1::Change>& journal() const { return state_.journal; }
  // The hash of a revision's entry.
  std::string HashOf(std::int64_t revision) const;
  // Resumes after a revision.
  std::string TokenOf(std::int64_t revision) const { return TokenOf(epoch_, revision); }
  // Whether a replica that follows, or followed, the present journal names a revision so. Each
  // restore gives those that it kept another name.
  bool IsNamed(std::int64_t revision, const std::string& mark) const;
  // The revision that holds a receipt; the one after the newest where none does.
  std::int64_t RevisionOf(const std::string& receipt) const;
  // The present state as changes: a snapshot in parts, each case's its own.
  std::vector<registry::v1::Change> Snapshot() const;
  const std::map<std::string, std::vector<registry::v1::Deadline>>& deadlines() const {
    return state_.deadlines;
  }
  // A shard as it is at present. A digest's receipts come with the shard of its id.
  registry::v1::StreamShardResponse Shard(int shard) const;
  // A page of one of each case, since what was written of its deadlines last or since it was found.
  registry::v1::ListFindingsResponse Findings(const std::string& page_token) const;
  // Something is missing in a case from now on.
  void Find(const std::string& parent) { state_.written[parent] = queue_.now(); }

  // A backup, and the return to it: a journal of another epoch, which refuses tokens of the one
  // before. Whoever watches is to be cut off first.
  void Save() { saved_ = state_; }
  void Restore();
  int epoch() const { return epoch_; }

  std::uint64_t Watch(Watcher watcher);
  void Unwatch(std::uint64_t id) { watchers_.erase(id); }

  // Told of receipts that became durable here.
  std::function<void(const registry::v1::Receipt&)> on_receipt;
  // Told of each revision, where it is set.
  std::function<void(const registry::v1::Change&)> on_commit;

 private:
  std::int64_t Commit(registry::v1::Change change);
  static std::string TokenOf(int epoch, std::int64_t revision);

  // What is in the database.
  struct State {
    std::deque<registry::v1::Change> journal;
    std::vector<int> epochs;  // of the revisions, when they were committed
    std::map<std::string, std::vector<registry::v1::Deadline>> deadlines;
    std::map<std::string, absl::Time>
        written;  // when deadlines of a case were last, or it was found
    std::map<std::string, registry::v1::Record> records;
    std::vector<registry::v1::Receipt> receipts;
    std::map<std::string, std::int64_t> receipt_revisions;  // by id
  };

  Queue& queue_;
  State state_;
  State saved_;
  int epoch_ = 1;
  std::map<std::uint64_t, Watcher> watchers_;
  std::uint64_t last_watcher_ = 0;
};

// A replica's client of it.
class SimFeed : public RegistryFeed {
 public:
  SimFeed(Queue& queue, SimExecutor& executor, std::shared_ptr<Link> link, RegistryModel& registry)
      : queue_(queue), executor_(executor), link_(std::move(link)), registry_(registry) {}

  std::unique_ptr<FeedStream> Watch(
      registry::v1::WatchChangesRequest request,
      std::function<void(registry::v1::WatchChangesResponse)> on_message,
      std::function<void(absl::Status)> on_end) override;
  // Takes no chances: what else happens is the same with it and without.
  std::unique_ptr<FeedStream> StreamShard(
      registry::v1::StreamShardRequest request,
      std::function<void(registry::v1::StreamShardResponse)> on_part,
      std::function<void(absl::Status)> on_end) override;
  void RecordReceipts(registry::v1::RecordReceiptsRequest request,
                      Done<absl::StatusOr<registry::v1::RecordReceiptsResponse>> done) override;
  void PutRecord(registry::v1::PutRecordRequest request,
                 Done<absl::StatusOr<registry::v1::Record>> done) override;
  void ListFindings(registry::v1::ListFindingsRequest request,
                    Done<absl::StatusOr<registry::v1::ListFindingsResponse>> done) override;
  void ListRecords(registry::v1::ListRecordsRequest request,
                   Done<absl::StatusOr<registry::v1::ListRecordsResponse>> done) override;
  void DeleteRecord(registry::v1::DeleteRecordRequest,
                    Done<absl::StatusOr<registry::v1::DeleteRecordResponse>>) override {}

  // Cuts the running stream, as a lost connection does.
  void Cut();

 private:
  class Stream;

  Queue& queue_;
  SimExecutor& executor_;
  const std::shared_ptr<Link> link_;
  RegistryModel& registry_;
  Stream* stream_ = nullptr;
};

}  // namespace vigil::alert::sim
