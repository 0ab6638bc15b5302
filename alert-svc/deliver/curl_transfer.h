#pragma once

#include <curl/curl.h>

#include <array>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "alert-svc/deliver/curl_loop.h"

namespace vigil::alert {

// One transfer on one libcurl handle. For the loop's thread only, except construction.
class CurlTransfer {
 public:
  virtual ~CurlTransfer();
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  CURL* handle() const { return handle_; }
  // Sets the handle up.
  virtual void Prepare() = 0;
  // Tells the caller.
  virtual void Finish(CURLcode code) = 0;

 protected:
  CurlTransfer();
  // The error in words that hold no address: libcurl's own text for the code.
  static std::string ErrorText(CURLcode code);

  CURL* handle_;
};

std::unique_ptr<CurlTransfer> MakeHttpTransfer(HttpRequest request,
                                               std::function<void(HttpReply)> done);
// SMTP servers by URL: those that offered DSN when they were last asked, and those that refused
// what they had offered, which are not asked for it again. For the loop's thread only.
struct DsnServers {
  std::set<std::string> offering;
  std::set<std::string> refusing;
};
// `servers` outlives the transfer, which reads it and adds to it.
std::unique_ptr<CurlTransfer> MakeSmtpTransfer(SmtpSend mail, DsnServers& servers,
                                               std::function<void(SmtpReply)> done);

}  // namespace vigil::alert
