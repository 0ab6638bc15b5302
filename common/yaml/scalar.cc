#include "common/yaml/scalar.h"

#include <fmt/format.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

#include "absl/time/time.h"
#include "common/yaml/enum_name.h"

namespace vigil::yaml {
namespace {

using ::google::protobuf::EnumDescriptor;
using ::google::protobuf::EnumValueDescriptor;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;

template <class T>
std::optional<T> Number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<bool> Truth(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return std::nullopt;
}

std::string KnownValues(const EnumDescriptor* type) {
  std::string known;
  for (int i = 0; i < type->value_count(); ++i) {
    if (type->value(i)->number() == 0) continue;
    if (!known.empty()) known += ", ";
    known += ShortEnumName(type->value(i));
  }
  return known;
}

// Sets the field or adds to it.
#define VIGIL_PUT(Type, value)                                                       \
  (field->is_repeated() ? message->GetReflection()->Add##Type(message, field, value) \
                        : message->GetReflection()->Set##Type(message, field, value))

std::string SetEnum(std::string_view text, const FieldDescriptor* field, Message* message) {
  const EnumValueDescriptor* value = FindEnumValue(field->enum_type(), text);
  if (value == nullptr) {
    return fmt::format("'{:.80}' is unknown; write one of {}", text,
                       KnownValues(field->enum_type()));
  }
  VIGIL_PUT(Enum, value);
  return "";
}

// Sets a number or a truth; whether the text was one.
bool SetPlain(std::string_view text, const FieldDescriptor* field, Message* message) {
  const auto put = [](auto value, auto setter) {
    if (value) setter(*value);
    return value.has_value();
  };
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return put(Number<int32_t>(text), [&](int32_t value) { VIGIL_PUT(Int32, value); });
    case FieldDescriptor::CPPTYPE_INT64:
      return put(Number<int64_t>(text), [&](int64_t value) { VIGIL_PUT(Int64, value); });
    case FieldDescriptor::CPPTYPE_UINT32:
      return put(Number<uint32_t>(text), [&](uint32_t value) { VIGIL_PUT(UInt32, value); });
    case FieldDescriptor::CPPTYPE_UINT64:
      return put(Number<uint64_t>(text), [&](uint64_t value) { VIGIL_PUT(UInt64, value); });
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return put(Number<double>(text), [&](double value) { VIGIL_PUT(Double, value); });
    case FieldDescriptor::CPPTYPE_FLOAT:
      return put(Number<float>(text), [&](float value) { VIGIL_PUT(Float, value); });
    case FieldDescriptor::CPPTYPE_BOOL:
      return put(Truth(text), [&](bool value) { VIGIL_PUT(Bool, value); });
    default:
      return false;
  }
}

std::string EnumText(const FieldDescriptor* field, int number) {
  const auto* value = field->enum_type()->FindValueByNumber(number);
  return value == nullptr ? fmt::format("{}", number) : ShortEnumName(value);
}

std::string ScalarMessageText(const Message& message) {
  using ::google::protobuf::util::TimeUtil;
  if (const auto* time = dynamic_cast<const google::protobuf::Timestamp*>(&message)) {
    return TimeUtil::ToString(*time);
  }
  return TimeUtil::ToString(dynamic_cast<const google::protobuf::Duration&>(message));
}

}  // namespace

std::string Expected(const FieldDescriptor* field) {
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
      return "a whole number";
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return "a whole number from 0 on";
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return "a number";
    case FieldDescriptor::CPPTYPE_BOOL:
      return "true or false";
    case FieldDescriptor::CPPTYPE_ENUM:
      return fmt::format("one of {}", KnownValues(field->enum_type()));
    case FieldDescriptor::CPPTYPE_STRING:
      return "text";
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (!IsScalarMessage(field->message_type())) return "a mapping";
      return field->message_type() == google::protobuf::Duration::descriptor()
                 ? "a duration such as 1.5s"
                 : "a time such as 2018-04-28T09:00:00+06:00";
  }
  return "a value";
}

std::string SetScalar(std::string_view text, bool quoted, const FieldDescriptor* field,
                      Message* message) {
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    VIGIL_PUT(String, std::string(text));
    return "";
  }
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) return SetEnum(text, field, message);
  if (quoted) {
    return fmt::format("'{:.80}' is text; write {} without quotes", text, Expected(field));
  }
  if (SetPlain(text, field, message)) return "";
  return fmt::format("'{:.80}' is not {} in range; write {}", text, Expected(field),
                     Expected(field));
}

#undef VIGIL_PUT

#define VIGIL_GET(Type)                                           \
  (index < 0 ? message.GetReflection()->Get##Type(message, field) \
             : message.GetReflection()->GetRepeated##Type(message, field, index))

std::string ScalarText(const Message& message, const FieldDescriptor* field, int index) {
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return VIGIL_GET(String);
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumText(field, VIGIL_GET(EnumValue));
    case FieldDescriptor::CPPTYPE_BOOL:
      return VIGIL_GET(Bool) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_INT32:
      return fmt::format("{}", VIGIL_GET(Int32));
    case FieldDescriptor::CPPTYPE_INT64:
      return fmt::format("{}", VIGIL_GET(Int64));
    case FieldDescriptor::CPPTYPE_UINT32:
      return fmt::format("{}", VIGIL_GET(UInt32));
    case FieldDescriptor::CPPTYPE_UINT64:
      return fmt::format("{}", VIGIL_GET(UInt64));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return fmt::format("{}", VIGIL_GET(Double));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return fmt::format("{}", VIGIL_GET(Float));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return ScalarMessageText(VIGIL_GET(Message));
  }
  return "";
}

#undef VIGIL_GET

bool IsScalarMessage(const google::protobuf::Descriptor* type) {
  return type == google::protobuf::Timestamp::descriptor() ||
         type == google::protobuf::Duration::descriptor();
}

std::string SetScalarMessage(std::string_view text, Message* message) {
  const std::string copy(text);
  if (auto* timestamp = dynamic_cast<google::protobuf::Timestamp*>(message)) {
    absl::Time time;
    std::string error;
    if (!absl::ParseTime(absl::RFC3339_full, copy, &time, &error) ||
        time < absl::FromCivil(absl::CivilSecond(1, 1, 1), absl::UTCTimeZone()) ||
        time >= absl::FromCivil(absl::CivilSecond(10000, 1, 1), absl::UTCTimeZone())) {
      return fmt::format(
          "'{:.80}' is no time; write it with its zone, such as 2018-04-28T09:00:00+06:00", text);
    }
    const absl::Time second = absl::FromUnixSeconds(absl::ToUnixSeconds(time));
    timestamp->set_seconds(absl::ToUnixSeconds(time));
    timestamp->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(time - second)));
    return "";
  }
  auto* duration = dynamic_cast<google::protobuf::Duration*>(message);
  absl::Duration length;
  if (duration == nullptr || !absl::ParseDuration(copy, &length) ||
      length == absl::InfiniteDuration() || length == -absl::InfiniteDuration()) {
    return fmt::format("'{:.80}' is no duration; write seconds such as 1.5s, or 2h30m", text);
  }
  absl::Duration rest;
  duration->set_seconds(absl::IDivDuration(length, absl::Seconds(1), &rest));
  duration->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(rest)));
  return "";
}

}  // namespace vigil::yaml
