#include "tests/integration/gateway/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "fmt/format.h"

namespace vigil::gateway::testing {

HttpClient::HttpClient(int port) {
  fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd_ < 0) return;
  const timeval limit{20, 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    close(fd_);
    fd_ = -1;
  }
}

HttpClient::~HttpClient() {
  if (fd_ >= 0) close(fd_);
}

HttpClient::HttpClient(HttpClient&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), buffer_(std::move(other.buffer_)) {}

bool HttpClient::SendRaw(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool HttpClient::Send(std::string_view method, std::string_view target, std::string_view headers,
                      std::string_view body) {
  std::string length;
  if (!body.empty()) length = fmt::format("Content-Length: {}\r\n", body.size());
  return SendRaw(fmt::format("{} {} HTTP/1.1\r\nHost: gateway.test\r\n{}{}\r\n{}", method, target,
                             headers, length, body));
}

bool HttpClient::Fill() {
  char chunk[65536];
  const ssize_t count = recv(fd_, chunk, sizeof chunk, 0);
  if (count <= 0) return false;
  buffer_.append(chunk, static_cast<std::size_t>(count));
  return true;
}

std::optional<std::string> HttpClient::ReadUntil(std::string_view mark) {
  std::size_t found = buffer_.find(mark);
  while (found == std::string::npos) {
    if (!Fill()) return std::nullopt;
    found = buffer_.find(mark);
  }
  std::string out = buffer_.substr(0, found + mark.size());
  buffer_.erase(0, found + mark.size());
  return out;
}

std::optional<HttpAnswer> HttpClient::Receive(bool head_only) {
  const std::optional<std::string> head = ReadUntil("\r\n\r\n");
  if (!head || head->size() < 12) return std::nullopt;
  HttpAnswer answer;
  answer.status = std::atoi(head->c_str() + 9);
  std::string_view rest = *head;
  rest.remove_prefix(rest.find("\r\n") + 2);
  while (rest.size() > 2) {
    const std::string_view line = rest.substr(0, rest.find("\r\n"));
    rest.remove_prefix(line.size() + 2);
    std::string name(line.substr(0, line.find(':')));
    std::transform(name.begin(), name.end(), name.begin(), ::tolower);
    answer.headers[name] = line.substr(line.find(':') + 2);
  }
  const auto length = answer.headers.find("content-length");
  if (head_only || length == answer.headers.end()) return answer;
  const auto size = static_cast<std::size_t>(std::atoll(length->second.c_str()));
  while (buffer_.size() < size) {
    if (!Fill()) return std::nullopt;
  }
  answer.body = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return answer;
}

bool HttpClient::AtEnd() {
  if (!buffer_.empty()) return false;
  char byte = 0;
  const ssize_t count = recv(fd_, &byte, 1, 0);
  return count == 0 || (count < 0 && errno != EAGAIN);
}

std::optional<HttpAnswer> Fetch(int port, std::string_view method, std::string_view target,
                                std::string_view headers, std::string_view body) {
  HttpClient client(port);
  if (!client.connected() || !client.Send(method, target, headers, body)) return std::nullopt;
  return client.Receive(method == "HEAD");
}

}  // namespace vigil::gateway::testing
