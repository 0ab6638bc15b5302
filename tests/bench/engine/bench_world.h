#pragma once

#include "absl/time/time.h"
#include "vigil/registry/v1/journal.pb.h"

namespace vigil::alert {

// What an engine of a bench has to plan: cases with deadlines of one day, each of which is told to
// each receiver alone, at one moment.
struct BenchWorld {
  int cases = 0;
  int deadlines = 0;  // of a case
  int receivers = 0;

  std::int64_t reminders() const { return std::int64_t{1} * cases * deadlines * receivers; }
  // The snapshot in parts, from 0: the settings first, then the cases.
  int parts() const;
  registry::v1::Change Part(int part) const;
};

// When all of them are due.
absl::Time BenchDue();

}  // namespace vigil::alert
