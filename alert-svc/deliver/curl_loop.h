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

// One mail to one recipient. Where the server offers DSN (RFC 3461) it is asked to report failure
// and delay, with the headers alone: the first mail to it since we started learns whether it does.
// Elsewhere a server tells of failures, its default, to `from`.
struct SmtpSend {
  std::string url;  // smtp:// or smtps://
  std::string user;
  std::string password;
  std::string from;  // plain addresses, already checked
  std::string to;
  std::string message;  // with CR LF line ends
  absl::Duration timeout;
  CutFlag cut = nullptr;
  std::string envelope_id;  // [a-z0-9-], returned by reports; empty: DSN is not asked for
};

// What came of a mail.
struct SmtpReply {
  int code = 0;            // the last reply code; 0: none
  std::string enhanced;    // the enhanced code of that reply (RFC 3463), "5.1.1"; empty: none
  bool accepted = false;   // the server took it
  bool ambiguous = false;  // the message was sent whole and no answer came
  // The server refused the mail for asking for DSN, which it had offered; it is not asked again.
  bool no_dsn = false;
  std::string error;  // without addresses
};

// One thread that runs many transfers at once on libcurl, keeping connections open between them.
// Redirects are not followed, proxies of the environment are not used.
class CurlLoop {
 public:
  // At most `max_parallel` transfers run; the others wait their turn.
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
