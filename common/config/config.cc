#include "common/config/config.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "common/yaml/nearest.h"
#include "common/yaml/scalar.h"
#include "common/yaml/yaml.h"

namespace vigil {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;

constexpr std::string_view kConfigFlag = "--config";
constexpr const char* kConfigVariable = "VIGIL_CONFIG";
constexpr std::string_view kVariablePrefix = "VIGIL_";
// What all services have is set by its own name: `--grpc-listen`.
constexpr std::string_view kCommon = "common";
// Variables that others read: scripts, tests, vigilctl.
constexpr std::string_view kOthersVariables[] = {
    "VIGIL_ADDRESS", "VIGIL_KEEP_DATA", "VIGIL_NO_BUILD", "VIGIL_SHOTS", "VIGIL_TOKEN_FILE"};

// A value that can be set from outside the file, and the way to it from the root.
struct Option {
  std::vector<const FieldDescriptor*> path;
  std::string flag;
  std::string variable;

  const FieldDescriptor* field() const { return path.back(); }
};

std::string Replaced(std::string text, char from, char to) {
  std::replace(text.begin(), text.end(), from, to);
  return text;
}

std::string Upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20) : c; });
  return text;
}

void Collect(const Descriptor* type, const std::vector<const FieldDescriptor*>& above,
             const std::string& prefix, std::vector<Option>& options) {
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    const std::string name = prefix.empty() ? field->name() : prefix + '_' + field->name();
    auto path = above;
    path.push_back(field);
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field->is_repeated()) {
      Collect(field->message_type(), path, name == kCommon ? "" : name, options);
    } else {
      options.push_back({std::move(path), "--" + Replaced(name, '_', '-'), "VIGIL_" + Upper(name)});
    }
  }
}

std::vector<Option> OptionsOf(const Descriptor* type) {
  std::vector<Option> options;
  Collect(type, {}, "", options);
  return options;
}

// A list in YAML, which takes the place of the one that stands there. Nothing but the list is taken
// from the text.
absl::Status SetList(std::string_view source, std::string_view text, const FieldDescriptor* field,
                     Message* message) {
  const std::unique_ptr<Message> read(message->New());
  const std::string yaml = fmt::format("{}: {}", field->name(), text);
  if (auto parsed = ParseYaml(yaml, source, read.get()); !parsed.ok()) return parsed;
  message->GetReflection()->SwapFields(message, read.get(), {field});
  return absl::OkStatus();
}

// `source`: the flag or the variable.
absl::Status Set(const Option& option, std::string_view source, std::string_view value,
                 Message* config) {
  Message* message = config;
  for (size_t i = 0; i + 1 < option.path.size(); ++i) {
    message = message->GetReflection()->MutableMessage(message, option.path[i]);
  }
  if (option.field()->is_repeated()) return SetList(source, value, option.field(), message);
  const std::string wrong = yaml::SetScalar(value, false, option.field(), message);
  if (wrong.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(fmt::format("{}: {}", source, wrong));
}

struct Flag {
  std::string name;
  std::string value;
};

// `--name value` and `--name=value`.
absl::StatusOr<std::vector<Flag>> ParseFlags(const std::vector<std::string>& args) {
  std::vector<Flag> flags;
  for (size_t i = 0; i < args.size(); ++i) {
    if (!args[i].starts_with("--")) {
      return absl::InvalidArgumentError(fmt::format("'{}' is no flag; see --help", args[i]));
    }
    if (const size_t equals = args[i].find('='); equals != std::string::npos) {
      flags.push_back({args[i].substr(0, equals), args[i].substr(equals + 1)});
    } else if (i + 1 < args.size()) {
      flags.push_back({args[i], args[i + 1]});
      ++i;
    } else {
      return absl::InvalidArgumentError(
          fmt::format("{} has no value; write {} VALUE", args[i], args[i]));
    }
  }
  return flags;
}

absl::Status UnknownFlag(const std::string& name, const std::vector<Option>& options) {
  std::vector<std::string> known;
  for (const Option& option : options) known.push_back(option.flag);
  const std::string nearest = Nearest(name, known);
  return absl::InvalidArgumentError(
      nearest.empty() ? fmt::format("{} is unknown; see --help", name)
                      : fmt::format("{} is unknown; did you mean {}?", name, nearest));
}

absl::Status SetFlags(const std::vector<Flag>& flags, const std::vector<Option>& options,
                      Message* config) {
  std::vector<std::string> seen;
  for (const Flag& flag : flags) {
    if (flag.name == kConfigFlag) continue;
    if (std::find(seen.begin(), seen.end(), flag.name) != seen.end()) {
      return absl::InvalidArgumentError(fmt::format("{} is given twice; keep one", flag.name));
    }
    seen.push_back(flag.name);
    const auto option = std::find_if(options.begin(), options.end(),
                                     [&](const Option& o) { return o.flag == flag.name; });
    if (option == options.end()) return UnknownFlag(flag.name, options);
    if (auto set = Set(*option, flag.name, flag.value, config); !set.ok()) return set;
  }
  return absl::OkStatus();
}

absl::Status LoadFiles(const std::vector<Flag>& flags, const Environment& environment,
                       Message* config) {
  std::vector<std::string> files;
  for (const Flag& flag : flags) {
    if (flag.name == kConfigFlag) files.push_back(flag.value);
  }
  const auto variable = environment(kConfigVariable);
  if (files.empty() && variable) files.push_back(*variable);
  for (const std::string& file : files) {
    if (auto loaded = LoadYaml(file, config); !loaded.ok()) {
      return absl::InvalidArgumentError(std::string(loaded.message()));
    }
  }
  return absl::OkStatus();
}

// What a value may look like, and what it is where nobody sets it.
std::string Described(const Option& option, const Message& defaults) {
  if (option.field()->is_repeated()) return "a list, written as '[{key: value, ...}, ...]'";
  const Message* message = &defaults;
  for (size_t i = 0; i + 1 < option.path.size(); ++i) {
    message = &message->GetReflection()->GetMessage(*message, option.path[i]);
  }
  const std::string expected = yaml::Expected(option.field());
  if (!message->GetReflection()->HasField(*message, option.field())) return expected;
  return fmt::format("{}; default {}", expected, yaml::ScalarText(*message, option.field(), -1));
}

}  // namespace

absl::Status MergeConfig(const std::vector<std::string>& args, const Environment& environment,
                         Message* config) {
  const auto options = OptionsOf(config->GetDescriptor());
  const auto flags = ParseFlags(args);
  if (!flags.ok()) return flags.status();
  if (auto loaded = LoadFiles(*flags, environment, config); !loaded.ok()) return loaded;
  for (const Option& option : options) {
    const auto value = environment(option.variable);
    if (!value) continue;
    if (auto set = Set(option, option.variable, *value, config); !set.ok()) return set;
  }
  return SetFlags(*flags, options, config);
}

std::vector<std::string> UnknownVariables(const std::vector<std::string>& names,
                                          const Descriptor* config) {
  std::vector<std::string> known(std::begin(kOthersVariables), std::end(kOthersVariables));
  known.emplace_back(kConfigVariable);
  // The services of an instance share their environment: what another one of them knows is fine.
  for (int i = 0; i < config->file()->message_type_count(); ++i) {
    const Descriptor* type = config->file()->message_type(i);
    if (type->FindFieldByName(std::string(kCommon)) == nullptr) continue;  // a part of one
    for (const Option& option : OptionsOf(type)) known.push_back(option.variable);
  }
  std::vector<std::string> unknown;
  for (const std::string& name : names) {
    if (!name.starts_with(kVariablePrefix)) continue;
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string nearest = Nearest(name, known);
    unknown.push_back(nearest.empty() ? name : fmt::format("{}; did you mean {}?", name, nearest));
  }
  return unknown;
}

std::vector<std::string> VariableNames() {
  std::vector<std::string> names;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    names.emplace_back(text.substr(0, text.find('=')));
  }
  return names;
}

std::string ConfigHelp(const std::string& program, const Message& defaults) {
  std::string help = fmt::format(
      "usage: {} [--config FILE]... [--flag VALUE]...\n\n"
      "A flag wins over its variable, a variable over the file (YAML; {}).\n"
      "Where there are several files, a later one wins and its lists are added; a list from a flag "
      "or a variable stands alone.\n"
      "Relative paths start at the current folder.\n\n"
      "  {:<34} {}\n",
      program, defaults.GetTypeName(), "--config FILE", kConfigVariable);
  for (const Option& option : OptionsOf(defaults.GetDescriptor())) {
    help += fmt::format("  {:<34} {:<36} {}\n", option.flag, option.variable,
                        Described(option, defaults));
  }
  return help;
}

absl::Status LoadConfig(int argc, char** argv, Message* config) {
  const std::vector<std::string> args(argv + std::min(argc, 1), argv + argc);
  if (std::find(args.begin(), args.end(), "--help") != args.end()) {
    fmt::print("{}", ConfigHelp(argc > 0 ? argv[0] : "", *config));
    std::fflush(stdout);
    std::exit(0);
  }
  const Environment environment = [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
  return MergeConfig(args, environment, config);
}

}  // namespace vigil
