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

// The alerts that people answered, by the journal.
std::set<std::string> AnsweredIn(const std::vector<Change>& journal) {
  std::set<std::string> answered;
  for (const Change& change : journal) {
    for (const auto& item : change.items()) {
      for (const Receipt& receipt : item.receipts_recorded().receipts()) {
        if (receipt.receiver().empty() && !receipt.alert().empty()) {
          answered.insert(receipt.alert());
        }
      }
    }
  }
  return answered;
}

}  // namespace

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
          standings_.push_back({was.mapped().deadline, was.mapped().from, time});
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
  answered_ = AnsweredIn(run_.registry_.journal());
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
  DoublesOnlyInTheGap();
  NoNewsUnderTwoIds();
  EveryLeadTold();
  EverySilenceEscalated();
  LastWordIsTrue();
  NothingLeftOwing();
  NoFalseAlarms();
  ReceiptsAreTrue();
  NothingForgottenEarly();
  return std::move(violations_);
}

void Oracle::NothingEarly() {
  for (const Accepted& accepted : run_.sink_.taken()) {
    const absl::Time began = Calendar(accepted.attempted);
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

void Oracle::NothingAfterAnAnswer() {
  std::map<std::string, int> snoozes;
  for (const sim::Acted& acted : run_.acted_) {
    if (acted.until < absl::InfiniteFuture()) ++snoozes[acted.alert];
  }
  for (const sim::Acted& acted : run_.acted_) {
    const bool put_off = acted.until < absl::InfiniteFuture();
    if (put_off && snoozes[acted.alert] > 1) continue;  // the last one counts, and may be shorter
    for (const Accepted& accepted : run_.sink_.taken()) {
      if (accepted.attempted <= acted.applied || Calendar(accepted.attempted) >= acted.until) {
        continue;
      }
      if (accepted.message.form != Message::Form::kSingle) continue;
      if (accepted.message.items.front().alert != "alerts/" + acted.alert) continue;
      if (ClaimOf(accepted) <= acted.applied) continue;
      Violation(fmt::format("after {}: {} at {}, begun {} later by replica {}",
                            put_off ? "it was put off" : "its acknowledgement", accepted.message.id,
                            Text(Calendar(accepted.wall)),
                            absl::FormatDuration(accepted.attempted - acted.applied),
                            accepted.replica));
    }
  }
}

void Oracle::LastWordIsTrue() {
  std::map<std::string, const Deadline*> present;
  for (const auto& [parent, deadlines] : run_.registry_.deadlines()) {
    for (const Deadline& deadline : deadlines) present[deadline.name()] = &deadline;
  }
  for (const auto& [key, all] : said_) {
    const Said& last = all.back();
    const Deadline& told = last.item->deadline;
    auto now = present.find(told.name());
    const bool is_gone = now == present.end();
    const bool says_gone = last.item->change == MessageItem::Change::kWithdrawn;
    // The news was answered by somebody else who had it, or refused for good, or is of a deadline
    // that a restore took out of the record.
    const Deadline& news = is_gone ? told : *now->second;
    if (Acted(news, is_gone ? kWithdrawnStep : kMovedStep) || refused_.contains(key)) continue;
    if (is_gone && !IsRecorded(told.name())) continue;
    const bool true_now = is_gone ? says_gone : !says_gone && told.earliest() == news.earliest();
    if (true_now) continue;
    Violation(fmt::format("the last word is wrong: {} was told {} at {}", key,
                          says_gone ? "that it is gone" : told.earliest(),
                          Text(Calendar(last.in->attempted))));
  }
}

bool Oracle::IsRecorded(const std::string& deadline) const {
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

void Oracle::NoFalseAlarms() {
  int alarms = 0;
  for (const absl::Time loss : run_.losses_) {
    const bool opening = loss < run_.start_ + absl::Seconds(20);
    const bool fault = std::any_of(run_.faults_.begin(), run_.faults_.end(), [&](const Fault& f) {
      return f.span.from <= loss && f.settled >= loss - absl::Seconds(10);
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
