// The counts of a summary, file by file.
#pragma once

#include <array>
#include <cstdint>

#include "common/civil/day.h"
#include "registry-svc/casebook/case_file.h"
#include "registry-svc/casebook/present_index.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil::registry {

class SummaryCount {
 public:
  // A live case or a dossier.
  void Add(const CaseFile& file, const DayReading& reading);
  // All of the present state.
  void Add(const PresentCounts& counts);
  // Of all that was added.
  v1::Summary Take(civil::Day as_of, int64_t revision) const;

 private:
  int64_t cases_ = 0;
  std::array<int64_t, v1::Situation_ARRAYSIZE> situations_{};
  std::array<int64_t, v1::DeadlineState_ARRAYSIZE> states_{};
};

}  // namespace vigil::registry
