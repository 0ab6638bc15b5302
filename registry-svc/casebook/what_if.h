// What would follow from a case under other facts, rules or calendars, beside what follows today.
// Pure: nothing is written.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "registry-svc/casebook/case_file.h"
#include "registry-svc/casebook/snapshot.h"
#include "registry-svc/casebook/vocabularies.h"
#include "vigil/registry/v1/what_if.pb.h"

namespace vigil::registry {

// The file with the supposed facts of the request, recorded at `now`, and without those that shall
// not count. Supposed facts are checked like recorded ones: the same refusals, naming
// `supposed_facts[i].…`; TOO_MANY beyond a hundred of them. FACT_NOT_FOUND for an unknown one that
// shall not count.
absl::StatusOr<CaseFile> Suppose(const Snapshot& snapshot, const Vocabularies& vocabularies,
                                 const CaseFile& file, const v1::WhatIfRequest& request,
                                 absl::Time now);

// A file and what follows from it.
struct Reading {
  const CaseFile& file;
  const DayReading& day;
};

// The deadlines of two readings of one file, paired by name: what changed by the day it is or was
// due, then, with `unchanged`, the rest. With `veil` a pair is compared and shown without its
// reasoning where either side rests on a confidential fact.
std::vector<v1::DeadlineMove> MovesBetween(const Reading& before, const Reading& after, bool veil,
                                           bool unchanged);

// Those of `these` whose names are not among `those`.
std::vector<v1::Finding> FindingsOnlyIn(const std::vector<v1::Finding>& these,
                                        const std::vector<v1::Finding>& those);

}  // namespace vigil::registry
