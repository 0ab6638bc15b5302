#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "vigil/registry/v1/journal.pb.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil::alert {

// A running stream. Destroying it cancels: no callback comes after that.
class FeedStream {
 public:
  virtual ~FeedStream() = default;
};

// registry-svc, as the engine sees it. Asynchronous: callbacks come on the engine's thread, those
// of one stream in order. What the journal promises is said in vigil/registry/v1/journal.proto.
class RegistryFeed {
 public:
  template <class Result>
  using Done = std::function<void(Result)>;

  virtual ~RegistryFeed() = default;

  // Follows the journal. `on_message` for each message, then `on_end` once; UNAVAILABLE when the
  // connection breaks, FAILED_PRECONDITION or OUT_OF_RANGE when the token is refused.
  virtual std::unique_ptr<FeedStream> Watch(
      registry::v1::WatchChangesRequest request,
      std::function<void(registry::v1::WatchChangesResponse)> on_message,
      std::function<void(absl::Status)> on_end) = 0;

  // Reads the deadlines and receipts of a shard as of one revision. `on_part` for each part, then
  // `on_end` once: OK where that was all. A peer that tells none says so.
  virtual std::unique_ptr<FeedStream> StreamShard(
      registry::v1::StreamShardRequest, std::function<void(registry::v1::StreamShardResponse)>,
      std::function<void(absl::Status)> on_end) {
    on_end(absl::UnimplementedError("no shards"));
    return nullptr;
  }

  // Journals receipts and people's actions; durable when it answers OK. With no receipts it tells
  // the present revision.
  virtual void RecordReceipts(registry::v1::RecordReceiptsRequest request,
                              Done<absl::StatusOr<registry::v1::RecordReceiptsResponse>> done) = 0;

  // Records: the settings of alert-svc.
  virtual void PutRecord(registry::v1::PutRecordRequest request,
                         Done<absl::StatusOr<registry::v1::Record>> done) = 0;
  virtual void ListRecords(registry::v1::ListRecordsRequest request,
                           Done<absl::StatusOr<registry::v1::ListRecordsResponse>> done) = 0;
  virtual void DeleteRecord(registry::v1::DeleteRecordRequest request,
                            Done<absl::StatusOr<registry::v1::DeleteRecordResponse>> done) = 0;

  // What is missing or does not fit in the cases, of what is not confidential. A peer that has none
  // says so.
  virtual void ListFindings(registry::v1::ListFindingsRequest,
                            Done<absl::StatusOr<registry::v1::ListFindingsResponse>> done) {
    done(absl::UnimplementedError("no findings"));
  }
};

}  // namespace vigil::alert
