#pragma once

#include <curl/curl.h>

#include <array>
#include <functional>
#include <memory>
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
std::unique_ptr<CurlTransfer> MakeSmtpTransfer(SmtpSend mail, std::function<void(SmtpReply)> done);

}  // namespace vigil::alert
