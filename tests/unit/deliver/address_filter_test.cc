#include "alert-svc/deliver/address_filter.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/un.h>

namespace vigil::alert {
namespace {

bool Public(const char* text) {
  sockaddr_storage storage{};
  auto* in = reinterpret_cast<sockaddr_in*>(&storage);
  auto* in6 = reinterpret_cast<sockaddr_in6*>(&storage);
  if (inet_pton(AF_INET, text, &in->sin_addr) == 1) {
    storage.ss_family = AF_INET;
  } else if (inet_pton(AF_INET6, text, &in6->sin6_addr) == 1) {
    storage.ss_family = AF_INET6;
  } else {
    ADD_FAILURE() << "no address: " << text;
  }
  return IsPublicAddress(reinterpret_cast<sockaddr&>(storage));
}

TEST(AddressFilter, PublicAddressesPass) {
  for (const char* text : {"1.1.1.1", "8.8.8.8", "172.15.255.255", "172.32.0.1", "100.63.0.1",
                           "192.169.0.1", "2606:4700:4700::1111", "::ffff:8.8.8.8"}) {
    EXPECT_TRUE(Public(text)) << text;
  }
}

TEST(AddressFilter, AddressesOfTheHouseAreRefused) {
  for (const char* text :
       {"127.0.0.1",       "127.255.255.255", "0.0.0.0",         "10.1.2.3",    "172.16.0.1",
        "172.31.255.255",  "192.168.1.1",     "169.254.169.254", "100.64.0.1",  "192.0.2.1",
        "198.18.0.1",      "224.0.0.1",       "255.255.255.255", "::",          "::1",
        "fe80::1",         "fc00::1",         "fd12::1",         "ff02::1",     "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",   "2001:db8::1", "::127.0.0.1"}) {
    EXPECT_FALSE(Public(text)) << text;
  }
}

// RFC 8215: a network of the house may lie behind it, whatever its last bytes say.
TEST(AddressFilter, LocalNat64IsRefusedWithAPublicTail) {
  EXPECT_TRUE(Public("64:ff9b::808:808"));
  EXPECT_FALSE(Public("64:ff9b:1::808:808"));
  EXPECT_FALSE(Public("64:ff9b:1:ffff::808:808"));
  EXPECT_FALSE(Public("64:ff9b:0:1::808:808"));
}

TEST(AddressFilter, SecondDocumentationRangeIsRefused) {
  EXPECT_FALSE(Public("3fff::1"));
  EXPECT_FALSE(Public("3fff:fff::1"));
  EXPECT_TRUE(Public("3fff:1000::1"));
}

TEST(AddressFilter, OtherFamiliesAreRefused) {
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  EXPECT_FALSE(IsPublicAddress(reinterpret_cast<sockaddr&>(local)));
}

}  // namespace
}  // namespace vigil::alert
