#include "alert-svc/deliver/mail_wire.h"

#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>
#include <strings.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

namespace vigil::alert {
namespace {

// A peer that is gone must be an error, not a signal.
void BlockPipeSignal() {
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
}

// Closes the connection as if the peer had gone: a farewell would wait for its answer.
void HangUp(CURL* handle) {
  curl_socket_t socket = CURL_SOCKET_BAD;
  curl_easy_getinfo(handle, CURLINFO_ACTIVESOCKET, &socket);
  if (socket != CURL_SOCKET_BAD) shutdown(socket, SHUT_RDWR);
  curl_easy_cleanup(handle);
}

// One mail on a handle that may have a connection already.
class SmtpTransfer {
 public:
  SmtpTransfer(CURL* handle, const SmtpSend& mail, DsnServers& servers,
               const std::atomic<bool>& stopping)
      : handle_(handle),
        mail_(mail),
        servers_(servers),
        asks_dsn_(!mail.envelope_id.empty() && servers.IsAsked(mail.url)),
        stopping_(stopping) {}
  ~SmtpTransfer() { curl_slist_free_all(to_); }
  SmtpTransfer(const SmtpTransfer&) = delete;
  SmtpTransfer& operator=(const SmtpTransfer&) = delete;

  SmtpReply Perform() {
    Prepare();
    return ReplyOf(curl_easy_perform(handle_));
  }

 private:
  void Prepare() {
    curl_easy_reset(handle_);
    to_ = curl_slist_append(nullptr, Recipient().c_str());
    curl_easy_setopt(handle_, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(handle_, CURLOPT_XFERINFOFUNCTION, &OnProgress);
    curl_easy_setopt(handle_, CURLOPT_XFERINFODATA, this);
    curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle_, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS, absl::ToInt64Milliseconds(mail_.timeout));
    curl_easy_setopt(handle_, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(handle_, CURLOPT_URL, mail_.url.c_str());
    curl_easy_setopt(handle_, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(handle_, CURLOPT_MAIL_FROM, Originator().c_str());
    curl_easy_setopt(handle_, CURLOPT_MAIL_RCPT, to_);
    curl_easy_setopt(handle_, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle_, CURLOPT_READFUNCTION, &OnRead);
    curl_easy_setopt(handle_, CURLOPT_READDATA, this);
    curl_easy_setopt(handle_, CURLOPT_HEADERFUNCTION, &OnReply);
    curl_easy_setopt(handle_, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(
        handle_, CURLOPT_USE_SSL,
        static_cast<long>(mail_.plain && mail_.user.empty() ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    // What we say, of which libcurl tells in no other way.
    curl_easy_setopt(handle_, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(handle_, CURLOPT_DEBUGFUNCTION, &OnTalk);
    curl_easy_setopt(handle_, CURLOPT_DEBUGDATA, this);
    if (!mail_.user.empty()) {
      curl_easy_setopt(handle_, CURLOPT_USERNAME, mail_.user.c_str());
      curl_easy_setopt(handle_, CURLOPT_PASSWORD, mail_.password.c_str());
    }
  }

  SmtpReply ReplyOf(CURLcode code) const {
    // What came after the message decides; a broken farewell after that changes nothing, and the
    // answer to QUIT (221) says nothing about the message.
    const bool answered = answer_ != 0 && answer_ != 221;
    long last = 0;
    curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &last);
    SmtpReply reply;
    reply.code = answered ? answer_ : static_cast<int>(last);
    reply.accepted = answered ? answer_ / 100 == 2 : code == CURLE_OK;
    reply.ambiguous = !answered && code != CURLE_OK && whole_;
    reply.cut = code == CURLE_ABORTED_BY_CALLBACK && !reply.accepted && reply.code < 400;
    reply.untried = reply.cut && reply.code == 0;
    if (!reply.accepted) {
      reply.about_us = !named_;
      reply.no_dsn = asks_dsn_ && !whole_ && RefusesParameters(reply.code);
      if (reply.no_dsn) servers_.NoteRefusal(mail_.url);
      reply.no_tls = code == CURLE_USE_SSL_FAILED || code == CURLE_PEER_FAILED_VERIFICATION;
      reply.error = curl_easy_strerror(code);
      if (reply.code == reply_code_) reply.enhanced = enhanced_;
    }
    return reply;
  }

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
    if (line.starts_with("220")) servers_.NoteGreeting(mail_.url);
    if (line.size() == 7 && line.starts_with("250") &&
        strncasecmp(line.data() + 4, "DSN", 3) == 0) {
      servers_.NoteOffer(mail_.url);
    }
  }

  // "550 5.1.1 no such user" → "5.1.1"; empty where the reply has none, or one of another class.
  static std::string EnhancedCode(std::string_view line) {
    if (line.size() < 9 || line[4] != line[0] || line[5] != '.') return "";
    const std::string_view code = line.substr(4, line.find_first_not_of("0123456789.", 4) - 4);
    return std::count(code.begin(), code.end(), '.') == 2 && code.size() <= 9 ? std::string(code)
                                                                              : "";
  }

  // libcurl asks once a second, and when something moves.
  static int OnProgress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    const auto* t = static_cast<const SmtpTransfer*>(self);
    return t->stopping_.load() || (t->mail_.cut != nullptr && t->mail_.cut->load()) ? 1 : 0;
  }

  static int OnTalk(CURL*, curl_infotype type, char* data, size_t size, void* self) {
    if (type == CURLINFO_HEADER_OUT && std::string_view(data, size).starts_with("RCPT TO:")) {
      static_cast<SmtpTransfer*>(self)->named_ = true;
    }
    return 0;
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

  CURL* const handle_;
  const SmtpSend& mail_;
  DsnServers& servers_;
  const bool asks_dsn_;
  const std::atomic<bool>& stopping_;
  curl_slist* to_ = nullptr;
  size_t offset_ = 0;
  bool named_ = false;  // the recipient, after MAIL FROM was taken
  bool whole_ = false;
  int answer_ = 0;        // the first reply after the whole message
  int reply_code_ = 0;    // of the last reply but a farewell
  std::string enhanced_;  // likewise
};

}  // namespace

MailWire::MailWire(int threads) : threads_(threads) { InitCurl(); }

MailWire::~MailWire() { stopping_ = true; }

MailWire::IdleHandles::~IdleHandles() {
  for (CURL* handle : handles_) HangUp(handle);
}

CURL* MailWire::IdleHandles::Take() {
  const absl::MutexLock lock(&mutex_);
  if (handles_.empty()) return curl_easy_init();
  CURL* handle = handles_.back();
  handles_.pop_back();
  return handle;
}

void MailWire::IdleHandles::Put(CURL* handle) {
  const absl::MutexLock lock(&mutex_);
  handles_.push_back(handle);
}

void MailWire::Send(SmtpSend mail, std::function<void(SmtpReply)> done) {
  threads_.Add([this, mail = std::move(mail), done = std::move(done)] {
    BlockPipeSignal();
    CURL* handle = idle_.Take();
    SmtpReply reply = SmtpTransfer(handle, mail, dsn_servers_, stopping_).Perform();
    idle_.Put(handle);
    done(std::move(reply));
  });
}

}  // namespace vigil::alert
