#include "tests/simulation/oracle.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "alert-svc/domain/history.h"
#include "alert-svc/domain/local_time.h"
#include "tests/simulation/oracle_parts.h"

namespace vigil::alert::sim {

using registry::v1::Change;
using registry::v1::Deadline;
using registry::v1::Receipt;

namespace {

// By when a receipt is in the journal that nothing stood in the way of (wall).
constexpr absl::Duration kForwarded = absl::Seconds(10);

// The messages that were told, by the journal: each id alone, and with each deadline it told of.
std::set<std::string> ToldIn(const std::deque<Change>& journal) {
  std::set<std::string> told;
  for (const Change& change : journal) {
    for (const auto& item : change.items()) {
      for (const Receipt& receipt : item.receipts_recorded().receipts()) {
        if (!IsTold(receipt)) continue;
        const std::string& id = receipt.digest().empty() ? receipt.reminder() : receipt.digest();
        told.insert(id);
        told.insert(id + " " + receipt.deadline());
      }
    }
  }
  return told;
}

// The entry of the due set that a single message stands for.
Member MemberOf(const Message& message) {
  const MessageItem& item = message.items.front();
  Member member;
  member.deadline = DeadlineNumber(item.deadline.name());
  member.parent = ParentNumber(ParentOf(item.deadline.name()));
  member.receiver = ReceiverNumber(message.receiver.name());
  member.earliest = *civil::ParseDay(item.deadline.earliest());
  member.step = static_cast<std::int16_t>(item.step);
  member.level = static_cast<std::uint8_t>(message.level);
  member.repeat = static_cast<std::uint16_t>(message.repeat);
  if (item.change == MessageItem::Change::kMoved) member.form = MemberForm::kMoved;
  if (item.change == MessageItem::Change::kWithdrawn) {
    member.form = MemberForm::kWithdrawn;
    member.earliest = *civil::ParseDay(item.told_earliest);
  }
  return member;
}

}  // namespace

std::map<std::string, Oracle::Answers> Oracle::AnsweredIn(const std::deque<Change>& journal) {
  std::map<std::string, Answers> answered;
  for (const Change& change : journal) {
    for (const auto& item : change.items()) {
      for (const Receipt& receipt : item.receipts_recorded().receipts()) {
        if (!receipt.receiver().empty() || receipt.alert().empty()) continue;
        Answers& answers = answered[receipt.alert()];
        const absl::Time time = TimeOf(receipt.time());
        answers.all.push_back(time);
        if (receipt.kind() == Receipt::KIND_ACKNOWLEDGED) answers.acknowledged.push_back(time);
      }
    }
  }
  return answered;
}

Oracle::Oracle(Simulation& simulation) : run_(simulation) {
  std::map<std::string, Standing> open;
  for (const Change& change : run_.registry_.journal()) {
    const absl::Time time = TimeOf(change.time());
    for (const auto& item : change.items()) {
      std::map<std::string, Deadline> after;
      for (const Deadline& d : item.deadlines_changed().after()) after[d.name()] = d;
      for (const Deadline& before : item.deadlines_changed().before()) {
        auto it = after.find(before.name());
        if (it != after.end() && it->second.earliest() == before.earliest()) {
          after.erase(it);
        } else if (auto was = open.extract(before.name())) {
          standings_.push_back({was.mapped().deadline, was.mapped().from, time, change.revision()});
        }
      }
      for (const auto& [name, d] : after) open[name] = {d, time, run_.queue_.now()};
    }
  }
  for (const auto& [name, standing] : open) standings_.push_back(standing);
  for (const Accepted& accepted : run_.sink_.taken()) {
    for (const MessageItem& item : accepted.message.items) {
      said_[accepted.message.receiver.name() + " " + item.deadline.name()].push_back(
          {&accepted, &item});
    }
  }
  for (auto& [key, all] : said_) {
    std::stable_sort(all.begin(), all.end(), [](const Said& a, const Said& b) {
      return a.in->attempted < b.in->attempted;
    });
  }
  for (const Attempt& attempt : run_.sink_.attempts()) {
    for (const MessageItem& item : attempt.message.items) {
      tried_[attempt.message.receiver.name() + " " + item.deadline.name()].push_back(
          {&attempt, &item});
    }
  }
  answered_ = AnsweredIn(run_.registry_.journal());
  recorded_ = ToldIn(run_.registry_.journal());
  for (const Message& message : run_.sink_.refused()) {
    for (const MessageItem& item : message.items) {
      refused_.insert(message.receiver.name() + " " + item.alert);
      refused_.insert(message.receiver.name() + " " + item.deadline.name());
    }
  }
}

std::vector<std::string> Oracle::Judge() {
  NothingEarly();
  NothingAfterAnAnswer();
  NothingAfterAWithdrawal();
  DoublesOnlyInTheGap();
  CopiesSayTheSame();
  NoNewsUnderTwoIds();
  NoFindingsUnderTwoIds();
  EveryLeadTold();
  EverySilenceEscalated();
  EveryTellingRecorded();
  LastWordIsTrue();
  NothingLeftOwing();
  EveryAttemptCounted();
  NoFalseAlarms();
  EveryLossNoticed();
  EveryShardHeld();
  EveryLeaseKeptWhileRedisWasAway();
  NothingFoldedWrong();
  EachWeeksFindingsTold();
  EveryFindingTold();
  ReceiptsAreTrue();
  NothingForgottenEarly();
  return std::move(violations_);
}

// Of the clocks of those who may have planned or sent something: engine.md, 8, has each compute the
// calendar from its own machine's.
absl::Duration Oracle::AheadAt(absl::Time wall) const {
  absl::Duration ahead;
  for (const Fault& fault : run_.faults_) {
    if (fault.span.Meets(wall - kMostWrong - kRecovery, wall)) ahead = std::max(ahead, fault.ahead);
  }
  return ahead;
}

bool Oracle::IsOver(const sim::Acted& acted, absl::Time wall) const {
  return Calendar(wall + AheadAt(wall)) >= acted.until;
}

void Oracle::NothingEarly() {
  for (const Accepted& accepted : run_.sink_.taken()) {
    const absl::Time began = Calendar(accepted.attempted);
    for (const MessageItem& item : accepted.message.items) {
      if (item.change != MessageItem::Change::kNone) continue;
      // Three days of grace where a day off moves a digest to the working day before.
      const bool digest = item.deadline.kind() != registry::v1::DEADLINE_KIND_CUSTODY_LIMIT;
      const absl::Time due = DueOf(item.deadline.earliest(), item.step + (digest ? 3 : 0));
      if (began < due - AheadAt(accepted.attempted) * run_.queue_.rate()) {
        Violation(
            fmt::format("early: {} step {} at {}", item.deadline.name(), item.step, Text(began)));
      }
    }
  }
}

absl::Time Oracle::ClaimOf(const Accepted& accepted) const {
  auto claims = run_.claims_.find(MemberOf(accepted.message).Identity());
  if (claims == run_.claims_.end()) return accepted.attempted;
  absl::Time last = absl::InfinitePast();
  for (const absl::Time claim : claims->second) {
    if (claim <= accepted.attempted) last = claim;
  }
  return last;
}

void Oracle::NothingAfterAnAnswer() {
  for (const sim::Acted& acted : run_.acted_) {
    const bool put_off = acted.until < absl::InfiniteFuture();
    // Of several the last one counts, and may be shorter; it may have come without being answered.
    if (put_off && run_.snoozes_.at(acted.alert) > 1) continue;
    for (const Accepted& accepted : run_.sink_.taken()) {
      if (accepted.attempted <= acted.applied || IsOver(acted, accepted.attempted)) continue;
      if (accepted.message.form != Message::Form::kSingle) continue;
      if (accepted.message.items.front().alert != "alerts/" + acted.alert) continue;
      if (ClaimOf(accepted) <= acted.applied) continue;
      if (put_off && IsNewsTo(accepted)) continue;
      Violation(fmt::format("after {}: {} at {}, begun {} later by replica {}",
                            put_off ? "it was put off" : "its acknowledgement", accepted.message.id,
                            Text(Calendar(accepted.wall)),
                            absl::FormatDuration(accepted.attempted - acted.applied),
                            accepted.replica));
    }
  }
}

// A change that the receiver was not told last: where a date came back and went again since, it is
// news once more.
bool Oracle::IsNewsTo(const Accepted& accepted) const {
  const MessageItem& item = accepted.message.items.front();
  if (item.change == MessageItem::Change::kNone) return false;
  const auto& all = said_.at(accepted.message.receiver.name() + " " + item.deadline.name());
  const auto last = std::find_if(all.rbegin(), all.rend(), [&](const Said& said) {
    return said.in->over <= accepted.attempted;
  });
  return last == all.rend() || last->item->alert != item.alert;
}

void Oracle::EveryTellingRecorded() {
  using Kind = Fault::Kind;
  for (const Accepted& accepted : run_.sink_.taken()) {
    const std::string& id = accepted.message.id;
    if (!accepted.answered() || recorded_.contains(id)) continue;
    if (accepted.over + kForwarded > run_.queue_.wall()) continue;
    if (Suffered(accepted, accepted.over + kForwarded)) continue;
    // An older registry gets it back from the stream, or from whoever sent it.
    const absl::Time end = run_.queue_.wall();
    const bool restored = Happened(Kind::kRestore, accepted.attempted, end);
    const bool lost = Happened(Kind::kRedisLoss, accepted.attempted, end);
    const bool died = HappenedTo(accepted.replica, Kind::kDeath, accepted.attempted, end);
    if (restored && lost && died) continue;
    Violation(fmt::format("no receipt: {} by replica {} at {}", id, accepted.replica,
                          Text(Calendar(accepted.attempted))));
  }
}

void Oracle::LastWordIsTrue() {
  std::map<std::string, const Deadline*> present;
  for (const auto& [parent, deadlines] : run_.registry_.deadlines()) {
    for (const Deadline& deadline : deadlines) present[deadline.name()] = &deadline;
  }
  for (const auto& [key, all] : said_) {
    // What nobody could record is in the gap; a change of it is owed to nobody. Of two copies of a
    // digest the receipt may be the other one's.
    const auto known = std::find_if(all.rbegin(), all.rend(), [&](const Said& said) {
      return recorded_.contains(said.in->message.id + " " + said.item->deadline.name());
    });
    if (known == all.rend()) continue;
    const Said& last = *known;
    const Deadline& told = last.item->deadline;
    auto now = present.find(told.name());
    const bool is_gone = now == present.end();
    const bool says_gone = last.item->change == MessageItem::Change::kWithdrawn;
    // The news was answered by somebody else who had it, or refused for good, or is of a deadline
    // that a restore took out of the record.
    const Deadline& news = is_gone ? told : *now->second;
    if (Acted(news, is_gone ? kWithdrawnStep : kMovedStep) || refused_.contains(key)) continue;
    if (is_gone && !IsInRecord(told.name())) continue;
    const bool true_now = is_gone ? says_gone : !says_gone && told.earliest() == news.earliest();
    if (true_now) continue;
    Violation(fmt::format("the last word is wrong: {} was told {} at {}", key,
                          says_gone ? "that it is gone" : told.earliest(),
                          Text(Calendar(last.in->attempted))));
  }
}

bool Oracle::IsInRecord(const std::string& deadline) const {
  return std::any_of(standings_.begin(), standings_.end(),
                     [&](const Standing& s) { return s.deadline.name() == deadline; });
}

void Oracle::NothingLeftOwing() {
  World world;
  for (const Change& change : run_.registry_.journal()) world.Fold(change, false);
  const absl::Time now = run_.queue_.now() - absl::Seconds(30) * run_.queue_.rate();
  const PlanContext context{world.settings(), run_.days_,    world.delivered(), now,
                            absl::Hours(1),   &world.tried()};
  for (const auto& [name, state] : world.cases()) {
    for (const Planned& planned : PlanCase(world.ViewOf(state), context)) {
      if (planned.due > now) continue;
      Violation(fmt::format("still owed: {} of {} to {}, form {}, due {}", planned.step,
                            planned.deadline, planned.receiver, static_cast<int>(planned.form),
                            Text(planned.due)));
    }
  }
}

void Oracle::EveryAttemptCounted() {
  std::map<std::string, int> made;  // by message
  for (const Attempt& attempt : run_.sink_.attempts()) {
    int& before = made[attempt.message.id];
    if (attempt.message.attempt > before + 1) {
      Violation(fmt::format("attempt {} of {} after {}", attempt.message.attempt,
                            attempt.message.id, before));
    }
    before += attempt.made;
  }
}

void Oracle::NoFalseAlarms() {
  int alarms = 0;
  for (const Loss& loss : run_.losses_) {
    const bool opening = loss.when < run_.start_ + absl::Seconds(20);
    const bool fault = std::any_of(run_.faults_.begin(), run_.faults_.end(), [&](const Fault& f) {
      return f.span.from <= loss.when && f.settled >= loss.when - absl::Seconds(10);
    });
    if (!opening && !fault) ++alarms;
  }
  if (alarms > 0) Violation(fmt::format("{} shards held to be lost for nothing", alarms));
}

void Oracle::ReceiptsAreTrue() {
  std::set<std::string> taken;
  for (const Accepted& accepted : run_.sink_.taken()) taken.insert(accepted.message.id);
  for (const Change& change : run_.registry_.journal()) {
    for (const auto& item : change.items()) {
      for (const Receipt& receipt : item.receipts_recorded().receipts()) {
        if (!IsTold(receipt)) continue;
        const std::string& id = receipt.digest().empty() ? receipt.reminder() : receipt.digest();
        if (!taken.contains(id)) Violation(fmt::format("a receipt lies: {}", id));
      }
    }
  }
}

void Oracle::NothingForgottenEarly() {
  const int bad = run_.redis_.bad_forgets();
  if (bad > 0) Violation(fmt::format("{} times forgotten what is not done yet", bad));
}

}  // namespace vigil::alert::sim
