// Any text as a case file: refused with file, line and key, or a document that the checks of the
// import take or refuse by field; what they take, the domain can read.
#include <cstdint>

#include "common/yaml/yaml.h"
#include "tests/fuzz/import_fuzz.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  vigil::registry::v1::CaseDocument document;
  const absl::Status read = vigil::ParseYaml(text, "case.yaml", &document);
  if (read.ok()) {
    vigil::fuzz::CheckAndDerive(std::move(document));
  } else {
    vigil::fuzz::Require(std::string(read.message()).starts_with("case.yaml:"),
                         "a refusal names file and line");
    vigil::fuzz::Require(vigil::fuzz::IsUtf8(std::string(read.message())), "a refusal is text");
  }
  return 0;
}
