#include "vigilctl/session.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace vigil::vigilctl {

Connection::Connection(const Session& session) : channel_(rpc::MakeChannel(session.address)) {
  auto token = rpc::ReadSecret(session.token_file);
  if (!token.ok()) Fail(token.status());
  token_ = *std::move(token);
}

void Fail(const absl::Status& status) {
  std::string message(status.message());
  if (message.empty()) message = absl::StatusCodeToString(status.code());
  if (status.code() == absl::StatusCode::kUnimplemented) {
    message += "; --address is that of the gateway, which has what registry-svc and alert-svc have";
  }
  fmt::print(stderr, "vigilctl: {}\n", message);
  std::exit(1);
}

std::string ReadText(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (in) text << in.rdbuf();
  std::error_code ignored;
  if (!in || std::filesystem::is_directory(path, ignored)) {
    Fail(absl::NotFoundError(fmt::format("{}: cannot be read; check the path", path)));
  }
  return std::move(text).str();
}

std::string ToJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  options.add_whitespace = true;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
  if (!status.ok()) Fail(absl::InternalError("the answer cannot be written as JSON"));
  return json;
}

}  // namespace vigil::vigilctl
