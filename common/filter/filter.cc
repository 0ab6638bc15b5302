#include "common/filter/filter.h"

#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <string>

#include "common/filter/node.h"
#include "common/filter/parser.h"

namespace vigil {
namespace filter {
namespace {

using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using Node = Filter::Node;

template <class T>
bool Ordered(const T& left, Op op, const T& right) {
  switch (op) {
    case Op::kNotEqual:
      return left != right;
    case Op::kLess:
      return left < right;
    case Op::kLessEqual:
      return left <= right;
    case Op::kGreater:
      return left > right;
    case Op::kGreaterEqual:
      return left >= right;
    default:
      return left == right;
  }
}

bool Fits(std::string_view text, const Pattern& pattern) {
  const std::string_view wanted = pattern.text;
  if (pattern.open_start && pattern.open_end) return text.find(wanted) != std::string_view::npos;
  if (pattern.open_start) return text.ends_with(wanted);
  if (pattern.open_end) return text.starts_with(wanted);
  return text == wanted;
}

// `inside`: an element of a list, where : asks for the whole and not for a part.
bool CompareText(std::string_view text, Op op, const Pattern& pattern, bool inside) {
  if (op == Op::kHas) {
    return inside ? Fits(text, pattern) : text.find(pattern.text) != std::string_view::npos;
  }
  if (op == Op::kEqual) return Fits(text, pattern);
  if (op == Op::kNotEqual) return !Fits(text, pattern);
  return Ordered<std::string_view>(text, op, pattern.text);
}

// One value of a field: its own where `index` is negative, else an element.
class Leaf {
 public:
  Leaf(const Message& message, const FieldDescriptor* field, int index)
      : message_(message), reflection_(*message.GetReflection()), field_(field), index_(index) {}

  bool Compare(const Node& node) const {
    const auto& value = node.value;
    if (const auto* pattern = std::get_if<Pattern>(&value)) {
      return CompareText(Text(), node.op, *pattern, index_ >= 0);
    }
    if (const auto* number = std::get_if<long double>(&value)) {
      return Ordered(Number(), node.op, *number);
    }
    if (const auto* truth = std::get_if<bool>(&value)) return Ordered(Truth(), node.op, *truth);
    if (const auto* time = std::get_if<absl::Time>(&value)) {
      return Ordered(Time(), node.op, *time);
    }
    const auto* wanted = std::get<const google::protobuf::EnumValueDescriptor*>(value);
    return Ordered(EnumNumber(), node.op, wanted->number());
  }

 private:
  std::string_view Text() const {
    return index_ < 0 ? reflection_.GetStringReference(message_, field_, &scratch_)
                      : reflection_.GetRepeatedStringReference(message_, field_, index_, &scratch_);
  }
  bool Truth() const {
    return index_ < 0 ? reflection_.GetBool(message_, field_)
                      : reflection_.GetRepeatedBool(message_, field_, index_);
  }
  int EnumNumber() const {
    return index_ < 0 ? reflection_.GetEnumValue(message_, field_)
                      : reflection_.GetRepeatedEnumValue(message_, field_, index_);
  }
  absl::Time Time() const {
    const Message& inner = index_ < 0 ? reflection_.GetMessage(message_, field_)
                                      : reflection_.GetRepeatedMessage(message_, field_, index_);
    google::protobuf::Timestamp time;
    time.CopyFrom(inner);
    return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
  }
  long double Number() const {
    switch (field_->cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return index_ < 0 ? reflection_.GetInt32(message_, field_)
                          : reflection_.GetRepeatedInt32(message_, field_, index_);
      case FieldDescriptor::CPPTYPE_INT64:
        return index_ < 0 ? reflection_.GetInt64(message_, field_)
                          : reflection_.GetRepeatedInt64(message_, field_, index_);
      case FieldDescriptor::CPPTYPE_UINT32:
        return index_ < 0 ? reflection_.GetUInt32(message_, field_)
                          : reflection_.GetRepeatedUInt32(message_, field_, index_);
      case FieldDescriptor::CPPTYPE_UINT64:
        return index_ < 0 ? reflection_.GetUInt64(message_, field_)
                          : reflection_.GetRepeatedUInt64(message_, field_, index_);
      case FieldDescriptor::CPPTYPE_FLOAT:
        return index_ < 0 ? reflection_.GetFloat(message_, field_)
                          : reflection_.GetRepeatedFloat(message_, field_, index_);
      default:
        return index_ < 0 ? reflection_.GetDouble(message_, field_)
                          : reflection_.GetRepeatedDouble(message_, field_, index_);
    }
  }

  const Message& message_;
  const google::protobuf::Reflection& reflection_;
  const FieldDescriptor* const field_;
  const int index_;
  mutable std::string scratch_;
};

bool IsPresent(const Message& message, const FieldDescriptor* field) {
  const auto& reflection = *message.GetReflection();
  return field->is_repeated() ? reflection.FieldSize(message, field) > 0
                              : reflection.HasField(message, field);
}

bool CompareLeaf(const Node& node, const Message& message) {
  const FieldDescriptor* field = node.path.back();
  if (std::holds_alternative<Present>(node.value)) return IsPresent(message, field);
  if (!field->is_repeated()) {
    const bool unset_time = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
                            !message.GetReflection()->HasField(message, field);
    return unset_time ? node.op == Op::kNotEqual : Leaf(message, field, -1).Compare(node);
  }
  const int size = message.GetReflection()->FieldSize(message, field);
  for (int i = 0; i < size; ++i) {
    if (Leaf(message, field, i).Compare(node)) return true;
  }
  return false;
}

// From the `depth`th field of the path on; some element matches where a list is on the way.
bool Compare(const Node& node, const Message& message, size_t depth) {
  if (depth + 1 == node.path.size()) return CompareLeaf(node, message);
  const FieldDescriptor* field = node.path[depth];
  const auto& reflection = *message.GetReflection();
  if (!field->is_repeated()) {
    return Compare(node, reflection.GetMessage(message, field), depth + 1);
  }
  const int size = reflection.FieldSize(message, field);
  for (int i = 0; i < size; ++i) {
    if (Compare(node, reflection.GetRepeatedMessage(message, field, i), depth + 1)) return true;
  }
  return false;
}

bool Matches(const Node& node, const Message& message) {
  const auto matches = [&message](const auto& child) { return Matches(*child, message); };
  const auto& children = node.children;
  switch (node.kind) {
    case Node::Kind::kAnd:
      return std::all_of(children.begin(), children.end(), matches);
    case Node::Kind::kOr:
      return std::any_of(children.begin(), children.end(), matches);
    case Node::Kind::kNot:
      return !matches(children[0]);
    case Node::Kind::kCompare:
      return Compare(node, message, 0);
  }
  return false;
}

}  // namespace
}  // namespace filter

absl::StatusOr<Filter> Filter::Parse(std::string_view text,
                                     const google::protobuf::Descriptor* of) {
  auto root = filter::Parse(text, of);
  if (!root.ok()) return root.status();
  return Filter(*std::move(root));
}

bool Filter::Matches(const google::protobuf::Message& message) const {
  return root_ == nullptr || filter::Matches(*root_, message);
}

}  // namespace vigil
