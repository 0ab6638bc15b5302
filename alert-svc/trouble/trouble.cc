#include "alert-svc/trouble/trouble.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "alert-svc/domain/history.h"

namespace vigil::alert {
namespace {

using v1::Trouble;

bool Disables(Trouble::Kind kind) {
  return kind == Trouble::KIND_GONE || kind == Trouble::KIND_GIVEN_UP;
}

std::string ReasonOf(const Trouble& trouble) {
  if (trouble.kind() == Trouble::KIND_GONE) return "answered HTTP 410 (gone)";
  return fmt::format("took nothing for five days: {}", trouble.detail());
}

// Whoever of these can be told.
class Hearers {
 public:
  Hearers(const Settings& settings, const v1::Receiver& receiver)
      : settings_(settings), receiver_(receiver) {}

  void Add(const std::string& name) {
    const v1::Receiver* hearer = settings_.FindReceiver(name);
    if (!hearer || !WhyMute(*hearer).empty() || name == receiver_.name()) return;
    if (std::find(names_.begin(), names_.end(), name) == names_.end()) names_.push_back(name);
  }
  void AddOperators() {
    for (const auto& [name, other] : settings_.receivers()) {
      if (other.operator_()) Add(name);
    }
  }
  void AddStandIns() {
    for (const auto& [name, subscription] : settings_.subscriptions()) {
      if (subscription.receiver() == receiver_.name()) Add(subscription.stand_in());
    }
  }
  bool any() const { return !names_.empty(); }
  std::vector<std::string> Take() { return std::move(names_); }

 private:
  const Settings& settings_;
  const v1::Receiver& receiver_;
  std::vector<std::string> names_;
};

}  // namespace

std::optional<Trouble> FoundTrouble(const World& world, const v1::Receiver& receiver) {
  if (receiver.has_email() || receiver.disabled()) return std::nullopt;
  const World::Contact contact = world.ContactOf(receiver.name());
  const bool noted = receiver.trouble().kind() == Trouble::KIND_FAILING;
  const absl::Time first = noted ? TimeOf(receiver.trouble().start_time()) : contact.first_failed;
  const absl::Duration span = contact.last_failed - first;
  if (span < kFailingAfter || (noted && span < kGivenUpAfter)) return std::nullopt;
  Trouble trouble;
  trouble.set_kind(span < kGivenUpAfter ? Trouble::KIND_FAILING : Trouble::KIND_GIVEN_UP);
  *trouble.mutable_start_time() = ToProto(first);
  trouble.set_detail(contact.error);
  return trouble;
}

bool IsOver(const World& world, const v1::Receiver& receiver) {
  const Trouble::Kind kind = receiver.trouble().kind();
  return (kind == Trouble::KIND_FAILING || kind == Trouble::KIND_REFUSED) &&
         world.ContactOf(receiver.name()).told > TimeOf(receiver.trouble().start_time());
}

std::optional<v1::Receiver> WithTrouble(v1::Receiver receiver, const Trouble& trouble) {
  if (!WhyMute(receiver).empty() || receiver.trouble().kind() == trouble.kind()) {
    return std::nullopt;
  }
  *receiver.mutable_trouble() = trouble;
  if (Disables(trouble.kind())) {
    receiver.set_disabled(true);
    receiver.set_disabled_reason(ReasonOf(trouble));
  }
  return receiver;
}

std::vector<std::string> HearersOf(const Settings& settings, const v1::Receiver& receiver) {
  Hearers hearers(settings, receiver);
  const Trouble::Kind kind = receiver.trouble().kind();
  if (kind != Trouble::KIND_REFUSED) hearers.Add(receiver.owner());
  if (!hearers.any()) hearers.AddOperators();
  if (!hearers.any()) hearers.Add(receiver.owner());
  if (!hearers.any() || kind == Trouble::KIND_BAD_ADDRESS) hearers.AddStandIns();
  return hearers.Take();
}

std::vector<std::string> HearersOfMail(const Settings& settings) {
  std::vector<std::string> names;
  for (const auto& [name, receiver] : settings.receivers()) {
    const bool heard = receiver.operator_() && !receiver.has_email() && WhyMute(receiver).empty();
    if (heard) names.push_back(name);
  }
  return names;
}

}  // namespace vigil::alert
