#pragma once

#include <google/protobuf/descriptor.h>

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "common/filter/filter.h"

namespace vigil {

namespace filter {

enum class Op { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual, kHas };

// `field:*`.
struct Present {};

// A text with `*` at one or both ends; the text is without them.
struct Pattern {
  std::string text;
  bool open_start = false;
  bool open_end = false;
};

// What a field is compared with, already of the field's type. A long double holds every 64-bit
// integer exactly.
using Value = std::variant<Present, Pattern, long double, bool,
                           const google::protobuf::EnumValueDescriptor*, absl::Time>;

}  // namespace filter

// A parsed filter: a comparison, or a join of others.
struct Filter::Node {
  enum class Kind { kAnd, kOr, kNot, kCompare };

  Kind kind = Kind::kCompare;
  std::vector<std::shared_ptr<const Node>> children;

  std::vector<const google::protobuf::FieldDescriptor*> path;
  filter::Op op = filter::Op::kEqual;
  filter::Value value;
};

}  // namespace vigil
