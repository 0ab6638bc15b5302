#include "tests/simulation/oracle.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "alert-svc/domain/history.h"
#include "alert-svc/domain/local_time.h"

namespace vigil::alert::sim {
namespace {

using registry::v1::Change;
using registry::v1::Deadline;
using registry::v1::Receipt;
using std::chrono::days;

// What the longest fault with its recovery takes, and a send after it (wall).
constexpr absl::Duration kSlack = absl::Seconds(30);

absl::Time DueOf(const std::string& date, int step) {
  return LocalMoment(*civil::ParseDay(date) - days(step), 9, Zone("Asia/Almaty"));
}

std::string Text(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d %H:%M", time, Zone("Asia/Almaty"));
}

// A span of the journal in which a deadline stood still.
struct Standing {
  Deadline deadline;
  absl::Time from, to;  // calendar
};

std::vector<Standing> StandingOf(const std::vector<Change>& journal, absl::Time end) {
  std::vector<Standing> all;
  std::map<std::string, Standing> open;
  for (const Change& change : journal) {
    const absl::Time time = TimeOf(change.time());
    for (const auto& item : change.items()) {
      if (!item.has_deadlines_changed()) continue;
      std::map<std::string, Deadline> after;
      for (const Deadline& d : item.deadlines_changed().after()) after[d.name()] = d;
      for (const Deadline& before : item.deadlines_changed().before()) {
        auto it = after.find(before.name());
        if (it != after.end() && it->second.earliest() == before.earliest()) {
          after.erase(it);
          continue;
        }
        if (auto was = open.find(before.name()); was != open.end()) {
          was->second.to = time;
          all.push_back(was->second);
          open.erase(was);
        }
      }
      for (const auto& [name, d] : after) open[name] = {d, time, end};
    }
  }
  for (const auto& [name, standing] : open) all.push_back(standing);
  return all;
}

}  // namespace

std::vector<std::string> Oracle::Judge() {
  NothingEarly();
  NothingAfterAcknowledgement();
  DoublesOnlyInTheGap();
  EveryLeadTold();
  NothingLeftOwing();
  NoFalseAlarms();
  ReceiptsAreTrue();
  return std::move(violations_);
}

bool Oracle::FaultWithin(absl::Time from, absl::Time to) const {
  return std::any_of(run_.faults_.begin(), run_.faults_.end(),
                     [&](const Fault& f) { return f.from <= to && f.to >= from; });
}

void Oracle::NothingEarly() {
  for (const Accepted& accepted : run_.sink_.taken()) {
    const absl::Time began = run_.queue_.CalendarAt(accepted.attempted);
    for (const MessageItem& item : accepted.message.items) {
      if (item.change != MessageItem::Change::kNone) continue;
      // Three days of grace where a day off moves a digest to the working day before.
      const bool digest = item.deadline.kind() != registry::v1::DEADLINE_KIND_CUSTODY_LIMIT;
      const absl::Time due = DueOf(item.deadline.earliest(), item.step + (digest ? 3 : 0));
      if (began < due) {
        Violation(
            fmt::format("early: {} step {} at {}", item.deadline.name(), item.step, Text(began)));
      }
    }
  }
}

absl::Time Oracle::ClaimOf(const Accepted& accepted) const {
  const Message& message = accepted.message;
  const MessageItem& item = message.items.front();
  Member member;
  member.deadline = DeadlineNumber(item.deadline.name());
  member.parent = ParentNumber(ParentOf(item.deadline.name()));
  member.receiver = ReceiverNumber(message.receiver.name());
  member.earliest = *civil::ParseDay(item.deadline.earliest());
  member.step = static_cast<std::int16_t>(item.step);
  member.level = static_cast<std::uint8_t>(message.level);
  member.repeat = static_cast<std::uint16_t>(message.repeat);
  auto claims = run_.claims_.find(member.Identity());
  if (claims == run_.claims_.end()) return accepted.attempted;
  absl::Time last = absl::InfinitePast();
  for (const absl::Time claim : claims->second) {
    if (claim <= accepted.attempted) last = claim;
  }
  return last;
}

void Oracle::NothingAfterAcknowledgement() {
  for (const Acted& acted : run_.acted_) {
    for (const Accepted& accepted : run_.sink_.taken()) {
      if (accepted.attempted <= acted.applied) continue;
      if (accepted.message.form != Message::Form::kSingle) continue;
      if (accepted.message.items.front().alert != "alerts/" + acted.alert) continue;
      if (ClaimOf(accepted) <= acted.applied) continue;
      Violation(fmt::format("after its acknowledgement: {} at {}, begun {} later by replica {}",
                            accepted.message.id, Text(run_.queue_.CalendarAt(accepted.wall)),
                            absl::FormatDuration(accepted.attempted - acted.applied),
                            accepted.replica));
    }
  }
}

void Oracle::DoublesOnlyInTheGap() {
  std::map<std::string, const Accepted*> first;
  for (const Accepted& accepted : run_.sink_.taken()) {
    auto [it, fresh] = first.try_emplace(accepted.message.id, &accepted);
    if (fresh) continue;
    const Accepted& before = *it->second;
    it->second = &accepted;
    if (!before.answered) continue;  // (a) the replica died, or (b) the answer was lost
    if (FaultWithin(before.attempted, accepted.attempted)) {
      // (a) a freeze or a cut between the peer's OK and our receipt, or (c). A receipt that was
      // durable well before, with no fault between it and the second attempt, is neither.
      auto durable = run_.durable_.find(accepted.message.id);
      if (durable == run_.durable_.end() || durable->second >= accepted.attempted) continue;
      if (FaultWithin(durable->second - absl::Seconds(2), accepted.attempted)) continue;
    }
    // A lost request or answer of a Complete is a cut too, and shows in a receipt that is late.
    auto durable = run_.durable_.find(accepted.message.id);
    if (durable == run_.durable_.end() || durable->second >= accepted.attempted) continue;
    Violation(fmt::format("twice: {} at {} and {}, its receipt durable at {}", accepted.message.id,
                          Text(run_.queue_.CalendarAt(before.wall)),
                          Text(run_.queue_.CalendarAt(accepted.wall)),
                          Text(run_.queue_.CalendarAt(durable->second))));
  }
}

void Oracle::EveryLeadTold() {
  std::set<std::string> acknowledged;
  for (const Change& change : run_.registry_.journal()) {
    for (const auto& item : change.items()) {
      for (const Receipt& receipt : item.receipts_recorded().receipts()) {
        if (receipt.kind() == Receipt::KIND_ACKNOWLEDGED) acknowledged.insert(receipt.deadline());
      }
    }
  }
  // When each receiver was told of each deadline, and of which date.
  std::map<std::string, std::vector<absl::Time>> told;
  for (const Accepted& accepted : run_.sink_.taken()) {
    for (const MessageItem& item : accepted.message.items) {
      told[accepted.message.receiver.name() + item.deadline.name() + item.deadline.earliest()]
          .push_back(run_.queue_.CalendarAt(accepted.wall));
    }
  }
  const absl::Time end = run_.queue_.now();
  const absl::Duration slack = kSlack * run_.queue_.rate();
  for (const Standing& standing : StandingOf(run_.registry_.journal(), end)) {
    const Deadline& d = standing.deadline;
    if (d.kind() != registry::v1::DEADLINE_KIND_CUSTODY_LIMIT) continue;
    if (acknowledged.contains(d.name())) continue;
    for (int step : {20, 15, 10, 7, 3, 1}) {
      const absl::Time due = DueOf(d.earliest(), step);
      if (due < standing.from || due + slack > std::min(standing.to, end)) continue;
      for (const char* receiver : {"receivers/desk", "receivers/machine"}) {
        const auto& times = told[receiver + d.name() + d.earliest()];
        const bool was = std::any_of(times.begin(), times.end(),
                                     [&](absl::Time t) { return t >= due && t <= due + slack; });
        if (!was) {
          Violation(
              fmt::format("lost: {} of {} to {}, due {}", step, d.name(), receiver, Text(due)));
        }
      }
    }
  }
}

void Oracle::NothingLeftOwing() {
  World world;
  for (const Change& change : run_.registry_.journal()) world.Fold(change, false);
  const absl::Time now = run_.queue_.now() - kSlack * run_.queue_.rate();
  const PlanContext context{world.settings(), run_.days_, world.delivered(), now, absl::Hours(1)};
  for (const auto& [name, state] : world.cases()) {
    for (const Planned& planned : PlanCase(world.ViewOf(state), context)) {
      if (planned.due > now) continue;
      Violation(fmt::format("still owed: {} of {} to {}, form {}, due {}", planned.step,
                            planned.deadline, planned.receiver, static_cast<int>(planned.form),
                            Text(planned.due)));
    }
  }
}

void Oracle::NoFalseAlarms() {
  int alarms = 0;
  for (const absl::Time loss : run_.losses_) {
    const bool opening = loss < run_.start_ + absl::Seconds(20);
    if (!opening && !FaultWithin(loss - absl::Seconds(10), loss)) ++alarms;
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

}  // namespace vigil::alert::sim
