#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <unordered_set>

#include "alert-svc/engine/executor.h"
#include "alert-svc/engine/registry_feed.h"

namespace vigil::alert {

// The registry of a bench, in memory: a snapshot, and the receipts and records that came in since.
// It answers at once and keeps nothing, so that what is measured is the engine. On the executor's
// thread only; for engines that follow it from the start.
class MemoryFeed final : public RegistryFeed {
 public:
  // Makes a part of the snapshot, from 0, each time it is asked for.
  using MakePart = std::function<registry::v1::Change(int part)>;

  // `executor` outlives the feed.
  MemoryFeed(Executor& executor, int parts, MakePart make_part)
      : executor_(executor), parts_(parts), make_part_(std::move(make_part)) {}

  // Receipts of messages that were accepted, each id once, and when the last of them came
  // (monotonic).
  std::int64_t sent() const { return static_cast<std::int64_t>(sent_.size()); }
  absl::Duration last_sent() const { return last_sent_; }

  std::unique_ptr<FeedStream> Watch(
      registry::v1::WatchChangesRequest request,
      std::function<void(registry::v1::WatchChangesResponse)> on_message,
      std::function<void(absl::Status)> on_end) override;
  void RecordReceipts(registry::v1::RecordReceiptsRequest request,
                      Done<absl::StatusOr<registry::v1::RecordReceiptsResponse>> done) override;
  void PutRecord(registry::v1::PutRecordRequest request,
                 Done<absl::StatusOr<registry::v1::Record>> done) override;
  void ListRecords(registry::v1::ListRecordsRequest,
                   Done<absl::StatusOr<registry::v1::ListRecordsResponse>>) override {}
  void DeleteRecord(registry::v1::DeleteRecordRequest,
                    Done<absl::StatusOr<registry::v1::DeleteRecordResponse>>) override {}

 private:
  class Stream;

  void Commit(registry::v1::ChangeItem item);

  Executor& executor_;
  const int parts_;
  const MakePart make_part_;
  std::int64_t revision_ = 1;
  std::set<Stream*> streams_;
  std::unordered_set<std::string> sent_;  // ids of receipts
  absl::Duration last_sent_;
};

}  // namespace vigil::alert
