// What must not be given away of confidential facts, nor through what follows from them.
//
// Everyone is told what follows from the open facts alone: the journal, the rows on disk, and
// callers who see no confidential facts. Dates are the exception: a deadline that rests on a
// confidential fact is told with its day and its kind, so that nobody misses it, and without its
// reasoning.
#pragma once

#include "registry-svc/casebook/case_file.h"
#include "vigil/registry/v1/deadline.pb.h"
#include "vigil/registry/v1/journal.pb.h"

namespace vigil::registry {

// Confidential, and not erased.
bool IsSecret(const v1::Fact& fact);
// The shell of a confidential fact: that it is there, where, since when, and what it corrects. It
// is what lies open on disk, in the journal, and before callers who do not see confidential facts.
v1::Fact Veiled(const v1::Fact& fact);
// Whether any fact of the file is secret.
bool HasConfidential(const CaseFile& file);
// Leaves out the reasoning.
void VeilReasoning(v1::Deadline& deadline);

// Two of a kind say the same.
bool Same(const google::protobuf::MessageLite& a, const google::protobuf::MessageLite& b);

// What everyone is told of a reading.
const v1::Case& ToldCase(const DayReading& reading);
const std::vector<v1::Finding>& ToldFindings(const DayReading& reading);
// The deadline of this index is told without its reasoning.
bool IsVeiled(const DayReading& reading, size_t index);
v1::Deadline ToldDeadline(const DayReading& reading, size_t index);

}  // namespace vigil::registry
