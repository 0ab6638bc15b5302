#include "registry-svc/casebook/veil.h"

#include <algorithm>

#include "registry-svc/casebook/deadline_difference.h"

namespace vigil::registry {
namespace {

bool IsConfidential(const CaseFile& file, const std::string& fact_name) {
  const auto named = [&](const auto& fact) {
    return fact->message->confidential() && fact->message->name() == fact_name;
  };
  return std::any_of(file.own->begin(), file.own->end(), named) ||
         std::any_of(file.foreign->begin(), file.foreign->end(), named);
}

}  // namespace

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
  const auto confidential = [](const auto& fact) {
    return fact->message->confidential() && !fact->message->has_erase_time();
  };
  return std::any_of(file.own->begin(), file.own->end(), confidential) ||
         std::any_of(file.foreign->begin(), file.foreign->end(), confidential);
}

bool RestsOnConfidential(const CaseFile& file, const v1::Deadline& deadline) {
  return std::any_of(deadline.facts().begin(), deadline.facts().end(),
                     [&](const std::string& fact) { return IsConfidential(file, fact); });
}

v1::Deadline Veiled(const CaseFile& file, const v1::Deadline& deadline) {
  v1::Deadline out = deadline;
  if (RestsOnConfidential(file, deadline)) VeilReasoning(out);
  return out;
}

void VeilReasoning(v1::Deadline& deadline) {
  deadline.clear_explanation();
  deadline.clear_count();
  deadline.clear_eligibility_reason();
  deadline.clear_citation();
  deadline.add_explanation("It rests on a confidential fact.");
}

std::vector<uint64_t> PrintsAsTold(const CaseFile& file, std::vector<v1::Deadline>& deadlines) {
  if (!HasConfidential(file)) return PrintsOf(deadlines);
  std::vector<v1::Deadline> told;
  told.reserve(deadlines.size());
  for (const v1::Deadline& deadline : deadlines) told.push_back(Veiled(file, deadline));
  return PrintsOf(told);
}

void Veil(const CaseFile& file, v1::DeadlinesChanged& change) {
  for (v1::Deadline& deadline : *change.mutable_before()) deadline = Veiled(file, deadline);
  for (v1::Deadline& deadline : *change.mutable_after()) deadline = Veiled(file, deadline);
}

}  // namespace vigil::registry
