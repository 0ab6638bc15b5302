// What is wrong with a row, said in one way.
#pragma once

#include <string>
#include <string_view>

#include "vigil/registry/v1/audit.pb.h"

namespace vigil::registry {

// Of rows no more faults than these are told.
inline constexpr int kMaxRowFaults = 100;

// Adds a fault of the row of this name, where there is still room for one.
inline void AddRowFault(v1::VerifyAuditResponse& out, const std::string& name,
                        std::string_view what) {
  if (out.faults_size() >= kMaxRowFaults) return;
  v1::AuditFault& fault = *out.add_faults();
  fault.set_part(v1::AuditFault::PART_ROWS);
  fault.set_name(name);
  fault.set_what(std::string(what));
}

}  // namespace vigil::registry
