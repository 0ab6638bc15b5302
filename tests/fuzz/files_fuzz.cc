// Any bytes as a file of an import, as YAML, as JSON and as CSV: problems that name a place and fit
// into a message, and documents that do too; what the checks take of them, the domain can read.
#include <cstdint>

#include "registry-svc/exchange/read_files.h"
#include "tests/fuzz/import_fuzz.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/utf8.h"

namespace vigil::fuzz {
namespace {

void CheckProblem(const registry::v1::ImportProblem& problem) {
  Require(problem.file() == "file", "a problem names its file");
  Require(problem.line() >= 1 && problem.column() >= 0, "and the line in it");
  Require(!problem.reason().empty() && !problem.message().empty(), "and what is wrong");
  Require(IsUtf8(problem.message()) && IsUtf8(problem.key()), "a problem fits into a message");
}

void Try(registry::v1::FileFormat format, std::string_view content) {
  google::protobuf::RepeatedPtrField<registry::v1::ImportFile> files;
  registry::v1::ImportFile& file = *files.Add();
  file.set_file("file");
  file.set_format(format);
  file.set_content(std::string(content));
  const registry::FilesRead read = registry::ReadFiles(files);
  for (const auto& problem : read.problems) CheckProblem(problem);
  for (const registry::Document& document : read.documents) {
    registry::v1::CaseDocument copy;
    Require(copy.ParseFromString(document.content.SerializeAsString()),
            "a document is one that can be stored and read again");
    Require(document.place_of("facts[0].verdict.term").line >= 1, "each place has a line");
    CheckAndDerive(std::move(copy));
  }
}

}  // namespace
}  // namespace vigil::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace v1 = vigil::registry::v1;
  const std::string_view content(reinterpret_cast<const char*>(data), size);
  for (const v1::FileFormat format :
       {v1::FILE_FORMAT_YAML, v1::FILE_FORMAT_JSON, v1::FILE_FORMAT_CSV}) {
    vigil::fuzz::Try(format, content);
  }
  return 0;
}
