#include <fmt/format.h>

#include <algorithm>

#include "tests/simulation/oracle.h"
#include "tests/simulation/oracle_parts.h"

// Whether something came twice, and whose fault it was.
namespace vigil::alert::sim {
namespace {

// By when a receipt that the registry holds is known to every replica that hears of it (wall).
constexpr absl::Duration kHearsay = absl::Seconds(1);
// By when a replica knows that the registry was restored, and holds its shards to be lost (wall).
constexpr absl::Duration kNoticed = absl::Seconds(2);
// By so much a day off moves what is said (calendar).
constexpr absl::Duration kWeekend = absl::Hours(24 * 3);
// What was sealed by who died is told by another one so much later, at most (wall).
constexpr absl::Duration kSealed = absl::Seconds(15);
// As the policy of endings says.
constexpr int kRepeatDays = 30;

// Whether a repeat after the date was due between two moments (calendar).
bool RepeatBetween(const std::string& date, absl::Time from, absl::Time to) {
  for (int days = kRepeatDays; DueOf(date, -days) <= to; days += kRepeatDays) {
    if (DueOf(date, -days) > from) return true;
  }
  return false;
}

}  // namespace

bool Oracle::Happened(Fault::Kind kind, absl::Time from, absl::Time to) const {
  return std::any_of(run_.faults_.begin(), run_.faults_.end(),
                     [&](const Fault& f) { return f.kind == kind && f.span.Meets(from, to); });
}

bool Oracle::HappenedTo(int replica, Fault::Kind kind, absl::Time from, absl::Time to) const {
  return std::any_of(run_.faults_.begin(), run_.faults_.end(), [&](const Fault& f) {
    return f.kind == kind && f.Concerns(replica) && f.span.Meets(from, to);
  });
}

bool Oracle::RestoredBetween(absl::Time from, absl::Time to) const {
  return std::any_of(run_.faults_.begin(), run_.faults_.end(), [&](const Fault& f) {
    return f.kind == Fault::Kind::kRestore && from <= f.span.to && f.span.to <= to;
  });
}

bool Oracle::TroubleOn(int replica, bool redis, absl::Time from, absl::Time to) const {
  const auto& links = run_.links_.at(replica);
  const auto& troubles = (redis ? links.first : links.second)->troubles;
  return std::any_of(troubles.begin(), troubles.end(),
                     [&](const Span& span) { return span.Meets(from, to); });
}

// The sender itself was kept from telling that it had sent: it died, stood still, or was cut off
// from both homes of a receipt: the shard, lost by itself or because the registry was restored, and
// the registry. With both lost its memory has the receipt.
bool Oracle::Suffered(const Accepted& from, absl::Time until) const {
  const int replica = from.replica;
  const absl::Time since = from.attempted;
  using Kind = Fault::Kind;
  if (HappenedTo(replica, Kind::kDeath, since, until)) return true;
  if (HappenedTo(replica, Kind::kFreeze, since, until)) return true;
  const bool no_shard =
      HappenedTo(replica, Kind::kRedisLink, since, until) ||
      TroubleOn(replica, true, since, until) || Happened(Kind::kRedisMood, since, until) ||
      Happened(Kind::kRedisLoss, since, until) || RestoredBetween(since - kNoticed, until);
  return no_shard && (HappenedTo(replica, Kind::kRegistryLink, since, until) ||
                      TroubleOn(replica, false, since, until));
}

// The receipt was somewhere where whoever made the second copy had to find it.
bool Oracle::WasDurable(const std::string& id, const Accepted& after) const {
  auto it = run_.durable_.find(id);
  if (it == run_.durable_.end()) return false;
  const auto& [stream, journal] = it->second;
  if (stream < after.attempted && !Happened(Fault::Kind::kRedisLoss, stream, after.attempted)) {
    return true;
  }
  const absl::Time known = journal + kHearsay;
  if (known >= after.attempted || RestoredBetween(journal, after.attempted)) {
    return false;
  }
  return !HappenedTo(after.replica, Fault::Kind::kRegistryLink, journal, after.attempted) &&
         !TroubleOn(after.replica, false, journal, after.attempted);
}

bool Oracle::Excused(const Accepted& before, const Accepted& after) const {
  // (b) The answer was lost, or (a) its sender died or was cut before it came.
  if (!before.answered()) return true;
  // Who heard the answer, and lives, holds the receipt in its memory, cut off or not.
  if (before.replica == after.replica) return false;
  return !WasDurable(before.message.id, after) && Suffered(before, after.attempted);
}

absl::Time Oracle::HeardOf(const Accepted& copy) const {
  const auto& attempts = run_.sink_.attempts();
  const auto own = std::find_if(attempts.begin(), attempts.end(), [&](const Attempt& attempt) {
    return attempt.message.id == copy.message.id && attempt.began == copy.attempted &&
           attempt.replica == copy.replica;
  });
  return own == attempts.end() ? absl::InfiniteFuture() : own->ended;
}

// Whoever knows that a copy may be the second one says so: its own attempt had no answer, or it
// took over the lease of another. engine.md, 4: what is rebuilt is so from deadlines and receipts;
// where the leases were lost, and the attempt with its sender, nobody knows.
bool Oracle::WasCounted(const Accepted& before, const Accepted& after) const {
  // It was claimed a little before.
  const absl::Time since = before.attempted - kNoticed;
  const bool rebuilt = Happened(Fault::Kind::kRedisLoss, since, after.attempted) ||
                       RestoredBetween(since, after.attempted);
  absl::Time by = after.attempted;
  if (rebuilt) {
    // Its sender says so when it hears that there was no answer.
    const absl::Time heard = HeardOf(before);
    if (before.answered() || heard == absl::InfiniteFuture()) return true;
    by = std::max(by, heard);
  }
  auto counted = run_.ambiguous_.find(before.message.receiver.name());
  if (counted == run_.ambiguous_.end()) return false;
  return std::any_of(counted->second.begin(), counted->second.end(),
                     [&](absl::Time when) { return before.attempted <= when && when <= by; });
}

// engine.md, 10 (c): whoever sent the first suffered before anybody had its receipt, and Redis lost
// what it had, or the shard was lost with a registry that was restored. What is rebuilt is so from
// deadlines and receipts (4): nobody knows of the first.
bool Oracle::IsForgotten(const Accepted& before, const Accepted& after) const {
  // It was claimed a little before.
  const absl::Time since = before.attempted - kNoticed;
  const bool rebuilt = Happened(Fault::Kind::kRedisLoss, since, after.attempted) ||
                       RestoredBetween(since, after.attempted);
  return rebuilt && !WasDurable(before.message.id, after) && Suffered(before, after.attempted);
}

void Oracle::DoublesOnlyInTheGap() {
  std::map<std::string, std::vector<const Accepted*>> copies;
  for (const Accepted& accepted : run_.sink_.taken()) {
    copies[accepted.message.id].push_back(&accepted);
  }
  for (auto& [id, all] : copies) {
    std::stable_sort(all.begin(), all.end(), [](const Accepted* a, const Accepted* b) {
      return a->attempted < b->attempted;
    });
    for (std::size_t i = 1; i < all.size(); ++i) {
      const Accepted& before = *all[i - 1];
      const Accepted& after = *all[i];
      if (Excused(before, after)) {
        if (WasCounted(before, after)) continue;
        Violation(fmt::format("not counted as ambiguous: {} by replica {} at {}, by {} at {}", id,
                              before.replica, Text(Calendar(before.attempted)), after.replica,
                              Text(Calendar(after.attempted))));
        continue;
      }
      Violation(fmt::format("twice: {} by replica {} at {}, by {} at {}, {} later", id,
                            before.replica, Text(Calendar(before.attempted)), after.replica,
                            Text(Calendar(after.attempted)),
                            absl::FormatDuration(after.attempted - before.attempted)));
    }
  }
}

bool Oracle::HasWrongTime(const Accepted& accepted) const {
  return HappenedTo(accepted.replica, Fault::Kind::kClock, accepted.attempted, accepted.attempted);
}

// engine.md, 8: each has the calendar from its own clock. By one that is off it may be late for a
// digest, and go alone, while it is not for the others.
bool Oracle::WentAloneByWrongTime(const Accepted& before, const Accepted& after) const {
  const bool single = before.message.form == Message::Form::kSingle;
  if (single == (after.message.form == Message::Form::kSingle)) return false;
  return HasWrongTime(before) || HasWrongTime(after);
}

// What was answered meanwhile closed the digest; with the answer lost it goes in another one.
bool Oracle::LostItsAnswer(const Accepted& before, const Accepted& after) const {
  if (before.answered()) return false;
  return std::any_of(run_.answers_.begin(), run_.answers_.end(), [&](const sim::Answer& answer) {
    const auto is_of = [&](const MessageItem& item) {
      return item.alert == "alerts/" + answer.alert;
    };
    const auto& items = before.message.items;
    return std::any_of(items.begin(), items.end(), is_of) && answer.when >= before.attempted &&
           RestoredBetween(answer.when, after.attempted);
  });
}

// ADR 18: whether its reader gets digests was written anew while it was on its way, in whichever
// copy, or while its sender heard nothing of that.
bool Oracle::WasOnItsWayByAnotherSetting(const Accepted& accepted) const {
  if (accepted.message.receiver.name() != "receivers/desk") return false;
  const auto& attempts = run_.sink_.attempts();
  const auto first = std::find_if(attempts.begin(), attempts.end(), [&](const Attempt& attempt) {
    return attempt.message.id == accepted.message.id;
  });
  // A digest is sealed at its claim.
  const bool digest = accepted.message.form != Message::Form::kSingle;
  absl::Time began = first->began;
  if (digest) {
    const auto& claims = run_.digest_claims_.at(ReceiverNumber(accepted.message.receiver.name()));
    auto claim = std::lower_bound(claims.begin(), claims.end(), began - kSealed);
    if (claim != claims.end()) began = std::min(began, *claim);
  }
  auto durable = run_.durable_.find(accepted.message.id);
  const absl::Time journaled =
      durable == run_.durable_.end() ? absl::InfiniteFuture() : durable->second.journal;
  return std::any_of(run_.desk_told_.begin(), run_.desk_told_.end(), [&](absl::Time written) {
    const bool heard = began > written + kHearsay &&
                       !HappenedTo(first->replica, Fault::Kind::kRegistryLink, written, began) &&
                       !TroubleOn(first->replica, false, written, began);
    return !heard && written <= journaled;
  });
}

void Oracle::NoNewsUnderTwoIds() {
  for (const auto& [key, all] : said_) {
    for (std::size_t i = 1; i < all.size(); ++i) {
      const Said& after = all[i];
      if (after.item->change != MessageItem::Change::kNone) continue;
      if (after.in->message.level > 0 || after.in->message.repeat > 0) continue;
      for (std::size_t k = 0; k < i; ++k) {
        const Said& before = all[k];
        if (before.item->change != MessageItem::Change::kNone) continue;
        if (before.item->alert != after.item->alert) continue;
        if (before.in->message.id == after.in->message.id) continue;
        if (before.in->message.level > 0 || before.in->message.repeat > 0) continue;
        if (WentAloneByWrongTime(*before.in, *after.in)) continue;
        if (LostItsAnswer(*before.in, *after.in)) continue;
        if (WasOnItsWayByAnotherSetting(*before.in)) continue;
        if (WasOnItsWayByAnotherSetting(*after.in)) continue;
        // A digest does not say which of its items are repeats, or were put off.
        if (after.in->message.form != Message::Form::kSingle &&
            run_.snoozes_.contains(after.item->alert.substr(7))) {
          continue;
        }
        if (RepeatBetween(after.item->deadline.earliest(), before.in->message.time - kWeekend,
                          after.in->message.time + kWeekend)) {
          continue;
        }
        Violation(fmt::format("under two ids: {} step {}, at {} and at {}", key, after.item->step,
                              Text(before.in->message.time), Text(after.in->message.time)));
      }
    }
  }
}

}  // namespace vigil::alert::sim
