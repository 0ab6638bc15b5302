#pragma once

#include <curl/curl.h>

#include <functional>
#include <string>

#include "alert-svc/deliver/curl_loop.h"

namespace vigil::alert {

// One request on a libcurl handle that is lent to it. For the loop's thread only, except
// construction.
class HttpTransfer {
 public:
  HttpTransfer(HttpRequest request, std::function<void(HttpReply)> done);
  ~HttpTransfer();
  HttpTransfer(const HttpTransfer&) = delete;
  HttpTransfer& operator=(const HttpTransfer&) = delete;

  bool IsCut() const { return request_.cut != nullptr && request_.cut->load(); }
  // Sets a handle up, which is as new.
  void Prepare(CURL* handle);
  // Tells the caller.
  void Finish(CURLcode code);

 private:
  static size_t OnBody(char* data, size_t size, size_t count, void* self);
  static size_t OnHeader(char* data, size_t size, size_t count, void* self);
  static curl_socket_t OnOpenSocket(void* self, curlsocktype, curl_sockaddr* address);
  static int OnRequest(void* self, char* peer, char*, int, int);

  CURL* handle_ = nullptr;
  HttpRequest request_;
  const std::function<void(HttpReply)> done_;
  HttpReply reply_;
  curl_slist* headers_ = nullptr;
  size_t read_ = 0;
  bool opened_ = false;  // a socket to a public address
};

}  // namespace vigil::alert
