#include "alert-svc/deliver/bounce.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "absl/synchronization/notification.h"
#include "alert-svc/deliver/bounce_box.h"
#include "tests/testing/temp_dir.h"

namespace vigil::alert {
namespace {

constexpr char kId[] = "0123456789abcdef0123456789abcdef";

struct Report {
  std::string to = "vigil@vigil.example";
  std::string type = "multipart/report; report-type=delivery-status";
  std::string envelope_id = "";
  std::string action = "failed";
  std::string original = "";
  std::string returned = "message/rfc822";
  std::string message_id = "<elsewhere@example.org>";
};

std::string Written(const Report& report) {
  std::string text =
      "From: MAILER-DAEMON@mx.example.org\r\nTo: " + report.to +
      "\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\nContent-Type: " + report.type +
      "; boundary=\"b\"\r\n\r\n";
  text += "--b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n";
  text += "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n";
  if (!report.envelope_id.empty()) {
    text += "Original-Envelope-Id: " + report.envelope_id + "\r\n";
  }
  if (!report.original.empty()) text += "\r\nOriginal-Recipient: " + report.original;
  text += "\r\nFinal-Recipient: rfc822; a@example.org\r\nAction: " + report.action +
          "\r\nStatus: 5.1.1 (no such user)\r\n";
  text += "--b\r\nContent-Type: " + report.returned + "\r\n\r\nMessage-Id: " + report.message_id +
          "\r\nSubject: x\r\n\r\n--b--\r\n";
  return text;
}

TEST(Bounce, IsKnownByTheAddressItCameTo) {
  const auto bounce =
      ParseBounce(Written({.to = std::string("<bounce+") + kId + "@vigil.example>"}));
  ASSERT_TRUE(bounce.has_value());
  EXPECT_EQ(bounce->id, kId);
  EXPECT_EQ(bounce->status, "5.1.1");
}

TEST(Bounce, IsKnownByTheEnvelopeId) {
  for (const std::string& envelope_id : {std::string(kId), "<" + std::string(kId) + ">"}) {
    const auto bounce = ParseBounce(Written({.envelope_id = envelope_id}));
    ASSERT_TRUE(bounce.has_value()) << envelope_id;
    EXPECT_EQ(bounce->id, kId);
  }
}

TEST(Bounce, SaysWhichAddressItWasFor_AsWeWroteItWhereThatIsTold) {
  EXPECT_EQ(ParseBounce(Written({.envelope_id = kId}))->recipient, "a@example.org");
  for (const char* original : {"rfc822; b@example.org", "RFC822;<b@example.org>"}) {
    EXPECT_EQ(ParseBounce(Written({.envelope_id = kId, .original = original}))->recipient,
              "b@example.org");
  }
  EXPECT_EQ(ParseBounce(Written({.envelope_id = kId, .original = "x400; b"}))->recipient,
            "a@example.org");
}

TEST(Bounce, DelayIsToldFromFailure) {
  EXPECT_TRUE(ReportsDelay(Written({.envelope_id = kId, .action = "delayed"})));
  EXPECT_FALSE(ReportsDelay(Written({.envelope_id = kId})));
  EXPECT_FALSE(ReportsDelay("To: a@b\r\n\r\ndelayed\r\n"));
}

TEST(Bounce, IsKnownByTheMessageReturnedWholeOrItsHeaders) {
  for (const char* returned : {"message/rfc822", "text/rfc822-headers"}) {
    const auto bounce = ParseBounce(
        Written({.returned = returned, .message_id = std::string("<") + kId + "@vigil.example>"}));
    ASSERT_TRUE(bounce.has_value()) << returned;
    EXPECT_EQ(bounce->id, kId);
  }
}

TEST(Bounce, WhatIsNoFailureIsNone) {
  const std::string to = std::string("bounce+") + kId + "@vigil.example";
  for (const char* action : {"delayed", "delivered", "relayed", "expanded", ""}) {
    EXPECT_FALSE(ParseBounce(Written({.to = to, .action = action})).has_value()) << action;
  }
  EXPECT_FALSE(ParseBounce(Written({.to = to, .type = "multipart/mixed"})).has_value());
  EXPECT_FALSE(
      ParseBounce("To: " + to + "\r\nSubject: away\r\n\r\nI am on holiday.\r\n").has_value());
}

TEST(Bounce, WhatNamesNoMessageOfOursIsNone) {
  for (const char* to : {"bounce+@vigil.example", "bounce+../../x@vigil.example",
                         "bounce+UPPER@vigil.example", "bounce+abc"}) {
    EXPECT_FALSE(ParseBounce(Written({.to = to, .message_id = "<>"})).has_value()) << to;
  }
}

TEST(Bounce, CutAnywhereDoesNoHarm) {
  const std::string whole = Written({.to = std::string("bounce+") + kId + "@vigil.example"});
  for (size_t size = 0; size < whole.size(); ++size) ParseBounce(whole.substr(0, size));
  EXPECT_FALSE(ParseBounce("").has_value());
  EXPECT_FALSE(ParseBounce(std::string(1000, '\0')).has_value());
}

class BounceBoxTest : public ::testing::Test {
 protected:
  BounceBoxTest() {
    std::filesystem::create_directories(folder() + "/new");
    std::ofstream(folder() + "/new/1") << Written({.envelope_id = kId});
    std::ofstream(folder() + "/new/2") << "To: x@y\r\n\r\nspam\r\n";
  }
  std::string folder() const { return dir_.path() + "/bounces"; }
  bool Has(const std::string& name) const { return std::filesystem::exists(folder() + name); }

  TempDir dir_;
};

TEST_F(BounceBoxTest, ReadMailIsMovedAndNotReadAgain) {
  absl::Notification second_scan;
  int taken = 0;
  {
    BounceBox box(folder(), absl::Milliseconds(1), [&](const Bounce& bounce) {
      EXPECT_EQ(bounce.id, kId);
      if (++taken == 1) {
        std::ofstream(folder() + "/new/3") << Written({.envelope_id = kId});
      } else {
        second_scan.Notify();
      }
      return absl::OkStatus();
    });
    second_scan.WaitForNotification();
  }
  EXPECT_EQ(taken, 2);
  EXPECT_TRUE(Has("/cur/1:2,S"));
  EXPECT_TRUE(Has("/cur/2:2,S"));
}

TEST_F(BounceBoxTest, EachMailIsCountedByWhatItWas) {
  const std::string to = std::string("To: bounce+") + kId + "@vigil.example\r\n";
  std::ofstream(folder() + "/new/3") << to << "Subject: failure notice\r\n\r\nNo such user.\r\n";
  std::ofstream(folder() + "/new/4") << Written({.envelope_id = "beyond"});
  std::filesystem::last_write_time(
      folder() + "/new/4", std::filesystem::file_time_type::clock::now() - std::chrono::hours(2));
  std::ofstream(folder() + "/new/5")
      << Written({.to = std::string("bounce+") + kId + "@vigil.example", .action = "delayed"});
  std::map<BounceResult, int> counts;
  absl::Notification all;
  {
    BounceBox box(
        folder(), absl::Milliseconds(1),
        [](const Bounce& bounce) {
          return bounce.id == kId ? absl::OkStatus() : absl::NotFoundError("unknown");
        },
        [&](BounceResult result) {
          ++counts[result];
          if (counts.size() == 5) all.Notify();
        });
    all.WaitForNotificationWithTimeout(absl::Seconds(20));
  }
  const std::map<BounceResult, int> expected = {{BounceResult::kTaken, 1},
                                                {BounceResult::kUnknown, 1},
                                                {BounceResult::kDelayed, 1},
                                                {BounceResult::kNoReport, 1},
                                                {BounceResult::kStray, 1}};
  EXPECT_EQ(counts, expected);
  EXPECT_TRUE(Has("/cur/3:2,S"));
}

TEST_F(BounceBoxTest, BounceThatCannotBeTakenStaysAndIsReadAgain) {
  for (const absl::Status& away :
       {absl::UnavailableError("away"), absl::NotFoundError("not known as yet")}) {
    absl::Notification again;
    int taken = 0;
    {
      BounceBox box(folder(), absl::Milliseconds(1), [&](const Bounce&) {
        if (++taken == 2) again.Notify();
        return away;
      });
      again.WaitForNotification();
    }
    EXPECT_TRUE(Has("/new/1"));
  }
}

}  // namespace
}  // namespace vigil::alert
