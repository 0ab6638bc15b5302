#include "registry-svc/rpc/watch_stream.h"

#include <algorithm>
#include <utility>

#include "common/rpc/errors.h"
#include "common/rpc/status.h"
#include "common/rpc/stream.h"
#include "registry-svc/casebook/refusals.h"

namespace vigil::registry {
namespace {

// Entries read from disk at one time.
constexpr int kHistoryEntries = 256;
constexpr int64_t kHistoryBytes = 4 << 20;
constexpr char kMethod[] = "vigil.registry.v1.JournalService/WatchChanges";

v1::Topic TopicOf(const v1::ChangeItem& item) {
  switch (item.item_case()) {
    case v1::ChangeItem::kCaseChanged:
    case v1::ChangeItem::kFactChanged:
    case v1::ChangeItem::kDeadlinesChanged:
    case v1::ChangeItem::kDossierChanged:
    case v1::ChangeItem::kCaseErased:
      return v1::TOPIC_CASES;
    case v1::ChangeItem::kRecordChanged:
      return v1::TOPIC_SETTINGS;
    case v1::ChangeItem::kReceiptsRecorded:
      return v1::TOPIC_RECEIPTS;
    case v1::ChangeItem::kRulesActivated:
      return v1::TOPIC_RULES;
    case v1::ChangeItem::ITEM_NOT_SET:
      return v1::TOPIC_UNSPECIFIED;
  }
  return v1::TOPIC_UNSPECIFIED;
}

std::shared_ptr<const Published> FromEntry(JournalEntry entry) {
  auto published = std::make_shared<Published>();
  published->revision = entry.revision;
  published->hash = std::move(entry.hash);
  published->change.ParseFromString(entry.payload);
  return published;
}

}  // namespace

WatchStream* WatchStream::Start(const Backend& backend, const v1::WatchChangesRequest& request,
                                std::string trace_id) {
  auto stream = std::make_shared<WatchStream>(backend, request, std::move(trace_id));
  {
    absl::MutexLock lock(&stream->mutex_);
    stream->self_ = stream;
  }
  stream->Begin(request);
  return stream.get();
}

WatchStream::WatchStream(const Backend& backend, const v1::WatchChangesRequest& request,
                         std::string trace_id)
    : backend_(backend),
      trace_id_(std::move(trace_id)),
      start_(std::chrono::steady_clock::now()),
      topics_(request.topics().begin(), request.topics().end()) {}

void WatchStream::Begin(const v1::WatchChangesRequest& request) {
  if (!backend_.hub.Listen(shared_from_this())) {
    absl::MutexLock lock(&mutex_);
    return End(refusals::ShuttingDown());
  }
  const auto unknown = [](int topic) {
    return topic == v1::TOPIC_UNSPECIFIED || !v1::Topic_IsValid(topic);
  };
  if (std::any_of(topics_.begin(), topics_.end(), unknown)) {
    absl::MutexLock lock(&mutex_);
    return End(refusals::BadField("BAD_TOPIC", "topics", "topics: no such topic"));
  }
  if (!request.token().empty()) {
    const absl::StatusOr<ResumePoint> point = ParseToken(request.token());
    if (point.ok()) return CheckToken(*point);
    absl::MutexLock lock(&mutex_);
    return End(point.status());
  }
  if (!request.snapshot()) return Resume(0, "");
  absl::MutexLock lock(&mutex_);
  snapshot_.emplace(backend_.book.Present(), topics_);
  revision_ = snapshot_->snapshot().revision();
  hash_ = snapshot_->snapshot().hash();
  started_ = true;
  Pump();
}

// The entry that the token names must be ours; its hash is on disk.
void WatchStream::CheckToken(const ResumePoint& point) {
  const int64_t head = backend_.book.Present()->revision();
  const std::string& id = backend_.book.journal_id();
  absl::Status refusal;
  if (!SameJournal(point, MakeResumePoint(id, 0, ""))) {
    refusal = refusals::Resync("the token is of another journal: start with a snapshot");
  } else if (point.revision > head || point.revision < 0) {
    refusal =
        refusals::BadField("FUTURE_TOKEN", "token",
                           "token: this journal has not come that far: start with a snapshot");
  }
  if (!refusal.ok()) {
    absl::MutexLock lock(&mutex_);
    return End(refusal);
  }
  if (point.revision == 0) return Resume(0, "");
  const auto check = [self = shared_from_this(), point, &id = id] {
    const auto entries = self->backend_.store.ReadJournal(point.revision - 1, 1, kHistoryBytes);
    if (entries.ok() && !entries->empty() &&
        SameEntry(point, MakeResumePoint(id, entries->front().revision, entries->front().hash))) {
      return self->Resume(point.revision, entries->front().hash);
    }
    absl::MutexLock lock(&self->mutex_);
    self->End(entries.ok()
                  ? refusals::Resync("the journal was restored and went another way since the "
                                     "token: start with a snapshot")
                  : refusals::FromStore(entries.status()));
  };
  if (backend_.pool.Post(check)) return;
  absl::MutexLock lock(&mutex_);
  End(refusals::TooManyWrites());
}

void WatchStream::Resume(int64_t revision, std::string hash) {
  absl::MutexLock lock(&mutex_);
  revision_ = revision;
  hash_ = std::move(hash);
  started_ = true;
  Pump();
}

void WatchStream::ReadHistory() {
  reading_ = true;
  const auto read = [self = shared_from_this(), after = revision_] {
    self->TakeHistory(self->backend_.store.ReadJournal(after, kHistoryEntries, kHistoryBytes));
  };
  if (!backend_.pool.Post(read)) End(refusals::SlowWatcher());
}

void WatchStream::TakeHistory(absl::StatusOr<std::vector<JournalEntry>> entries) {
  absl::MutexLock lock(&mutex_);
  reading_ = false;
  if (!entries.ok()) return End(refusals::FromStore(entries.status()));
  for (JournalEntry& entry : *entries) history_.push_back(FromEntry(std::move(entry)));
  Pump();
}

bool WatchStream::PumpSnapshot() {
  message_.Clear();
  message_.set_revision(revision_);
  if (snapshot_->Next(*message_.mutable_snapshot_part())) {
    Write();
    return true;
  }
  snapshot_.reset();
  WriteBookmark();
  return true;
}

std::shared_ptr<const Published> WatchStream::NextChange() {
  if (!history_.empty()) {
    auto change = std::move(history_.front());
    history_.pop_front();
    return change;
  }
  const Hub::Next next = backend_.hub.After(revision_);
  switch (next.kind) {
    case Hub::Next::Kind::kNothing:
      live_ = true;
      return nullptr;
    case Hub::Next::Kind::kChange:
      live_ = true;
      return next.change;
    case Hub::Next::Kind::kTooOld:
      if (live_) {
        End(refusals::SlowWatcher());
      } else {
        ReadHistory();
      }
      return nullptr;
  }
  return nullptr;
}

bool WatchStream::Fill(const Published& change) {
  message_.Clear();
  if (topics_.empty()) {
    *message_.mutable_change() = change.change;
    return true;
  }
  for (const v1::ChangeItem& item : change.change.items()) {
    if (topics_.contains(TopicOf(item))) *message_.mutable_change()->add_items() = item;
  }
  if (!message_.has_change()) return false;
  v1::Change& told = *message_.mutable_change();
  told.set_revision(change.change.revision());
  *told.mutable_time() = change.change.time();
  told.set_actor(change.change.actor());
  told.set_request_id(change.change.request_id());
  told.set_prev_hash(change.change.prev_hash());
  return true;
}

void WatchStream::Pump() {
  if (!started_ || writing_ || reading_ || finished_) return;
  if (snapshot_) {
    PumpSnapshot();
    return;
  }
  while (const std::shared_ptr<const Published> change = NextChange()) {
    revision_ = change->revision;
    hash_ = change->hash;
    if (!Fill(*change)) continue;
    message_.set_revision(revision_);
    message_.set_token(Token());
    return Write();
  }
}

std::string WatchStream::Token() const {
  return FormatToken(MakeResumePoint(backend_.book.journal_id(), revision_, hash_));
}

void WatchStream::Write() {
  writing_ = true;
  quiet_ = false;
  StartWrite(&message_);
}

void WatchStream::WriteBookmark() {
  message_.Clear();
  message_.set_revision(revision_);
  message_.set_token(Token());
  message_.mutable_bookmark()->set_hash(hash_);
  const bool quiet = quiet_;
  Write();
  quiet_ = quiet;
}

// Ends once the write under way is over.
void WatchStream::End(const absl::Status& status) {
  if (!end_) end_ = status;
  if (writing_ || finished_) return;
  finished_ = true;
  Finish(rpc::ToGrpcStatus(*end_));
}

void WatchStream::OnWriteDone(bool ok) {
  absl::MutexLock lock(&mutex_);
  writing_ = false;
  if (end_) return End(*end_);
  if (!ok) return End(absl::CancelledError("the watcher has gone"));
  Pump();
}

void WatchStream::OnCancel() {
  absl::MutexLock lock(&mutex_);
  End(absl::CancelledError("the watcher has gone"));
}

void WatchStream::OnDone() {
  std::shared_ptr<WatchStream> self;
  absl::Status status;
  {
    absl::MutexLock lock(&mutex_);
    finished_ = true;
    status = end_.value_or(absl::OkStatus());
    self = std::move(self_);
  }
  rpc::StreamEnded(backend_.guard, kMethod, trace_id_, status,
                   absl::FromChrono(std::chrono::steady_clock::now() - start_));
}

void WatchStream::OnNews() {
  absl::MutexLock lock(&mutex_);
  Pump();
}

void WatchStream::OnTick() {
  absl::MutexLock lock(&mutex_);
  const bool idle = started_ && !writing_ && !reading_ && !finished_ && !snapshot_;
  if (idle && quiet_ && history_.empty()) {
    // Up to the cursor all was told, whether or not something newer waits.
    WriteBookmark();
    return;
  }
  quiet_ = true;
}

void WatchStream::OnClose() {
  absl::MutexLock lock(&mutex_);
  End(refusals::ShuttingDown());
}

}  // namespace vigil::registry
