#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace vigil::alert {

// Set from any thread: the transfer is to end within one second.
using CutFlag = std::shared_ptr<const std::atomic<bool>>;

// One HTTP request with a body.
struct HttpRequest {
  std::string method = "POST";       // or PUT
  std::string url;                   // http or https
  std::vector<std::string> headers;  // `Name: value`
  std::string body;
  absl::Duration timeout;                // wall time, for all of it
  bool allow_private_addresses = false;  // otherwise only the public internet is connected to
  CutFlag cut = nullptr;
};

// What came of a request.
struct HttpReply {
  int status = 0;           // 0: no answer
  std::string retry_after;  // the header's value
  bool refused = false;     // the address is not public, or the URL cannot be used
  bool ambiguous = false;   // all was sent and no answer came: the peer may have taken it
  std::string error;        // without addresses; empty where there is a status
};

// One mail to one recipient. Options of DSN (RFC 3461) are not sent along: libcurl 7.88 writes
// addresses alone. A server then tells of failures, its default, to `from`.
struct SmtpSend {
  std::string url;  // smtp:// or smtps://
  std::string user;
  std::string password;
  std::string from;  // plain addresses, already checked
  std::string to;
  std::string message;  // with CR LF line ends
  absl::Duration timeout;
  CutFlag cut = nullptr;
};

// What came of a mail.
struct SmtpReply {
  int code = 0;            // the last reply code; 0: none
  std::string enhanced;    // the enhanced code of that reply (RFC 3463), "5.1.1"; empty: none
  bool accepted = false;   // the server took it
  bool ambiguous = false;  // the message was sent whole and no answer came
  std::string error;       // without addresses
};

// One thread that runs many transfers at once on libcurl, keeping connections open between them.
// Redirects are not followed, proxies of the environment are not used.
class CurlLoop {
 public:
  // At most `max_parallel` transfers run; the others wait their turn. Neither mails nor requests
  // take the last places (an eighth, at least one of several): peers of one kind that are all stuck
  // do not hold up the other.
  explicit CurlLoop(int max_parallel);
  // Ends what runs; `done` of each is called with an error before this returns.
  ~CurlLoop();
  CurlLoop(const CurlLoop&) = delete;
  CurlLoop& operator=(const CurlLoop&) = delete;

  // Starts a transfer; from any thread. `done` is called once, on the loop's thread, and must not
  // block.
  void Call(HttpRequest request, std::function<void(HttpReply)> done);
  void Send(SmtpSend mail, std::function<void(SmtpReply)> done);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vigil::alert
