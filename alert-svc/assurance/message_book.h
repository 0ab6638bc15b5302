#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "alert-svc/domain/plan.h"
#include "alert-svc/engine/world.h"
#include "common/civil/day.h"
#include "vigil/alert/v1/assurance.pb.h"

namespace vigil::alert {

// Gathers what is owed about single deadlines into the messages that will carry it: what belongs
// into one digest or summary becomes one message. Pure; `settings` outlive the book.
class MessageBook {
 public:
  struct Range {
    absl::Time from = absl::InfinitePast();           // what was due before it is shown as due then
    civil::Day until = civil::MakeDay(9999, 12, 31);  // by the local day of the subscription
    std::string receiver;  // only what is meant for it; empty: for anybody
  };
  MessageBook(const Settings& settings, Range range)
      : settings_(settings), range_(std::move(range)) {}

  // Takes in what is owed about the deadlines of one case or dossier.
  void Add(const World::CaseState& about, const std::vector<Planned>& planned);

  // The messages, by local day, receiver and moment; the items of each by case and date.
  std::vector<v1::PlannedMessage> Take();

  // Where a message stands among others; the key of a page.
  static std::string KeyOf(const v1::PlannedMessage& message);

 private:
  void Add(const World::CaseState& about, const Planned& planned);

  const Settings& settings_;
  const Range range_;
  std::map<std::string, v1::PlannedMessage> messages_;  // by id
};

// What a message says about one deadline, as the API shows it.
v1::PlannedItem ItemOf(const World::CaseState& about, const Planned& planned);

// How the API calls it.
v1::PlannedMessage::Form FormOf(Channel channel);

}  // namespace vigil::alert
