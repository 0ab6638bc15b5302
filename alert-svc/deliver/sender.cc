#include "alert-svc/deliver/sender.h"

#include <fmt/format.h>
#include <sodium.h>
#include <stdlib.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <filesystem>
#include <limits>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include "absl/status/status.h"
#include "alert-svc/deliver/action_links.h"
#include "alert-svc/deliver/calendar_part.h"
#include "alert-svc/deliver/curl_loop.h"
#include "alert-svc/deliver/gate.h"
#include "alert-svc/deliver/http_ways.h"
#include "alert-svc/deliver/letter.h"
#include "alert-svc/deliver/mail_wire.h"
#include "alert-svc/deliver/maildir.h"
#include "alert-svc/deliver/mime.h"
#include "alert-svc/deliver/openpgp.h"
#include "alert-svc/deliver/outcome.h"
#include "alert-svc/deliver/work_pool.h"
#include "alert-svc/domain/address.h"
#include "alert-svc/domain/settings.h"

namespace vigil::alert {
namespace {

constexpr int kWorkers = 2;
constexpr int kDefaultMailTimeoutSeconds = 30;

// Files of a maildir have the line ends of this machine.
std::string UnixLines(std::string_view mail) {
  std::string lines;
  lines.reserve(mail.size());
  for (size_t i = 0; i < mail.size(); ++i) {
    if (mail[i] != '\r' || i + 1 == mail.size() || mail[i + 1] != '\n') lines += mail[i];
  }
  return lines;
}

// Calendar seconds a wall second.
double RateOf(const Clock& clock) {
  const absl::Time now = clock.Now();
  const absl::Duration hour = clock.WallAt(now + absl::Hours(1)) - clock.WallAt(now);
  return hour > absl::ZeroDuration() ? absl::FDivDuration(absl::Hours(1), hour) : 1;
}

// What waits for the mail server may take half of what the engine has on its way (four times what
// is on the wire). Into the outbox all may go.
int MostMails(const SenderOptions& options) {
  return options.mail.smtp_url().empty() ? std::numeric_limits<int>::max()
                                         : 2 * options.max_parallel;
}

// OpenPGP for the mails that need it: in the folder of the configuration, or in one that goes with
// us. The folder is made with the first such mail, so that a replica that is killed without one
// leaves none behind.
class LazyPgp {
 public:
  explicit LazyPgp(std::string configured) : path_(std::move(configured)), own_(path_.empty()) {}
  ~LazyPgp() {
    if (!own_ || path_.empty()) return;
    // gpg-agent takes its sockets away at the same time, once its home is gone.
    std::error_code error;
    std::filesystem::remove_all(path_, error);
    if (error) std::filesystem::remove_all(path_, error);
  }
  LazyPgp(const LazyPgp&) = delete;
  LazyPgp& operator=(const LazyPgp&) = delete;

  // Thread-safe.
  absl::StatusOr<std::string> Encrypt(std::string_view plain, const std::string& key) {
    std::call_once(once_, [this] { pgp_ = Open(); });
    if (!pgp_.ok()) return pgp_.status();
    return (*pgp_)->Encrypt(plain, key);
  }

 private:
  absl::StatusOr<std::unique_ptr<OpenPgp>> Open() {
    if (own_) {
      std::error_code error;
      const auto folder = std::filesystem::temp_directory_path(error);
      std::string made = (folder / "vigil-gnupg-XXXXXX").string();
      if (error || mkdtemp(made.data()) == nullptr) {
        return absl::UnavailableError(
            "OpenPGP: no folder can be made for it; set TMPDIR or mail.gnupg_home to one that can "
            "be "
            "written to");
      }
      path_ = std::move(made);
    }
    return OpenPgp::Open(path_);
  }

  std::string path_;
  const bool own_;
  std::once_flag once_;
  absl::StatusOr<std::unique_ptr<OpenPgp>> pgp_;
};

// Whether mail may go to the server without TLS: none but us sees what goes within this machine.
bool MayBePlain(const config::v1::Mail& mail) {
  if (mail.allow_plain_smtp()) return true;
  constexpr std::string_view kScheme = "smtp://";
  const std::string_view url = mail.smtp_url();
  if (!url.starts_with(kScheme) || url.find('@') != std::string_view::npos) return false;
  const std::string_view host =
      url.substr(kScheme.size(), url.find_first_of(":/", kScheme.size()) - kScheme.size());
  return host == "localhost" || host == "127.0.0.1" || url.starts_with("smtp://[::1]");
}

class WaySender final : public Sender {
 public:
  WaySender(SenderOptions options, std::string password, std::optional<Maildir> outbox,
            Executor& executor)
      : options_(std::move(options)),
        password_(std::move(password)),
        outbox_(std::move(outbox)),
        executor_(executor),
        rate_(RateOf(executor.clock())),
        gate_(std::make_shared<Gate>(std::max(1, options_.max_parallel / 2), MostMails(options_),
                                     rate_)),
        secrets_(options_.receiver_secrets_dir),
        pgp_(options_.mail.gnupg_home()),
        wire_(options_.max_parallel),
        mail_wire_(std::max(1, options_.max_parallel / 2)),
        workers_(kWorkers) {}

  void Send(Message message, std::function<void(Outcome)> done) override {
    const Way way = message.receiver.has_email() ? Way::kEmail : Way::kHttp;
    Attempt attempt{way, message.id, message.attempt, message.id, rate_};
    std::optional<Outcome> refused;
    if (const std::string_view why = WhyMute(message.receiver); !why.empty()) {
      refused = GiveUp(attempt, std::string(why));
    } else if (auto wait = gate_->Enter(message.receiver, executor_.clock().Monotonic())) {
      refused = NotNow(attempt, *wait);
    }
    if (refused.has_value()) {
      return executor_.Post([done = std::move(done), refused = *refused] { done(refused); });
    }
    auto cut = std::make_shared<std::atomic<bool>>(false);
    (*running_)[message.id] = cut;
    // The sender may be gone by the time an answer comes; what the answer needs is kept by it.
    Done answer = [executor = &executor_, gate = gate_, on_trouble = options_.on_trouble,
                   running = running_, id = message.id,
                   receiver = std::make_shared<const v1::Receiver>(message.receiver), way,
                   done = std::move(done)](Outcome outcome) {
      executor->Post([=, outcome = std::move(outcome)] {
        running->erase(id);
        gate->Leave(receiver->name(), way, outcome, executor->clock().Monotonic());
        const bool trouble = outcome.trouble != v1::Trouble::KIND_UNSPECIFIED;
        if (trouble && on_trouble != nullptr) on_trouble(*receiver, outcome);
        done(outcome);
      });
    };
    workers_.Add([this, message = std::move(message), attempt = std::move(attempt), cut,
                  answer = std::move(answer)]() mutable {
      if (cut->load()) return answer(NotNow(attempt, kSoon));
      // Templates and JSON are other people's code, and may throw.
      try {
        if (options_.action_links) {
          AddActionLinks(*options_.action_links, options_.page_url, message);
        }
        if (message.receiver.has_email()) {
          SendMail(message, std::move(attempt), cut, answer);
        } else {
          Call(message, std::move(attempt), cut, answer);
        }
      } catch (const std::exception&) {
        answer(GiveUp(attempt, "the message could not be written"));
      }
    });
  }

  void Cut(const std::string& id) override {
    if (auto it = running_->find(id); it != running_->end()) it->second->store(true);
  }

 private:
  using Done = std::function<void(Outcome)>;
  using Running = std::unordered_map<std::string, std::shared_ptr<std::atomic<bool>>>;

  Mail MailOf(const Message& message) {
    Letter letter = WriteLetter(message, options_.page_url);
    Mail mail{options_.mail.from(),
              message.receiver.email().address(),
              std::move(letter.subject),
              std::move(letter.text),
              std::move(letter.html),
              message.id,
              std::move(letter.thread),
              std::move(letter.form),
              message.time};
    mail.calendar = WriteCalendar(message, options_.page_url);
    if (const std::string& key = message.receiver.email().openpgp_key(); !key.empty()) {
      mail.encrypt = [this, &key](std::string_view plain) { return pgp_.Encrypt(plain, key); };
    }
    return mail;
  }

  void SendMail(const Message& message, Attempt attempt, CutFlag cut, const Done& done) {
    const std::string& from = options_.mail.from();
    const std::string& to = message.receiver.email().address();
    attempt.message_id = fmt::format("{}@{}", message.id, DomainOf(from));
    if (!IsPlainAddress(to)) return done(GiveUp(attempt, "the receiver's address cannot be used"));
    absl::StatusOr<std::string> bytes = WriteMail(MailOf(message));
    if (!bytes.ok()) {
      std::string error(bytes.status().message());
      return done(absl::IsUnavailable(bytes.status()) ? TryAgain(attempt, std::move(error))
                                                      : GiveUp(attempt, std::move(error)));
    }
    if (outbox_.has_value()) {
      const absl::Status delivered = outbox_->Deliver(message.id, UnixLines(*bytes));
      if (delivered.ok()) return done(Sent(attempt));
      Outcome failed = TryAgain(attempt, "the outbox cannot be written");
      failed.ours = true;
      return done(std::move(failed));
    }
    const std::string envelope = options_.mail.verp() ? BounceAddress(message.id, from) : from;
    mail_wire_.Send({options_.mail.smtp_url(), options_.mail.smtp_user(), password_, envelope, to,
                     *std::move(bytes), absl::Seconds(options_.mail.timeout_seconds()),
                     MayBePlain(options_.mail), std::move(cut), message.id},
                    [attempt = std::move(attempt), done](const SmtpReply& reply) {
                      done(FromSmtp(attempt, reply));
                    });
  }

  void Call(const Message& message, Attempt attempt, CutFlag cut, const Done& done) {
    if (message.receiver.way_case() == v1::Receiver::WAY_NOT_SET) {
      return done(GiveUp(attempt, "the receiver has no way to be reached"));
    }
    absl::StatusOr<HttpRequest> request =
        RequestFor(message, {options_.page_url, secrets_}, executor_.clock().Wall());
    if (!request.ok()) {
      return done(TryAgain(attempt, std::string(request.status().message())));
    }
    request->timeout = options_.webhook_timeout;
    request->cut = std::move(cut);
    wire_.Call(*std::move(request),
               [this, attempt = std::move(attempt), done](const HttpReply& reply) {
                 done(FromHttp(attempt, reply, executor_.clock().Wall()));
               });
  }

  const SenderOptions options_;
  const std::string password_;
  const std::optional<Maildir> outbox_;
  Executor& executor_;
  const double rate_;
  const std::shared_ptr<Gate> gate_;                                      // for the engine's thread
  const std::shared_ptr<Running> running_ = std::make_shared<Running>();  // likewise; by id
  SecretFolder secrets_;
  LazyPgp pgp_;
  CurlLoop wire_;  // ended after the workers, which hand it work; likewise the next
  MailWire mail_wire_;
  WorkPool workers_;
};

absl::Status Check(const config::v1::Mail& mail) {
  if (!IsPlainAddress(mail.from())) {
    return absl::InvalidArgumentError("mail.from: needs the address that mail comes from");
  }
  if (mail.smtp_url().empty()) {
    return mail.outbox().empty() ? absl::InvalidArgumentError("mail: needs outbox or smtp_url")
                                 : absl::OkStatus();
  }
  if (!mail.smtp_url().starts_with("smtp://") && !mail.smtp_url().starts_with("smtps://")) {
    return absl::InvalidArgumentError("mail.smtp_url: must start with smtp:// or smtps://");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Sender>> MakeSender(SenderOptions options, Executor& executor) {
  if (sodium_init() < 0) return absl::InternalError("libsodium cannot be used");
  config::v1::Mail& mail = options.mail;
  if (absl::Status checked = Check(mail); !checked.ok()) return checked;
  if (mail.timeout_seconds() <= 0) mail.set_timeout_seconds(kDefaultMailTimeoutSeconds);
  std::string password;
  if (!mail.smtp_password_file().empty()) {
    absl::StatusOr<std::string> read = ReadFirstLine(mail.smtp_password_file());
    if (!read.ok()) return read.status();
    password = *std::move(read);
  }
  std::optional<Maildir> outbox;
  if (mail.smtp_url().empty()) {
    absl::StatusOr<Maildir> opened = Maildir::Open(mail.outbox());
    if (!opened.ok()) return opened.status();
    outbox = *std::move(opened);
  }
  return std::make_unique<WaySender>(std::move(options), std::move(password), std::move(outbox),
                                     executor);
}

}  // namespace vigil::alert
