// The sender against a real SMTP server and a real HTTP server.
#include "alert-svc/deliver/sender.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/integration/deliver/python_peer.h"
#include "tests/integration/deliver/sender_fixture.h"

namespace vigil::alert {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Ge;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::Not;
using ::testing::SizeIs;

class OutboxTest : public SenderTest {
 protected:
  Message To(const std::string& address) {
    Message message = Single();
    message.receiver.mutable_email()->set_address(address);
    return message;
  }
};

TEST_F(OutboxTest, MailLandsOnceHoweverOftenItIsSent) {
  for (int i = 0; i < 3; ++i) {
    const Outcome outcome = Send(To("lawyer@example.org"));
    EXPECT_EQ(outcome.kind, Outcome::Kind::kSent);
    EXPECT_EQ(outcome.message_id, "r-1@vigil.example");
  }
  const auto mails = Taken(root_ / "outbox/new");
  ASSERT_THAT(mails, SizeIs(1));
  EXPECT_THAT(mails[0], AllOf(HasSubstr("To: lawyer@example.org\n"),
                              HasSubstr("Message-Id: <r-1@vigil.example>"),
                              HasSubstr("X-Vigil-Form: single"), Not(HasSubstr("\r"))));
}

TEST_F(OutboxTest, OutboxThatIsGoneIsTriedAgain) {
  Send(To("lawyer@example.org"));
  fs::remove_all(root_ / "outbox");
  Message message = To("lawyer@example.org");
  message.id = "r-2";
  EXPECT_EQ(Send(message).kind, Outcome::Kind::kRetry);
}

TEST_F(OutboxTest, AddressThatCannotBeUsedIsPermanentAndNotRepeatedInTheError) {
  const Outcome outcome = Send(To("spy@example.org>\r\nBcc: x@y"));
  EXPECT_EQ(outcome.kind, Outcome::Kind::kPermanent);
  EXPECT_THAT(outcome.error, Not(HasSubstr("spy")));
}

TEST_F(OutboxTest, ReceiverWithoutAWayIsPermanent) {
  EXPECT_EQ(Send(Single()).kind, Outcome::Kind::kPermanent);
}

TEST_F(OutboxTest, ConfigurationNamesTheKey) {
  options_.mail.set_from("nobody");
  EXPECT_THAT(std::string(MakeSender(options_, executor_).status().message()),
              HasSubstr("mail.from"));
  options_.mail.set_from("a@b");
  options_.mail.set_smtp_url("http://x");
  EXPECT_THAT(std::string(MakeSender(options_, executor_).status().message()),
              HasSubstr("mail.smtp_url"));
}

class SmtpTest : public SenderTest {
 protected:
  SmtpTest() : peer_("smtp_peer.py", (root_ / "taken").string()) {
    options_.mail.set_smtp_url(fmt::format("smtp://127.0.0.1:{}", peer_.port()));
    options_.mail.set_timeout_seconds(5);
  }

  Outcome SendTo(const std::string& name, int attempt = 1) {
    Message message = Single();
    message.attempt = attempt;
    message.receiver.mutable_email()->set_address(name + "@example.org");
    return Send(std::move(message));
  }

  PythonPeer peer_;
};

TEST_F(SmtpTest, TakenMessageIsSentToOneRecipientAsWritten) {
  EXPECT_EQ(SendTo("lawyer").kind, Outcome::Kind::kSent);
  const auto mails = Taken(root_ / "taken");
  ASSERT_THAT(mails, SizeIs(1));
  EXPECT_THAT(mails[0], AllOf(HasSubstr("X-Envelope: vigil@vigil.example lawyer@example.org\r\n"),
                              HasSubstr("Message-Id: <r-1@vigil.example>\r\n"),
                              HasSubstr("multipart/alternative"), HasSubstr("text/calendar")));
}

TEST_F(SmtpTest, RecipientRefusedForNowIsTriedAgain) {
  for (const char* name : {"421", "450", "451"}) {
    const Outcome outcome = SendTo(name);
    EXPECT_EQ(outcome.kind, Outcome::Kind::kRetry) << name;
    EXPECT_EQ(outcome.error, fmt::format("SMTP {}", name));
    EXPECT_GE(outcome.retry_after, absl::Minutes(1));
  }
}

TEST_F(SmtpTest, RecipientRefusedForGoodIsPermanent) {
  for (const char* name : {"550", "552", "554"}) {
    const Outcome outcome = SendTo(name);
    EXPECT_EQ(outcome.kind, Outcome::Kind::kPermanent) << name;
    EXPECT_EQ(outcome.error, fmt::format("SMTP {}", name));
  }
}

TEST_F(SmtpTest, MessageRefusedAfterItsEndIsNotAmbiguous) {
  EXPECT_EQ(SendTo("data-451").kind, Outcome::Kind::kRetry);
  EXPECT_EQ(SendTo("data-554").kind, Outcome::Kind::kPermanent);
}

TEST_F(SmtpTest, ConnectionLostAfterTheFinalDotIsAmbiguous) {
  const Outcome outcome = SendTo("drop");
  EXPECT_EQ(outcome.kind, Outcome::Kind::kAmbiguous);
  EXPECT_EQ(outcome.message_id, "r-1@vigil.example");
}

TEST_F(SmtpTest, SecondAttemptHasTheSameMessageId) {
  EXPECT_EQ(SendTo("twice").kind, Outcome::Kind::kAmbiguous);
  EXPECT_EQ(SendTo("twice", 2).kind, Outcome::Kind::kSent);
  EXPECT_THAT(Taken(root_ / "taken")[0], HasSubstr("Message-Id: <r-1@vigil.example>"));
}

TEST_F(SmtpTest, ServerThatIsAwayIsTriedAgainUntilTheLadderEnds) {
  peer_.Kill();
  const Outcome outcome = SendTo("lawyer");
  EXPECT_EQ(outcome.kind, Outcome::Kind::kRetry);
  EXPECT_EQ(SendTo("lawyer", 50).kind, Outcome::Kind::kPermanent);
}

TEST_F(SmtpTest, OneBadRecipientDoesNotHoldUpTheRest) {
  EXPECT_EQ(SendTo("lawyer").kind, Outcome::Kind::kSent);
  EXPECT_EQ(SendTo("550").kind, Outcome::Kind::kPermanent);
  EXPECT_EQ(SendTo("drop").kind, Outcome::Kind::kAmbiguous);
  EXPECT_EQ(SendTo("counsel").kind, Outcome::Kind::kSent);
}

class WebhookTest : public SenderTest {
 protected:
  WebhookTest() : peer_("http_sink.py", (root_ / "taken").string()) {}

  Message To(const std::string& path) {
    Message message = Single();
    v1::Webhook& webhook = *message.receiver.mutable_webhook();
    webhook.set_url(fmt::format("http://127.0.0.1:{}{}", peer_.port(), path));
    webhook.set_secret_file((root_ / "secret").string());
    webhook.set_allow_private_addresses(true);
    return message;
  }
  Outcome Post(const std::string& path, int attempt = 1, bool allow_private = true) {
    Message message = To(path);
    message.attempt = attempt;
    message.receiver.set_name("receivers/at" + path);  // one that fails is left alone for a while
    message.receiver.mutable_webhook()->set_allow_private_addresses(allow_private);
    return Send(std::move(message));
  }

  boost::json::object Request(size_t index) const {
    return boost::json::parse(Taken(root_ / "taken").at(index)).as_object();
  }

  PythonPeer peer_;
};

// What a receiver computes, with another library than ours.
std::string Expected(const std::string& signed_text) {
  const std::string encoded = std::string(kSecret).substr(6);
  unsigned char key[64];
  const int size = EVP_DecodeBlock(key, reinterpret_cast<const unsigned char*>(encoded.data()),
                                   static_cast<int>(encoded.size()));
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  HMAC(EVP_sha256(), key, size, reinterpret_cast<const unsigned char*>(signed_text.data()),
       signed_text.size(), mac, &length);
  unsigned char text[64];
  EVP_EncodeBlock(text, mac, static_cast<int>(length));
  return "v1," + std::string(reinterpret_cast<char*>(text));
}

TEST_F(WebhookTest, EventIsSignedAndHasTheIdOfTheReminder) {
  const Outcome outcome = Post("/204");
  EXPECT_EQ(outcome.kind, Outcome::Kind::kSent);
  EXPECT_EQ(outcome.message_id, "r-1");
  const boost::json::object request = Request(0);
  const boost::json::object& headers = request.at("headers").as_object();
  const std::string body(request.at("body").as_string());
  const std::string stamp(headers.at("webhook-timestamp").as_string());
  EXPECT_EQ(headers.at("webhook-id").as_string(), "r-1");
  EXPECT_EQ(headers.at("webhook-signature").as_string(), Expected("r-1." + stamp + "." + body));
  EXPECT_THAT(std::string(headers.at("content-type").as_string()),
              HasSubstr("application/cloudevents+json"));
  // The attempt's wall time, not the calendar's.
  EXPECT_LE(std::abs(std::stoll(stamp) - absl::ToUnixSeconds(absl::Now())), 60);
  EXPECT_EQ(boost::json::parse(body).as_object().at("id").as_string(), "r-1");
}

TEST_F(WebhookTest, EverySecondHundredIsSuccess) {
  for (const char* path : {"/200", "/201", "/202"}) {
    EXPECT_EQ(Post(path).kind, Outcome::Kind::kSent) << path;
  }
}

TEST_F(WebhookTest, OverloadIsTriedAgainNotBeforeWhatThePeerAsks) {
  for (const char* path : {"/429", "/500", "/502", "/503", "/504"}) {
    EXPECT_EQ(Post(path).kind, Outcome::Kind::kRetry) << path;
  }
  EXPECT_THAT(Post("/429/3600").retry_after, AllOf(Ge(absl::Hours(1)), Le(absl::Hours(2))));
}

TEST_F(WebhookTest, ReceiverThatAsksToBeLeftAloneIsByItsOtherMessagesToo) {
  for (const char* path : {"/429/600", "/503/600", "/502/600", "/504/600"}) {
    EXPECT_EQ(Post(path).kind, Outcome::Kind::kRetry) << path;
    const Outcome next = Post(path);
    EXPECT_EQ(next.kind, Outcome::Kind::kNotNow) << path;
    EXPECT_THAT(next.retry_after, AllOf(Gt(absl::Minutes(9)), Le(absl::Minutes(10)))) << path;
  }
  EXPECT_THAT(Taken(root_ / "taken"), SizeIs(4));
}

TEST_F(WebhookTest, SecretIsReadInItsFolderAloneWhereverALinkLeads) {
  options_.receiver_secrets_dir = (root_ / "secrets").string();
  fs::create_directories(root_ / "secrets/of-today");
  fs::copy_file(root_ / "secret", root_ / "secrets/of-today/hook");
  fs::create_symlink("of-today/hook", root_ / "secrets/hook");  // as a Secret is mounted
  fs::create_symlink("../secret", root_ / "secrets/out");
  fs::create_directory_symlink("..", root_ / "secrets/up");
  int receivers = 0;
  const auto post = [&](const std::string& file) {
    Message message = Single();
    message.receiver.set_name(fmt::format("receivers/r-{}", ++receivers));
    v1::Webhook* webhook = message.receiver.mutable_webhook();
    webhook->set_url(fmt::format("http://127.0.0.1:{}/200", peer_.port()));
    webhook->set_secret_file(file);
    webhook->set_allow_private_addresses(true);
    return Send(std::move(message));
  };
  for (const std::string& file : {(root_ / "secrets/hook").string(), std::string("hook")}) {
    EXPECT_EQ(post(file).kind, Outcome::Kind::kSent) << file;
  }
  for (const std::string& file : {(root_ / "secret").string(), (root_ / "secrets/out").string(),
                                  std::string("up/secret"), std::string("../secret")}) {
    const Outcome outcome = post(file);
    EXPECT_EQ(outcome.kind, Outcome::Kind::kRetry) << file;
    EXPECT_THAT(outcome.error, HasSubstr("not in receiver_secrets_dir")) << file;
  }
  EXPECT_THAT(post("none").error, HasSubstr("cannot be read"));
  EXPECT_THAT(Taken(root_ / "taken"), SizeIs(2));
}

TEST_F(WebhookTest, WithoutAFolderForSecretsNoneIsRead) {
  options_.receiver_secrets_dir.clear();
  EXPECT_THAT(Post("/200").error, HasSubstr("not in receiver_secrets_dir"));
  EXPECT_THAT(Taken(root_ / "taken"), IsEmpty());
}

TEST_F(WebhookTest, RefusalIsTriedAgainAndOnlyGoneIsPermanent) {
  for (const char* path : {"/400", "/401", "/404", "/413"}) {
    EXPECT_EQ(Post(path).kind, Outcome::Kind::kRetry) << path;
  }
  EXPECT_EQ(Post("/410").kind, Outcome::Kind::kPermanent);
  EXPECT_THAT(Post("/410").error, HasSubstr("gone"));
}

TEST_F(WebhookTest, RedirectIsNotFollowed) {
  EXPECT_EQ(Post("/redirect").kind, Outcome::Kind::kRetry);
  EXPECT_THAT(Taken(root_ / "taken"), SizeIs(1));
}

TEST_F(WebhookTest, ConnectionLostAfterTheRequestIsAmbiguousAndTheNextHasTheSameId) {
  EXPECT_EQ(Post("/drop").kind, Outcome::Kind::kAmbiguous);
  EXPECT_EQ(Post("/200", 2).kind, Outcome::Kind::kSent);
  const auto requests = Taken(root_ / "taken");
  EXPECT_EQ(Request(0).at("headers").at("webhook-id"),
            Request(requests.size() - 1).at("headers").at("webhook-id"));
}

TEST_F(WebhookTest, PeerThatNeverAnswersIsAmbiguousAfterTheTimeout) {
  options_.webhook_timeout = absl::Milliseconds(300);
  EXPECT_EQ(Post("/silent").kind, Outcome::Kind::kAmbiguous);
}

TEST_F(WebhookTest, AnswerWithoutEndIsCutAndCounts) {
  EXPECT_EQ(Post("/endless").kind, Outcome::Kind::kSent);
}

TEST_F(WebhookTest, PrivateAddressIsRefusedUnlessAllowed) {
  const Outcome outcome = Post("/200", 1, false);
  EXPECT_EQ(outcome.kind, Outcome::Kind::kPermanent);
  EXPECT_THAT(Taken(root_ / "taken"), IsEmpty());
}

TEST_F(WebhookTest, PrivateAddressIsRefusedOnAConnectionThatAnotherReceiverOpened) {
  EXPECT_EQ(Post("/200").kind, Outcome::Kind::kSent);
  EXPECT_EQ(Post("/200", 1, false).kind, Outcome::Kind::kPermanent);
  EXPECT_THAT(Taken(root_ / "taken"), SizeIs(1));
}

TEST_F(WebhookTest, OtherSchemesAreRefused) {
  Message message = Single();
  message.receiver.mutable_webhook()->set_url("file:///etc/passwd");
  message.receiver.mutable_webhook()->set_secret_file((root_ / "secret").string());
  EXPECT_EQ(Send(message).kind, Outcome::Kind::kPermanent);
}

TEST_F(WebhookTest, MissingSecretIsTriedAgain) {
  fs::remove(root_ / "secret");
  EXPECT_EQ(Post("/200").kind, Outcome::Kind::kRetry);
  EXPECT_THAT(Taken(root_ / "taken"), IsEmpty());
}

TEST_F(WebhookTest, PeerThatIsAwayIsTriedAgainUntilTheLadderEnds) {
  peer_.Kill();
  EXPECT_EQ(Post("/200").kind, Outcome::Kind::kRetry);
  EXPECT_EQ(Post("/200", 10).kind, Outcome::Kind::kPermanent);
}

TEST_F(WebhookTest, ManyAtOnceAllArrive) {
  auto made = MakeSender(options_, executor_);
  ASSERT_TRUE(made.ok());
  sender_ = *std::move(made);
  int sent = 0;
  constexpr int kMany = 300;
  for (int i = 0; i < kMany; ++i) {
    Message message = Single(fmt::format("r-{}", i));
    message.receiver.mutable_limits()->set_in_flight(kMany);
    v1::Webhook* webhook = message.receiver.mutable_webhook();
    webhook->set_url(fmt::format("http://127.0.0.1:{}/200", peer_.port()));
    webhook->set_secret_file((root_ / "secret").string());
    webhook->set_allow_private_addresses(true);
    sender_->Send(std::move(message), [&sent](const Outcome& outcome) {
      sent += outcome.kind == Outcome::Kind::kSent ? 1 : 0;
    });
  }
  executor_.RunUntil([&sent] { return sent == kMany; });
  EXPECT_EQ(sent, kMany);
}

TEST_F(WebhookTest, SenderThatGoesAnswersWhatStillRuns) {
  bool answered = false;
  auto made = MakeSender(options_, executor_);
  ASSERT_TRUE(made.ok());
  Message message = To("/silent");
  (*made)->Send(std::move(message), [&answered](const Outcome& outcome) {
    answered = outcome.kind != Outcome::Kind::kSent && outcome.kind != Outcome::Kind::kPermanent;
  });
  made->reset();
  executor_.RunUntil([&answered] { return answered; });
  EXPECT_TRUE(answered);
}

}  // namespace
}  // namespace vigil::alert
