#include "alert-svc/domain/ids.h"

namespace vigil::alert {
namespace {

constexpr std::uint64_t kPrime = 0x100000001b3;
constexpr std::uint64_t kOffset = 0xcbf29ce484222325;
constexpr std::uint64_t kOtherOffset = 0x84222325cbf29ce4;

// The finalizer of splitmix64: spreads what FNV leaves in the low bits.
std::uint64_t Mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

std::uint64_t HashFrom(std::uint64_t state, std::initializer_list<std::string_view> fields) {
  for (std::string_view field : fields) {
    for (unsigned char c : field) state = (state ^ c) * kPrime;
    state = Mix(state ^ field.size());
  }
  return Mix(state);
}

void WriteHex(std::uint64_t value, char* out) {
  for (int i = 15; i >= 0; --i, value >>= 4) out[i] = "0123456789abcdef"[value & 15];
}

// Two hashes, of one state each, in one pass: the multiplications of one need not wait for those of
// the other.
std::string HexId(std::initializer_list<std::string_view> fields) {
  std::uint64_t first = kOffset, second = kOtherOffset;
  for (std::string_view field : fields) {
    for (unsigned char c : field) {
      first = (first ^ c) * kPrime;
      second = (second ^ c) * kPrime;
    }
    first = Mix(first ^ field.size());
    second = Mix(second ^ field.size());
  }
  std::string id(32, '0');
  WriteHex(Mix(first), id.data());
  WriteHex(Mix(second), id.data() + 16);
  return id;
}

}  // namespace

std::uint64_t Hash64(std::initializer_list<std::string_view> fields) {
  return HashFrom(kOffset, fields);
}

std::uint64_t DeadlineNumber(std::string_view deadline_name) { return Hash64({deadline_name}); }

std::uint32_t ParentNumber(std::string_view parent_name) {
  return static_cast<std::uint32_t>(Hash64({parent_name}) >> 40);
}

std::uint32_t ReceiverNumber(std::string_view receiver_name) {
  return static_cast<std::uint32_t>(Hash64({receiver_name}) >> 40);
}

std::string AlertId(std::string_view deadline_name, std::string_view earliest,
                    std::string_view latest, int step) {
  return HexId({"alert", deadline_name, earliest, latest, std::to_string(step)});
}

std::string ReminderId(std::string_view alert_id, std::string_view receiver_name, int level,
                       int repeat) {
  return HexId(
      {"reminder", alert_id, receiver_name, std::to_string(level), std::to_string(repeat)});
}

std::string DigestId(std::string_view subscription_name, std::string_view local_date) {
  return HexId({"digest", subscription_name, local_date});
}

std::string FindingsId(std::string_view subscription_name, std::string_view local_date) {
  return HexId({"findings", subscription_name, local_date});
}

std::string TroubleId(std::string_view receiver_name, int kind, std::int64_t start_seconds,
                      std::string_view hearer_name) {
  return HexId(
      {"trouble", receiver_name, std::to_string(kind), std::to_string(start_seconds), hearer_name});
}

std::string RevisionMark(std::string_view token) {
  return token.empty() ? std::string() : HexId({token});
}

std::string ReceiptId(std::string_view reminder_id, int kind, int attempts) {
  return HexId({"receipt", reminder_id, std::to_string(kind), std::to_string(attempts)});
}

}  // namespace vigil::alert
