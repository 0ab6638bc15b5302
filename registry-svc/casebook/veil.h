// What confidential facts must not give away through the deadlines that rest on them.
#pragma once

#include "registry-svc/casebook/case_file.h"
#include "vigil/registry/v1/deadline.pb.h"
#include "vigil/registry/v1/journal.pb.h"

namespace vigil::registry {

// Whether any fact of the file is confidential.
bool HasConfidential(const CaseFile& file);
// The deadline as a caller may see it who does not see confidential facts: without the reasoning
// where it rests on one.
v1::Deadline Veiled(const CaseFile& file, const v1::Deadline& deadline);
// Both sides of a change as they may leave through the journal.
void Veil(const CaseFile& file, v1::DeadlinesChanged& change);

}  // namespace vigil::registry
