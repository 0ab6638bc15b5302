#include "alert-svc/deliver/http_ways.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "alert-svc/deliver/chat.h"
#include "alert-svc/deliver/cloud_event.h"
#include "alert-svc/deliver/webhook_signature.h"

namespace vigil::alert {
namespace {

std::string FirstLine(const std::string& text) {
  return text.substr(0, text.find_first_of("\r\n"));
}

absl::StatusOr<HttpRequest> WebhookRequest(const Message& message, const HttpSetting& setting,
                                           absl::Time wall) {
  const v1::Webhook& webhook = message.receiver.webhook();
  absl::StatusOr<std::string> secrets =
      setting.secrets.Read(webhook.secret_file(), "the webhook's secret", wall);
  if (!secrets.ok()) return secrets.status();
  absl::StatusOr<std::vector<std::string>> keys = ParseWebhookSecrets(*secrets);
  if (!keys.ok()) return keys.status();
  HttpRequest request;
  request.url = webhook.url();
  request.body = WriteCloudEvent(message, setting.page_url);
  request.headers = {
      "Content-Type: application/cloudevents+json; charset=utf-8",
      fmt::format("webhook-id: {}", message.id),
      fmt::format("webhook-timestamp: {}", absl::ToUnixSeconds(wall)),
      fmt::format("webhook-signature: {}", SignWebhook(*keys, message.id, wall, request.body))};
  request.allow_private_addresses = webhook.allow_private_addresses();
  return request;
}

absl::StatusOr<HttpRequest> SlackRequest(const Message& message, const HttpSetting& setting,
                                         absl::Time wall) {
  const v1::Slack& slack = message.receiver.slack();
  absl::StatusOr<std::string> url = setting.secrets.Read(slack.url_file(), "the hook's URL", wall);
  if (!url.ok()) return url.status();
  HttpRequest request;
  request.url = FirstLine(*url);
  request.headers = {"Content-Type: application/json; charset=utf-8"};
  request.body = SlackBody(WriteChat(message, setting.page_url));
  request.allow_private_addresses = slack.allow_private_addresses();
  return request;
}

absl::StatusOr<HttpRequest> MatrixRequest(const Message& message, const HttpSetting& setting,
                                          absl::Time wall) {
  const v1::Matrix& matrix = message.receiver.matrix();
  absl::StatusOr<std::string> token =
      setting.secrets.Read(matrix.access_token_file(), "the access token", wall);
  if (!token.ok()) return token.status();
  std::string server = matrix.homeserver();
  while (server.ends_with('/')) server.pop_back();
  HttpRequest request;
  request.method = "PUT";
  request.url = server + MatrixPath(matrix.room(), message.id);
  request.headers = {"Content-Type: application/json",
                     fmt::format("Authorization: Bearer {}", FirstLine(*token))};
  request.body = MatrixBody(WriteChat(message, setting.page_url));
  request.allow_private_addresses = matrix.allow_private_addresses();
  return request;
}

}  // namespace

absl::StatusOr<HttpRequest> RequestFor(const Message& message, const HttpSetting& setting,
                                       absl::Time wall) {
  switch (message.receiver.way_case()) {
    case v1::Receiver::kWebhook:
      return WebhookRequest(message, setting, wall);
    case v1::Receiver::kSlack:
      return SlackRequest(message, setting, wall);
    case v1::Receiver::kMatrix:
      return MatrixRequest(message, setting, wall);
    default:
      return absl::InvalidArgumentError("the receiver has no way to be reached");
  }
}

absl::StatusOr<std::string> ReadWholeFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) {
    return absl::UnavailableError(fmt::format("cannot read {}", path));
  }
  return text.str();
}

absl::StatusOr<std::string> ReadFirstLine(const std::string& path) {
  absl::StatusOr<std::string> text = ReadWholeFile(path);
  if (!text.ok()) return text;
  return FirstLine(*text);
}

}  // namespace vigil::alert
