#include "tests/bench/engine/memory_feed.h"

#include <utility>

namespace vigil::alert {

using registry::v1::ChangeItem;
using registry::v1::Receipt;
using registry::v1::RecordReceiptsRequest;
using registry::v1::RecordReceiptsResponse;
using registry::v1::WatchChangesResponse;

// One stream: what is committed arrives in order, as a turn of the executor each.
class MemoryFeed::Stream final : public FeedStream {
 public:
  Stream(MemoryFeed& feed, std::function<void(WatchChangesResponse)> on_message)
      : feed_(feed), on_message_(std::move(on_message)) {
    feed_.streams_.insert(this);
  }
  ~Stream() override {
    feed_.streams_.erase(this);
    *live_ = false;
  }

  void TellSnapshot() {
    for (int part = 0; part < feed_.parts_; ++part) {
      feed_.executor_.Post([live = live_, this, part, revision = feed_.revision_] {
        if (!*live) return;
        WatchChangesResponse message;
        message.set_revision(revision);
        *message.mutable_snapshot_part() = feed_.make_part_(part);
        on_message_(std::move(message));
      });
    }
    WatchChangesResponse end;
    end.set_revision(feed_.revision_);
    end.mutable_bookmark()->set_hash("h");
    Tell(std::move(end));
  }

  void Tell(WatchChangesResponse message) {
    message.set_token("t");
    auto shared = std::make_shared<WatchChangesResponse>(std::move(message));
    feed_.executor_.Post([live = live_, this, shared] {
      if (*live) on_message_(std::move(*shared));
    });
  }

 private:
  MemoryFeed& feed_;
  std::function<void(WatchChangesResponse)> on_message_;
  std::shared_ptr<bool> live_ = std::make_shared<bool>(true);
};

std::unique_ptr<FeedStream> MemoryFeed::Watch(registry::v1::WatchChangesRequest,
                                              std::function<void(WatchChangesResponse)> on_message,
                                              std::function<void(absl::Status)>) {
  auto stream = std::make_unique<Stream>(*this, std::move(on_message));
  stream->TellSnapshot();
  return stream;
}

void MemoryFeed::Commit(ChangeItem item) {
  WatchChangesResponse message;
  message.set_revision(++revision_);
  message.mutable_change()->set_revision(revision_);
  *message.mutable_change()->add_items() = std::move(item);
  for (Stream* stream : streams_) stream->Tell(message);
}

void MemoryFeed::RecordReceipts(RecordReceiptsRequest request,
                                Done<absl::StatusOr<RecordReceiptsResponse>> done) {
  ChangeItem item;
  for (Receipt& receipt : *request.mutable_receipts()) {
    if (receipt.kind() == Receipt::KIND_SENT && sent_.insert(receipt.id()).second) {
      last_sent_ = executor_.clock().Monotonic();
    }
    *item.mutable_receipts_recorded()->add_receipts() = std::move(receipt);
  }
  if (item.has_receipts_recorded()) Commit(std::move(item));
  executor_.Post([done = std::move(done), revision = revision_] {
    RecordReceiptsResponse response;
    response.set_revision(revision);
    done(std::move(response));
  });
}

void MemoryFeed::PutRecord(registry::v1::PutRecordRequest request,
                           Done<absl::StatusOr<registry::v1::Record>> done) {
  ChangeItem item;
  *item.mutable_record_changed()->mutable_record() = request.record();
  Commit(std::move(item));
  executor_.Post([done = std::move(done), record = request.record()] { done(record); });
}

}  // namespace vigil::alert
