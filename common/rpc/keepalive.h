#pragma once

namespace vigil::rpc {

// Both sides of a connection must agree on these, or the server ends it with `too_many_pings`:
// the client pings every kKeepaliveMs, the server allows twice as often.
inline constexpr int kKeepaliveMs = 20'000;
inline constexpr int kKeepaliveTimeoutMs = 10'000;
inline constexpr int kLeastPingMs = kKeepaliveMs / 2;

inline constexpr int kMaxRequestBytes = 8 << 20;
inline constexpr int kMaxAnswerBytes = 16 << 20;

}  // namespace vigil::rpc
