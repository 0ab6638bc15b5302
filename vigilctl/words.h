#pragma once

#include <google/protobuf/generated_enum_reflection.h>

#include <algorithm>
#include <string>

#include "common/yaml/enum_name.h"
#include "vigil/registry/v1/exchange.pb.h"

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

// `csv`; unspecified for anything that is none.
inline registry::v1::FileFormat FormatOf(const std::string& word) {
  const auto* value = FindEnumValue(registry::v1::FileFormat_descriptor(), word);
  return value == nullptr ? registry::v1::FILE_FORMAT_UNSPECIFIED
                          : static_cast<registry::v1::FileFormat>(value->number());
}

}  // namespace vigil::vigilctl
