#include "alert-svc/deliver/http_transfer.h"

#include <arpa/inet.h>
#include <strings.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "alert-svc/deliver/address_filter.h"

namespace vigil::alert {
namespace {

// Nobody's answer is read further than this.
constexpr size_t kMaxReplyBytes = 64 * 1024;
// So much of it is kept.
constexpr size_t kKeptReplyBytes = 4 * 1024;

}  // namespace

HttpTransfer::HttpTransfer(HttpRequest request, std::function<void(HttpReply)> done)
    : request_(std::move(request)), done_(std::move(done)) {}

HttpTransfer::~HttpTransfer() { curl_slist_free_all(headers_); }

void HttpTransfer::Prepare(CURL* handle) {
  handle_ = handle;
  for (const std::string& header : request_.headers) {
    headers_ = curl_slist_append(headers_, header.c_str());
  }
  headers_ = curl_slist_append(headers_, "Expect:");
  curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle_, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS, absl::ToInt64Milliseconds(request_.timeout));
  curl_easy_setopt(handle_, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(handle_, CURLOPT_URL, request_.url.c_str());
  curl_easy_setopt(handle_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle_, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle_, CURLOPT_POSTFIELDSIZE_LARGE,
                   static_cast<curl_off_t>(request_.body.size()));
  curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, request_.body.data());
  curl_easy_setopt(handle_, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
  curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers_);
  curl_easy_setopt(handle_, CURLOPT_USERAGENT, "vigil");
  curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &OnBody);
  curl_easy_setopt(handle_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(handle_, CURLOPT_HEADERFUNCTION, &OnHeader);
  curl_easy_setopt(handle_, CURLOPT_HEADERDATA, this);
  if (request_.allow_private_addresses) return;
  curl_easy_setopt(handle_, CURLOPT_OPENSOCKETFUNCTION, &OnOpenSocket);
  curl_easy_setopt(handle_, CURLOPT_OPENSOCKETDATA, this);
  // A connection that a receiver with other rights opened must not be taken over.
  curl_easy_setopt(handle_, CURLOPT_PREREQFUNCTION, &OnRequest);
  curl_easy_setopt(handle_, CURLOPT_PREREQDATA, this);
}

void HttpTransfer::Finish(CURLcode code) {
  long status = 0;
  curl_off_t uploaded = 0;
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(handle_, CURLINFO_SIZE_UPLOAD_T, &uploaded);
  // An interim answer (1xx) is none, and neither is what is no HTTP.
  reply_.status = status < 200 ? 0 : static_cast<int>(status);
  // Of a name with addresses inside too, those outside count.
  if (opened_) reply_.refused = false;
  if (reply_.status == 0) {
    reply_.cut = code == CURLE_ABORTED_BY_CALLBACK;
    reply_.untried = reply_.cut && uploaded == 0;
    reply_.error = reply_.refused ? "the address is not public" : curl_easy_strerror(code);
    reply_.ambiguous = uploaded == static_cast<curl_off_t>(request_.body.size());
    const bool unusable = code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL;
    reply_.refused = reply_.refused || (unusable && !reply_.ambiguous);
  }
  done_(std::move(reply_));
}

size_t HttpTransfer::OnBody(char* data, size_t size, size_t count, void* self) {
  auto* transfer = static_cast<HttpTransfer*>(self);
  std::string& body = transfer->reply_.body;
  body.append(data, std::min(size * count, kKeptReplyBytes - body.size()));
  transfer->read_ += size * count;
  return transfer->read_ > kMaxReplyBytes ? 0 : size * count;
}

size_t HttpTransfer::OnHeader(char* data, size_t size, size_t count, void* self) {
  std::string_view line(data, size * count);
  constexpr std::string_view kName = "retry-after:";
  if (line.size() > kName.size() && strncasecmp(line.data(), kName.data(), kName.size()) == 0) {
    line.remove_prefix(kName.size());
    while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
    while (!line.empty() && static_cast<unsigned char>(line.back()) <= ' ') line.remove_suffix(1);
    static_cast<HttpTransfer*>(self)->reply_.retry_after = std::string(line.substr(0, 64));
  }
  return size * count;
}

curl_socket_t HttpTransfer::OnOpenSocket(void* self, curlsocktype, curl_sockaddr* address) {
  auto* transfer = static_cast<HttpTransfer*>(self);
  if (!IsPublicAddress(address->addr)) {
    transfer->reply_.refused = true;
    return CURL_SOCKET_BAD;
  }
  transfer->opened_ = true;
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

int HttpTransfer::OnRequest(void* self, char* peer, char*, int, int) {
  sockaddr_storage address{};
  auto* in = reinterpret_cast<sockaddr_in*>(&address);
  auto* in6 = reinterpret_cast<sockaddr_in6*>(&address);
  if (inet_pton(AF_INET, peer, &in->sin_addr) == 1) {
    address.ss_family = AF_INET;
  } else if (inet_pton(AF_INET6, peer, &in6->sin6_addr) == 1) {
    address.ss_family = AF_INET6;
  }
  if (IsPublicAddress(reinterpret_cast<sockaddr&>(address))) return CURL_PREREQFUNC_OK;
  auto* transfer = static_cast<HttpTransfer*>(self);
  transfer->reply_.refused = true;
  transfer->opened_ = false;
  return CURL_PREREQFUNC_ABORT;
}

}  // namespace vigil::alert
