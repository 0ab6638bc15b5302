#include "tests/simulation/feed/shard_desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/rpc/errors.h"
#include "common/shard/shard.h"
#include "registry-svc/casebook/validate.h"

namespace vigil::registry {
namespace {

constexpr size_t kReaders = 8;
// Small, so that a stream has several parts.
constexpr PartBounds kBounds = {.rows = 4, .bytes = 2000};
// What the contract of a revision says: it is held for a minute, unless many others are read.
constexpr absl::Duration kHeld = absl::Minutes(1);
constexpr int64_t kOthers = 8;

}  // namespace

ShardReader::ShardReader(const Truth& truth, std::shared_ptr<const Snapshot> snapshot, int shard,
                         int shard_count)
    : truth_(truth),
      revision_(snapshot->revision()),
      shard_(shard),
      shard_count_(shard_count),
      parts_(std::move(snapshot), shard, shard_count, kBounds) {}

std::string ShardReader::Go(bool lost) {
  v1::StreamShardResponse part;
  ended_ = !parts_.Next(part);
  if (ended_) return Judge();
  return lost ? "" : Hear(part);
}

std::string ShardReader::Hear(const v1::StreamShardResponse& part) {
  if (part.revision() != revision_) return "a shard of two revisions";
  if (part.hash() != truth_.HashOf(revision_)) return "a shard with another hash";
  if (part.deadlines_size() > kBounds.rows || part.receipts_size() > kBounds.rows) {
    return "a part of a shard with too many rows";
  }
  for (const v1::Deadline& deadline : part.deadlines()) {
    const bool is_new =
        told_.deadlines.emplace(deadline.name(), deadline.SerializeAsString()).second;
    if (!is_new) return "a shard tells " + deadline.name() + " twice";
  }
  for (const v1::Receipt& receipt : part.receipts()) {
    const Truth::Recorded recorded{.parent = receipt.parent(),
                                   .bytes = receipt.SerializeAsString()};
    if (told_.receipts.emplace(receipt.id(), recorded).second) continue;
    return fmt::format("a shard tells the receipt {} twice", receipt.id());
  }
  return "";
}

std::string ShardReader::Judge() const {
  if (told_ == truth_.ShardAt(revision_, shard_, shard_count_)) return "";
  return fmt::format("shard {} of {} is not the fold of the journal at revision {}", shard_,
                     shard_count_, revision_);
}

ShardDesk::ShardDesk(Core& core, const Truth& truth, const Clock& clock, bool lossy,
                     std::function<uint64_t(uint64_t)> draw, Counts& counts)
    : core_(core),
      truth_(truth),
      clock_(clock),
      lossy_(lossy),
      draw_(std::move(draw)),
      counts_(counts) {}

bool ShardDesk::MustBeHeld(int64_t revision) const {
  const auto at = std::find_if(answered_.begin(), answered_.end(), [&](const Answered& answered) {
    return answered.revision == revision;
  });
  return at != answered_.end() && clock_.Monotonic() - at->at < kHeld &&
         answered_.end() - at <= kOthers;
}

std::string ShardDesk::Start(const std::vector<std::string>& cases) {
  if (readers_.size() == kReaders) return "";
  const int count = draw_(3) > 0 ? Snapshot::kShards : static_cast<int>(1 + draw_(5));
  int shard = static_cast<int>(draw_(static_cast<uint64_t>(count)));
  if (!cases.empty() && draw_(4) > 0) shard = ShardOf(cases[draw_(cases.size())], count);
  if (count == Snapshot::kShards && draw_(5) == 0) shard = kLooseShard;
  const bool again = !answered_.empty() && draw_(2) == 0;
  const int64_t wanted = again ? answered_[draw_(answered_.size())].revision : 0;
  const bool must = wanted == 0 || MustBeHeld(wanted);
  const auto snapshot = shelf_.Take(wanted, core_.book().Present(), clock_.Monotonic());
  if (!snapshot.ok()) {
    ++counts_.gone;
    if (must) return fmt::format("revision {} was not held for its shards", wanted);
    const std::string reason = rpc::ReasonOf(snapshot.status());
    return reason == "REVISION_GONE" ? "" : "a shard was refused with " + reason;
  }
  const int64_t revision = (*snapshot)->revision();
  const int64_t due = again ? wanted : truth_.head();
  if (revision != due) return fmt::format("a shard of revision {}, {} was due", revision, due);
  if (!MustBeHeld(revision)) {
    std::erase_if(answered_, [&](const Answered& known) { return known.revision == revision; });
    answered_.push_back({.revision = revision, .at = clock_.Monotonic()});
  }
  readers_.push_back(std::make_unique<ShardReader>(truth_, *snapshot, shard, count));
  return "";
}

std::string ShardDesk::Go(ShardReader& reader, int parts) {
  for (int i = 0; i < parts && !reader.ended(); ++i) {
    std::string broken = reader.Go(lossy_ && draw_(20) == 0);
    if (!broken.empty()) return broken;
    if (!reader.ended()) ++counts_.parts;
  }
  if (!reader.ended()) return "";
  ++counts_.read;
  if (reader.revision() < truth_.head()) ++counts_.old;
  return "";
}

std::string ShardDesk::Go(int parts) {
  if (readers_.empty()) return "";
  const size_t at = draw_(readers_.size());
  std::string broken = Go(*readers_[at], parts);
  if (readers_[at]->ended()) readers_.erase(readers_.begin() + static_cast<long>(at));
  return broken;
}

std::string ShardDesk::Finish() {
  for (const auto& reader : readers_) {
    std::string broken = Go(*reader, 1'000'000);
    if (!broken.empty()) return broken;
  }
  readers_.clear();
  return "";
}

}  // namespace vigil::registry
