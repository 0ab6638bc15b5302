#include "common/filter/value.h"

#include <fmt/format.h>
#include <google/protobuf/timestamp.pb.h>

#include <charconv>

#include "common/yaml/enum_name.h"

namespace vigil::filter {
namespace {

using ::google::protobuf::EnumDescriptor;
using ::google::protobuf::FieldDescriptor;

bool IsOrder(Op op) { return op != Op::kEqual && op != Op::kNotEqual && op != Op::kHas; }

std::string MakeText(std::string_view text, Op op, Value& value) {
  Pattern pattern;
  // Only equality knows wildcards; an order over them has no meaning.
  if (!IsOrder(op)) {
    if (text.starts_with('*')) {
      pattern.open_start = true;
      text.remove_prefix(1);
    }
    if (text.ends_with('*')) {
      pattern.open_end = true;
      text.remove_suffix(1);
    }
  }
  pattern.text = std::string(text);
  value = std::move(pattern);
  return "";
}

std::string MakeNumber(std::string_view text, bool quoted, Value& value) {
  long double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (quoted || error != std::errc() || end != text.data() + text.size()) {
    return fmt::format("'{:.80}' is no number; write one without quotes", text);
  }
  value = number;
  return "";
}

std::string MakeEnum(const EnumDescriptor* type, std::string_view text, Op op, Value& value) {
  if (IsOrder(op)) return "has no order; compare with = or !=";
  const auto* known = FindEnumValue(type, text);
  if (known != nullptr) {
    value = known;
    return "";
  }
  std::string names;
  for (int i = 1; i < type->value_count(); ++i) {
    names += (i == 1 ? "" : ", ") + type->value(i)->name();
  }
  return fmt::format("'{:.80}' is unknown; write one of {}", text, names);
}

std::string MakeTime(std::string_view text, Value& value) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, std::string(text), &time, &error)) {
    return fmt::format("'{:.80}' is no time; write it as \"2018-04-28T09:00:00Z\"", text);
  }
  value = time;
  return "";
}

std::string MakeBool(std::string_view text, Op op, Value& value) {
  if (IsOrder(op)) return "has no order; compare with = or !=";
  if (text != "true" && text != "false") {
    return fmt::format("'{:.80}' is neither; write true or false", text);
  }
  value = text == "true";
  return "";
}

}  // namespace

std::string MakeValue(const FieldDescriptor* field, Op op, std::string_view text, bool quoted,
                      Value& value) {
  if (op == Op::kHas && text == "*" && !quoted) {
    value = Present();
    return "";
  }
  if (field->is_repeated() && op != Op::kHas) return "is a list; write `field:value`";
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return MakeText(text, op, value);
    case FieldDescriptor::CPPTYPE_BOOL:
      return MakeBool(text, op, value);
    case FieldDescriptor::CPPTYPE_ENUM:
      return MakeEnum(field->enum_type(), text, op, value);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (field->message_type() == google::protobuf::Timestamp::descriptor()) {
        return MakeTime(text, value);
      }
      return "is a message; name a field in it, or write `field:*`";
    default:
      return MakeNumber(text, quoted, value);
  }
}

}  // namespace vigil::filter
