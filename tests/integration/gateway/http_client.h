#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace vigil::gateway::testing {

/// An answer as it came over the wire.
struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  ///< Names in lower case.
  std::string body;
};

/// A client on a bare socket, so that a test can say exactly what goes over the wire. Blocks; every
/// wait ends after 20 s with nothing.
class HttpClient {
 public:
  explicit HttpClient(int port);
  ~HttpClient();
  HttpClient(HttpClient&& other) noexcept;
  HttpClient& operator=(HttpClient&&) = delete;

  bool connected() const { return fd_ >= 0; }
  bool SendRaw(std::string_view bytes);
  /// Sends a request with Content-Length where there is a body.
  bool Send(std::string_view method, std::string_view target, std::string_view headers = "",
            std::string_view body = "");
  /// Reads one whole answer; nothing where the connection ended before.
  std::optional<HttpAnswer> Receive(bool head_only = false);
  /// Reads up to and with `mark`; nothing where the connection ended before.
  std::optional<std::string> ReadUntil(std::string_view mark);
  /// True where the server closed the connection, and nothing was left to read.
  bool AtEnd();

 private:
  bool Fill();

  int fd_ = -1;
  std::string buffer_;
};

/// One request on a connection of its own.
std::optional<HttpAnswer> Fetch(int port, std::string_view method, std::string_view target,
                                std::string_view headers = "", std::string_view body = "");

}  // namespace vigil::gateway::testing
