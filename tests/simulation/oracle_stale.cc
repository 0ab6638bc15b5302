#include <fmt/format.h>

#include <algorithm>

#include "common/shard/shard.h"
#include "tests/simulation/oracle.h"
#include "tests/simulation/oracle_parts.h"

// Whether anything was said that its shard knew to be over.
namespace vigil::alert::sim {
namespace {

// From a claim to the attempt: the world follows, findings are asked for, the set is sealed (wall).
constexpr absl::Duration kOnItsWay = absl::Seconds(15);
// By when the registry is known to have been restored (wall).
constexpr absl::Duration kKnown = absl::Seconds(2);

}  // namespace

absl::Time Oracle::AppliedAt(int shard, std::int64_t revision) const {
  for (const sim::Applied& applied : run_.applied_[static_cast<std::size_t>(shard)]) {
    if (applied.revision < revision || applied.revision > run_.registry_.revision()) continue;
    if (run_.registry_.IsNamed(applied.revision, applied.mark)) return applied.when;
  }
  return absl::InfiniteFuture();
}

// A single message knows what the shard of its case does, a digest what any shard does.
absl::Time Oracle::KnownAt(const MessageItem& item, const Accepted& in,
                           std::int64_t revision) const {
  if (in.message.form == Message::Form::kSingle) {
    return AppliedAt(ShardOf(ParentOf(item.deadline.name()), kShardCount), revision);
  }
  absl::Time first = absl::InfiniteFuture();
  for (int shard = 0; shard < kShardCount; ++shard) {
    first = std::min(first, AppliedAt(shard, revision));
  }
  return first;
}

bool Oracle::IsQuiet(absl::Time from, absl::Time to) const {
  return std::none_of(run_.faults_.begin(), run_.faults_.end(), [&](const Fault& fault) {
    return fault.receiver.empty() && fault.span.from <= to && fault.settled >= from;
  });
}

absl::Time Oracle::FirstClaimOf(const Accepted& digest) const {
  const auto& attempts = run_.sink_.attempts();
  const auto before = std::find_if(attempts.begin(), attempts.end(), [&](const Attempt& attempt) {
    return attempt.message.id == digest.message.id;
  });
  if (before != attempts.end() && before->began < digest.attempted) return absl::InfinitePast();
  auto claims = run_.digest_claims_.find(ReceiverNumber(digest.message.receiver.name()));
  if (claims == run_.digest_claims_.end()) return absl::InfinitePast();
  const auto first =
      std::lower_bound(claims->second.begin(), claims->second.end(), digest.attempted - kOnItsWay);
  return first != claims->second.end() ? *first : absl::InfinitePast();
}

bool Oracle::WasWithdrawn(const MessageItem& item, const Accepted& in, absl::Time claim) const {
  if (item.change == MessageItem::Change::kWithdrawn) return false;
  const Standing* told = nullptr;
  for (const Standing& standing : standings_) {
    if (standing.deadline.name() != item.deadline.name()) continue;
    if (standing.deadline.earliest() != item.deadline.earliest()) continue;
    if (Wall(standing.from) > in.attempted) continue;
    if (!told || standing.from >= told->from) told = &standing;
  }
  if (!told || told->ended == 0) return false;
  const absl::Time applied = KnownAt(item, in, told->ended);
  if (applied >= claim) return false;
  // Another Redis may not have applied it any more; of another journal it says nothing.
  return !Happened(Fault::Kind::kRedisLoss, applied, in.attempted) &&
         !Happened(Fault::Kind::kRestore, applied - kKnown, in.attempted);
}

bool Oracle::WasAnswered(const MessageItem& item, const Accepted& in, absl::Time claim) const {
  return std::any_of(run_.acted_.begin(), run_.acted_.end(), [&](const sim::Acted& acted) {
    const bool put_off = acted.until < absl::InfiniteFuture();
    if (item.alert != "alerts/" + acted.alert || IsOver(acted, in.attempted)) return false;
    if (put_off && run_.snoozes_.at(acted.alert) > 1) return false;
    if (put_off && item.change != MessageItem::Change::kNone) return false;
    return KnownAt(item, in, run_.registry_.RevisionOf(acted.receipt)) < claim;
  });
}

void Oracle::NothingAfterAWithdrawal() {
  for (const Accepted& accepted : run_.sink_.taken()) {
    const Message& message = accepted.message;
    const bool digest = message.form != Message::Form::kSingle;
    const absl::Time claim = digest ? FirstClaimOf(accepted) : ClaimOf(accepted);
    // What was sealed before is for the digest to say; it says so whatever came of the shard.
    if (digest && !IsQuiet(claim - kOnItsWay, accepted.attempted)) continue;
    for (const MessageItem& item : message.items) {
      const bool withdrawn = WasWithdrawn(item, accepted, claim);
      if (!withdrawn && !(digest && WasAnswered(item, accepted, claim))) continue;
      Violation(fmt::format("after it was {}: {} of {} to {} at {}, in {}",
                            withdrawn ? "withdrawn" : "answered", item.step, item.deadline.name(),
                            message.receiver.name(), Text(Calendar(accepted.attempted)),
                            message.id));
    }
  }
}

}  // namespace vigil::alert::sim
