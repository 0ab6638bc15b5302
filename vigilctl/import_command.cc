#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <vector>

#include "common/rpc/keepalive.h"
#include "vigil/registry/v1/exchange.grpc.pb.h"
#include "vigilctl/commands.h"
#include "vigilctl/moves.h"
#include "vigilctl/words.h"

namespace vigil::vigilctl {
namespace {

namespace fs = std::filesystem;
namespace pb = registry::v1;

struct ImportArguments {
  std::vector<std::string> paths;
  std::string format;
  bool dry_run = false;
  bool if_empty = false;
};

// The files of a folder that can be imported, by name.
std::vector<std::string> FilesIn(const fs::path& folder) {
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string kind = entry.path().extension();
    if (kind == ".yaml" || kind == ".yml" || kind == ".json" || kind == ".csv") {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

pb::ImportFilesRequest RequestOf(const ImportArguments& arguments) {
  pb::ImportFilesRequest request;
  request.set_dry_run(arguments.dry_run);
  request.set_only_if_empty(arguments.if_empty);
  size_t bytes = 0;
  const auto add = [&](const std::string& path) {
    pb::ImportFile& file = *request.add_files();
    file.set_file(path);
    file.set_content(ReadText(path));
    file.set_format(FormatOf(arguments.format));
    bytes += file.ByteSizeLong();
  };
  for (const auto& path : arguments.paths) {
    if (!fs::is_directory(path)) {
      add(path);
      continue;
    }
    for (const auto& file : FilesIn(path)) add(file);
  }
  if (bytes + 1024 * 64 > static_cast<size_t>(rpc::kMaxRequestBytes)) {
    Fail(absl::InvalidArgumentError(
        fmt::format("the files take {} bytes and one import takes {}: import them in parts, what "
                    "others refer to first",
                    bytes, rpc::kMaxRequestBytes)));
  }
  return request;
}

void Print(const pb::ImportChange& change) {
  fmt::print("{:<9} {}  {}:{}\n", Word(change.kind()), change.name(), change.file(), change.line());
  for (const auto& field : change.fields()) {
    const auto side = [](const std::string& text) { return text.empty() ? "(not set)" : text; };
    fmt::print("    {}: {} -> {}\n", field.path(), side(field.before()), side(field.after()));
  }
}

void Print(const pb::ImportProblem& problem) {
  std::string place = fmt::format("{}:{}:", problem.file(), problem.line());
  if (problem.column() > 0) place += fmt::format("{}:", problem.column());
  if (!problem.key().empty()) place += fmt::format(" {}:", problem.key());
  fmt::print("{} {}\n", place, problem.message());
}

void PrintAll(const pb::ImportFilesResponse& answer) {
  for (const auto& change : answer.changes()) Print(change);
  for (const auto& move : answer.moves()) PrintMove(move);
  for (const auto& problem : answer.problems()) Print(problem);
  if (answer.cut_off()) fmt::print("… and more of it\n");
}

void Import(const ImportArguments& arguments, const Session& session) {
  const auto answer =
      Connection(session).Call(&pb::ExchangeService::Stub::ImportFiles, RequestOf(arguments));
  if (session.json) {
    fmt::print("{}", ToJson(answer));
  } else {
    if (arguments.dry_run) PrintAll(answer);
    fmt::print("{} {} cases and dossiers, updated {}, {} facts, retracted {}; {} were there\n",
               arguments.dry_run ? "would import" : "imported", answer.created_cases(),
               answer.updated_cases(), answer.appended_facts(), answer.retracted_facts(),
               answer.unchanged());
  }
  if (!answer.problems().empty()) std::exit(1);
}

}  // namespace

void AddImport(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<ImportArguments>();
  auto* import =
      app.add_subcommand("import", "brings cases in from YAML, JSON and CSV files, all or nothing");
  import->add_option("PATH", arguments->paths, "files or folders")->required();
  import->add_flag("--dry-run", arguments->dry_run,
                   "print what would change and all that is wrong, and change nothing");
  import->add_flag("--if-empty", arguments->if_empty, "only into a registry without cases");
  import->add_option("--format", arguments->format, "how the files are written, if not by name")
      ->check(CLI::IsMember({"yaml", "json", "csv"}));
  import->callback([arguments, &session] { Import(*arguments, session);
});
}  // namespace vigil::vigilctl

}  // namespace vigil::vigilctl
