#pragma once

#include <google/protobuf/message.h>

#include <vector>

namespace vigil::fuzz {

// One message of each kind that lists are filtered and ordered by, with many fields set.
const std::vector<const google::protobuf::Message*>& SampleMessages();

}  // namespace vigil::fuzz
