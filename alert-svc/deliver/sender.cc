#include "alert-svc/deliver/sender.h"

#include <fmt/format.h>
#include <sodium.h>

#include <exception>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

#include "absl/status/status.h"
#include "alert-svc/deliver/cloud_event.h"
#include "alert-svc/deliver/curl_loop.h"
#include "alert-svc/deliver/letter.h"
#include "alert-svc/deliver/maildir.h"
#include "alert-svc/deliver/mime.h"
#include "alert-svc/deliver/outcome.h"
#include "alert-svc/deliver/webhook_signature.h"
#include "alert-svc/deliver/work_pool.h"

namespace vigil::alert {
namespace {

constexpr int kWorkers = 2;
constexpr int kDefaultMailTimeoutSeconds = 30;

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) {
    return absl::UnavailableError(fmt::format("cannot read {}", path));
  }
  return text.str();
}

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

class WaySender final : public Sender {
 public:
  WaySender(SenderOptions options, std::string password, std::optional<Maildir> outbox,
            Executor& executor)
      : options_(std::move(options)),
        password_(std::move(password)),
        outbox_(std::move(outbox)),
        executor_(executor),
        wire_(options_.max_parallel),
        workers_(kWorkers) {}

  void Send(Message message, std::function<void(Outcome)> done) override {
    const double rate = RateOf(executor_.clock());
    Done answer = [executor = &executor_, done = std::move(done)](Outcome outcome) {
      executor->Post([done, outcome = std::move(outcome)] { done(outcome); });
    };
    workers_.Add([this, message = std::move(message), rate, answer = std::move(answer)] {
      Attempt attempt{Way::kEmail, message.id, message.attempt, message.id, rate};
      // Templates and JSON are other people's code, and may throw.
      try {
        if (message.receiver.has_email()) {
          Mail(message, std::move(attempt), answer);
        } else if (message.receiver.has_webhook()) {
          attempt.way = Way::kWebhook;
          Webhook(message, std::move(attempt), answer);
        } else {
          answer(GiveUp(attempt, "the receiver has no way to be reached"));
        }
      } catch (const std::exception&) {
        answer(GiveUp(attempt, "the message could not be written"));
      }
    });
  }

 private:
  using Done = std::function<void(Outcome)>;

  void Mail(const Message& message, Attempt attempt, const Done& done) {
    Letter letter = WriteLetter(message, options_.page_url);
    const std::string& from = options_.mail.from();
    const std::string& to = message.receiver.email().address();
    attempt.message_id = fmt::format("{}@{}", message.id, DomainOf(from));
    absl::StatusOr<std::string> bytes = WriteMail(
        {from, to, std::move(letter.subject), std::move(letter.text), std::move(letter.html),
         message.id, std::move(letter.thread), std::move(letter.form), message.time});
    if (!bytes.ok()) return done(GiveUp(attempt, "the receiver's address cannot be used"));
    if (outbox_.has_value()) {
      const absl::Status delivered = outbox_->Deliver(message.id, UnixLines(*bytes));
      return done(delivered.ok() ? Sent(attempt)
                                 : TryAgain(attempt, "the outbox cannot be written"));
    }
    wire_.Send({options_.mail.smtp_url(), options_.mail.smtp_user(), password_, from, to,
                *std::move(bytes), absl::Seconds(options_.mail.timeout_seconds())},
               [attempt = std::move(attempt), done](const SmtpReply& reply) {
                 done(FromSmtp(attempt, reply));
               });
  }

  void Webhook(const Message& message, Attempt attempt, const Done& done) {
    const v1::Webhook& webhook = message.receiver.webhook();
    // Read each time, so that a secret can be changed while we run.
    absl::StatusOr<std::string> secrets = ReadFile(webhook.secret_file());
    if (!secrets.ok()) return done(TryAgain(attempt, "the webhook's secret cannot be read"));
    absl::StatusOr<std::vector<std::string>> keys = ParseWebhookSecrets(*secrets);
    if (!keys.ok()) return done(TryAgain(attempt, std::string(keys.status().message())));
    const absl::Time now = executor_.clock().Wall();
    std::string body = WriteCloudEvent(message, options_.page_url);
    HttpPost post;
    post.url = webhook.url();
    post.headers = {
        "Content-Type: application/cloudevents+json; charset=utf-8",
        fmt::format("webhook-id: {}", message.id),
        fmt::format("webhook-timestamp: {}", absl::ToUnixSeconds(now)),
        fmt::format("webhook-signature: {}", SignWebhook(*keys, message.id, now, body))};
    post.body = std::move(body);
    post.timeout = options_.webhook_timeout;
    post.allow_private_addresses = webhook.allow_private_addresses();
    wire_.Post(std::move(post), [this, attempt = std::move(attempt), done](const HttpReply& reply) {
      done(FromHttp(attempt, reply, executor_.clock().Wall()));
    });
  }

  const SenderOptions options_;
  const std::string password_;
  const std::optional<Maildir> outbox_;
  Executor& executor_;
  CurlLoop wire_;  // ended after the workers, which hand it work
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
    absl::StatusOr<std::string> read = ReadFile(mail.smtp_password_file());
    if (!read.ok()) return read.status();
    password = read->substr(0, read->find_first_of("\r\n"));
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
