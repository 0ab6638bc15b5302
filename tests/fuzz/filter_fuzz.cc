// Any text as the filter of a list: refused with FILTER_INVALID, or one that takes or leaves each
// message, and whose negation does the opposite.
#include "common/filter/filter.h"

#include <fmt/format.h>

#include <cstdint>

#include "common/rpc/errors.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/sample_messages.h"
#include "tests/fuzz/utf8.h"

namespace vigil::fuzz {
namespace {

void Try(std::string_view text, const google::protobuf::Message& sample) {
  const auto filter = Filter::Parse(text, sample.GetDescriptor());
  if (!filter.ok()) {
    Require(!IsUtf8(text) || IsUtf8(std::string(filter.status().message())), "a refusal is text");
    return Require(rpc::ReasonOf(filter.status()) == "FILTER_INVALID", "a refusal has its reason");
  }
  const bool taken = filter->Matches(sample);
  Require(!filter->MatchesAll() || taken, "the empty filter takes everything");
  const auto opposite = Filter::Parse(fmt::format("NOT ({})", text), sample.GetDescriptor());
  Require(!opposite.ok() || opposite->Matches(sample) != taken, "NOT turns the answer round");
}

}  // namespace
}  // namespace vigil::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto* sample : vigil::fuzz::SampleMessages()) vigil::fuzz::Try(text, *sample);
  return 0;
}
