// What a hostile or broken peer may do, item by item, and where it is done to the sender:
//
//   SMTP      down                         SmtpTest.ServerThatIsAwayIsTriedAgainUntilTheLadderEnds
//             slow, byte by byte           SmtpTortures, slow
//             421                          SmtpTortures, busy, leaving; RecipientRefusedForNow…
//             450, greylisting             SmtpTorture.GreylistedMessageIsTakenTheSecondTime
//             451 before the message       SmtpTortures, later
//             451 after the message        SmtpTest.MessageRefusedAfterItsEndIsNotAmbiguous
//             550 for one of three         OneOfThreeRecipientsRefused_TheOthersHaveTheirMail
//             552                          SmtpTortures, full
//             lost between message and 250 SmtpTortures, drop and mute; RepeatedAttemptIsTheSame…
//             hangs up after each message  ServerThatHangsUpAfterEachMessageHasEachOnce
//             never answers                ServerThatNeverAnswersHoldsUpNoWebhook
//             STARTTLS that fails          SmtpTortures, starttlsbroken; ServerThatRefusesTls…
//                                          StartTlsWithACertificateThatNobodySigned_GetsNothing
//             no TLS at all                SmtpTorture.SmtpsToAServerWithoutTlsIsTriedAgain
//             8 bits, SMTPUTF8             ServerThatTakesEightBits_GetsSevenAndNoParameter
//                                          AddressBeyondAsciiIsRefusedAtOnce…
//             answers ahead (pipelining)   ServerThatAnswersAhead_HasTheMailOnce
//   webhook   200, slow                    SlowAnswer_Counts; BodyThatTricklesForEver…
//             301 and its kin, to inside   RedirectInside_IsNotFollowed
//             410                          HttpTorture.GoneIsReportedSoThatTheReceiverIsDisabled
//             429 in seconds, as a date    WebhookTest.OverloadIsTriedAgain…; RetryAfterAsADate…
//             502, 504                     WebhookTest.OverloadIsTriedAgainNotBeforeWhatThePeerAsks
//                                          HttpTorture.RetryAfterCountsWhateverTheOverloadIsCalled
//             reset                        HttpTorture.ResetAfterTheRequestIsAmbiguous
//                                          HttpTorture.ResetAfterAnInterimAnswerIsAmbiguous
//             no HTTP                      HttpTorture.AnswerThatIsNoHttpIsAmbiguous
//             a gigabyte                   HttpTorture.GigabyteIsNotRead
//             headers without end          HttpTorture.HeadersWithoutEndAreCutAndCount
//             bad TLS                      CertificateThatNobodySigned_GetsNothing; PeerWithoutTls…
//             names that lead inside       NameThatLeadsInsideIsRefusedHoweverItIsSpelt
//             DNS that answers otherwise   NameThatIsReboundInside_IsLookedUpOnceAndRefused
#include <dlfcn.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netdb.h>

#include <atomic>
#include <cstdlib>
#include <string_view>

#include "tests/integration/deliver/torture_fixture.h"

namespace {

constexpr std::string_view kRebound = "hooks.rebound.example";
std::atomic<int> lookups = 0;

}  // namespace

// Stands before the C library's: one name leads to this machine, as a hostile DNS may have it.
extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints,
                           addrinfo** result) {
  static const auto real =
      reinterpret_cast<decltype(&getaddrinfo)>(dlsym(RTLD_NEXT, "getaddrinfo"));
  if (name == nullptr || name != kRebound) return real(name, service, hints, result);
  ++lookups;
  return real("127.0.0.1", service, hints, result);
}

namespace vigil::alert {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Kind = Outcome::Kind;

TEST_F(SmtpTorture, OneOfThreeRecipientsRefused_TheOthersHaveTheirMail) {
  Against("one-bad");
  EXPECT_EQ(Mail("counsel", "r-1").kind, Kind::kSent);
  EXPECT_EQ(Mail("gone", "r-2").kind, Kind::kPermanent);
  EXPECT_EQ(Mail("lawyer", "r-3").kind, Kind::kSent);
  const auto taken = Taken(root_ / "taken");
  ASSERT_THAT(taken, SizeIs(2));
  EXPECT_THAT(taken[0], HasSubstr("<vigil@vigil.example> <counsel@example.org> "));
  EXPECT_THAT(taken[1], HasSubstr("<vigil@vigil.example> <lawyer@example.org> "));
}

TEST_F(SmtpTorture, ServerThatTakesEightBits_GetsSevenAndNoParameter) {
  Against("utf8");
  Message message = Single();
  message.receiver.set_language("ru");
  message.receiver.mutable_email()->set_address("lawyer@example.org");
  EXPECT_EQ(Send(std::move(message)).kind, Kind::kSent);
  const auto taken = Taken(root_ / "taken");
  ASSERT_THAT(taken, SizeIs(1));
  for (const char byte : taken[0]) ASSERT_EQ(static_cast<unsigned char>(byte) & 0x80, 0);
  EXPECT_THAT(taken[0].substr(0, taken[0].find("\r\n\r\n")), Not(HasSubstr("UTF8")));
}

TEST_F(SmtpTorture, ServerThatAnswersAhead_HasTheMailOnce) {
  Against("ahead");
  EXPECT_EQ(Mail().kind, Kind::kSent);
  EXPECT_THAT(Taken(root_ / "taken"), SizeIs(1));
}

TEST_F(SmtpTorture, ServerThatNeverAnswersHoldsUpNoWebhook) {
  Against("mute");
  options_.mail.set_timeout_seconds(30);
  fs::create_directory(root_ / "events");
  PythonPeer http("http_sink.py", (root_ / "events").string());
  Message event = Single("r-event");
  event.receiver.set_name("receivers/machine");
  event.receiver.mutable_webhook()->set_url(fmt::format("http://127.0.0.1:{}/200", http.port()));
  event.receiver.mutable_webhook()->set_secret_file((root_ / "secret").string());
  event.receiver.mutable_webhook()->set_allow_private_addresses(true);
  auto made = MakeSender(options_, executor_);
  ASSERT_TRUE(made.ok());
  sender_ = *std::move(made);
  int turned_away = 0;
  constexpr int kMails = 100;  // each to another receiver
  for (int i = 0; i < kMails; ++i) {
    Message mail = Single(fmt::format("r-{}", i));
    mail.receiver.set_name(fmt::format("receivers/r-{}", i));
    mail.receiver.mutable_email()->set_address("lawyer@example.org");
    sender_->Send(std::move(mail), [&turned_away](const Outcome& outcome) {
      turned_away += outcome.kind == Kind::kNotNow;
    });
  }
  Await([this] { return !Taken(root_ / "taken").empty(); });
  EXPECT_EQ(Send(std::move(event)).kind, Kind::kSent) << "while a mail waits for its answer";
  EXPECT_EQ(turned_away, kMails - 2 * options_.max_parallel);
}

TEST_F(HttpTorture, SlowAnswer_Counts) { EXPECT_EQ(Send(To(Url("/slow"))).kind, Kind::kSent); }

TEST_F(HttpTorture, RedirectInside_IsNotFollowed) {
  size_t count = 0;
  for (const int status : {301, 302, 303, 307, 308}) {
    const std::string url = Url(fmt::format("/inside/{}", status));
    EXPECT_EQ(Send(To(url, fmt::format("receivers/at-{}", status))).kind, Kind::kRetry) << status;
    EXPECT_THAT(Taken(root_ / "taken"), SizeIs(++count)) << status;
  }
}

TEST_F(HttpTorture, NameThatIsReboundInside_IsLookedUpOnceAndRefused) {
  Message message = To(fmt::format("http://{}:{}/200", kRebound, peer_.port()));
  message.receiver.mutable_webhook()->set_allow_private_addresses(false);
  lookups = 0;
  EXPECT_EQ(Send(std::move(message)).kind, Kind::kPermanent);
  EXPECT_EQ(lookups, 1) << "what was checked is what would have been connected to";
  EXPECT_THAT(Taken(root_ / "taken"), IsEmpty());
}

// A key and a certificate for this machine that nobody signed, in one file.
std::string WriteOwnCertificate(const fs::path& folder) {
  const std::string pem = (folder / "tls.pem").string();
  const std::string make = fmt::format(
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
      "-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout {0} -out {0}.crt "
      "2>/dev/null && cat {0}.crt >>{0}",
      pem);
  EXPECT_EQ(std::system(make.c_str()), 0);
  return pem;
}

TEST_F(SmtpTorture, StartTlsWithACertificateThatNobodySigned_GetsNothing) {
  Against("starttls:" + WriteOwnCertificate(root_));
  const Outcome outcome = Mail();
  EXPECT_EQ(outcome.kind, Kind::kRetry) << outcome.error;
  EXPECT_THAT(Taken(root_ / "taken"), IsEmpty());
}

TEST_F(HttpTorture, CertificateThatNobodySigned_GetsNothing) {
  const std::string pem = WriteOwnCertificate(root_);
  PythonPeer peer("http_sink.py", (root_ / "taken").string(), pem);
  const Outcome outcome = Send(To(fmt::format("https://127.0.0.1:{}/200", peer.port())));
  EXPECT_EQ(outcome.kind, Kind::kRetry) << outcome.error;
  EXPECT_THAT(Taken(root_ / "taken"), IsEmpty());
}

}  // namespace
}  // namespace vigil::alert
