#pragma once

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace vigil::gateway::transcode {

/// Fields from a message down to one of its leaves; all but the last are single messages.
using FieldPath = std::vector<const google::protobuf::FieldDescriptor*>;

/// Reads `case.display_name` or `case.displayName`. INVALID_ARGUMENT naming the part that is not
/// known.
absl::StatusOr<FieldPath> ResolveFieldPath(const google::protobuf::Descriptor& message,
                                           std::string_view path);

/// Sets a leaf from its text form, making the messages on the way: numbers, bools (`true`,
/// `false`), enums by name or number, bytes in base64, and Timestamp, Duration, FieldMask and
/// wrappers in their JSON form. A repeated leaf gets one more element. INVALID_ARGUMENT saying what
/// was expected; the message may be half made then.
absl::Status SetFromText(const FieldPath& path, std::string_view text,
                         google::protobuf::Message* message);

}  // namespace vigil::gateway::transcode
