#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "alert-svc/domain/plan.h"
#include "vigil/alert/v1/assurance.pb.h"

// What the plan and the record say in words. Pure.
namespace vigil::alert::reasons {

using Code = v1::Reason;

// A reason without a time.
v1::Reason Make(Code::Code code, std::string text, std::string_view subject);

// The filters by which a subscription is not about a deadline: "kinds, tags".
std::string FiltersAgainst(const v1::Subscription& subscription, const CaseView& view,
                           const registry::v1::Deadline& deadline);

// The steps of a policy, and how it goes out: "20, 15 days before; at once".
std::string StepsText(const v1::Policy& policy);

// A person did something about an alert, whoever was to hear of it.
bool IsAct(const registry::v1::Receipt& receipt);

// What a receipt says of the receiver, or of what a person did; CODE_UNSPECIFIED where it says
// nothing of interest.
v1::Reason OfReceipt(const registry::v1::Receipt& receipt);

// A message that is owed.
v1::Reason OfPlanned(const Planned& planned, absl::Time now);

// The silences that are about a kind of deadline of a case and a receiver, those that wait for a
// second person too.
std::vector<v1::Reason> OfSilences(const CaseView& view, registry::v1::DeadlineKind kind,
                                   std::string_view receiver, const PlanContext& context);

}  // namespace vigil::alert::reasons
