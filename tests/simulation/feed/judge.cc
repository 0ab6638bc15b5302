#include "tests/simulation/feed/judge.h"

#include <fmt/format.h>

namespace vigil::registry {

std::string Judge::Hear(const v1::WatchChangesResponse& message) {
  if (message.revision() > truth_.head()) {
    return fmt::format("revision {} was told, {} is durable", message.revision(), truth_.head());
  }
  const bool resumable = !message.more() && !message.has_snapshot_part();
  if (message.token().empty() == resumable) return "a token where there is none, or none";
  if (parts_ && !message.has_change()) return "a revision in parts was interrupted";
  std::string broken;
  if (message.has_snapshot_part()) {
    broken = HearSnapshot(message.snapshot_part(), message.revision());
  } else if (message.has_bookmark()) {
    broken = HearBookmark(message);
  } else if (message.has_change()) {
    broken = HearChange(message.change(), message.more());
  } else if (message.changes().changes().empty()) {
    broken = "an empty message";
  }
  for (const v1::Change& change : message.changes().changes()) {
    if (broken.empty()) broken = HearChange(change, false);
  }
  if (!broken.empty()) return broken;
  if (resumable) {
    if (at_ != message.revision()) return "the token is of another revision than what was told";
    token_ = message.token();
    token_revision_ = message.revision();
  }
  return "";
}

std::string Judge::HearSnapshot(const v1::Change& part, int64_t revision) {
  if (!in_snapshot_) return "a part of a snapshot after it";
  if (snapshot_revision_ && *snapshot_revision_ != revision) return "a snapshot of two revisions";
  snapshot_revision_ = revision;
  for (const v1::ChangeItem& item : part.items()) Fold(item, snapshot_);
  return "";
}

std::string Judge::HearBookmark(const v1::WatchChangesResponse& message) {
  const int64_t revision = message.revision();
  if (message.bookmark().hash() != truth_.HashOf(revision)) return "a bookmark with another hash";
  if (in_snapshot_) {
    in_snapshot_ = false;
    if (snapshot_revision_.value_or(revision) != revision) return "a snapshot of two revisions";
    if (snapshot_ != truth_.StateAt(revision, topics_)) {
      return fmt::format("the snapshot is not the state of revision {}", revision);
    }
    snapshot_ = {};
    at_ = revision;
    return "";
  }
  if (revision < at_) return fmt::format("a bookmark of {} after {}", revision, at_);
  const std::optional<int64_t> next = truth_.NextTold(at_, topics_);
  if (next && *next <= revision) {
    return fmt::format("a bookmark of {} before revision {} was told", revision, *next);
  }
  at_ = revision;
  return "";
}

std::string Judge::HearChange(const v1::Change& change, bool more) {
  if (in_snapshot_) return "a change before the snapshot's bookmark";
  if (change.revision() > truth_.head()) return "a change that is not durable";
  if (parts_) {
    if (parts_->revision() != change.revision()) return "parts of two revisions in one";
    parts_->mutable_items()->MergeFrom(change.items());
  }
  const v1::Change whole = parts_ ? *std::move(parts_) : change;
  parts_.reset();
  const std::optional<int64_t> next = truth_.NextTold(at_, topics_);
  if (!next || *next != whole.revision()) {
    return fmt::format("revision {} was told after {}, {} was due", whole.revision(), at_,
                       next.value_or(0));
  }
  if (more) {
    parts_ = whole;
    return "";
  }
  if (MakeEntry(whole).payload != MakeEntry(*truth_.Told(whole.revision(), topics_)).payload) {
    return fmt::format("revision {} was told with another content", whole.revision());
  }
  at_ = whole.revision();
  return "";
}

std::string Judge::AtRest() const {
  if (in_snapshot_) return "a snapshot never ended";
  if (parts_) return "a revision in parts never ended";
  const std::optional<int64_t> next = truth_.NextTold(at_, topics_);
  return next ? fmt::format("revision {} was never told", *next) : "";
}

}  // namespace vigil::registry
