#include "common/filter/path.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/yaml/nearest.h"

namespace vigil::filter {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;

const FieldDescriptor* FindField(const Descriptor* type, std::string_view name) {
  for (int i = 0; i < type->field_count(); ++i) {
    const auto* field = type->field(i);
    if (field->name() == name || field->json_name() == name) return field;
  }
  return nullptr;
}

std::string Unknown(const Descriptor* type, std::string_view name) {
  std::vector<std::string> names;
  std::string known;
  for (int i = 0; i < type->field_count(); ++i) {
    names.push_back(type->field(i)->name());
    known += (i == 0 ? "" : ", ") + names.back();
  }
  const std::string nearest = Nearest(name, names);
  return nearest.empty() ? fmt::format("'{:.80}' is no field; write one of {}", name, known)
                         : fmt::format("'{:.80}' is no field; did you mean `{}`?", name, nearest);
}

}  // namespace

std::string FindPath(const Descriptor* of, std::string_view text,
                     std::vector<const FieldDescriptor*>& path) {
  const Descriptor* type = of;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t dot = std::min(text.find('.', begin), text.size());
    const std::string_view name = text.substr(begin, dot - begin);
    if (type == nullptr) {
      return fmt::format("{} has no fields; compare it itself", path.back()->name());
    }
    const FieldDescriptor* field = FindField(type, name);
    if (field == nullptr) return Unknown(type, name);
    path.push_back(field);
    const bool message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    type = message ? field->message_type() : nullptr;
    begin = dot + 1;
  }
  return "";
}

}  // namespace vigil::filter
