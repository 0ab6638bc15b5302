#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

namespace vigil::yaml {

// What a scalar of this field looks like, for errors: "a whole number", "text", "true or false".
std::string Expected(const google::protobuf::FieldDescriptor* field);

// Sets `field` of `message` (adds to it where it is repeated) from the text of a scalar. `quoted`:
// it stood in quotes, and so is text and no number. Returns what is wrong with it and what to write
// instead; empty where all is well.
std::string SetScalar(std::string_view text, bool quoted,
                      const google::protobuf::FieldDescriptor* field,
                      google::protobuf::Message* message);

// The text of a field's value, or of an element's where `index` is not negative, as SetScalar and
// SetScalarMessage read it: enum values by short name.
std::string ScalarText(const google::protobuf::Message& message,
                       const google::protobuf::FieldDescriptor* field, int index);

// Whether the message is written as one scalar: Timestamp, Duration.
bool IsScalarMessage(const google::protobuf::Descriptor* type);

// Sets such a message. As SetScalar.
std::string SetScalarMessage(std::string_view text, google::protobuf::Message* message);

}  // namespace vigil::yaml
