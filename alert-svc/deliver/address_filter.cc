#include "alert-svc/deliver/address_filter.h"

#include <netinet/in.h>

#include <cstdint>
#include <cstring>

namespace vigil::alert {
namespace {

struct Range4 {
  uint32_t base;
  int bits;
};

// IANA's special-purpose registry (RFC 6890 and its followers), what is not globally reachable.
constexpr Range4 kSpecial4[] = {
    {0x00000000, 8},   // this network
    {0x0A000000, 8},   // private
    {0x64400000, 10},  // shared by carriers
    {0x7F000000, 8},   // loopback
    {0xA9FE0000, 16},  // link-local, cloud metadata
    {0xAC100000, 12},  // private
    {0xC0000000, 24},  // protocol assignments
    {0xC0000200, 24},  // documentation
    {0xC0586300, 24},  // 6to4 relays
    {0xC0A80000, 16},  // private
    {0xC6120000, 15},  // benchmarks
    {0xC6336400, 24},  // documentation
    {0xCB007100, 24},  // documentation
    {0xE0000000, 4},   // multicast
    {0xF0000000, 4},   // reserved, broadcast
};

bool IsPublic4(uint32_t host_order) {
  for (const Range4& range : kSpecial4) {
    if ((host_order >> (32 - range.bits)) == (range.base >> (32 - range.bits))) return false;
  }
  return true;
}

uint32_t Word(const uint8_t* bytes) {
  return uint32_t{bytes[0]} << 24 | uint32_t{bytes[1]} << 16 | uint32_t{bytes[2]} << 8 | bytes[3];
}

bool IsPublic6(const uint8_t* a) {
  const bool first_ten_zero = Word(a) == 0 && Word(a + 4) == 0 && a[8] == 0 && a[9] == 0;
  if (first_ten_zero && a[10] == 0xFF && a[11] == 0xFF) return IsPublic4(Word(a + 12));  // mapped
  const bool well_known_nat64 = Word(a) == 0x0064FF9B && Word(a + 4) == 0 && Word(a + 8) == 0;
  if (well_known_nat64) return IsPublic4(Word(a + 12));  // others, 64:ff9b:1::/48 say, are local
  if (a[0] == 0x20 && a[1] == 0x02) return IsPublic4(Word(a + 2));  // 6to4
  if (Word(a) == 0x20010DB8 || (Word(a) >> 9) == (0x20010000U >> 9)) return false;
  if ((Word(a) >> 12) == (0x3FFF0000U >> 12)) return false;  // documentation, RFC 9637
  // Only 2000::/3 is handed out to the internet.
  return (a[0] & 0xE0) == 0x20;
}

}  // namespace

bool IsPublicAddress(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in in;
    std::memcpy(&in, &address, sizeof in);
    return IsPublic4(ntohl(in.sin_addr.s_addr));
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 in6;
    std::memcpy(&in6, &address, sizeof in6);
    return IsPublic6(in6.sin6_addr.s6_addr);
  }
  return false;
}

}  // namespace vigil::alert
