#include <fmt/format.h>

#include <algorithm>

#include "alert-svc/domain/history.h"
#include "alert-svc/domain/ids.h"
#include "alert-svc/domain/local_time.h"
#include "alert-svc/domain/occasions.h"
#include "tests/simulation/oracle.h"
#include "tests/simulation/oracle_parts.h"

// Whether the findings of each week were told.
namespace vigil::alert::sim {
namespace {

using registry::v1::Receipt;

// After the last fault, and before the end (calendar).
constexpr absl::Duration kSettled = absl::Hours(48);
// What is found while a digest is made ready may be for the next one (calendar).
constexpr absl::Duration kReading = absl::Hours(6);
// By so much a digest that goes before another one holds it up at most (calendar).
constexpr absl::Duration kMostDelay = absl::Hours(24 * 7);
constexpr char kDesk[] = "subscriptions/desk", kZone[] = "Asia/Almaty";

// What was said of a week's findings to one receiver, by the journal.
struct Telling {
  int final = 0;  // that they were told, given up, or that there was nothing new
  int told = 0;
};

std::map<std::string, Telling> TellingsIn(const std::deque<registry::v1::Change>& journal) {
  std::map<std::string, Telling> tellings;
  for (const registry::v1::Change& change : journal) {
    for (const auto& item : change.items()) {
      for (const Receipt& receipt : item.receipts_recorded().receipts()) {
        if (!IsOfFindings(receipt)) continue;
        tellings[receipt.reminder()].final += IsFinal(receipt);
        tellings[receipt.reminder()].told += IsTold(receipt);
      }
    }
  }
  return tellings;
}

}  // namespace

absl::Time Oracle::Calm() const {
  return run_.queue_.now() - absl::Hours(24 * run_.options_.calm_days);
}

absl::Time Oracle::NextDigest(absl::Time from) const {
  v1::Subscription desk;
  desk.set_name(kDesk);
  desk.set_time_zone(kZone);
  return DigestMoment(desk, true, run_.days_, from);
}

void Oracle::EachWeeksFindingsTold() {
  const std::map<std::string, Telling> tellings = TellingsIn(run_.registry_.journal());
  const absl::Time end = run_.queue_.now() - kSettled;
  for (absl::Time digest = NextDigest(Calm() + kSettled); digest <= end;
       digest = NextDigest(digest + absl::Minutes(1))) {
    const std::string day = civil::FormatDay(LocalDay(digest, Zone(kZone)));
    const auto telling = tellings.find(FindingsId(kDesk, day));
    if (telling == tellings.end() || telling->second.final == 0) {
      Violation(fmt::format("lost: nothing is said of the findings of {}", day));
    } else if (telling->second.told > 1) {
      Violation(fmt::format("twice: the findings of {}", day));
    }
  }
}

void Oracle::NoFindingsUnderTwoIds() {
  std::map<std::string, std::vector<const Accepted*>> told;  // by id
  for (const Accepted& accepted : run_.sink_.taken()) {
    if (!accepted.message.findings.empty()) told[accepted.message.id].push_back(&accepted);
  }
  for (absl::Time digest = NextDigest(Calendar(run_.start_)); digest <= run_.queue_.now();
       digest = NextDigest(digest + absl::Minutes(1))) {
    const std::string day = civil::FormatDay(LocalDay(digest, Zone(kZone)));
    for (const Accepted* with_dates : told[DigestId(kDesk, day)]) {
      for (const Accepted* alone : told[FindingsId(kDesk, day)]) {
        const bool first = with_dates->attempted < alone->attempted;
        const Accepted& before = first ? *with_dates : *alone;
        const Accepted& after = first ? *alone : *with_dates;
        if (HasWrongTime(before) || HasWrongTime(after) || IsForgotten(before, after)) continue;
        Violation(fmt::format("under two ids: the findings of {}, at {} and at {}", day,
                              Text(Calendar(before.attempted)), Text(Calendar(after.attempted))));
      }
    }
  }
}

bool Oracle::IsToldInDigest(const std::string& parent, absl::Time from, absl::Time to) const {
  const auto& taken = run_.sink_.taken();
  return std::any_of(taken.begin(), taken.end(), [&](const Accepted& accepted) {
    if (accepted.attempted < from || accepted.attempted > to) return false;
    const auto& findings = accepted.message.findings;
    return accepted.message.receiver.name() == "receivers/desk" &&
           std::any_of(findings.begin(), findings.end(), [&](const registry::v1::Finding& finding) {
             return finding.name() == parent + "/findings/f-1";
           });
  });
}

void Oracle::EveryFindingTold() {
  for (const Found& found : run_.found_) {
    const absl::Time since = Calendar(found.when);
    // A receiver that is slow with one digest gets the next one later.
    const absl::Time next = NextDigest(since + kReading);
    const absl::Time out = Calendar(DigestsOut("receivers/desk", Wall(next)));
    const absl::Time by = std::min(std::max(next, out), next + kMostDelay) + kSettled;
    if (since < Calm() + kSettled || by > run_.queue_.now()) continue;
    if (RestoredBetween(found.when, absl::InfiniteFuture())) continue;
    if (IsToldInDigest(found.parent, found.when, Wall(by))) continue;
    Violation(fmt::format("lost: what was found in {} at {}", found.parent, Text(since)));
  }
}

}  // namespace vigil::alert::sim
