#include <fmt/format.h>

#include <algorithm>

#include "alert-svc/domain/ids.h"
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

}  // namespace

absl::Time Oracle::CalmFrom(absl::Time wall, const std::string& receiver) const {
  absl::Time calm = wall;
  for (bool moved = true; moved;) {
    moved = false;
    for (const Fault& fault : run_.faults_) {
      if (!fault.receiver.empty() && fault.receiver != receiver) continue;
      if (fault.span.from > calm + kCalm || fault.settled <= calm) continue;
      calm = fault.settled;
      moved = true;
    }
  }
  return calm;
}

bool Oracle::Acted(const Deadline& deadline, int step) const {
  return answered_.contains(AlertId(deadline.name(), deadline.earliest(), deadline.latest(), step));
}

void Oracle::CheckLead(const Standing& standing, const std::string& receiver, int step) {
  const Deadline& d = standing.deadline;
  const bool custody = d.kind() == registry::v1::DEADLINE_KIND_CUSTODY_LIMIT;
  civil::Day day = *civil::ParseDay(d.earliest()) - std::chrono::days(step);
  if (!custody) day = run_.days_.RollBack(day);
  const absl::Time due = Wall(DueOf(civil::FormatDay(day), 0));
  const absl::Time calm = CalmFrom(due, receiver);
  // The next one may take its place as soon as it is due.
  if (due < Wall(standing.from) || calm + kPrompt > Wall(standing.to)) return;
  if (Acted(d, step)) return;
  const std::string alert = "alerts/" + AlertId(d.name(), d.earliest(), d.latest(), step);
  if (refused_.contains(receiver + " " + alert)) return;
  auto said = said_.find(receiver + " " + d.name());
  if (said != said_.end()) {
    for (const Said& one : said->second) {
      if (one.in->attempted < due || one.in->attempted > calm + kPrompt) continue;
      if (one.item->alert == alert) return;
      // The news of the date stands for it; a fault may last beyond the next lead.
      const bool news = one.item->change == MessageItem::Change::kMoved;
      if ((news || calm > due) && one.item->deadline.earliest() == d.earliest()) return;
    }
  }
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

void Oracle::CheckAnswered(const Said& said, const Said* next) {
  const MessageItem& item = *said.item;
  const absl::Time told = Wall(said.in->message.time);
  const absl::Time due = Wall(said.in->message.time + absl::Hours(48));
  const absl::Time by = CalmFrom(due, "receivers/second") + kPrompt;
  if (next && next->in->attempted <= by) return;
  if (answered_.contains(item.alert.substr(7))) return;
  // A week late it is stale.
  if (by - due > absl::Hours(24 * 6) / run_.queue_.rate()) return;
  const bool stands = std::any_of(standings_.begin(), standings_.end(), [&](const Standing& s) {
    return s.deadline.name() == item.deadline.name() &&
           s.deadline.earliest() == item.deadline.earliest() && Wall(s.from) <= told &&
           by <= Wall(s.to);
  });
  if (!stands || refused_.contains("receivers/second " + item.alert)) return;
  for (const Said& one : said_["receivers/second " + item.deadline.name()]) {
    const bool in_time = one.in->attempted >= due && one.in->attempted <= by;
    if (in_time && one.in->message.level > 0 && one.item->alert == item.alert) return;
  }
  Violation(fmt::format("nobody answered, and the stand-in was not told: {} of {}, told {}",
                        item.step, item.deadline.name(), Text(said.in->message.time)));
}

void Oracle::EverySilenceEscalated() {
  if (!run_.escalates_) return;
  for (const auto& [key, all] : std::map(said_)) {
    if (!key.starts_with("receivers/desk ")) continue;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const Said& said = all[i];
      if (said.in->message.form != Message::Form::kSingle || !said.in->answered()) continue;
      if (said.item->change != MessageItem::Change::kNone) continue;
      if (said.item->deadline.kind() != registry::v1::DEADLINE_KIND_CUSTODY_LIMIT) continue;
      CheckAnswered(said, i + 1 < all.size() ? &all[i + 1] : nullptr);
    }
  }
}

}  // namespace vigil::alert::sim
