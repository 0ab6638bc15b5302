#pragma once

#include <google/protobuf/generated_enum_reflection.h>

#include <algorithm>
#include <string>

#include "common/yaml/enum_name.h"

namespace vigil::vigilctl {

// An enum value in plain words: `no later than` for DEADLINE_PRECISION_NO_LATER_THAN.
template <class Enum>
std::string Word(Enum value) {
  const auto* known = google::protobuf::GetEnumDescriptor<Enum>()->FindValueByNumber(value);
  std::string word = known == nullptr ? "unknown" : ShortEnumName(known);
  std::replace(word.begin(), word.end(), '_', ' ');
  return word;
}

// One day, or the first and the last.
inline std::string Dates(const std::string& earliest, const std::string& latest) {
  return earliest == latest ? earliest : earliest + " to " + latest;
}

}  // namespace vigil::vigilctl
