#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace vigil {

// Configuration: the config message is the options. Each field is a key of the YAML file, a flag
// (`mail.smtp_url`: `--mail-smtp-url`) and a variable (`VIGIL_MAIL_SMTP_URL`); those of `common` go
// without its name (`--grpc-listen`, `VIGIL_GRPC_LISTEN`). A list is written in YAML there too:
// `--tokens='[{file: admin-token, name: admin, role: admin}]'`, and takes the place of the file's.
// A flag wins over a variable, a variable over the file, the file over what `config` held before.
// Paths in it are relative to the folder the process was started in. Secrets are never values: a
// field names the file that holds one.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// Merges file, variables and flags into `config`. `args` are those after the program's name, with
// the file as `--config FILE` or VIGIL_CONFIG. `--config` may be given again: what a later file
// sets wins, its lists are added. INVALID_ARGUMENT names the flag, the variable or `file:line`, and
// the remedy.
absl::Status MergeConfig(const std::vector<std::string>& args, const Environment& environment,
                         google::protobuf::Message* config);

// Which of these environment variables begin with `VIGIL_` and mean nothing to any service, each
// with the one that was probably meant. Not refused: a cluster may set such names for reasons of
// its own.
std::vector<std::string> UnknownVariables(const std::vector<std::string>& names,
                                          const google::protobuf::Descriptor* config);

// The names in this process' environment.
std::vector<std::string> VariableNames();

// The text of --help; `defaults` is the configuration before anything is read.
std::string ConfigHelp(const std::string& program, const google::protobuf::Message& defaults);

// Reads the configuration of a process over what `config` holds. `--help` prints the help and ends
// the process with 0.
absl::Status LoadConfig(int argc, char** argv, google::protobuf::Message* config);

template <class Config>
absl::StatusOr<Config> LoadConfig(int argc, char** argv) {
  Config config;
  if (auto status = LoadConfig(argc, argv, &config); !status.ok()) return status;
  return config;
}

}  // namespace vigil
