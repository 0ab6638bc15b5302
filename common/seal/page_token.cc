#include "common/seal/page_token.h"

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <memory>

#include "common/rpc/errors.h"

namespace vigil {
namespace {

using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;

constexpr int kDefaultSize = 100;
constexpr int kLargestSize = 1000;

const FieldDescriptor* Field(const Message& request, const char* name) {
  return request.GetDescriptor()->FindFieldByName(name);
}

// Every argument but the paging itself, as bytes that depend on nothing else.
std::string Binding(const Message& request) {
  std::unique_ptr<Message> copy(request.New());
  copy->CopyFrom(request);
  for (const char* name : {"page_size", "page_token"}) {
    if (const auto* field = Field(request, name)) copy->GetReflection()->ClearField(&*copy, field);
  }
  std::string bytes = request.GetDescriptor()->full_name() + '\n';
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    copy->SerializeToCodedStream(&coded);
  }
  return bytes;
}

}  // namespace

absl::StatusOr<Page> OpenPage(const Sealer& sealer, const Message& request) {
  Page page;
  const auto* reflection = request.GetReflection();
  if (const auto* field = Field(request, "page_size")) {
    const int size = reflection->GetInt32(request, field);
    if (size < 0) {
      return rpc::InvalidArgument(
          "PAGE_SIZE_NEGATIVE", "page_size",
          fmt::format("page_size is {}; leave it out or give 1 to {}", size, kLargestSize));
    }
    page.size = size == 0 ? kDefaultSize : std::min(size, kLargestSize);
  }
  const auto* field = Field(request, "page_token");
  const std::string token = field == nullptr ? "" : reflection->GetString(request, field);
  if (token.empty()) return page;
  auto cursor = sealer.Open(token, Binding(request));
  if (!cursor.ok()) {
    return rpc::InvalidArgument("PAGE_TOKEN_INVALID", "page_token",
                                "page_token does not belong to this request; send the one of the "
                                "last answer with the other "
                                "arguments unchanged, or start without it");
  }
  page.cursor = *std::move(cursor);
  return page;
}

std::string SealPageToken(const Sealer& sealer, const Message& request, std::string_view cursor) {
  return sealer.Seal(cursor, Binding(request));
}

}  // namespace vigil
