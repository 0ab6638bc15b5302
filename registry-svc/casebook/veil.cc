#include "registry-svc/casebook/veil.h"

#include <algorithm>

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

bool HasConfidential(const CaseFile& file) {
  const auto confidential = [](const auto& fact) { return fact->message->confidential(); };
  return std::any_of(file.own->begin(), file.own->end(), confidential) ||
         std::any_of(file.foreign->begin(), file.foreign->end(), confidential);
}

v1::Deadline Veiled(const CaseFile& file, const v1::Deadline& deadline) {
  const bool rests =
      std::any_of(deadline.facts().begin(), deadline.facts().end(),
                  [&](const std::string& fact) { return IsConfidential(file, fact); });
  v1::Deadline out = deadline;
  if (!rests) return out;
  out.clear_explanation();
  out.clear_count();
  out.clear_eligibility_reason();
  out.clear_citation();
  out.add_explanation("It rests on a confidential fact.");
  return out;
}

void Veil(const CaseFile& file, v1::DeadlinesChanged& change) {
  if (!HasConfidential(file)) return;
  for (v1::Deadline& deadline : *change.mutable_before()) deadline = Veiled(file, deadline);
  for (v1::Deadline& deadline : *change.mutable_after()) deadline = Veiled(file, deadline);
}

}  // namespace vigil::registry
