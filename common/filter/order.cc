#include "common/filter/order.h"

#include <fmt/format.h>
#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <bit>
#include <cstdint>

#include "common/filter/path.h"
#include "common/rpc/errors.h"

namespace vigil {
namespace {

using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;

constexpr size_t kMaxFields = 10;
constexpr size_t kMaxBytes = 1024;

absl::Status Refuse(std::string_view what) {
  return rpc::InvalidArgument("ORDER_INVALID", "order_by", fmt::format("order_by: {}", what));
}

std::string_view Trim(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

bool IsTime(const FieldDescriptor* field) {
  return field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         field->message_type() == google::protobuf::Timestamp::descriptor();
}

// Big-endian with the sign turned, so that bytes compare as the numbers do.
void AppendNumber(int64_t number, std::string& key) {
  const uint64_t bits = static_cast<uint64_t>(number) ^ (uint64_t{1} << 63);
  for (int shift = 56; shift >= 0; shift -= 8) key += static_cast<char>(bits >> shift);
}

void AppendReal(double number, std::string& key) {
  const auto bits = std::bit_cast<int64_t>(number);
  AppendNumber(bits < 0 ? bits ^ INT64_MAX : bits, key);
}

// A zero byte is doubled into `00 ff`, and `00 01` ends the text: no key begins another.
void AppendText(std::string_view text, std::string& key) {
  for (const char c : text) {
    key += c;
    if (c == '\0') key += '\xff';
  }
  key += '\0';
  key += '\x01';
}

void AppendValue(const Message& message, const FieldDescriptor* field, std::string& key) {
  const auto& reflection = *message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return AppendText(reflection.GetString(message, field), key);
    case FieldDescriptor::CPPTYPE_BOOL:
      return AppendNumber(reflection.GetBool(message, field) ? 1 : 0, key);
    case FieldDescriptor::CPPTYPE_ENUM:
      return AppendNumber(reflection.GetEnumValue(message, field), key);
    case FieldDescriptor::CPPTYPE_INT32:
      return AppendNumber(reflection.GetInt32(message, field), key);
    case FieldDescriptor::CPPTYPE_INT64:
      return AppendNumber(reflection.GetInt64(message, field), key);
    case FieldDescriptor::CPPTYPE_UINT32:
      return AppendNumber(reflection.GetUInt32(message, field), key);
    case FieldDescriptor::CPPTYPE_UINT64:
      // Moved down by half its range; AppendNumber moves it back up.
      return AppendNumber(
          static_cast<int64_t>(reflection.GetUInt64(message, field) ^ (uint64_t{1} << 63)), key);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return AppendReal(reflection.GetFloat(message, field), key);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return AppendReal(reflection.GetDouble(message, field), key);
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      google::protobuf::Timestamp time;
      time.CopyFrom(reflection.GetMessage(message, field));
      AppendNumber(time.seconds(), key);
      return AppendNumber(time.nanos(), key);
    }
  }
}

std::string FieldKey(const Message& message, const std::vector<const FieldDescriptor*>& path) {
  const Message* holder = &message;
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    holder = &holder->GetReflection()->GetMessage(*holder, path[i]);
  }
  std::string key;
  if (IsTime(path.back()) && !holder->GetReflection()->HasField(*holder, path.back())) {
    return std::string(1, '\0');
  }
  if (IsTime(path.back())) key += '\x01';
  AppendValue(*holder, path.back(), key);
  return key;
}

std::string WhatIsWrong(const std::vector<const FieldDescriptor*>& path) {
  for (const FieldDescriptor* field : path) {
    if (field->is_repeated()) {
      return fmt::format("{} is a list, which has no order; name another field", field->name());
    }
  }
  const FieldDescriptor* last = path.back();
  if (last->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !IsTime(last)) {
    return fmt::format("{} is a message; name a field in it", last->name());
  }
  return "";
}

}  // namespace

absl::StatusOr<Order> Order::Parse(std::string_view text, const google::protobuf::Descriptor* of) {
  Order order;
  if (text.size() > kMaxBytes) return Refuse("longer than 1 KiB; shorten it");
  if (Trim(text).empty()) return order;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t comma = std::min(text.find(',', begin), text.size());
    const std::string_view part = Trim(text.substr(begin, comma - begin));
    begin = comma + 1;
    const size_t space = std::min(part.find_first_of(" \t\n\r"), part.size());
    const std::string_view way = Trim(part.substr(space));
    if (!way.empty() && way != "asc" && way != "desc") {
      return Refuse(fmt::format("'{:.80}' is no way to sort; write `asc` or `desc`", way));
    }
    Field field{.path = {}, .descending = way == "desc"};
    if (std::string wrong = filter::FindPath(of, part.substr(0, space), field.path);
        !wrong.empty()) {
      return Refuse(wrong);
    }
    if (const std::string wrong = WhatIsWrong(field.path); !wrong.empty()) return Refuse(wrong);
    for (const Field& other : order.fields_) {
      if (other.path == field.path) return Refuse(fmt::format("{:.80} is there twice", part));
    }
    order.fields_.push_back(std::move(field));
    if (order.fields_.size() > kMaxFields) return Refuse("more than 10 fields; write fewer");
  }
  return order;
}

std::string Order::KeyOf(const Message& message) const {
  std::string key;
  for (const Field& field : fields_) {
    std::string part = FieldKey(message, field.path);
    if (field.descending) {
      for (char& c : part) c = static_cast<char>(~c);
    }
    key += part;
  }
  return key;
}

}  // namespace vigil
