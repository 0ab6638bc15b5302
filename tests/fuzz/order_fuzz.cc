// Any text as the order of a list: refused with ORDER_INVALID, or one whose keys are as said: of
// two keys none is the beginning of the other.
#include "common/filter/order.h"

#include <cstdint>
#include <memory>

#include "common/rpc/errors.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/sample_messages.h"
#include "tests/fuzz/utf8.h"

namespace vigil::fuzz {
namespace {

void Try(std::string_view text, const google::protobuf::Message& sample) {
  const auto order = Order::Parse(text, sample.GetDescriptor());
  if (!order.ok()) {
    Require(!IsUtf8(text) || IsUtf8(std::string(order.status().message())), "a refusal is text");
    return Require(rpc::ReasonOf(order.status()) == "ORDER_INVALID", "a refusal has its reason");
  }
  const std::unique_ptr<google::protobuf::Message> empty(sample.New());
  const std::string full_key = order->KeyOf(sample);
  const std::string empty_key = order->KeyOf(*empty);
  Require(full_key == empty_key ||
              (!full_key.starts_with(empty_key) && !empty_key.starts_with(full_key)),
          "no key is the beginning of another");
}

}  // namespace
}  // namespace vigil::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto* sample : vigil::fuzz::SampleMessages()) vigil::fuzz::Try(text, *sample);
  return 0;
}
