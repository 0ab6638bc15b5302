// What a file states of a resource that is there already, and what that changes.
#pragma once

#include <google/protobuf/message.h>

#include "vigil/registry/v1/exchange.pb.h"

namespace vigil::registry {

// Takes over what is set in `stated`: messages field by field, lists and values as a whole. What is
// not set stays as it is.
void Overlay(const google::protobuf::Message& stated, google::protobuf::Message& kept);

// The fields in which two messages differ, in their order.
google::protobuf::RepeatedPtrField<v1::ImportChange::Field> DifferenceOf(
    const google::protobuf::Message& before, const google::protobuf::Message& after);

}  // namespace vigil::registry
