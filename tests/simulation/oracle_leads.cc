#include <fmt/format.h>

#include <algorithm>

#include "alert-svc/domain/addressee.h"
#include "alert-svc/domain/history.h"
#include "alert-svc/domain/ids.h"
#include "common/shard/shard.h"
#include "tests/simulation/oracle.h"
#include "tests/simulation/oracle_parts.h"

// Whether everything that is owed was told, and in time.
namespace vigil::alert::sim {
namespace {

using registry::v1::Deadline;

// A moment without a fault counts when it has lasted so long (wall).
constexpr absl::Duration kCalm = absl::Seconds(2);
// What a healthy replica may take from when something is due: a round of the heads, an attempt that
// the receiver puts off for twenty minutes of the calendar, and once more (wall).
constexpr absl::Duration kPrompt = absl::Seconds(4);
// Of who sends, unless it is renewed (wall).
constexpr absl::Duration kLease = absl::Seconds(5);
// As the policy of custody says (calendar).
constexpr absl::Duration kSilence = absl::Hours(48);

// Whether its sender knew that an attempt had come through.
bool WasSent(const std::vector<Accepted>& taken, const Attempt& attempt) {
  return std::any_of(taken.begin(), taken.end(), [&](const Accepted& accepted) {
    return accepted.message.id == attempt.message.id && accepted.attempted == attempt.began &&
           accepted.answered();
  });
}

// The shards that the breaker may hold a lead back in: custody passes; a digest waits in two.
std::vector<int> HoldersOf(const Deadline& deadline, const std::string& receiver) {
  if (deadline.kind() == registry::v1::DEADLINE_KIND_CUSTODY_LIMIT) return {};
  return {ShardOf(ParentOf(deadline.name()), kShardCount),
          ShardOf("subscriptions/" + receiver.substr(10), kShardCount)};
}

}  // namespace

absl::Time Oracle::CalmFrom(absl::Time wall, const std::string& receiver,
                            const std::vector<int>& shards) const {
  absl::Time calm = wall;
  for (bool moved = true; moved;) {
    moved = false;
    for (const Fault& fault : run_.faults_) {
      if (!fault.receiver.empty() && fault.receiver != receiver) continue;
      if (fault.span.from > calm + kCalm || fault.settled <= calm) continue;
      calm = fault.settled;
      moved = true;
    }
    for (const Held& held : run_.holds_) {
      if (std::find(shards.begin(), shards.end(), held.shard) == shards.end()) continue;
      if (held.span.from > calm + kCalm || held.span.to <= calm) continue;
      calm = held.span.to;
      moved = true;
    }
  }
  return calm;
}

bool Oracle::Acted(const Deadline& deadline, int step) const {
  return answered_.contains(AlertId(deadline.name(), deadline.earliest(), deadline.latest(), step));
}

bool Oracle::AnsweredBy(const std::string& alert, absl::Time wall) const {
  auto it = answered_.find(alert.substr(7));
  return it != answered_.end() && Wall(it->second.all.front()) <= wall;
}

bool Oracle::NewsAcknowledged(const Deadline& deadline, absl::Time from, absl::Time to) const {
  auto it =
      answered_.find(AlertId(deadline.name(), deadline.earliest(), deadline.latest(), kMovedStep));
  if (it == answered_.end()) return false;
  return std::any_of(it->second.acknowledged.begin(), it->second.acknowledged.end(),
                     [&](absl::Time time) { return Wall(time) >= from && Wall(time) <= to; });
}

bool Oracle::CoversLeads(const MessageItem& item, absl::Time from, absl::Time to) const {
  auto it = answered_.find(item.alert.substr(7));
  if (it == answered_.end()) return false;
  const bool news = item.change == MessageItem::Change::kMoved;
  const std::vector<absl::Time>& times = news ? it->second.all : it->second.acknowledged;
  return std::any_of(times.begin(), times.end(),
                     [&](absl::Time time) { return Wall(time) >= from && Wall(time) <= to; });
}

absl::Time Oracle::Again(const Attempt& attempt) const {
  // By the clock of whoever tried.
  const bool set = attempt.ended < absl::InfiniteFuture() &&
                   HappenedTo(attempt.replica, Fault::Kind::kClock, attempt.began, attempt.ended);
  if (set) return attempt.again + kMostWrong;
  if (attempt.again < absl::InfiniteFuture()) return attempt.again;
  // Its replica died over it, and its lease runs out; or it is under way still.
  for (const Fault& fault : run_.faults_) {
    const bool own = fault.kind == Fault::Kind::kDeath && fault.replica == attempt.replica;
    if (own && fault.span.from >= attempt.began) return fault.span.from + kLease;
  }
  return absl::InfiniteFuture();
}

// One digest of a receiver goes out after the other, and after what went alone by a setting that
// was written anew meanwhile: when the last of those is out that were under way at a moment.
absl::Time Oracle::DigestsOut(const std::string& receiver, absl::Time wall) const {
  const auto is_of_digests = [&](const Attempt& attempt) {
    return attempt.message.form != Message::Form::kSingle ||
           std::any_of(run_.desk_told_.begin(), run_.desk_told_.end(), [&](absl::Time written) {
             return attempt.began <= written && written <= attempt.ended;
           });
  };
  absl::Time out = wall;
  for (const Attempt& attempt : run_.sink_.attempts()) {
    if (attempt.began > out + kCalm) break;
    if (!is_of_digests(attempt) || attempt.ended <= wall) continue;
    if (attempt.message.receiver.name() != receiver) continue;
    out = std::max(out, attempt.ended < absl::InfiniteFuture() ? attempt.ended : Again(attempt));
  }
  return out;
}

// A receiver that is busy, or was out of reach, puts off a digest, and what waits for it: to when
// that may be tried, where it was to be by `by` (wall).
absl::Time Oracle::PutOff(const std::string& receiver, absl::Time due, absl::Time by,
                          const std::vector<int>& shards) const {
  for (const Attempt& attempt : run_.sink_.attempts()) {
    if (attempt.began > by) break;
    if (attempt.made || attempt.message.receiver.name() != receiver || attempt.again < due)
      continue;
    if (attempt.message.form == Message::Form::kSingle) continue;
    by = std::max(by, CalmFrom(Again(attempt), receiver, shards) + kPrompt);
  }
  return by;
}

const Oracle::Tried* Oracle::NewsWaiting(const std::string& receiver, const Deadline& deadline,
                                         absl::Time wall) const {
  auto all = tried_.find(receiver + " " + deadline.name());
  if (all == tried_.end()) return nullptr;
  const Tried* last = nullptr;
  for (const Tried& one : all->second) {
    if (one.item->change == MessageItem::Change::kMoved && one.in->ended < wall) last = &one;
  }
  if (!last || last->item->deadline.earliest() != deadline.earliest()) return nullptr;
  const bool over = WasSent(run_.sink_.taken(), *last->in) ||
                    refused_.contains(receiver + " " + last->item->alert);
  return over ? nullptr : last;
}

void Oracle::CheckLead(const Standing& standing, const std::string& receiver, int step) {
  const Deadline& d = standing.deadline;
  const bool custody = d.kind() == registry::v1::DEADLINE_KIND_CUSTODY_LIMIT;
  civil::Day day = *civil::ParseDay(d.earliest()) - std::chrono::days(step);
  if (!custody) day = run_.days_.RollBack(day);
  const absl::Time due = Wall(DueOf(civil::FormatDay(day), 0));
  // Whoever opens the first shards holds those that it has not opened yet: engine.md, "rebuilt,
  // including the one-lease hold".
  const std::vector<int> shards = HoldersOf(d, receiver);
  const absl::Time calm = CalmFrom(std::max(due, run_.start_ + kLease), receiver, shards);
  absl::Time by = calm + kPrompt;
  // By a clock that was set ahead it was due before.
  const absl::Time from = due - AheadAt(due);
  if (due < Wall(standing.from)) return;
  const std::string alert = "alerts/" + AlertId(d.name(), d.earliest(), d.latest(), step);
  if (refused_.contains(receiver + " " + alert)) return;
  if (!custody) by = std::max(by, CalmFrom(DigestsOut(receiver, calm), receiver, shards) + kPrompt);
  if (!custody) by = PutOff(receiver, due, by, shards);
  // The news of the date stands for it, also while it waits for its next attempt.
  if (const Tried* news = NewsWaiting(receiver, d, due)) {
    by = std::max(by, CalmFrom(Again(*news->in), receiver, shards) + kPrompt);
    if (CoversLeads(*news->item, due, by)) return;
  }
  for (const Tried& one : tried_[receiver + " " + d.name()]) {
    // The news of the date stands for it, also where it is still under way, and so does the next
    // lead where this one comes so late.
    const bool own = one.item->alert == alert;
    const bool news = one.item->change == MessageItem::Change::kMoved;
    if ((news ? one.in->ended : one.in->began) < from) continue;
    if (one.in->began > by) break;
    if (one.item->deadline.earliest() != d.earliest()) continue;
    // Of what is past the newest is owed: also where it was put off until now.
    const bool newer = one.in->message.repeat >= kSnoozeRepeat;
    if (!own && !news && !newer && by <= due + kPrompt) continue;
    // What the receiver refuses for good stands for the earlier leads as well, and so does what
    // somebody acknowledged. What came to nothing stands for them when it is tried again.
    if (one.in->taken || refused_.contains(receiver + " " + one.item->alert)) return;
    by = std::max(by, CalmFrom(Again(*one.in), receiver, shards) + kPrompt);
    if (CoversLeads(*one.item, due, by)) return;
  }
  // The news stands for it also where that waits and was not tried yet: somebody else had it.
  if (NewsAcknowledged(d, due, by)) return;
  if (by > Wall(standing.to) || AnsweredBy(alert, by)) return;
  Violation(fmt::format("lost: {} of {} to {}, due {}, calm {} later", step, d.name(), receiver,
                        Text(Calendar(due)), absl::FormatDuration(calm - due)));
}

void Oracle::EveryLeadTold() {
  for (const Standing& standing : standings_) {
    const bool custody = standing.deadline.kind() == registry::v1::DEADLINE_KIND_CUSTODY_LIMIT;
    const std::vector<int> steps =
        custody ? std::vector<int>{20, 15, 10, 7, 3, 1} : std::vector<int>{30, 7, 1};
    for (int step : steps) {
      for (const char* receiver : {"receivers/desk", "receivers/machine"}) {
        CheckLead(standing, receiver, step);
      }
    }
  }
}

absl::Time Oracle::FirstTold(const std::vector<Said>& all, const Said& said) const {
  absl::Time first = said.in->message.time;
  for (const Said& one : all) {
    if (one.in->message.id == said.in->message.id) first = std::min(first, one.in->message.time);
  }
  return first;
}

absl::Time Oracle::FirstFailed(const Said& said) const {
  const std::string& receiver = said.in->message.receiver.name();
  absl::Time first = absl::InfiniteFuture();
  for (const Tried& one : tried_.at(receiver + " " + said.item->deadline.name())) {
    if (one.in->message.id != said.in->message.id || !one.in->made) continue;
    if (WasSent(run_.sink_.taken(), *one.in)) continue;
    first = std::min(first, one.in->began);
  }
  return first;
}

// A later message about the same deadline, or another of the same moment, is the one to be
// answered, accepted or given up.
bool Oracle::IsSuperseded(const Said& said, absl::Time by) const {
  const std::string& receiver = said.in->message.receiver.name();
  const auto& all = tried_.at(receiver + " " + said.item->deadline.name());
  return std::any_of(all.begin(), all.end(), [&](const Tried& one) {
    // A newer step that was on its way already took its place when it was accepted.
    const bool newer = one.item->step < said.item->step && one.in->ended >= said.in->attempted;
    if ((one.in->began < said.in->attempted && !newer) || one.in->began > by) return false;
    if (one.in->began == said.in->attempted && one.in->message.id == said.in->message.id) {
      return false;
    }
    return one.in->taken || refused_.contains(receiver + " " + one.item->alert);
  });
}

void Oracle::CheckAnswered(const Said& said, absl::Time first) {
  constexpr char kSecond[] = "receivers/second";
  const MessageItem& item = *said.item;
  const absl::Time told = Wall(said.in->message.time);
  // Where an attempt failed before, it goes on sooner: the clock ran from that.
  const absl::Time goes_on = std::min(Wall(first + kSilence), FirstFailed(said));
  const absl::Time from = goes_on - AheadAt(goes_on);
  // What took long to be accepted was not known to be told before.
  const absl::Time due = std::max(Wall(said.in->message.time + kSilence), said.in->over);
  absl::Time by = CalmFrom(due, kSecond) + kPrompt;
  for (const Tried& one : tried_[std::string(kSecond) + " " + item.deadline.name()]) {
    const bool own = one.item->alert == item.alert && one.in->message.level > 0;
    if (!own || one.in->began < from) continue;
    if (one.in->began > by) break;
    if (one.in->taken) return;
    by = std::max(by, CalmFrom(Again(*one.in), kSecond) + kPrompt);
  }
  if (AnsweredBy(item.alert, by) || IsSuperseded(said, by)) return;
  // A week late it is stale.
  if (by - due > absl::Hours(24 * 6) / run_.queue_.rate()) return;
  const bool stands = std::any_of(standings_.begin(), standings_.end(), [&](const Standing& s) {
    return s.deadline.name() == item.deadline.name() &&
           s.deadline.earliest() == item.deadline.earliest() && Wall(s.from) <= told &&
           by <= Wall(s.to);
  });
  if (!stands || refused_.contains(std::string(kSecond) + " " + item.alert)) return;
  Violation(fmt::format("nobody answered, and the stand-in was not told: {} of {}, told {}",
                        item.step, item.deadline.name(), Text(said.in->message.time)));
}

void Oracle::EverySilenceEscalated() {
  if (!run_.escalates_) return;
  for (const auto& [key, all] : said_) {
    if (!key.starts_with("receivers/desk ")) continue;
    for (const Said& said : all) {
      if (said.in->message.form != Message::Form::kSingle || !said.in->answered()) continue;
      if (said.item->change != MessageItem::Change::kNone) continue;
      if (said.item->deadline.kind() != registry::v1::DEADLINE_KIND_CUSTODY_LIMIT) continue;
      CheckAnswered(said, FirstTold(all, said));
    }
  }
}

}  // namespace vigil::alert::sim
