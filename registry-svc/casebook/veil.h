// What must not be given away of confidential facts, nor through the deadlines that rest on them.
#pragma once

#include "registry-svc/casebook/case_file.h"
#include "vigil/registry/v1/deadline.pb.h"
#include "vigil/registry/v1/journal.pb.h"

namespace vigil::registry {

// The shell of a confidential fact: that it is there, where, since when, and what it corrects. It
// is what lies open on disk, in the journal, and before callers who do not see confidential facts.
v1::Fact Veiled(const v1::Fact& fact);
// Whether any fact of the file is confidential, and not erased.
bool HasConfidential(const CaseFile& file);
// Whether the deadline rests on a confidential fact of the file, an erased one too.
bool RestsOnConfidential(const CaseFile& file, const v1::Deadline& deadline);
// The deadline as a caller may see it who does not see confidential facts: without the reasoning
// where it rests on one.
v1::Deadline Veiled(const CaseFile& file, const v1::Deadline& deadline);
// Leaves out the reasoning.
void VeilReasoning(v1::Deadline& deadline);
// Prints of deadlines (deadline_difference.h) as they are told: what is veiled does not count.
std::vector<uint64_t> PrintsAsTold(const CaseFile& file, std::vector<v1::Deadline>& deadlines);
// Both sides of a change as they may leave through the journal; what rested on a fact that is
// erased stays veiled.
void Veil(const CaseFile& file, v1::DeadlinesChanged& change);

}  // namespace vigil::registry
