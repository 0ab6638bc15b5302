// The references from a fact to others: one list for the check at the door and for the findings.
#pragma once

#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "vigil/registry/v1/fact.pb.h"

namespace vigil::registry {

// How a fact stands in time to what it refers to.
enum class Order {
  // It can only happen once the other has.
  kAfter,
  // Nothing follows.
  kAny,
};

// Calls `see` for every reference of the fact that is set, with the field's name within `what`.
void ForEachReference(
    const v1::Fact& fact,
    absl::FunctionRef<void(std::string_view field, const std::string& to, Order order)> see);

}  // namespace vigil::registry
