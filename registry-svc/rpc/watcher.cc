#include "registry-svc/rpc/watcher.h"

#include <grpcpp/impl/codegen/proto_utils.h>

#include <set>
#include <utility>

#include "registry-svc/casebook/refusals.h"

namespace vigil::registry {
namespace {

// Entries read from disk at one time.
constexpr int kHistoryEntries = 256;
constexpr int64_t kHistoryBytes = 4 << 20;
// Changes in one message, where the watcher takes several.
constexpr int kBatchChanges = 256;
constexpr size_t kBatchBytes = 256 << 10;
// Ticks after which who has not taken a message is slow.
constexpr int kSlowTicks = 2;

// Nothing where a topic is unknown.
std::optional<TopicMask> ReadTopics(const v1::WatchChangesRequest& request) {
  TopicMask mask = 0;
  for (const int topic : request.topics()) {
    if (!v1::Topic_IsValid(topic) || topic == v1::TOPIC_UNSPECIFIED) return std::nullopt;
    mask |= MaskOf(static_cast<v1::Topic>(topic));
  }
  return mask == 0 ? kAllTopics : mask;
}

}  // namespace

Watcher::Watcher(const Feed& feed, const v1::WatchChangesRequest& request)
    : feed_(feed), batch_(request.batch()) {
  Begin(request);
}

void Watcher::Begin(const v1::WatchChangesRequest& request) {
  const std::optional<TopicMask> topics = ReadTopics(request);
  if (!topics) return Close(refusals::BadField("BAD_TOPIC", "topics", "topics: no such topic"));
  topics_ = *topics;
  if (!request.token().empty()) {
    const absl::StatusOr<ResumePoint> point = feed_.tokens.Open(request.token());
    if (!point.ok()) return Close(point.status());
    if (absl::Status s = CheckPoint(*point); !s.ok()) return Close(s);
    point_ = *point;
    return StartAfter(point->revision);
  }
  if (!request.snapshot()) return StartAfter(feed_.history.compacted());
  snapshot_.emplace(feed_.book.Present(),
                    std::set<int>(request.topics().begin(), request.topics().end()));
  revision_ = snapshot_->snapshot().revision();
  hash_ = snapshot_->snapshot().hash();
}

absl::Status Watcher::CheckPoint(const ResumePoint& point) const {
  if (point.topics != topics_) {
    return refusals::BadField("OTHER_TOPICS", "topics",
                              "topics: the token was given for others: start with a snapshot");
  }
  if (point.revision > feed_.book.Present()->revision()) {
    return refusals::BadField("FUTURE_TOKEN", "token",
                              "token: this journal has not come that far: start with a snapshot");
  }
  const int64_t compacted = feed_.history.compacted();
  if (point.revision < compacted) return refusals::Compacted(compacted + 1);
  return absl::OkStatus();
}

// The hash of the entry to start after is on disk.
void Watcher::StartAfter(int64_t revision) {
  revision_ = revision;
  anchoring_ = revision > 0;
}

Watcher::Step Watcher::Next() {
  if (writing_ || reading_) return Step::kWait;
  if (end_) return Step::kEnd;
  if (anchoring_) return AskFor({.after = revision_ - 1, .limit = 1, .bytes = 1});
  if (snapshot_) return NextOfSnapshot();
  return in_parts_ ? NextPart() : NextChanges();
}

Watcher::Step Watcher::AskFor(const Range& range) {
  range_ = range;
  reading_ = true;
  return Step::kRead;
}

void Watcher::Take(absl::StatusOr<std::vector<JournalEntry>> entries) {
  reading_ = false;
  if (!entries.ok()) return Close(refusals::FromStore(entries.status()));
  if (anchoring_) return TakeAnchor(*entries);
  TakeHistory(*std::move(entries));
}

// The entry that a token names must be ours.
void Watcher::TakeAnchor(const std::vector<JournalEntry>& entries) {
  anchoring_ = false;
  const bool found = !entries.empty() && entries.front().revision == revision_;
  if (!found || (point_ && !NamesEntry(*point_, entries.front().hash))) {
    return Close(
        refusals::Resync("the journal was restored and went another way since the token: start "
                         "with a snapshot"));
  }
  hash_ = entries.front().hash;
}

void Watcher::TakeHistory(std::vector<JournalEntry> entries) {
  // What the hub no longer has must be on disk.
  if (entries.empty()) {
    return Close(refusals::FromStore(absl::DataLossError("the journal has no next revision")));
  }
  for (JournalEntry& entry : entries) {
    read_.push_back(std::make_shared<const Telling>(entry.revision, std::move(entry.hash),
                                                    std::move(entry.payload)));
  }
}

Watcher::Step Watcher::NextOfSnapshot() {
  v1::WatchChangesResponse message;
  message.set_revision(revision_);
  if (snapshot_->Next(*message.mutable_snapshot_part())) return Write(message);
  snapshot_.reset();
  bookmark_due_ = true;
  return Idle(Step::kWait);
}

Watcher::Step Watcher::NextPart() {
  const Wire& wire = WireOf(*in_parts_);
  const grpc::Slice part = wire.parts[next_part_++];
  if (next_part_ == wire.parts.size()) Advance(*std::exchange(in_parts_, nullptr));
  return Write(part);
}

Watcher::Step Watcher::NextChanges() {
  while (const std::shared_ptr<const Telling> telling = Peek()) {
    const Wire& wire = WireOf(*telling);
    if (wire.empty()) {
      Advance(*telling);
      continue;
    }
    if (!wire.parts.empty()) {
      in_parts_ = telling;
      next_part_ = 0;
      return NextPart();
    }
    if (batch_) return NextBatch(telling);
    Advance(*telling);
    return Write(wire.whole);
  }
  return Idle(idle_);
}

// All that is at hand up to a bound, in one message.
Watcher::Step Watcher::NextBatch(std::shared_ptr<const Telling> telling) {
  if (const auto kept = feed_.hub.FindBatch(revision_, topics_)) {
    revision_ = kept->revision;
    hash_ = kept->hash;
    while (!read_.empty() && read_.front()->revision() <= revision_) read_.pop_front();
    return Write(kept->message);
  }
  Hub::Batch batch{.after = revision_, .topics = topics_, .message = {}, .revision = 0, .hash = {}};
  std::vector<std::shared_ptr<const Telling>> owners;
  std::vector<const Wire*> wires;
  size_t bytes = 0;
  for (; telling && wires.size() < kBatchChanges && bytes < kBatchBytes; telling = Peek()) {
    const Wire& wire = WireOf(*telling);
    if (!wire.parts.empty()) break;
    Advance(*telling);
    if (wire.empty()) continue;
    bytes += wire.change_size;
    wires.push_back(&wire);
    owners.push_back(std::move(telling));
  }
  if (wires.size() == 1) return Write(wires[0]->whole);
  batch.message = JoinWires(wires);
  batch.revision = revision_;
  batch.hash = hash_;
  const auto kept = std::make_shared<const Hub::Batch>(std::move(batch));
  feed_.hub.KeepBatch(kept);
  return Write(kept->message);
}

std::shared_ptr<const Telling> Watcher::Peek() {
  std::shared_ptr<const Telling> telling;
  if (read_.empty()) {
    Hub::Next next = feed_.hub.After(revision_);
    idle_ = next.kind == Hub::Next::Kind::kTooOld ? Step::kRead : Step::kWait;
    telling = std::move(next.change);
  } else {
    telling = read_.front();
  }
  if (!telling || telling->revision() == revision_ + 1) return telling;
  Close(refusals::FromStore(absl::DataLossError("the journal has a gap")));
  return nullptr;
}

const Wire& Watcher::WireOf(const Telling& telling) const {
  return telling.For(topics_, feed_.tokens, feed_.message_bytes);
}

void Watcher::Advance(const Telling& told) {
  revision_ = told.revision();
  hash_ = told.hash();
  // Last, as it may be the owner of `told`.
  if (!read_.empty() && read_.front().get() == &told) read_.pop_front();
}

// Nothing of what is at hand is left to tell: the one place at which a bookmark is true.
Watcher::Step Watcher::Idle(Step otherwise) {
  if (end_) return Step::kEnd;
  if (bookmark_due_) {
    bookmark_due_ = false;
    v1::WatchChangesResponse message;
    message.set_revision(revision_);
    message.set_token(Token());
    message.mutable_bookmark()->set_hash(hash_);
    return Write(message);
  }
  if (otherwise != Step::kRead) return otherwise;
  return AskFor({.after = revision_, .limit = kHistoryEntries, .bytes = kHistoryBytes});
}

Watcher::Step Watcher::Write(const grpc::Slice& slice) {
  grpc::ByteBuffer message(&slice, 1);
  message_.Swap(&message);
  writing_ = true;
  wrote_since_tick_ = true;
  return Step::kWrite;
}

Watcher::Step Watcher::Write(const v1::WatchChangesResponse& message) {
  return Write(grpc::Slice(message.SerializeAsString()));
}

void Watcher::Written() {
  writing_ = false;
  const bool slow = std::exchange(stalled_ticks_, 0) >= kSlowTicks;
  if (slow && !snapshot_ && feed_.hub.After(revision_).kind == Hub::Next::Kind::kTooOld) {
    Close(refusals::SlowWatcher(Token()));
  }
}

void Watcher::Tick() {
  if (writing_) ++stalled_ticks_;
  if (!std::exchange(wrote_since_tick_, false) && !writing_) bookmark_due_ = true;
}

void Watcher::Close(const absl::Status& status) {
  if (!end_) end_ = status;
}

std::string Watcher::Token() const {
  return feed_.tokens.Seal(MakeResumePoint(revision_, hash_, topics_));
}

}  // namespace vigil::registry
