#include "common/csv/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "common/yaml/nearest.h"
#include "common/yaml/scalar.h"

namespace vigil {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;

constexpr std::string_view kEmptyMessage = "{}";
constexpr std::string_view kEmptyValue = "\"\"";
constexpr int kMaxElements = 1000;

// A message that is written as one text is a value too.
bool IsMessage(const FieldDescriptor* field) {
  return field->message_type() != nullptr && !yaml::IsScalarMessage(field->message_type());
}

// One value of a list as it stands between the semicolons.
std::string Escaped(const std::string& value) {
  if (value.empty()) return std::string(kEmptyValue);
  std::string out = value == kEmptyValue ? "\\" : "";
  for (size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    const bool edge = c == ' ' && (i == 0 || i + 1 == value.size());
    if (c == ';' || c == '\\' || edge) out += '\\';
    out += c;
  }
  return out;
}

std::string ListText(const Message& message, const FieldDescriptor* field) {
  std::string out;
  for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
    if (i > 0) out += "; ";
    out += Escaped(yaml::ScalarText(message, field, i));
  }
  return out;
}

// Takes the first value off a list's text.
std::string TakeValue(std::string_view& text) {
  std::string out;
  size_t kept = 0;  // up to here a space at the end belongs to the value
  while (text.starts_with(' ')) text.remove_prefix(1);
  const bool is_empty = text.starts_with(kEmptyValue);
  while (!text.empty() && text.front() != ';') {
    if (text.front() == '\\' && text.size() > 1) {
      text.remove_prefix(1);
      kept = out.size() + 1;
    }
    out += text.front();
    text.remove_prefix(1);
  }
  if (!text.empty()) text.remove_prefix(1);
  while (out.size() > kept && out.back() == ' ') out.pop_back();
  return is_empty && out == kEmptyValue ? "" : out;
}

// Grows with the number of the field, then with the index.
std::string OrderKey(const FieldDescriptor* field, int index) {
  return fmt::format("{:05}{:05}", field->number(), index + 1);
}

class Teller {
 public:
  void Tell(const Message& message, const std::string& order, const std::string& path) {
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    if (fields.empty() && !path.empty()) out_.push_back({order, path, std::string(kEmptyMessage)});
    for (const FieldDescriptor* field : fields) {
      const std::string inside = path.empty() ? field->name() : path + "." + field->name();
      if (!IsMessage(field)) {
        const std::string text =
            field->is_repeated() ? ListText(message, field) : yaml::ScalarText(message, field, -1);
        out_.push_back({order + OrderKey(field, -1), inside, text});
      } else if (!field->is_repeated()) {
        Tell(message.GetReflection()->GetMessage(message, field), order + OrderKey(field, -1),
             inside);
      } else {
        for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
          Tell(message.GetReflection()->GetRepeatedMessage(message, field, i),
               order + OrderKey(field, i), fmt::format("{}[{}]", inside, i));
        }
      }
    }
  }

  std::vector<NamedText> Take() { return std::move(out_); }

 private:
  std::vector<NamedText> out_;
};

// `name` or `name[2]`.
struct Step {
  std::string_view name;
  std::optional<int> index;
};

// Takes the first step off a path; nothing where it is none.
std::optional<Step> TakeStep(std::string_view& path) {
  std::string_view name = path.substr(0, path.find('.'));
  path.remove_prefix(std::min(path.size(), name.size() + 1));
  const size_t open = name.find('[');
  std::optional<int> index;
  if (open != std::string_view::npos) {
    const std::string_view number = name.substr(open + 1);
    const char* const end = number.data() + number.size();
    const auto [stop, error] = std::from_chars(number.data(), end, index.emplace());
    const bool closed = error == std::errc() && stop + 1 == end && *stop == ']';
    if (!closed || *index < 0 || *index >= kMaxElements) return std::nullopt;
    name = name.substr(0, open);
  }
  return name.empty() ? std::nullopt : std::optional(Step{name, index});
}

std::string UnknownField(std::string_view name, const Descriptor* type) {
  std::vector<std::string> known;
  for (int i = 0; i < type->field_count(); ++i) known.push_back(type->field(i)->name());
  const std::string nearest = Nearest(name, known);
  return nearest.empty() ? fmt::format("`{:.80}` is no field", name)
                         : fmt::format("`{:.80}` is no field; did you mean `{}`?", name, nearest);
}

// The field of the path's first step, which is taken off; else what is wrong.
const FieldDescriptor* FindStep(std::string_view& path, const Descriptor* type, Step& step,
                                std::string& wrong) {
  const std::optional<Step> taken = TakeStep(path);
  if (!taken) {
    wrong = "this is no path; write names split by dots, with [0], [1], … after those of lists";
    return nullptr;
  }
  step = *taken;
  const FieldDescriptor* field = type->FindFieldByName(std::string(step.name));
  if (field == nullptr || field->is_map()) {
    wrong = UnknownField(step.name, type);
  } else if (IsMessage(field) && field->is_repeated() && !step.index) {
    wrong = fmt::format("`{0}` is a list; write `{0}[0]`, `{0}[1]`, …", field->name());
  } else if (step.index && !(IsMessage(field) && field->is_repeated())) {
    wrong = fmt::format("`{0}` takes no number; write `{0}`", field->name());
  } else if (!IsMessage(field) && !path.empty()) {
    wrong = fmt::format("`{}` has no fields of its own", field->name());
  }
  return wrong.empty() ? field : nullptr;
}

std::string SetValues(std::string_view text, const FieldDescriptor* field, Message* message) {
  const auto set = [&](std::string_view value) {
    if (field->message_type() == nullptr) return yaml::SetScalar(value, false, field, message);
    const auto* reflection = message->GetReflection();
    return yaml::SetScalarMessage(value, field->is_repeated()
                                             ? reflection->AddMessage(message, field)
                                             : reflection->MutableMessage(message, field));
  };
  if (!field->is_repeated()) return set(text);
  while (text.find_first_not_of(' ') != std::string_view::npos) {
    if (std::string wrong = set(TakeValue(text)); !wrong.empty()) return wrong;
  }
  return "";
}

std::string OneofTaken(const FieldDescriptor* field, const Message& message) {
  const auto* oneof = field->real_containing_oneof();
  if (oneof == nullptr) return "";
  const auto* other = message.GetReflection()->GetOneofFieldDescriptor(message, oneof);
  if (other == nullptr || other == field) return "";
  return fmt::format("`{}` cannot stand beside `{}`; keep one of them", field->name(),
                     other->name());
}

}  // namespace

std::vector<NamedText> FieldsOf(const Message& message) {
  Teller teller;
  teller.Tell(message, "", "");
  return teller.Take();
}

std::string SetField(std::string_view path, std::string_view text, Message* message) {
  Step step;
  std::string wrong;
  const FieldDescriptor* field = FindStep(path, message->GetDescriptor(), step, wrong);
  if (field == nullptr) return wrong;
  if (wrong = OneofTaken(field, *message); !wrong.empty()) return wrong;
  if (!IsMessage(field)) return SetValues(text, field, message);
  const auto* reflection = message->GetReflection();
  Message* inner = nullptr;
  if (!field->is_repeated()) {
    inner = reflection->MutableMessage(message, field);
  } else {
    const int size = reflection->FieldSize(*message, field);
    if (*step.index > size) {
      return fmt::format("`{0}[{1}]` comes before `{0}[{2}]`; fill in that one first",
                         field->name(), *step.index, size);
    }
    inner = *step.index == size ? reflection->AddMessage(message, field)
                                : reflection->MutableRepeatedMessage(message, field, *step.index);
  }
  if (!path.empty()) return SetField(path, text, inner);
  if (text == kEmptyMessage) return "";
  return fmt::format("write {} for one that holds nothing, or use a column `{}.…`", kEmptyMessage,
                     field->name());
}

std::string CheckPath(std::string_view path, const Descriptor* type) {
  Step step;
  std::string wrong;
  do {
    const FieldDescriptor* field = FindStep(path, type, step, wrong);
    if (field == nullptr) return wrong;
    type = field->message_type();
  } while (!path.empty());
  return "";
}

}  // namespace vigil
