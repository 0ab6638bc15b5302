#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <vector>

#include "common/rpc/errors.h"
#include "vigil/registry/v1/exchange.grpc.pb.h"
#include "vigilctl/commands.h"
#include "vigilctl/read_options.h"
#include "vigilctl/words.h"

namespace vigil::vigilctl {
namespace {

namespace fs = std::filesystem;
namespace pb = registry::v1;

struct ExportArguments {
  std::string path, format = "yaml";
  std::vector<std::string> names;
  bool redacted = false;
  ReadOptions read;
};

// Writes the parts of an export into its files; each is new.
class Files {
 public:
  // `path`: the folder; of an export that is one file, that file.
  explicit Files(const ExportArguments& arguments)
      : path_(arguments.path), one_(arguments.format == "json" && !fs::is_directory(path_)) {
    std::error_code error;
    if (!one_) fs::create_directories(path_, error);
    if (error) Fail(absl::NotFoundError(fmt::format("{}: {}", arguments.path, error.message())));
  }

  void Take(const pb::ExportFilesResponse& part) {
    if (part.file() != name_) Open(part.file());
    out_ << part.data();
    revision_ = part.revision();
  }

  int count() const { return count_; }
  int64_t revision() const { return revision_; }
  bool Close() {
    out_.close();
    return count_ == 0 || !out_.fail();
  }

 private:
  void Open(const std::string& name) {
    const fs::path file = one_ ? path_ : path_ / fs::path(name).filename();
    if (fs::exists(file)) {
      Fail(absl::AlreadyExistsError(
          fmt::format("{} is there already; name another place", file.string())));
    }
    if (out_.is_open()) out_.close();
    out_.open(file, std::ios::binary);
    if (!out_) {
      Fail(
          absl::NotFoundError(fmt::format("{}: cannot be written; check the path", file.string())));
    }
    name_ = name;
    ++count_;
  }

  const fs::path path_;
  const bool one_;
  std::string name_;
  std::ofstream out_;
  int count_ = 0;
  int64_t revision_ = 0;
};

void Export(const ExportArguments& arguments, const Session& session) {
  pb::ExportFilesRequest request;
  request.set_format(FormatOf(arguments.format));
  request.set_redacted(arguments.redacted);
  for (const auto& name : arguments.names) request.add_names(name);
  SetReadOptions(arguments.read, "export", request);
  // What is exported names people.
  umask(0077);
  Files files(arguments);
  const absl::Status status = Connection(session).Read<pb::ExportFilesResponse>(
      &pb::ExchangeService::Stub::ExportFiles, request,
      [&](const pb::ExportFilesResponse& part) { files.Take(part); });
  const bool written = files.Close();
  if (!status.ok()) {
    Fail(files.count() == 0 ? status : rpc::Annotate(status, "the export is not whole: "));
  }
  if (!written) {
    Fail(absl::ResourceExhaustedError(
        fmt::format("{}: cannot be written to the end; make room", arguments.path)));
  }
  fmt::print("exported {} files as of revision {}\n", files.count(), files.revision());
}

}  // namespace

void AddExport(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<ExportArguments>();
  auto* command = app.add_subcommand("export", "writes cases and dossiers to files");
  command
      ->add_option("PATH", arguments->path,
                   "folder to write to; of JSON, which is one file, a file too")
      ->required();
  command->add_option("--format", arguments->format, "how to write them")
      ->check(CLI::IsMember({"yaml", "json", "csv"}))
      ->capture_default_str();
  command->add_flag("--redacted", arguments->redacted, "without confidential facts");
  command->add_option("--name", arguments->names,
                      "only this one: cases/{case}, dossiers/{dossier}; may be given again");
  AddReadOptions<pb::ExportFilesRequest>(*command, arguments->read);
  command->callback([arguments, &session] { Export(*arguments, session); });
}

}  // namespace vigil::vigilctl
