#include "alert-svc/deliver/retry.h"

#include <algorithm>
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
    absl::Time until;
    std::string reason;
    const std::string text(value);
    if (!absl::ParseTime("%a, %d %b %Y %H:%M:%S GMT", text, &until, &reason)) return std::nullopt;
    wait = until - now;
  }
  return std::clamp(wait, absl::ZeroDuration(), absl::Hours(24));
}

}  // namespace vigil::alert
