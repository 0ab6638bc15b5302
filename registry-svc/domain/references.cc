#include "registry-svc/domain/references.h"

namespace vigil::registry {

void ForEachReference(
    const v1::Fact& fact,
    absl::FunctionRef<void(std::string_view field, const std::string& to, Order order)> see) {
  const auto after = [&](std::string_view field, const std::string& to) {
    if (!to.empty()) see(field, to, Order::kAfter);
  };
  switch (fact.what_case()) {
    case v1::Fact::kCustody:
      for (const std::string& to : fact.custody().alternative_starts()) {
        if (!to.empty()) see("alternative_starts", to, Order::kAny);
      }
      return;
    case v1::Fact::kVerdict:
      for (const std::string& to : fact.verdict().replaces()) after("replaces", to);
      for (const std::string& to : fact.verdict().total_with()) after("total_with", to);
      return;
    case v1::Fact::kAppealDecision:
      return after("of", fact.appeal_decision().of());
    case v1::Fact::kReplacement:
      return after("of", fact.replacement().of());
    case v1::Fact::kParole:
      return after("of", fact.parole().of());
    case v1::Fact::kStateReply:
      return after("to", fact.state_reply().to());
    case v1::Fact::kParoleRevocation:
      return after("of", fact.parole_revocation().of());
    case v1::Fact::kDeferral:
      return after("of", fact.deferral().of());
    case v1::Fact::kMotion:
      return after("of", fact.motion().of());
    case v1::Fact::kMotionDecision:
      return after("of", fact.motion_decision().of());
    case v1::Fact::kCustodyExtension:
      return after("of", fact.custody_extension().of());
    default:
      return;
  }
}

}  // namespace vigil::registry
