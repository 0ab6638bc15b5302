#include "gateway/transcode/field_path.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string>

#include "fmt/format.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/field_mask_util.h"
#include "google/protobuf/util/time_util.h"

namespace vigil::gateway::transcode {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

absl::Status Expected(std::string_view what, std::string_view got) {
  return absl::InvalidArgumentError(fmt::format("expected {}, got '{:.100}'", what, got));
}

const FieldDescriptor* FindField(const Descriptor& message, std::string_view name) {
  const std::string key(name);
  if (const FieldDescriptor* field = message.FindFieldByName(key)) return field;
  for (int i = 0; i < message.field_count(); ++i) {
    if (message.field(i)->json_name() == key) return message.field(i);
  }
  return nullptr;
}

template <class Number>
std::optional<Number> ParseNumber(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Calls the setter that fits, for a single field or one more element of a repeated one.
template <class Value, class Set, class Add>
absl::Status Put(const std::optional<Value>& value, std::string_view expected,
                 std::string_view text, const FieldDescriptor& field, Message* message, Set set,
                 Add add) {
  if (!value) return Expected(expected, text);
  const Reflection& reflection = *message->GetReflection();
  if (field.is_repeated()) {
    (reflection.*add)(message, &field, *value);
  } else {
    (reflection.*set)(message, &field, *value);
  }
  return absl::OkStatus();
}

std::optional<bool> ParseBool(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return std::nullopt;
}

std::optional<double> ParseDouble(std::string_view text) {
  if (text == "NaN") return std::nan("");
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  return ParseNumber<double>(text);
}

absl::Status SetEnum(const FieldDescriptor& field, std::string_view text, Message* message) {
  const EnumValueDescriptor* value = field.enum_type()->FindValueByName(std::string(text));
  if (value == nullptr) {
    if (const std::optional<int> number = ParseNumber<int>(text)) {
      value = field.enum_type()->FindValueByNumber(*number);
    }
  }
  if (value == nullptr) {
    return Expected(
        fmt::format("a value of {}, such as {}", field.enum_type()->full_name(),
                    field.enum_type()->value(field.enum_type()->value_count() - 1)->name()),
        text);
  }
  const Reflection& reflection = *message->GetReflection();
  if (field.is_repeated()) {
    reflection.AddEnum(message, &field, value);
  } else {
    reflection.SetEnum(message, &field, value);
  }
  return absl::OkStatus();
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  std::string out;
  unsigned bits = 0;
  int count = 0;
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  for (const char c : text) {
    unsigned digit = 0;
    if (c >= 'A' && c <= 'Z')
      digit = static_cast<unsigned>(c - 'A');
    else if (c >= 'a' && c <= 'z')
      digit = static_cast<unsigned>(c - 'a') + 26;
    else if (c >= '0' && c <= '9')
      digit = static_cast<unsigned>(c - '0') + 52;
    else if (c == '+' || c == '-')
      digit = 62;
    else if (c == '/' || c == '_')
      digit = 63;
    else
      return std::nullopt;
    bits = (bits << 6 | digit) & 0xffffffu;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out.push_back(static_cast<char>(bits >> count & 0xffu));
    }
  }
  if (count == 6) return std::nullopt;
  return out;
}

// `update_mask=display_name,person.born`, or in camel case as proto3 JSON has it.
absl::Status SetFieldMask(std::string_view text, google::protobuf::FieldMask* mask) {
  using google::protobuf::util::FieldMaskUtil;
  const std::string paths(text);
  if (paths.find('_') != std::string::npos || paths == "*") {
    FieldMaskUtil::FromString(paths, mask);
  } else if (!FieldMaskUtil::FromJsonString(paths, mask)) {
    return Expected("a list of fields parted by commas", text);
  }
  return absl::OkStatus();
}

absl::Status SetScalar(const FieldDescriptor& field, std::string_view text, Message* message);

absl::Status SetMessage(const FieldDescriptor& field, std::string_view text, Message* message) {
  const Reflection& reflection = *message->GetReflection();
  const std::string& type = field.message_type()->full_name();
  const auto target = [&]() -> Message* {
    return field.is_repeated() ? reflection.AddMessage(message, &field)
                               : reflection.MutableMessage(message, &field);
  };
  if (type == "google.protobuf.Timestamp") {
    google::protobuf::Timestamp value;
    if (!google::protobuf::util::TimeUtil::FromString(std::string(text), &value)) {
      return Expected("a time such as 2018-04-28T09:00:00Z", text);
    }
    target()->CopyFrom(value);
    return absl::OkStatus();
  }
  if (type == "google.protobuf.Duration") {
    google::protobuf::Duration value;
    if (!google::protobuf::util::TimeUtil::FromString(std::string(text), &value)) {
      return Expected("a duration such as 3.5s", text);
    }
    target()->CopyFrom(value);
    return absl::OkStatus();
  }
  if (type == "google.protobuf.FieldMask") {
    google::protobuf::FieldMask value;
    if (absl::Status status = SetFieldMask(text, &value); !status.ok()) return status;
    target()->CopyFrom(value);
    return absl::OkStatus();
  }
  if (field.message_type()->file()->name() == "google/protobuf/wrappers.proto") {
    return SetScalar(*field.message_type()->field(0), text, target());
  }
  return absl::InvalidArgumentError("is a message: set its fields one by one, joined by '.'");
}

absl::Status SetScalar(const FieldDescriptor& field, std::string_view text, Message* message) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return Put(ParseNumber<std::int32_t>(text), "a 32-bit whole number", text, field, message,
                 &Reflection::SetInt32, &Reflection::AddInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return Put(ParseNumber<std::int64_t>(text), "a 64-bit whole number", text, field, message,
                 &Reflection::SetInt64, &Reflection::AddInt64);
    case FieldDescriptor::CPPTYPE_UINT32:
      return Put(ParseNumber<std::uint32_t>(text), "a 32-bit number, 0 or more", text, field,
                 message, &Reflection::SetUInt32, &Reflection::AddUInt32);
    case FieldDescriptor::CPPTYPE_UINT64:
      return Put(ParseNumber<std::uint64_t>(text), "a 64-bit number, 0 or more", text, field,
                 message, &Reflection::SetUInt64, &Reflection::AddUInt64);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Put(ParseDouble(text), "a number", text, field, message, &Reflection::SetDouble,
                 &Reflection::AddDouble);
    case FieldDescriptor::CPPTYPE_FLOAT: {
      const std::optional<double> value = ParseDouble(text);
      return Put(value ? std::optional<float>(static_cast<float>(*value)) : std::nullopt,
                 "a number", text, field, message, &Reflection::SetFloat, &Reflection::AddFloat);
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      return Put(ParseBool(text), "true or false", text, field, message, &Reflection::SetBool,
                 &Reflection::AddBool);
    case FieldDescriptor::CPPTYPE_STRING:
      return Put(field.type() == FieldDescriptor::TYPE_BYTES
                     ? DecodeBase64(text)
                     : std::optional<std::string>(std::string(text)),
                 "base64", text, field, message, &Reflection::SetString, &Reflection::AddString);
    case FieldDescriptor::CPPTYPE_ENUM:
      return SetEnum(field, text, message);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return SetMessage(field, text, message);
  }
  return absl::InternalError("a field type that is not known");
}

}  // namespace

absl::StatusOr<FieldPath> ResolveFieldPath(const Descriptor& message, std::string_view path) {
  FieldPath out;
  const Descriptor* inside = &message;
  std::string_view rest = path;
  while (true) {
    const std::size_t dot = rest.find('.');
    const std::string_view name = rest.substr(0, dot);
    const FieldDescriptor* field = inside == nullptr ? nullptr : FindField(*inside, name);
    if (field == nullptr) {
      return absl::InvalidArgumentError(
          fmt::format("there is no '{:.100}' in {}", name,
                      inside == nullptr ? "a plain value" : inside->full_name()));
    }
    out.push_back(field);
    if (dot == std::string_view::npos) return out;
    if (field->is_repeated()) {
      return absl::InvalidArgumentError(
          fmt::format("'{}' is a list: its parts cannot be set here", name));
    }
    inside = field->message_type();
    rest = rest.substr(dot + 1);
  }
}

absl::Status SetFromText(const FieldPath& path, std::string_view text, Message* message) {
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    message = message->GetReflection()->MutableMessage(message, path[i]);
  }
  return SetScalar(*path.back(), text, message);
}

}  // namespace vigil::gateway::transcode
