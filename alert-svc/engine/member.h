#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "alert-svc/domain/ids.h"
#include "common/civil/day.h"
#include "vigil/registry/v1/deadline.pb.h"

namespace vigil::alert {

// What an entry of the due set stands for.
enum class MemberForm : std::uint8_t {
  kReminder = 0,   // a step of a deadline, or a repeat or an escalation of it
  kMoved = 1,      // a change notice: the date moved
  kWithdrawn = 2,  // a change notice: the deadline is gone
  kDigest = 3,     // a digest of a subscription; `earliest` is its local day
  kSummary = 4,    // the one summary of what is past for a subscription
  kFindings = 5,   // a digest of findings alone; `earliest` is its local day
};

// One entry of a shard's due set: the whole discreet message in 24 bytes, and nothing else of it
// is in Redis. Numbers are stable hashes of names, so replicas agree on them without talking:
//
//   bytes  0–7   deadline   64-bit hash of the deadline's name (digests, summary: the
//   subscription's) bytes  8–10  parent     24-bit hash of the case's name (digests, summary: 0)
//   bytes 11–13  receiver   24-bit hash of the receiver's name
//   bytes 14–21  earliest day (20 bits), days to latest (14), step (11), level (3), repeat (10),
//                form (3), version of the layout (3)
//   bytes 22–23  kind, precision
//
// The first 22 bytes are the *identity*: two members with one identity are the same reminder, said
// with another kind or precision. `done` sets and comparisons use the identity.
struct Member {
  static constexpr std::size_t kSize = 24;
  static constexpr std::size_t kIdentitySize = 22;

  std::uint64_t deadline = 0;
  std::uint32_t parent = 0;     // 24 bits
  civil::Day earliest{};        // 1970-01-01 to 4840
  std::uint16_t span_days = 0;  // latest - earliest, below 16384
  std::int16_t step = 0;        // days before the date, -1024 to 1023
  std::uint8_t level = 0;       // escalation level, below 8
  std::uint16_t repeat = 0;     // below 1024
  std::uint32_t receiver = 0;   // 24-bit hash of the receiver's name
  MemberForm form = MemberForm::kReminder;
  registry::v1::DeadlineKind kind = registry::v1::DEADLINE_KIND_UNSPECIFIED;
  registry::v1::DeadlinePrecision precision = registry::v1::DEADLINE_PRECISION_UNSPECIFIED;

  // The 24 bytes, in an order that does not depend on the machine. Fields out of range are clamped.
  std::string Pack() const;
  // The first 22 of them.
  std::string Identity() const;
  // INVALID_ARGUMENT where the bytes are no member of this version.
  static absl::StatusOr<Member> Unpack(std::string_view bytes);

  bool operator==(const Member&) const = default;
};

// A message that belongs to a subscription and no single deadline: a digest or a summary.
inline bool IsDigest(const Member& member) {
  return member.form == MemberForm::kDigest || member.form == MemberForm::kSummary ||
         member.form == MemberForm::kFindings;
}

}  // namespace vigil::alert
