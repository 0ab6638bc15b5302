// Field masks of updates (AIP-134).
#pragma once

#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/message.h>

#include <span>
#include <string_view>

#include "absl/status/statusor.h"

namespace vigil::rpc {

// The fields of an update: those of the mask, all of `allowed` for `*`, those of `allowed` that are
// set for an empty mask. INVALID_ARGUMENT BAD_MASK for one that is not there or not allowed.
absl::StatusOr<google::protobuf::FieldMask> MaskOf(const google::protobuf::Message& resource,
                                                   const google::protobuf::FieldMask& wanted,
                                                   std::span<const std::string_view> allowed);

// Takes the fields of the mask over; lists and messages as a whole.
void Merge(const google::protobuf::Message& from, const google::protobuf::FieldMask& mask,
           google::protobuf::Message& to);

}  // namespace vigil::rpc
