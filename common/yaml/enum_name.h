#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <string_view>

namespace vigil {

// The name of an enum value as people write it: without the enum's prefix, in lower case
// (`imprisonment` for PENALTY_IMPRISONMENT of enum Penalty).
std::string ShortEnumName(const google::protobuf::EnumValueDescriptor* value);

// The value with this full or short name, in any case; null where there is none.
const google::protobuf::EnumValueDescriptor* FindEnumValue(
    const google::protobuf::EnumDescriptor* type, std::string_view name);

}  // namespace vigil
