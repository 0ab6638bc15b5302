#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <memory>
#include <vector>

#include "common/rpc/errors.h"
#include "common/rpc/status.h"
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

// A file that was read, in the order of the request's documents.
struct Source {
  std::string file;
  YamlLines lines;
};

// The files themselves, and those of the folders among the paths.
std::vector<std::string> FilesOf(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const auto& path : paths) {
    if (!std::filesystem::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    const auto found = YamlFilesIn(path);
    if (!found.ok()) Fail(found.status());
    files.insert(files.end(), found->begin(), found->end());
  }
  return files;
}

// Reads all files before it gives up, so that one run names every file that is malformed.
std::vector<Source> Read(const std::vector<std::string>& files,
                         registry::v1::ImportCasesRequest& request) {
  std::vector<Source> sources;
  std::string wrong;
  for (const auto& file : files) {
    Source source{file, {}};
    if (auto status = LoadYaml(file, request.add_documents(), &source.lines); !status.ok()) {
      wrong += (wrong.empty() ? "" : "\n") + std::string(status.message());
    }
    sources.push_back(std::move(source));
  }
  if (!wrong.empty()) Fail(absl::InvalidArgumentError(wrong));
  return sources;
}

// `file:line: ` of the field that the registry found wrong; empty where it names none. The line is
// that of the nearest thing around the field that the file has.
std::string PlaceOf(const absl::Status& status, const std::vector<Source>& sources) {
  constexpr std::string_view kPrefix = "documents[";
  auto metadata = rpc::MetadataOf(status);
  std::string_view field = metadata["field"];
  if (!field.starts_with(kPrefix)) return "";
  field.remove_prefix(kPrefix.size());
  size_t index = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), index);
  if (error != std::errc() || index >= sources.size()) return "";
  const size_t dot = field.find('.');
  std::string path(dot == std::string_view::npos ? "" : field.substr(dot + 1));
  int line = sources[index].lines.LineOf(path);
  while (line == 0 && !path.empty()) {
    const size_t cut = path.find_last_of(".[");
    path.resize(cut == std::string::npos ? 0 : cut);
    line = sources[index].lines.LineOf(path);
  }
  return fmt::format("{}:{}: ", sources[index].file, std::max(line, 1));
}

void Import(const ImportArguments& arguments, const Session& session) {
  registry::v1::ImportCasesRequest request;
  request.set_validate_only(arguments.dry_run);
  request.set_only_if_empty(arguments.if_empty);
  const auto sources = Read(FilesOf(arguments.paths), request);
  const auto done =
      Connection(session).Try(&registry::v1::ImportService::Stub::ImportCases, request);
  if (!done.ok()) Fail(rpc::Annotate(done.status(), PlaceOf(done.status(), sources)));
  fmt::print("{} {} cases and dossiers, {} facts; {} were there already\n",
             arguments.dry_run ? "would import" : "imported", done->created_cases(),
             done->created_facts(), done->unchanged());
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
