#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <string_view>

#include "common/filter/node.h"

namespace vigil::filter {

// Makes the value that `field` is compared with from its text, and checks that `op` suits the
// field. Returns what is wrong and what to write instead; empty where all is well.
std::string MakeValue(const google::protobuf::FieldDescriptor* field, Op op, std::string_view text,
                      bool quoted, Value& value);

}  // namespace vigil::filter
