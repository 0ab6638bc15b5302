#include "common/rpc/update_mask.h"

#include <fmt/format.h>
#include <google/protobuf/util/field_mask_util.h>

#include <algorithm>
#include <string>

#include "common/rpc/errors.h"

namespace vigil::rpc {
namespace {

using google::protobuf::FieldMask;
using google::protobuf::util::FieldMaskUtil;

FieldMask PopulatedFields(const google::protobuf::Message& resource,
                          std::span<const std::string_view> allowed) {
  FieldMask mask;
  const auto& reflection = *resource.GetReflection();
  for (const std::string_view path : allowed) {
    const auto* field = resource.GetDescriptor()->FindFieldByName(std::string(path));
    const bool set = field->is_repeated() ? reflection.FieldSize(resource, field) > 0
                                          : reflection.HasField(resource, field);
    if (set) mask.add_paths(std::string(path));
  }
  return mask;
}

}  // namespace

absl::StatusOr<FieldMask> MaskOf(const google::protobuf::Message& resource, const FieldMask& wanted,
                                 std::span<const std::string_view> allowed) {
  if (wanted.paths().empty()) return PopulatedFields(resource, allowed);
  FieldMask mask;
  for (const std::string& path : wanted.paths()) {
    if (path == "*") {
      for (const std::string_view name : allowed) mask.add_paths(std::string(name));
      continue;
    }
    const std::string_view root = std::string_view(path).substr(0, path.find('.'));
    if (std::find(allowed.begin(), allowed.end(), root) == allowed.end() ||
        !FieldMaskUtil::GetFieldDescriptors(resource.GetDescriptor(), path, nullptr)) {
      return InvalidArgument(
          "BAD_MASK", "update_mask",
          fmt::format("update_mask: '{:.80}' is no field that can be changed", path));
    }
    mask.add_paths(path);
  }
  return mask;
}

void Merge(const google::protobuf::Message& from, const FieldMask& mask,
           google::protobuf::Message& to) {
  FieldMaskUtil::MergeOptions options;
  options.set_replace_message_fields(true);
  options.set_replace_repeated_fields(true);
  FieldMaskUtil::MergeMessageTo(from, mask, options, &to);
}

}  // namespace vigil::rpc
