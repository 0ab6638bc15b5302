#include "common/yaml/yaml_writer.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <vector>

#include "common/yaml/enum_name.h"
#include "common/yaml/scalar.h"

namespace vigil {
namespace {

using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;

// What is not certain to be read back from a plain scalar goes in quotes, with escapes.
bool NeedsEscapes(const std::string& text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

void WriteText(const std::string& text, YAML::Emitter& out) {
  if (NeedsEscapes(text)) out << YAML::DoubleQuoted;
  out << text;
}

class Writer {
 public:
  explicit Writer(YAML::Emitter& out) : out_(out) {}

  void Write(const Message& message) {
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    if (fields.empty()) out_ << YAML::Flow;
    out_ << YAML::BeginMap;
    for (const FieldDescriptor* field : fields) {
      out_ << YAML::Key << field->name() << YAML::Value;
      if (!field->is_repeated()) {
        WriteValue(message, field, -1);
        continue;
      }
      // Short values side by side.
      if (field->message_type() == nullptr) out_ << YAML::Flow;
      out_ << YAML::BeginSeq;
      for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
        WriteValue(message, field, i);
      }
      out_ << YAML::EndSeq;
    }
    out_ << YAML::EndMap;
  }

 private:
  // The field's value, or an element where `index` is not negative.
  void WriteValue(const Message& message, const FieldDescriptor* field, int index) {
    const auto& r = *message.GetReflection();
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      return WriteText(
          index < 0 ? r.GetString(message, field) : r.GetRepeatedString(message, field, index),
          out_);
    }
    if (field->message_type() != nullptr && !yaml::IsScalarMessage(field->message_type())) {
      return Write(index < 0 ? r.GetMessage(message, field)
                             : r.GetRepeatedMessage(message, field, index));
    }
    out_ << yaml::ScalarText(message, field, index);
  }

  YAML::Emitter& out_;
};

}  // namespace

std::string WriteYaml(const Message& message) {
  YAML::Emitter out;
  Writer(out).Write(message);
  return std::string(out.c_str(), out.size()) + "\n";
}

}  // namespace vigil
