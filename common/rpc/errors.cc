#include "common/rpc/errors.h"

#include <fmt/format.h>

#include <optional>

#include "absl/strings/cord.h"
#include "google/rpc/error_details.pb.h"

namespace vigil::rpc {
namespace {

constexpr const char* kErrorInfo = "type.googleapis.com/google.rpc.ErrorInfo";
constexpr const char* kBadRequest = "type.googleapis.com/google.rpc.BadRequest";

absl::Status Make(absl::StatusCode code, std::string_view reason, const Metadata& metadata,
                  const std::string& message) {
  absl::Status status(code, message);
  google::rpc::ErrorInfo info;
  info.set_domain("vigil");
  info.set_reason(std::string(reason));
  info.mutable_metadata()->insert(metadata.begin(), metadata.end());
  status.SetPayload(kErrorInfo, absl::Cord(info.SerializeAsString()));
  return status;
}

std::optional<google::rpc::ErrorInfo> InfoOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kErrorInfo);
  google::rpc::ErrorInfo info;
  if (!payload || !info.ParseFromString(std::string(*payload))) return std::nullopt;
  return info;
}

}  // namespace

absl::Status InvalidArgument(std::string_view reason, std::string_view field, std::string message) {
  Metadata metadata;
  if (!field.empty()) metadata.emplace("field", field);
  absl::Status status = Make(absl::StatusCode::kInvalidArgument, reason, metadata, message);
  if (field.empty()) return status;
  google::rpc::BadRequest bad;
  auto* violation = bad.add_field_violations();
  violation->set_field(std::string(field));
  violation->set_description(message);
  status.SetPayload(kBadRequest, absl::Cord(bad.SerializeAsString()));
  return status;
}

absl::Status NotFound(std::string_view reason, Metadata metadata, std::string message) {
  return Make(absl::StatusCode::kNotFound, reason, metadata, message);
}
absl::Status AlreadyExists(std::string_view reason, Metadata metadata, std::string message) {
  return Make(absl::StatusCode::kAlreadyExists, reason, metadata, message);
}
absl::Status FailedPrecondition(std::string_view reason, Metadata metadata, std::string message) {
  return Make(absl::StatusCode::kFailedPrecondition, reason, metadata, message);
}
absl::Status Aborted(std::string_view reason, Metadata metadata, std::string message) {
  return Make(absl::StatusCode::kAborted, reason, metadata, message);
}
absl::Status OutOfRange(std::string_view reason, Metadata metadata, std::string message) {
  return Make(absl::StatusCode::kOutOfRange, reason, metadata, message);
}
absl::Status Unauthenticated(std::string_view reason, Metadata metadata, std::string message) {
  return Make(absl::StatusCode::kUnauthenticated, reason, metadata, message);
}
absl::Status PermissionDenied(std::string_view reason, Metadata metadata, std::string message) {
  return Make(absl::StatusCode::kPermissionDenied, reason, metadata, message);
}
absl::Status ResourceExhausted(std::string_view reason, Metadata metadata, std::string message) {
  return Make(absl::StatusCode::kResourceExhausted, reason, metadata, message);
}
absl::Status Unavailable(std::string_view reason, Metadata metadata, std::string message) {
  return Make(absl::StatusCode::kUnavailable, reason, metadata, message);
}
absl::Status DeadlineExceeded(std::string_view reason, Metadata metadata, std::string message) {
  return Make(absl::StatusCode::kDeadlineExceeded, reason, metadata, message);
}
absl::Status Unimplemented(std::string_view reason, Metadata metadata, std::string message) {
  return Make(absl::StatusCode::kUnimplemented, reason, metadata, message);
}
absl::Status Internal(std::string_view reason, Metadata metadata, std::string message) {
  return Make(absl::StatusCode::kInternal, reason, metadata, message);
}

std::string ReasonOf(const absl::Status& status) {
  const auto info = InfoOf(status);
  return info ? info->reason() : "";
}

Metadata MetadataOf(const absl::Status& status) {
  const auto info = InfoOf(status);
  if (!info) return {};
  return Metadata(info->metadata().begin(), info->metadata().end());
}

absl::Status Annotate(const absl::Status& status, std::string_view prefix) {
  if (status.ok()) return status;
  absl::Status annotated(status.code(), fmt::format("{}{}", prefix, std::string(status.message())));
  status.ForEachPayload(
      [&annotated](auto type, const absl::Cord& payload) { annotated.SetPayload(type, payload); });
  return annotated;
}

}  // namespace vigil::rpc
