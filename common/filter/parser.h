#pragma once

#include <google/protobuf/descriptor.h>

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/filter/node.h"

namespace vigil::filter {

// Parses a filter over `of`; null for an empty one.
absl::StatusOr<std::shared_ptr<const Filter::Node>> Parse(std::string_view text,
                                                          const google::protobuf::Descriptor* of);

}  // namespace vigil::filter
