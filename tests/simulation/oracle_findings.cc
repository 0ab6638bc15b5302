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

// Two messages were on their way at one time: the dates of a digest that told the findings too may
// have gone since it set out, and with them all that says that it is to.
bool Oracle::WereUnderWay(const std::string& one, const std::string& other) const {
  const auto& attempts = run_.sink_.attempts();
  return std::any_of(attempts.begin(), attempts.end(), [&](const Attempt& a) {
    return a.message.id == one &&
           std::any_of(attempts.begin(), attempts.end(), [&](const Attempt& b) {
             return b.message.id == other && b.began <= a.ended && a.began <= b.ended;
           });
  });
}

void Oracle::EachWeeksFindingsTold() {
  const std::map<std::string, Telling> tellings = TellingsIn(run_.registry_.journal());
  v1::Subscription desk;
  desk.set_name("subscriptions/desk");
  desk.set_time_zone("Asia/Almaty");
  const absl::Time end = run_.queue_.now() - kSettled;
  absl::Time digest = run_.queue_.now() - absl::Hours(24 * run_.options_.calm_days) + kSettled;
  for (;;) {
    digest = DigestMoment(desk, true, run_.days_, digest + absl::Minutes(1));
    if (digest > end) return;
    const std::string day = civil::FormatDay(LocalDay(digest, Zone(desk.time_zone())));
    const auto telling = tellings.find(FindingsId(desk.name(), day));
    if (telling == tellings.end() || telling->second.final == 0) {
      Violation(fmt::format("lost: nothing is said of the findings of {}", day));
    } else if (telling->second.told > 1 &&
               !WereUnderWay(telling->first, DigestId(desk.name(), day))) {
      Violation(fmt::format("twice: the findings of {}", day));
    }
  }
}

}  // namespace vigil::alert::sim
