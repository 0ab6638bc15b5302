#include "common/yaml/enum_name.h"

#include <algorithm>
#include <cctype>

namespace vigil {
namespace {

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
char Lower(char c) { return IsUpper(c) ? static_cast<char>(c | 0x20) : c; }

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return Lower(c); });
  return lower;
}

// `code_edition_` for CodeEdition.
std::string PrefixOf(const google::protobuf::EnumDescriptor* type) {
  std::string prefix;
  for (const char c : type->name()) {
    if (IsUpper(c) && !prefix.empty()) prefix += '_';
    prefix += Lower(c);
  }
  return prefix + '_';
}

}  // namespace

std::string ShortEnumName(const google::protobuf::EnumValueDescriptor* value) {
  const std::string name = Lower(value->name()), prefix = PrefixOf(value->type());
  return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

const google::protobuf::EnumValueDescriptor* FindEnumValue(
    const google::protobuf::EnumDescriptor* type, std::string_view name) {
  const std::string wanted = Lower(name), prefixed = PrefixOf(type) + wanted;
  for (int i = 0; i < type->value_count(); ++i) {
    const std::string value = Lower(type->value(i)->name());
    if (value == wanted || value == prefixed) return type->value(i);
  }
  return nullptr;
}

}  // namespace vigil
