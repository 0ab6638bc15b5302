#include "alert-svc/deliver/webhook_signature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace vigil::alert {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The example of the specification's own documents.
constexpr char kSecret[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

// What a receiver computes, with another library than the one under test.
std::string Expected(const std::string& key, const std::string& signed_text) {
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(signed_text.data()), signed_text.size(), mac, &size);
  unsigned char text[64];
  const int length = EVP_EncodeBlock(text, mac, static_cast<int>(size));
  return "v1," + std::string(reinterpret_cast<char*>(text), length);
}

TEST(WebhookSignature, ExampleOfTheSpecification) {
  const auto keys = ParseWebhookSecrets(kSecret);
  ASSERT_TRUE(keys.ok());
  EXPECT_EQ(SignWebhook(*keys, "msg_p5jXN8AQM9LWM0D4loKWxJek", absl::FromUnixSeconds(1614265330),
                        R"({"test": 2432232314})"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(WebhookSignature, IndependentComputationAgrees) {
  const std::string key(32, 'k');
  const std::string body = "{\"a\":\"Қазақстан\"}";
  EXPECT_EQ(SignWebhook({key}, "r-1", absl::FromUnixSeconds(1524900000), body),
            Expected(key, "r-1.1524900000." + body));
}

TEST(WebhookSignature, EverySecretSignsWhileRotating) {
  const std::string first(24, 'a');
  const std::string second(64, 'b');
  EXPECT_EQ(SignWebhook({first, second}, "r", absl::FromUnixSeconds(7), "x"),
            Expected(first, "r.7.x") + " " + Expected(second, "r.7.x"));
}

TEST(WebhookSecrets, SeveralLinesAndBlankOnes) {
  const auto keys = ParseWebhookSecrets(std::string("\n ") + kSecret + " \r\n\n" + kSecret + "\n");
  ASSERT_TRUE(keys.ok());
  EXPECT_EQ(keys->size(), 2u);
  EXPECT_EQ(keys->front().size(), 24u);
}

TEST(WebhookSecrets, FaultNamesTheLineAndNotTheSecret) {
  const auto keys = ParseWebhookSecrets(std::string(kSecret) + "\nhunter2hunter2hunter2");
  ASSERT_FALSE(keys.ok());
  EXPECT_THAT(std::string(keys.status().message()), HasSubstr("line 2"));
  EXPECT_THAT(std::string(keys.status().message()), Not(HasSubstr("hunter2")));
}

TEST(WebhookSecrets, ShortEmptyOrGarbledIsRefused) {
  EXPECT_FALSE(ParseWebhookSecrets("").ok());
  EXPECT_FALSE(ParseWebhookSecrets("whsec_").ok());
  EXPECT_FALSE(ParseWebhookSecrets("whsec_c2hvcnQ=").ok());
  EXPECT_FALSE(ParseWebhookSecrets("whsec_!!!!MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").ok());
}

}  // namespace
}  // namespace vigil::alert
