#include "alert-svc/deliver/retry.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <cstdint>
#include <string>

namespace vigil::alert {
namespace {

constexpr absl::Duration kEmailLadder[] = {
    absl::Minutes(30), absl::Minutes(30), absl::Minutes(30), absl::Hours(1),
    absl::Hours(1),    absl::Hours(2),    absl::Hours(4),    absl::Hours(8),
    absl::Hours(16),   absl::Hours(16),   absl::Hours(24),   absl::Hours(24),
};
constexpr absl::Duration kWebhookLadder[] = {
    absl::Seconds(5), absl::Minutes(5), absl::Minutes(30), absl::Hours(2),  absl::Hours(5),
    absl::Hours(10),  absl::Hours(14),  absl::Hours(20),   absl::Hours(24),
};

// FNV-1a: the same for the same reminder and attempt, on every machine.
uint32_t Spread(std::string_view id, int attempts) {
  uint32_t hash = 2166136261U ^ static_cast<uint32_t>(attempts);
  for (const unsigned char c : id) hash = (hash ^ c) * 16777619U;
  return hash;
}

std::optional<absl::Time> ParseHttpDate(const std::string& value) {
  for (const char* form : {"%a, %d %b %Y %H:%M:%S GMT",  // RFC 5322
                           "%A, %d-%b-%y %H:%M:%S GMT",  // RFC 850
                           "%a %b %e %H:%M:%S %Y"}) {    // asctime
    absl::Time time;
    std::string reason;
    if (absl::ParseTime(form, value, &time, &reason)) return time;
  }
  return std::nullopt;
}

}  // namespace

std::optional<absl::Duration> RetryDelay(Way way, int attempts, std::string_view id) {
  const bool email = way == Way::kEmail;
  const absl::Duration* ladder = email ? kEmailLadder : kWebhookLadder;
  const int steps = email ? std::size(kEmailLadder) : std::size(kWebhookLadder);
  if (attempts > steps) return std::nullopt;
  const absl::Duration delay = ladder[std::max(attempts, 1) - 1];
  return delay + delay * (Spread(id, attempts) % 1000) / 10000;
}

Verdict SmtpVerdict(int code) {
  if (code >= 200 && code < 300) return Verdict::kAccepted;
  switch (code) {
    case 530:
    case 534:
    case 535:
    case 538:
      return Verdict::kTransient;  // we are not let in: ours to mend, no fault of the receiver
    default:
      return code >= 500 && code < 600 ? Verdict::kPermanent : Verdict::kTransient;
  }
}

v1::Trouble::Kind StatusTrouble(std::string_view status) {
  if (status == "5.1.7" || status == "5.1.8" || status.starts_with("5.7.")) {
    return v1::Trouble::KIND_REFUSED;
  }
  return status.starts_with("5.1.") ? v1::Trouble::KIND_BAD_ADDRESS : v1::Trouble::KIND_UNSPECIFIED;
}

Verdict HttpVerdict(int status) {
  if (status >= 200 && status < 300) return Verdict::kAccepted;
  return status == 410 ? Verdict::kGone : Verdict::kTransient;
}

std::optional<absl::Duration> ParseRetryAfter(std::string_view value, absl::Time now) {
  int64_t seconds = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  absl::Duration wait;
  if (error == std::errc() && end == value.data() + value.size()) {
    if (seconds < 0) return std::nullopt;
    wait = absl::Seconds(std::min<int64_t>(seconds, 86400));
  } else {
    const std::optional<absl::Time> until = ParseHttpDate(std::string(value));
    if (!until) return std::nullopt;
    wait = *until - now;
  }
  return std::clamp(wait, absl::ZeroDuration(), absl::Hours(24));
}

std::optional<absl::Duration> ParseMatrixLimit(std::string_view body) {
  boost::system::error_code error;
  const boost::json::value parsed = boost::json::parse(body, error);
  if (error || !parsed.is_object()) return std::nullopt;
  const boost::json::value* code = parsed.as_object().if_contains("errcode");
  const boost::json::value* wait = parsed.as_object().if_contains("retry_after_ms");
  if (!code || *code != "M_LIMIT_EXCEEDED" || !wait || !wait->is_number()) return std::nullopt;
  const auto ms = wait->to_number<double>();
  return std::clamp(absl::Milliseconds(ms), absl::ZeroDuration(), absl::Hours(24));
}

}  // namespace vigil::alert
