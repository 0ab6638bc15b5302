// The counts of a summary, file by file.
#pragma once

#include <array>
#include <cstdint>

#include "common/civil/day.h"
#include "registry-svc/casebook/case_file.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil::registry {

class SummaryCount {
 public:
  // A live case or a dossier.
  void Add(const CaseFile& file, const DayReading& reading);
  // Of all that was added.
  v1::Summary Take(civil::Day as_of, int64_t revision) const;

 private:
  int cases_ = 0;
  std::array<int, v1::Situation_ARRAYSIZE> situations_{};
  std::array<int, v1::DeadlineState_ARRAYSIZE> states_{};
};

}  // namespace vigil::registry
