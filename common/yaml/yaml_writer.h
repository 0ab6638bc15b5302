#pragma once

#include <google/protobuf/message.h>

#include <string>

namespace vigil {

// The message as a YAML text that ParseYaml reads back as it was: keys in snake_case by field
// number, enum values by short name, no key for what is not set, `{}` for a message that is set and
// holds nothing. Maps are not written: no message that goes through here has one.
std::string WriteYaml(const google::protobuf::Message& message);

}  // namespace vigil
