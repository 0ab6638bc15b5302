#include "alert-svc/deliver/outcome.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace vigil::alert {

Outcome TryAgain(const Attempt& attempt, std::string error, bool ambiguous,
                 std::optional<absl::Duration> at_least) {
  const std::optional<absl::Duration> delay = RetryDelay(attempt.way, attempt.number, attempt.id);
  if (!delay.has_value()) {
    Outcome outcome =
        GiveUp(attempt, fmt::format("given up after {} attempts: {}", attempt.number, error));
    outcome.said = Outcome::Said::kFailed;
    return outcome;
  }
  Outcome outcome;
  outcome.said = Outcome::Said::kFailed;
  outcome.kind = ambiguous ? Outcome::Kind::kAmbiguous : Outcome::Kind::kRetry;
  outcome.retry_after = std::max(*delay, at_least.value_or(absl::ZeroDuration()) * attempt.rate);
  outcome.message_id = attempt.message_id;
  outcome.error = std::move(error);
  return outcome;
}

Outcome GiveUp(const Attempt& attempt, std::string error) {
  Outcome outcome;
  outcome.kind = Outcome::Kind::kPermanent;
  outcome.message_id = attempt.message_id;
  outcome.error = std::move(error);
  return outcome;
}

Outcome Sent(const Attempt& attempt) {
  Outcome outcome;
  outcome.kind = Outcome::Kind::kSent;
  outcome.said = Outcome::Said::kAnswered;
  outcome.message_id = attempt.message_id;
  return outcome;
}

Outcome NotNow(const Attempt& attempt, absl::Duration wait) {
  Outcome outcome;
  outcome.kind = Outcome::Kind::kNotNow;
  outcome.retry_after = wait * attempt.rate;
  return outcome;
}

namespace {

std::string SmtpText(const SmtpReply& reply) {
  if (reply.code < 400) return fmt::format("SMTP: {}", reply.error);
  return fmt::format("SMTP {}{}{}", reply.code, reply.enhanced.empty() ? "" : " ", reply.enhanced);
}

Outcome Refused(const Attempt& attempt, std::string error) {
  Outcome outcome = GiveUp(attempt, std::move(error));
  outcome.said = Outcome::Said::kAnswered;
  return outcome;
}

// We ended the attempt, and no answer had come.
Outcome CutShort(Outcome outcome) {
  outcome.said = Outcome::Said::kNothing;
  return outcome;
}

}  // namespace

Outcome FromSmtp(const Attempt& attempt, const SmtpReply& reply) {
  if (reply.accepted) return Sent(attempt);
  if (reply.ambiguous) {
    Outcome outcome = TryAgain(attempt, "SMTP: no answer to the message", true);
    return reply.cut ? CutShort(std::move(outcome)) : outcome;
  }
  if (reply.no_dsn || reply.untried) return NotNow(attempt, kSoon);
  if (reply.cut) return CutShort(TryAgain(attempt, SmtpText(reply)));
  if (SmtpVerdict(reply.code) == Verdict::kPermanent && !reply.about_us) {
    Outcome outcome = Refused(attempt, SmtpText(reply));
    outcome.trouble = StatusTrouble(reply.enhanced);
    return outcome;
  }
  Outcome outcome = TryAgain(attempt, SmtpText(reply));
  outcome.ours = reply.about_us || reply.code >= 500;
  if (reply.code >= 500 || reply.no_tls) outcome.trouble = v1::Trouble::KIND_REFUSED;
  return outcome;
}

Outcome FromHttp(const Attempt& attempt, const HttpReply& reply, absl::Time now) {
  if (reply.refused) return GiveUp(attempt, fmt::format("refused: {}", reply.error));
  if (reply.untried) return NotNow(attempt, kSoon);
  if (reply.status == 0) {
    Outcome outcome = TryAgain(attempt, fmt::format("HTTP: {}", reply.error), reply.ambiguous);
    return reply.cut ? CutShort(std::move(outcome)) : outcome;
  }
  switch (HttpVerdict(reply.status)) {
    case Verdict::kAccepted:
      return Sent(attempt);
    case Verdict::kTransient: {
      auto asked = ParseRetryAfter(reply.retry_after, now);
      if (!asked) asked = ParseMatrixLimit(reply.body);
      Outcome outcome = TryAgain(attempt, fmt::format("HTTP {}", reply.status), false, asked);
      outcome.hold_back = asked.value_or(absl::ZeroDuration()) * attempt.rate;
      return outcome;
    }
    case Verdict::kGone: {
      Outcome outcome = Refused(attempt, "HTTP 410 (gone)");
      outcome.trouble = v1::Trouble::KIND_GONE;
      return outcome;
    }
    case Verdict::kPermanent:
      break;
  }
  return Refused(attempt, fmt::format("HTTP {}", reply.status));
}

}  // namespace vigil::alert
