#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <vector>

namespace vigil {

// A message as named texts, for tables and differences.
//
// A path is written as errors write it: `person.names[0].text`, in names of fields. Text stays as
// it is; numbers and truths as in YAML; an enum value by its short name (`imprisonment`); times and
// durations as in YAML. A list of such values is one text, `a; b`, with `\` before a `;`, a `\` or
// a space that belongs to a value, and `""` for an empty value. A message that is set, but holds
// nothing, is `{}`. What is not set has no text.
struct NamedText {
  // Sorts as the fields stand: by number and index.
  std::string order;
  std::string path;
  std::string text;
};

// Everything that is set, in its order. Maps are not told: no message that goes through here has
// one.
std::vector<NamedText> FieldsOf(const google::protobuf::Message& message);

// Sets the field of a path; an element of a list only after those before it. Returns what is wrong
// and what to write instead; empty where all is well.
std::string SetField(std::string_view path, std::string_view text,
                     google::protobuf::Message* message);

// What is wrong with a path into messages of this type; empty where it leads somewhere.
std::string CheckPath(std::string_view path, const google::protobuf::Descriptor* type);

}  // namespace vigil
