#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace vigil::gateway::transcode {

// proto3 JSON as the API speaks it: lowerCamelCase names, zero values printed, 64-bit numbers as
// strings, unknown fields refused. All types come from the generated pool.

/// JSON of a message in wire form. Saves the parse where the message only passes through. INTERNAL
/// for bytes that are no such message.
absl::StatusOr<std::string> WireToJson(const google::protobuf::Descriptor& type,
                                       const std::string& wire);

/// JSON of a message.
absl::StatusOr<std::string> ToJson(const google::protobuf::Message& message);

/// Reads JSON into a message. INVALID_ARGUMENT with a BadRequest naming the field where one can be
/// named; `inside` is the field that the JSON stands for, empty where it is the whole request.
absl::Status FromJson(std::string_view json, std::string_view inside,
                      google::protobuf::Message* message);

}  // namespace vigil::gateway::transcode
