#include "alert-svc/deliver/curl_transfer.h"

#include <arpa/inet.h>
#include <fmt/format.h>
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

// libcurl asks whenever the loop turns, and when something moves.
int OnProgress(void* cut, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::atomic<bool>*>(cut)->load() ? 1 : 0;
}

void SetCommon(CURL* handle, absl::Duration timeout, const CutFlag& cut) {
  if (cut != nullptr) {
    curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, &OnProgress);
    curl_easy_setopt(handle, CURLOPT_XFERINFODATA, const_cast<std::atomic<bool>*>(cut.get()));
  }
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, absl::ToInt64Milliseconds(timeout));
  curl_easy_setopt(handle, CURLOPT_TCP_NODELAY, 1L);
}

class HttpTransfer final : public CurlTransfer {
 public:
  HttpTransfer(HttpRequest request, std::function<void(HttpReply)> done)
      : request_(std::move(request)), done_(std::move(done)) {}
  ~HttpTransfer() override { curl_slist_free_all(headers_); }

  void Prepare() override {
    for (const std::string& header : request_.headers) {
      headers_ = curl_slist_append(headers_, header.c_str());
    }
    headers_ = curl_slist_append(headers_, "Expect:");
    SetCommon(handle_, request_.timeout, request_.cut);
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

  void Finish(CURLcode code) override {
    long status = 0;
    curl_off_t uploaded = 0;
    curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(handle_, CURLINFO_SIZE_UPLOAD_T, &uploaded);
    reply_.status = static_cast<int>(status);
    if (status == 0) {
      reply_.error = reply_.refused ? "the address is not public" : ErrorText(code);
      reply_.refused =
          reply_.refused || code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL;
      reply_.ambiguous = uploaded == static_cast<curl_off_t>(request_.body.size());
    }
    done_(std::move(reply_));
  }

 private:
  static size_t OnBody(char*, size_t size, size_t count, void* self) {
    auto* transfer = static_cast<HttpTransfer*>(self);
    transfer->read_ += size * count;
    return transfer->read_ > kMaxReplyBytes ? 0 : size * count;
  }

  static size_t OnHeader(char* data, size_t size, size_t count, void* self) {
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

  static curl_socket_t OnOpenSocket(void* self, curlsocktype, curl_sockaddr* address) {
    if (!IsPublicAddress(address->addr)) {
      static_cast<HttpTransfer*>(self)->reply_.refused = true;
      return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  }

  static int OnRequest(void* self, char* peer, char*, int, int) {
    sockaddr_storage address{};
    auto* in = reinterpret_cast<sockaddr_in*>(&address);
    auto* in6 = reinterpret_cast<sockaddr_in6*>(&address);
    if (inet_pton(AF_INET, peer, &in->sin_addr) == 1) {
      address.ss_family = AF_INET;
    } else if (inet_pton(AF_INET6, peer, &in6->sin6_addr) == 1) {
      address.ss_family = AF_INET6;
    }
    if (IsPublicAddress(reinterpret_cast<sockaddr&>(address))) return CURL_PREREQFUNC_OK;
    static_cast<HttpTransfer*>(self)->reply_.refused = true;
    return CURL_PREREQFUNC_ABORT;
  }

  HttpRequest request_;
  std::function<void(HttpReply)> done_;
  HttpReply reply_;
  curl_slist* headers_ = nullptr;
  size_t read_ = 0;
};

class SmtpTransfer final : public CurlTransfer {
 public:
  SmtpTransfer(SmtpSend mail, DsnServers& servers, std::function<void(SmtpReply)> done)
      : mail_(std::move(mail)), servers_(servers), done_(std::move(done)) {}
  ~SmtpTransfer() override { curl_slist_free_all(to_); }

  void Prepare() override {
    SetCommon(handle_, mail_.timeout, mail_.cut);
    asks_dsn_ = !mail_.envelope_id.empty() && servers_.offering.contains(mail_.url);
    to_ = curl_slist_append(nullptr, Recipient().c_str());
    curl_easy_setopt(handle_, CURLOPT_URL, mail_.url.c_str());
    curl_easy_setopt(handle_, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(handle_, CURLOPT_MAIL_FROM, Originator().c_str());
    curl_easy_setopt(handle_, CURLOPT_MAIL_RCPT, to_);
    curl_easy_setopt(handle_, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle_, CURLOPT_READFUNCTION, &OnRead);
    curl_easy_setopt(handle_, CURLOPT_READDATA, this);
    curl_easy_setopt(handle_, CURLOPT_HEADERFUNCTION, &OnReply);
    curl_easy_setopt(handle_, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(handle_, CURLOPT_USE_SSL,
                     static_cast<long>(mail_.user.empty() ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    if (!mail_.user.empty()) {
      curl_easy_setopt(handle_, CURLOPT_USERNAME, mail_.user.c_str());
      curl_easy_setopt(handle_, CURLOPT_PASSWORD, mail_.password.c_str());
    }
  }

  void Finish(CURLcode code) override {
    // What came after the message decides; a broken farewell after that changes nothing, and the
    // answer to QUIT (221) says nothing about the message.
    const bool answered = answer_ != 0 && answer_ != 221;
    long last = 0;
    curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &last);
    SmtpReply reply;
    reply.code = answered ? answer_ : static_cast<int>(last);
    reply.accepted = answered ? answer_ / 100 == 2 : code == CURLE_OK;
    reply.ambiguous = !answered && code != CURLE_OK && whole_;
    if (!reply.accepted) {
      reply.no_dsn = asks_dsn_ && !whole_ && RefusesParameters(reply.code);
      if (reply.no_dsn) {
        servers_.offering.erase(mail_.url);
        servers_.refusing.insert(mail_.url);
      }
      reply.error = ErrorText(code);
      if (reply.code == reply_code_) reply.enhanced = enhanced_;
    }
    done_(std::move(reply));
  }

 private:
  // libcurl 7.88 knows addresses alone: of what it is given it takes the first `<` and the last `>`
  // away, and writes them again. So what goes with an address gets through where it ends in `>`, as
  // an id and an address in angle brackets do.
  std::string Originator() const {
    if (!asks_dsn_) return fmt::format("<{}>", mail_.from);
    return fmt::format("<{}> RET=HDRS ENVID=<{}>", mail_.from, mail_.envelope_id);
  }
  std::string Recipient() const {
    if (!asks_dsn_) return fmt::format("<{}>", mail_.to);
    return fmt::format("<{}> NOTIFY=FAILURE,DELAY ORCPT=rfc822;<{}>", mail_.to, Xtext(mail_.to));
  }

  // RFC 3461, 4: `+` and `=`, and what is not printable ASCII, by their number.
  static std::string Xtext(std::string_view text) {
    std::string xtext;
    for (const char c : text) {
      const bool plain = c > ' ' && c < 0x7F && c != '+' && c != '=';
      xtext += plain ? std::string(1, c) : fmt::format("+{:02X}", static_cast<unsigned char>(c));
    }
    return xtext;
  }

  static bool RefusesParameters(int code) { return code == 501 || code == 504 || code == 555; }

  // "250-DSN": whether the server offers it, of each connection anew.
  void LearnDsn(std::string_view line) {
    while (!line.empty() && static_cast<unsigned char>(line.back()) <= ' ') line.remove_suffix(1);
    if (servers_.refusing.contains(mail_.url)) return;
    if (line.starts_with("220")) servers_.offering.erase(mail_.url);
    if (line.size() == 7 && line.starts_with("250") &&
        strncasecmp(line.data() + 4, "DSN", 3) == 0) {
      servers_.offering.insert(mail_.url);
    }
  }

  // "550 5.1.1 no such user" → "5.1.1"; empty where the reply has none, or one of another class.
  static std::string EnhancedCode(std::string_view line) {
    if (line.size() < 9 || line[4] != line[0] || line[5] != '.') return "";
    const std::string_view code = line.substr(4, line.find_first_not_of("0123456789.", 4) - 4);
    return std::count(code.begin(), code.end(), '.') == 2 && code.size() <= 9 ? std::string(code)
                                                                              : "";
  }

  static size_t OnRead(char* buffer, size_t size, size_t count, void* self) {
    auto* t = static_cast<SmtpTransfer*>(self);
    const size_t take = std::min(size * count, t->mail_.message.size() - t->offset_);
    std::memcpy(buffer, t->mail_.message.data() + t->offset_, take);
    t->offset_ += take;
    t->whole_ = t->offset_ == t->mail_.message.size();
    return take;
  }

  static size_t OnReply(char* data, size_t size, size_t count, void* self) {
    auto* t = static_cast<SmtpTransfer*>(self);
    const std::string_view line(data, size * count);
    const int code = atoi(std::string(line.substr(0, 3)).c_str());
    if (!t->whole_) t->LearnDsn(line);
    if (t->whole_ && t->answer_ == 0) t->answer_ = code;
    if (code != 221) {
      t->reply_code_ = code;
      t->enhanced_ = EnhancedCode(line);
    }
    return size * count;
  }

  SmtpSend mail_;
  DsnServers& servers_;
  std::function<void(SmtpReply)> done_;
  bool asks_dsn_ = false;
  curl_slist* to_ = nullptr;
  size_t offset_ = 0;
  bool whole_ = false;
  int answer_ = 0;        // the first reply after the whole message
  int reply_code_ = 0;    // of the last reply but a farewell
  std::string enhanced_;  // likewise
};

}  // namespace

CurlTransfer::CurlTransfer() : handle_(curl_easy_init()) {}
CurlTransfer::~CurlTransfer() { curl_easy_cleanup(handle_); }

std::string CurlTransfer::ErrorText(CURLcode code) { return curl_easy_strerror(code); }

std::unique_ptr<CurlTransfer> MakeHttpTransfer(HttpRequest request,
                                               std::function<void(HttpReply)> done) {
  return std::make_unique<HttpTransfer>(std::move(request), std::move(done));
}

std::unique_ptr<CurlTransfer> MakeSmtpTransfer(SmtpSend mail, DsnServers& servers,
                                               std::function<void(SmtpReply)> done) {
  return std::make_unique<SmtpTransfer>(std::move(mail), servers, std::move(done));
}

}  // namespace vigil::alert
