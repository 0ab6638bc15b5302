#pragma once

#include <curl/curl.h>

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "alert-svc/deliver/curl_loop.h"
#include "alert-svc/deliver/dsn_servers.h"
#include "alert-svc/deliver/work_pool.h"

namespace vigil::alert {

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
  bool plain = false;  // where there is no user, it may go without TLS if the server has none
  CutFlag cut = nullptr;
  std::string envelope_id;  // [a-z0-9-], returned by reports; empty: DSN is not asked for
};

// What came of a mail.
struct SmtpReply {
  int code = 0;            // the last reply code; 0: none
  std::string enhanced;    // the enhanced code of that reply (RFC 3463), "5.1.1"; empty: none
  bool accepted = false;   // the server took it
  bool ambiguous = false;  // the message was sent whole and no answer came
  bool cut = false;        // we ended it, and nothing had been refused
  bool untried = false;    // likewise, and the server had not said a word
  bool no_tls = false;     // TLS was demanded, and there was none that could be trusted
  bool about_us = false;   // it failed before the server was told of the recipient
  // The server refused the mail for asking for DSN, which it had offered; it is not asked again.
  bool no_dsn = false;
  std::string error;  // without addresses
};

// Takes mails to the mail server, each on a thread: libcurl waits for the answer to a message
// without letting go of its thread, so one that is slow to answer would hold up all that shared it.
// Connections are kept and used again, the last one first.
class MailWire {
 public:
  // At most so many mails are on their way; the others wait their turn.
  explicit MailWire(int threads);
  // Ends what runs, within about a second; `done` of each is called with an error before this
  // returns.
  ~MailWire();
  MailWire(const MailWire&) = delete;
  MailWire& operator=(const MailWire&) = delete;

  // From any thread. `done` is called once, on one of the wire's threads, and must not block.
  void Send(SmtpSend mail, std::function<void(SmtpReply)> done);

 private:
  // Handles that are not in use, each with its connection. Thread-safe.
  class IdleHandles {
   public:
    ~IdleHandles();
    CURL* Take();
    void Put(CURL* handle);

   private:
    absl::Mutex mutex_;
    std::vector<CURL*> handles_ ABSL_GUARDED_BY(mutex_);
  };

  std::atomic<bool> stopping_ = false;
  IdleHandles idle_;
  DsnServers dsn_servers_;
  WorkPool threads_;  // last: they use the rest
};

}  // namespace vigil::alert
