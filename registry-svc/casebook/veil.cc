#include "registry-svc/casebook/veil.h"

#include <algorithm>

namespace vigil::registry {

bool IsSecret(const v1::Fact& fact) { return fact.confidential() && !fact.has_erase_time(); }

v1::Fact Veiled(const v1::Fact& fact) {
  v1::Fact out;
  out.set_name(fact.name());
  out.set_lineage(fact.lineage());
  out.set_confidential(true);
  *out.mutable_concerns() = fact.concerns();
  if (fact.has_create_time()) *out.mutable_create_time() = fact.create_time();
  if (fact.has_retract_time()) *out.mutable_retract_time() = fact.retract_time();
  if (fact.has_erase_time()) *out.mutable_erase_time() = fact.erase_time();
  return out;
}

bool HasConfidential(const CaseFile& file) {
  const auto secret = [](const auto& fact) { return IsSecret(*fact->message); };
  return std::any_of(file.own->begin(), file.own->end(), secret) ||
         std::any_of(file.foreign->begin(), file.foreign->end(), secret);
}

void VeilReasoning(v1::Deadline& deadline) {
  deadline.clear_explanation();
  deadline.clear_count();
  deadline.clear_eligibility_reason();
  deadline.clear_citation();
  deadline.add_explanation("It rests on a confidential fact.");
}

bool Same(const google::protobuf::MessageLite& a, const google::protobuf::MessageLite& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

const v1::Case& ToldCase(const DayReading& reading) {
  return reading.open ? reading.open->rendered : reading.rendered;
}

const std::vector<v1::Finding>& ToldFindings(const DayReading& reading) {
  return reading.open ? reading.open->findings : reading.derived.findings;
}

bool IsVeiled(const DayReading& reading, size_t index) {
  return reading.open && reading.open->veiled[index];
}

v1::Deadline ToldDeadline(const DayReading& reading, size_t index) {
  v1::Deadline out = reading.derived.deadlines[index];
  if (IsVeiled(reading, index)) VeilReasoning(out);
  return out;
}

}  // namespace vigil::registry
