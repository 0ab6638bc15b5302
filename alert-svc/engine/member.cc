#include "alert-svc/engine/member.h"

#include <algorithm>

#include "absl/status/status.h"

namespace vigil::alert {
namespace {

constexpr std::uint64_t kVersion = 1;
constexpr int kStepBias = 1024;

// Writes `count` bytes of a number, the highest first, and moves on behind them.
void Write(char*& out, std::uint64_t value, int count) {
  for (int shift = 8 * (count - 1); shift >= 0; shift -= 8) {
    *out++ = static_cast<char>(value >> shift);
  }
}

std::uint64_t Take(std::string_view& in, int count) {
  std::uint64_t value = 0;
  for (int i = 0; i < count; ++i) value = value << 8 | static_cast<unsigned char>(in[i]);
  in.remove_prefix(count);
  return value;
}

// Shifts a field of `bits` into the word.
void Push(std::uint64_t& word, std::int64_t value, int bits) {
  const std::int64_t most = (std::int64_t{1} << bits) - 1;
  word = word << bits | static_cast<std::uint64_t>(std::clamp<std::int64_t>(value, 0, most));
}

std::int64_t Pop(std::uint64_t& word, int bits) {
  const std::uint64_t value = word & ((std::uint64_t{1} << bits) - 1);
  word >>= bits;
  return static_cast<std::int64_t>(value);
}

}  // namespace

std::string Member::Pack() const {
  std::string bytes(kSize, '\0');
  char* out = bytes.data();
  Write(out, deadline, 8);
  Write(out, parent, 3);
  Write(out, receiver, 3);
  std::uint64_t word = 0;
  Push(word, earliest.time_since_epoch().count(), 20);
  Push(word, span_days, 14);
  Push(word, step + kStepBias, 11);
  Push(word, level, 3);
  Push(word, repeat, 10);
  Push(word, static_cast<std::int64_t>(form), 3);
  Push(word, kVersion, 3);
  Write(out, word, 8);
  Write(out, static_cast<std::uint64_t>(kind), 1);
  Write(out, static_cast<std::uint64_t>(precision), 1);
  return bytes;
}

std::string Member::Identity() const {
  std::string bytes = Pack();
  bytes.resize(kIdentitySize);
  return bytes;
}

absl::StatusOr<Member> Member::Unpack(std::string_view bytes) {
  if (bytes.size() != kSize) return absl::InvalidArgumentError("a member has 24 bytes");
  Member member;
  member.deadline = Take(bytes, 8);
  member.parent = static_cast<std::uint32_t>(Take(bytes, 3));
  member.receiver = static_cast<std::uint32_t>(Take(bytes, 3));
  std::uint64_t word = Take(bytes, 8);
  if (Pop(word, 3) != kVersion) return absl::InvalidArgumentError("a member of another version");
  const auto form = Pop(word, 3);
  if (form > static_cast<int>(MemberForm::kFindings)) {
    return absl::InvalidArgumentError("a member of no known form");
  }
  member.form = static_cast<MemberForm>(form);
  member.repeat = static_cast<std::uint16_t>(Pop(word, 10));
  member.level = static_cast<std::uint8_t>(Pop(word, 3));
  member.step = static_cast<std::int16_t>(Pop(word, 11) - kStepBias);
  member.span_days = static_cast<std::uint16_t>(Pop(word, 14));
  member.earliest = civil::Day(std::chrono::days(Pop(word, 20)));
  member.kind = static_cast<registry::v1::DeadlineKind>(Take(bytes, 1));
  member.precision = static_cast<registry::v1::DeadlinePrecision>(Take(bytes, 1));
  return member;
}

}  // namespace vigil::alert
