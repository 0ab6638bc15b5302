#pragma once

#include <sys/socket.h>

namespace vigil::alert {

// Whether an address belongs to the public internet. False for loopback, private, shared,
// link-local, unique-local, multicast, documentation, benchmark and reserved ranges, for IPv4
// addresses of those kinds inside IPv6 (mapped, NAT64, 6to4), and for families other than IPv4 and
// IPv6. It is asked for the address that is connected to, so a name that resolves otherwise the
// second time gains nothing.
bool IsPublicAddress(const sockaddr& address);

}  // namespace vigil::alert
