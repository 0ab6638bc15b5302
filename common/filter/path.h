#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <string_view>
#include <vector>

namespace vigil::filter {

// Appends the fields that a path such as `person.sex` goes through, from a message of type `of` on.
// Returns what is wrong with it and what to write instead; empty where all is well.
std::string FindPath(const google::protobuf::Descriptor* of, std::string_view text,
                     std::vector<const google::protobuf::FieldDescriptor*>& path);

}  // namespace vigil::filter
