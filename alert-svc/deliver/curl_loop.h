#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace vigil::alert {

// Makes libcurl ready, however often it is called.
void InitCurl();

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
  std::string body;         // the beginning of it
  bool refused = false;     // the address is not public, or the URL cannot be used
  bool ambiguous = false;   // all was sent and no answer came: the peer may have taken it
  bool cut = false;         // we ended it, and no answer had come
  bool untried = false;     // likewise, and nothing of the body was sent
  std::string error;        // without addresses; empty where there is a status
};

// One thread that runs many requests at once on libcurl, keeping connections open between them.
// Redirects are not followed, proxies of the environment are not used.
class CurlLoop {
 public:
  // At most `max_parallel` requests run; the others wait their turn.
  explicit CurlLoop(int max_parallel);
  // Ends what runs; `done` of each is called with an error before this returns.
  ~CurlLoop();
  CurlLoop(const CurlLoop&) = delete;
  CurlLoop& operator=(const CurlLoop&) = delete;

  // Starts a request; from any thread. `done` is called once, on the loop's thread, and must not
  // block.
  void Call(HttpRequest request, std::function<void(HttpReply)> done);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vigil::alert
