#include "common/yaml/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>

#include "common/log/json_escape.h"
#include "common/yaml/nearest.h"
#include "common/yaml/scalar.h"
#include "common/yaml/second_document.h"

namespace vigil {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;

constexpr size_t kMaxBytes = 8 << 20;
constexpr int kMaxDepth = 32;
constexpr int kMaxValues = 1'000'000;

// A node of an empty text has no mark.
int LineOf(const YAML::Node& node) { return std::max(node.Mark().line, 0) + 1; }

std::string_view KindOf(const YAML::Node& node) {
  if (node.IsMap()) return "a mapping";
  if (node.IsSequence()) return "a list";
  return node.IsNull() ? "empty" : "one value";
}

std::string KnownKeys(const Descriptor* type) {
  std::string known;
  for (int i = 0; i < type->field_count(); ++i) {
    known += (i == 0 ? "" : ", ") + type->field(i)->name();
  }
  return known;
}

std::string Join(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
}

// 0 where all of the text is UTF-8, else the line of the first byte that is not.
int LineOfBadByte(std::string_view text) {
  int line = 1;
  while (!text.empty()) {
    const size_t length = Utf8Length(text);
    if (length == 0) return line;
    if (text[0] == '\n') ++line;
    text.remove_prefix(length);
  }
  return 0;
}

// Whether `text` begins with the escape of half a character beyond the first plane.
std::optional<uint32_t> HalfCharacter(std::string_view text) {
  uint32_t half = 0;
  if (!text.starts_with("\\u") || text.size() < 6) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + 6, half, 16);
  if (error != std::errc() || end != text.data() + 6 || half < 0xD800 || half > 0xDFFF) {
    return std::nullopt;
  }
  return half;
}

// JSON writes a character beyond the first plane as two halves, YAML as one escape of eight digits.
std::string JoinHalves(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  while (!json.empty()) {
    const auto high = HalfCharacter(json);
    const auto low = high && *high < 0xDC00 ? HalfCharacter(json.substr(6)) : std::nullopt;
    if (low && *low >= 0xDC00) {
      out += fmt::format("\\U{:08X}", 0x10000 + ((*high - 0xD800) << 10) + (*low - 0xDC00));
      json.remove_prefix(12);
      continue;
    }
    // An escaped backslash begins no escape.
    const size_t length = json.starts_with("\\\\") ? 2 : 1;
    out += json.substr(0, length);
    json.remove_prefix(length);
  }
  return out;
}

}  // namespace

// Walks the nodes of one document. yaml-cpp's exceptions end in Read.
class YamlReader {
 public:
  YamlReader(std::string_view file, YamlLines* lines) : file_(file), lines_(lines) {}

  absl::Status Read(std::string_view text, Message* message) {
    return ReadText(text, "YAML", [&](const YAML::Node& root) {
      return root.IsNull() ? absl::OkStatus() : ReadMapping(root, "", 1, message);
    });
  }

  absl::Status ReadArray(std::string_view text, const std::function<Message*()>& add) {
    camel_case_ = true;
    return ReadText(JoinHalves(text), "JSON", [&](const YAML::Node& root) -> absl::Status {
      if (!root.IsSequence()) {
        return Error(LineOf(root), "", fmt::format("is {}; write a list, in [ ]", KindOf(root)));
      }
      int index = 0;
      for (const auto& element : root) {
        const std::string inside = fmt::format("[{}]", index++);
        if (lines_ != nullptr) lines_->lines_.emplace_back(inside, LineOf(element));
        if (auto read = ReadMapping(element, inside, 1, add()); !read.ok()) return read;
      }
      return absl::OkStatus();
    });
  }

 private:
  template <class ReadRoot>
  absl::Status ReadText(std::string_view text, std::string_view language, ReadRoot read_root) {
    if (text.size() > kMaxBytes) return Error(1, "", "the file is too large; split it (8 MiB)");
    if (const int line = LineOfBadByte(text); line != 0) {
      return Error(line, "", "a byte is not UTF-8; save the file as UTF-8");
    }
    absl::Status status;
    try {
      status = ReadDocument(text, read_root);
    } catch (const YAML::Exception& e) {
      // The message may end with half a letter.
      const std::string why = LineOfBadByte(e.msg) == 0 ? e.msg : "an escape that is none";
      return Error(
          std::max(e.mark.line, 0) + 1, "",
          fmt::format("not well-formed {}: {}; mend the line or the one before", language, why));
    }
    if (lines_ != nullptr) std::sort(lines_->lines_.begin(), lines_->lines_.end());
    return status;
  }

  absl::Status Error(int line, const std::string& path, std::string_view what) const {
    const std::string inside = path.empty() ? std::string() : path + ": ";
    const std::string text = fmt::format("{}:{}: {}{}", file_, line, inside, what);
    // The parser makes single bytes of some escapes, which are then quoted here.
    if (LineOfBadByte(text) == 0) return absl::InvalidArgumentError(text);
    return absl::InvalidArgumentError(
        fmt::format("{}:{}: an escape that is no letter; write the letter itself", file_, line));
  }

  template <class ReadRoot>
  absl::Status ReadDocument(std::string_view text, ReadRoot read_root) {
    const std::string whole(text);
    if (const int line = yaml::LineOfSecondDocument(whole); line != 0) {
      return Error(line, "", "a second document begins; write one a file");
    }
    return read_root(YAML::Load(whole));
  }

  absl::Status ReadMapping(const YAML::Node& node, const std::string& path, int depth,
                           Message* message) {
    if (!node.IsMap()) {
      return Error(LineOf(node), path,
                   fmt::format("is {}; write a mapping with keys of {}", KindOf(node),
                               KnownKeys(message->GetDescriptor())));
    }
    std::map<const FieldDescriptor*, int> seen;
    for (const auto& entry : node) {
      const YAML::Node& key = entry.first;
      const FieldDescriptor* field = nullptr;
      if (auto found = FindField(key, path, message->GetDescriptor(), field); !found.ok()) {
        return found;
      }
      const std::string inside = Join(path, field->name());
      if (const auto [first, added] = seen.emplace(field, LineOf(key)); !added) {
        return Error(LineOf(key), inside,
                     fmt::format("is written twice, first on line {}; keep one", first->second));
      }
      if (auto one = CheckOneof(field, LineOf(key), inside, *message); !one.ok()) return one;
      if (lines_ != nullptr) lines_->lines_.emplace_back(inside, LineOf(key));
      if (auto read = ReadField(entry.second, LineOf(key), field, inside, depth, message);
          !read.ok()) {
        return read;
      }
    }
    return absl::OkStatus();
  }

  absl::Status FindField(const YAML::Node& key, const std::string& path, const Descriptor* type,
                         const FieldDescriptor*& field) const {
    if (!key.IsScalar()) {
      return Error(LineOf(key), path, fmt::format("a key is {}; write a word", KindOf(key)));
    }
    field = type->FindFieldByName(key.Scalar());
    if (field == nullptr && camel_case_) field = type->FindFieldByCamelcaseName(key.Scalar());
    if (field != nullptr) return absl::OkStatus();
    std::vector<std::string> names;
    for (int i = 0; i < type->field_count(); ++i) names.push_back(type->field(i)->name());
    const std::string nearest = Nearest(key.Scalar(), names);
    return Error(LineOf(key), Join(path, fmt::format("{:.80}", key.Scalar())),
                 nearest.empty() ? fmt::format("unknown key; known here: {}", KnownKeys(type))
                                 : fmt::format("unknown key; did you mean `{}`? Known here: {}",
                                               nearest, KnownKeys(type)));
  }

  absl::Status CheckOneof(const FieldDescriptor* field, int line, const std::string& path,
                          const Message& message) const {
    const auto* oneof = field->real_containing_oneof();
    if (oneof == nullptr || !message.GetReflection()->HasOneof(message, oneof)) {
      return absl::OkStatus();
    }
    const auto* other = message.GetReflection()->GetOneofFieldDescriptor(message, oneof);
    return Error(line, path,
                 fmt::format("cannot stand beside `{}`; keep one of them", other->name()));
  }

  absl::Status ReadField(const YAML::Node& node, int line, const FieldDescriptor* field,
                         const std::string& path, int depth, Message* message) {
    if (node.IsNull()) {
      return Error(
          line, path,
          fmt::format("has no value; write {}, or leave the key out",
                      field->is_repeated() && !field->is_map() ? "a list" : yaml::Expected(field)));
    }
    if (field->is_map()) return ReadMap(node, field, path, depth, message);
    if (!field->is_repeated()) return ReadValue(node, field, path, depth, message);
    if (!node.IsSequence()) {
      return Error(LineOf(node), path,
                   fmt::format("is {}; write a list, in [ ] or with - before each", KindOf(node)));
    }
    int index = 0;
    for (const auto& element : node) {
      const std::string inside = fmt::format("{}[{}]", path, index++);
      if (lines_ != nullptr) lines_->lines_.emplace_back(inside, LineOf(element));
      if (auto read = ReadValue(element, field, inside, depth, message); !read.ok()) return read;
    }
    return absl::OkStatus();
  }

  absl::Status ReadMap(const YAML::Node& node, const FieldDescriptor* field,
                       const std::string& path, int depth, Message* message) {
    if (!node.IsMap()) {
      return Error(LineOf(node), path, fmt::format("is {}; write a mapping", KindOf(node)));
    }
    const auto* key_field = field->message_type()->map_key();
    const auto* value_field = field->message_type()->map_value();
    std::map<std::string, int> seen;
    for (const auto& entry : node) {
      const YAML::Node& key = entry.first;
      const std::string inside =
          Join(path, key.IsScalar() ? fmt::format("{:.80}", key.Scalar()) : "?");
      if (!key.IsScalar()) return Error(LineOf(key), inside, "a key is no word; write a word");
      if (const auto [first, added] = seen.emplace(key.Scalar(), LineOf(key)); !added) {
        return Error(LineOf(key), inside,
                     fmt::format("is written twice, first on line {}; keep one", first->second));
      }
      Message* pair = message->GetReflection()->AddMessage(message, field);
      const std::string wrong = yaml::SetScalar(key.Scalar(), false, key_field, pair);
      if (!wrong.empty()) return Error(LineOf(key), inside, wrong);
      if (auto read = ReadField(entry.second, LineOf(key), value_field, inside, depth, pair);
          !read.ok()) {
        return read;
      }
    }
    return absl::OkStatus();
  }

  // One value of the field: the field's own, or one more of a repeated one.
  absl::Status ReadValue(const YAML::Node& node, const FieldDescriptor* field,
                         const std::string& path, int depth, Message* message) {
    if (++values_ > kMaxValues) {
      return Error(LineOf(node), path, "too many values once aliases are followed; split the file");
    }
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      if (!node.IsScalar()) return WrongKind(node, field, path);
      const std::string wrong = yaml::SetScalar(node.Scalar(), node.Tag() == "!", field, message);
      return wrong.empty() ? absl::OkStatus() : Error(LineOf(node), path, wrong);
    }
    const auto* reflection = message->GetReflection();
    Message* inner = field->is_repeated() ? reflection->AddMessage(message, field)
                                          : reflection->MutableMessage(message, field);
    if (yaml::IsScalarMessage(field->message_type())) {
      if (!node.IsScalar()) return WrongKind(node, field, path);
      const std::string wrong = yaml::SetScalarMessage(node.Scalar(), inner);
      return wrong.empty() ? absl::OkStatus() : Error(LineOf(node), path, wrong);
    }
    if (depth >= kMaxDepth) return Error(LineOf(node), path, "is nested too deep; 32 levels hold");
    return ReadMapping(node, path, depth + 1, inner);
  }

  absl::Status WrongKind(const YAML::Node& node, const FieldDescriptor* field,
                         const std::string& path) const {
    return Error(LineOf(node), path,
                 fmt::format("is {}; write {}", KindOf(node), yaml::Expected(field)));
  }

  const std::string file_;
  YamlLines* const lines_;
  // Keys may be written so too.
  bool camel_case_ = false;
  int values_ = 0;
};

absl::Status ParseYaml(std::string_view text, std::string_view file, Message* message) {
  return ParseYaml(text, file, message, nullptr);
}

absl::Status ParseYaml(std::string_view text, std::string_view file, Message* message,
                       YamlLines* lines) {
  return YamlReader(file, lines).Read(text, message);
}

absl::Status ParseJsonArray(std::string_view text, std::string_view file,
                            const std::function<Message*()>& add, YamlLines* lines) {
  return YamlReader(file, lines).ReadArray(text, add);
}

YamlProblem TakeApart(const absl::Status& status, std::string_view file) {
  YamlProblem out{.line = 1, .key = "", .text = std::string(status.message())};
  if (!out.text.starts_with(file) ||
      !std::string_view(out.text).substr(file.size()).starts_with(':'))
    return out;
  std::string_view rest = std::string_view(out.text).substr(file.size() + 1);
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), out.line);
  if (error != std::errc()) return out;
  rest.remove_prefix(std::min(rest.size(), static_cast<size_t>(end - rest.data()) + 2));
  const size_t colon = rest.find(": ");
  if (colon != std::string_view::npos && rest.find(' ') > colon) {
    out.key = rest.substr(0, colon);
    rest.remove_prefix(colon + 2);
  }
  out.text = std::string(rest);
  return out;
}

absl::Status LoadYaml(const std::string& path, Message* message) {
  return LoadYaml(path, message, nullptr);
}

absl::Status LoadYaml(const std::string& path, Message* message, YamlLines* lines) {
  std::ifstream in(path, std::ios::binary);
  std::error_code ignored;
  if (!in || std::filesystem::is_directory(path, ignored)) {
    return absl::NotFoundError(fmt::format("{}: cannot be read: {}; check the path", path,
                                           in ? "it is a folder" : std::strerror(errno)));
  }
  std::string text(kMaxBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(in.gcount()));
  return YamlReader(path, lines).Read(text, message);
}

int YamlLines::LineOf(std::string_view path) const {
  const auto found =
      std::lower_bound(lines_.begin(), lines_.end(), path,
                       [](const auto& line, std::string_view key) { return line.first < key; });
  return found != lines_.end() && found->first == path ? found->second : 0;
}

int YamlLines::LineAround(std::string path) const {
  int line = LineOf(path);
  while (line == 0 && !path.empty()) {
    const size_t cut = path.find_last_of(".[");
    path.resize(cut == std::string::npos ? 0 : cut);
    line = LineOf(path);
  }
  return std::max(line, 1);
}

absl::StatusOr<std::vector<std::string>> YamlFilesIn(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> files;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    if (it->path().extension() == ".yaml") files.push_back(it->path().string());
  }
  if (error) {
    return absl::NotFoundError(
        fmt::format("{}: cannot be listed: {}; check the path", folder, error.message()));
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace vigil
