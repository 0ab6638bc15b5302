// Any request over HTTP, `METHOD path?query` on the first line and the body after it: refused with
// a reason, or a message of the RPC that prints as JSON and reads back as it was.
#include <algorithm>
#include <boost/json/parse.hpp>
#include <cstdint>

#include "common/rpc/errors.h"
#include "gateway/transcode/error.h"
#include "gateway/transcode/json.h"
#include "gateway/transcode/transcoder.h"
#include "tests/fuzz/require.h"

namespace vigil::fuzz {
namespace {

using namespace gateway;  // NOLINT: the layers of one request

const transcode::RouteTable& Routes() {
  static const auto& routes = *new absl::StatusOr<transcode::RouteTable>(
      transcode::RouteTable::Build(transcode::VigilServices()));
  Require(routes.ok(), "the annotations make routes");
  return *routes;
}

std::string_view Cut(std::string_view& text, char end) {
  const size_t at = std::min(text.find(end), text.size());
  const std::string_view part = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return part;
}

http::Request RequestOf(std::string_view text) {
  http::Request request;
  std::string_view line = Cut(text, '\n');
  request.method = Cut(line, ' ');
  request.path = Cut(line, '?');
  request.query = line;
  request.body = text;
  return request;
}

void Try(const http::Request& request) {
  const auto match = Routes().Find(request.method, request.path);
  if (!match || match->route == nullptr) return;
  const auto message = transcode::MakeRpcRequest(*match, request);
  if (!message.ok()) {
    Require(!rpc::ReasonOf(message.status()).empty(), "a refusal has its reason");
    boost::json::error_code broken;
    boost::json::parse(transcode::ErrorResponse(message.status()).body, broken);
    return Require(!broken, "a refusal prints as JSON");
  }
  const auto json = transcode::ToJson(**message);
  if (!json.ok()) return;  // texts that are no UTF-8
  const auto copy = transcode::NewMessage(*(*message)->GetDescriptor());
  Require(transcode::FromJson(*json, "", copy.get()).ok(), "what was printed can be read");
  Require(copy->SerializeAsString() == (*message)->SerializeAsString(), "and is as it was");
}

}  // namespace
}  // namespace vigil::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  vigil::fuzz::Try(vigil::fuzz::RequestOf({reinterpret_cast<const char*>(data), size}));
  return 0;
}
