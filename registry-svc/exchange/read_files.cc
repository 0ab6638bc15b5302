#include "registry-svc/exchange/read_files.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "common/yaml/yaml.h"
#include "registry-svc/exchange/csv_documents.h"

namespace vigil::registry {
namespace {

constexpr std::string_view kMark = "\xEF\xBB\xBF";

v1::FileFormat FormatOf(const v1::ImportFile& file) {
  if (file.format() != v1::FILE_FORMAT_UNSPECIFIED) return file.format();
  const std::string_view name = file.file();
  if (name.ends_with(".yaml") || name.ends_with(".yml")) return v1::FILE_FORMAT_YAML;
  if (name.ends_with(".json")) return v1::FILE_FORMAT_JSON;
  return name.ends_with(".csv") ? v1::FILE_FORMAT_CSV : v1::FILE_FORMAT_UNSPECIFIED;
}

// The places of a document whose paths begin with `prefix` in its file.
std::function<Place(const std::string&)> PlacesIn(const std::string& file,
                                                  std::shared_ptr<const YamlLines> lines,
                                                  const std::string& prefix) {
  return [file, lines, prefix](const std::string& path) {
    const std::string whole = prefix.empty() || path.empty() ? prefix + path : prefix + "." + path;
    return Place{.file = file, .line = lines->LineAround(whole), .column = 0, .key = whole};
  };
}

class FileReader {
 public:
  void Read(const v1::ImportFile& file) {
    std::string_view text = file.content();
    if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
    const Place all{.file = file.file(), .line = 1, .column = 0, .key = ""};
    if (file.file().empty()) {
      return read_.Add(ProblemAt("REQUIRED", all, "a file has no name; give it one"));
    }
    switch (FormatOf(file)) {
      case v1::FILE_FORMAT_YAML:
        return ReadYaml(file, text);
      case v1::FILE_FORMAT_JSON:
        return ReadJson(file, text);
      case v1::FILE_FORMAT_CSV:
        return csv_.Read(file.file(), text, read_);
      default:
        read_.Add(BadFile(
            all, "how it is written is not said: name it .yaml, .json or .csv, or set `format`"));
    }
  }

  FilesRead Take() { return std::move(read_); }

 private:
  void AddStatus(const std::string& file, const absl::Status& status) {
    YamlProblem problem = TakeApart(status, file);
    read_.Add(BadFile({.file = file, .line = problem.line, .column = 0, .key = problem.key},
                      std::move(problem.text)));
  }

  void ReadYaml(const v1::ImportFile& file, std::string_view text) {
    auto lines = std::make_shared<YamlLines>();
    Document document;
    const absl::Status status = ParseYaml(text, file.file(), &document.content, lines.get());
    if (!status.ok()) return AddStatus(file.file(), status);
    document.place_of = PlacesIn(file.file(), std::move(lines), "");
    read_.documents.push_back(std::move(document));
  }

  void ReadJson(const v1::ImportFile& file, std::string_view text) {
    auto lines = std::make_shared<YamlLines>();
    std::vector<std::unique_ptr<v1::CaseDocument>> contents;
    const auto add = [&] {
      return contents.emplace_back(std::make_unique<v1::CaseDocument>()).get();
    };
    const absl::Status status = ParseJsonArray(text, file.file(), add, lines.get());
    if (!status.ok()) return AddStatus(file.file(), status);
    for (size_t i = 0; i < contents.size(); ++i) {
      read_.documents.push_back({.content = std::move(*contents[i]),
                                 .place_of = PlacesIn(file.file(), lines, fmt::format("[{}]", i))});
    }
  }

  FilesRead read_;
  CsvDocuments csv_;
};

}  // namespace

FilesRead ReadFiles(const google::protobuf::RepeatedPtrField<v1::ImportFile>& files) {
  FileReader reader;
  for (const v1::ImportFile& file : files) reader.Read(file);
  return reader.Take();
}

}  // namespace vigil::registry
