// What a watcher of the journal is told next, without threads and without a transport.
#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "registry-svc/casebook/casebook.h"
#include "registry-svc/journal/history.h"
#include "registry-svc/journal/hub.h"
#include "registry-svc/journal/token.h"
#include "registry-svc/rpc/parts.h"
#include "vigil/registry/v1/journal.pb.h"

namespace vigil::registry {

// What every watch draws on; outlives them all.
struct Feed {
  const Casebook& book;
  const Hub& hub;
  const TokenSealer& tokens;
  const WatchHistory& history;
  // How much of a change goes into one message, about: well below the 4 MiB that a client takes.
  size_t message_bytes = 1 << 20;
};

// One watch, as a machine that is asked what to do next. Nothing is queued for it: it pulls from
// the snapshot, from the hub's ring, or from what the caller read from disk, one message at a time,
// so a watcher that does not read costs no memory that grows.
//
//   for (;;) switch (watcher.Next()) {
//     case kWrite: hand message() to the transport; watcher.Written() once it was taken
//     case kRead: watcher.Take(store.ReadJournal(range().after, …)), from a thread that may block
//     case kWait: ask again after news, a tick, Written or Take
//     case kEnd: end the stream with status()
//   }
//
// One who leaves a message untaken for two ticks and falls out of the ring meanwhile is closed with
// SLOW_WATCHER and its token; one who falls out because much came at once reads the journal from
// disk. Not thread-safe.
class Watcher {
 public:
  enum class Step { kWrite, kRead, kWait, kEnd };
  // What to read of the journal.
  struct Range {
    int64_t after = 0;
    int limit = 0;
    int64_t bytes = 0;
  };

  Watcher(const Feed& feed, const v1::WatchChangesRequest& request);

  Step Next();
  // After kWrite: a v1::WatchChangesResponse, until Written.
  const grpc::ByteBuffer& message() const { return message_; }
  void Written();
  // After kRead, until Take.
  const Range& range() const { return range_; }
  void Take(absl::StatusOr<std::vector<JournalEntry>> entries);
  // About each second: makes a quiet watch give a bookmark.
  void Tick();
  // Ends the watch, once the message under way is taken. The first reason counts.
  void Close(const absl::Status& status);
  // After kEnd.
  absl::Status status() const { return end_.value_or(absl::OkStatus()); }
  // Ticks for which the message under way has not been taken.
  int stalled_ticks() const { return stalled_ticks_; }

 private:
  void Begin(const v1::WatchChangesRequest& request);
  absl::Status CheckPoint(const ResumePoint& point) const;
  void StartAfter(int64_t revision);
  void TakeAnchor(const std::vector<JournalEntry>& entries);
  void TakeHistory(std::vector<JournalEntry> entries);
  Step AskFor(const Range& range);

  Step NextOfSnapshot();
  Step NextPart();
  Step NextChanges();
  Step Idle(Step otherwise);
  // The revision after the cursor, where it is at hand; else null, and `idle_` says what to do.
  std::shared_ptr<const Telling> Peek();
  void Advance(const Telling& told);
  const Wire& WireOf(const Telling& telling) const;
  Step NextBatch(std::shared_ptr<const Telling> first);
  Step Write(const grpc::Slice& slice);
  Step Write(const v1::WatchChangesResponse& message);
  std::string Token() const;

  const Feed feed_;
  const bool batch_;
  TopicMask topics_ = kAllTopics;

  std::optional<SnapshotParts> snapshot_;
  // The token whose entry is being looked up, and where to start.
  std::optional<ResumePoint> point_;
  bool anchoring_ = false;
  // Read from disk and not yet told.
  std::deque<std::shared_ptr<const Telling>> read_;
  // A revision of which some parts were told.
  std::shared_ptr<const Telling> in_parts_;
  size_t next_part_ = 0;
  // All up to here was told whole, or was of no wanted topic.
  int64_t revision_ = 0;
  std::string hash_;

  grpc::ByteBuffer message_;
  Range range_;
  Step idle_ = Step::kWait;
  bool writing_ = false;
  bool reading_ = false;
  bool wrote_since_tick_ = false;
  bool bookmark_due_ = false;
  int stalled_ticks_ = 0;
  std::optional<absl::Status> end_;
};

}  // namespace vigil::registry
