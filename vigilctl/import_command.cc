#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <vector>

#include "common/yaml/yaml.h"
#include "vigil/registry/v1/registry_service.grpc.pb.h"
#include "vigilctl/commands.h"

namespace vigil::vigilctl {
namespace {

struct ImportArguments {
  std::vector<std::string> paths;
  bool dry_run = false;
  bool if_empty = false;
};

// Adds the documents of a file, or of every YAML file of a folder.
void Read(const std::string& path, registry::v1::ImportCasesRequest& request) {
  std::vector<std::string> files = {path};
  if (std::filesystem::is_directory(path)) {
    auto found = YamlFilesIn(path);
    if (!found.ok()) Fail(found.status());
    files = *std::move(found);
  }
  for (const auto& file : files) {
    if (auto status = LoadYaml(file, request.add_documents()); !status.ok()) Fail(status);
  }
}

void Import(const ImportArguments& arguments, const Session& session) {
  registry::v1::ImportCasesRequest request;
  request.set_validate_only(arguments.dry_run);
  request.set_only_if_empty(arguments.if_empty);
  for (const auto& path : arguments.paths) Read(path, request);
  const auto done =
      Connection(session).Call(&registry::v1::ImportService::Stub::ImportCases, request);
  fmt::print("{}{} cases and dossiers, {} facts; {} were there already\n",
             arguments.dry_run ? "would import " : "imported ", done.created_cases(),
             done.created_facts(), done.unchanged());
}

}  // namespace

void AddImport(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<ImportArguments>();
  auto* import = app.add_subcommand("import", "creates the cases of YAML files, all or nothing");
  import->add_option("PATH", arguments->paths, "files or folders")->required();
  import->add_flag("--dry-run", arguments->dry_run, "check only");
  import->add_flag("--if-empty", arguments->if_empty, "only into a registry without cases");
  import->callback([arguments, &session] { Import(*arguments, session);
});
}  // namespace vigil::vigilctl

}  // namespace vigil::vigilctl
