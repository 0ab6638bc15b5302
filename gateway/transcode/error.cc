#include "gateway/transcode/error.h"

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include "absl/strings/cord.h"
#include "fmt/format.h"
#include "gateway/transcode/json.h"
#include "google/protobuf/any.pb.h"
#include "google/rpc/error_details.pb.h"

namespace vigil::gateway::transcode {
namespace {

constexpr std::size_t kMessageLimit = 1024;

std::string Quoted(std::string_view text) {
  return boost::json::serialize(boost::json::string(text.data(), text.size()));
}

// Cuts at a character's border.
std::string_view Cut(std::string_view text) {
  if (text.size() <= kMessageLimit) return text;
  std::size_t end = kMessageLimit;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

// The ErrorInfo first: a status keeps its payloads in no order. Details of a type this program does
// not know are left out: they could not be printed as JSON.
std::string Details(const absl::Status& status) {
  std::string info;
  std::string others;
  status.ForEachPayload([&](absl::string_view type_url, const absl::Cord& value) {
    google::protobuf::Any any;
    any.set_type_url(std::string(type_url.data(), type_url.size()));
    any.set_value(std::string(value));
    const absl::StatusOr<std::string> json = ToJson(any);
    if (!json.ok()) return;
    std::string& out = any.Is<google::rpc::ErrorInfo>() ? info : others;
    if (!out.empty()) out += ',';
    out += *json;
  });
  return info.empty() || others.empty() ? info + others : info + "," + others;
}

}  // namespace

int ToHttpStatus(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return 200;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
      return 400;
    case absl::StatusCode::kUnauthenticated:
      return 401;
    case absl::StatusCode::kPermissionDenied:
      return 403;
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kAlreadyExists:
      return 409;
    case absl::StatusCode::kResourceExhausted:
      return 429;
    case absl::StatusCode::kCancelled:
      return 499;
    case absl::StatusCode::kUnimplemented:
      return 501;
    case absl::StatusCode::kUnavailable:
      return 503;
    case absl::StatusCode::kDeadlineExceeded:
      return 504;
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kDataLoss:
      return 500;
    default:
      return 500;
  }
}

std::string_view CodeName(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return "OK";
    case absl::StatusCode::kCancelled:
      return "CANCELLED";
    case absl::StatusCode::kUnknown:
      return "UNKNOWN";
    case absl::StatusCode::kInvalidArgument:
      return "INVALID_ARGUMENT";
    case absl::StatusCode::kDeadlineExceeded:
      return "DEADLINE_EXCEEDED";
    case absl::StatusCode::kNotFound:
      return "NOT_FOUND";
    case absl::StatusCode::kAlreadyExists:
      return "ALREADY_EXISTS";
    case absl::StatusCode::kPermissionDenied:
      return "PERMISSION_DENIED";
    case absl::StatusCode::kResourceExhausted:
      return "RESOURCE_EXHAUSTED";
    case absl::StatusCode::kFailedPrecondition:
      return "FAILED_PRECONDITION";
    case absl::StatusCode::kAborted:
      return "ABORTED";
    case absl::StatusCode::kOutOfRange:
      return "OUT_OF_RANGE";
    case absl::StatusCode::kUnimplemented:
      return "UNIMPLEMENTED";
    case absl::StatusCode::kInternal:
      return "INTERNAL";
    case absl::StatusCode::kUnavailable:
      return "UNAVAILABLE";
    case absl::StatusCode::kDataLoss:
      return "DATA_LOSS";
    case absl::StatusCode::kUnauthenticated:
      return "UNAUTHENTICATED";
    default:
      return "UNKNOWN";
  }
}

std::string ErrorBody(int http_status, const absl::Status& status) {
  const absl::string_view message = status.message();
  return fmt::format(R"({{"error":{{"code":{},"message":{},"status":"{}","details":[{}]}}}})",
                     http_status, Quoted(Cut({message.data(), message.size()})),
                     CodeName(status.code()), Details(status));
}

http::Response ErrorResponse(const absl::Status& status) {
  return ErrorResponse(ToHttpStatus(status.code()), status);
}

http::Response ErrorResponse(int http_status, const absl::Status& status) {
  http::Response response;
  response.status = http_status;
  response.headers.Add("Content-Type", "application/json");
  if (http_status == 401) response.headers.Add("WWW-Authenticate", "Bearer realm=\"vigil\"");
  if (http_status == 429 || http_status == 503) response.headers.Add("Retry-After", "1");
  response.body = ErrorBody(http_status, status);
  return response;
}

}  // namespace vigil::gateway::transcode
