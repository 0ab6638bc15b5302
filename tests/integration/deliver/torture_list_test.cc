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
//             names that lead inside too   NameThatLeadsInsideToo_IsReachedOutsideAndCounts
//             DNS that answers otherwise   NameThatIsReboundInside_IsLookedUpOnceAndRefused
//                                          NameThatWasOutside_IsRefusedOnceItLeadsInside
#include <arpa/inet.h>
#include <dlfcn.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netdb.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <string_view>

#include "tests/integration/deliver/torture_fixture.h"

namespace {

constexpr std::string_view kRebound = "hooks.rebound.example";
constexpr std::string_view kBoth = "both.example";
constexpr std::string_view kMoving = "moving.example";
constexpr char kInside[] = "127.0.0.1", kInsideToo[] = "fd00::5";
constexpr char kOutside[] = "93.184.216.34";  // leads to this machine here
std::atomic<int> lookups = 0;
std::atomic<bool> moved = false;
std::array<std::atomic<bool>, 65536> outside;  // by descriptor

// Where the next call of that name leads.
template <class Function>
Function* Next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

bool IsOutside(const sockaddr* address) {
  if (address->sa_family != AF_INET) return false;
  return reinterpret_cast<const sockaddr_in*>(address)->sin_addr.s_addr == inet_addr(kOutside);
}

}  // namespace

// These stand before the C library's: some names lead to this machine, as a hostile DNS may have
// it, and a machine outside is this one.
extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints,
                           addrinfo** result) {
  static const auto real = Next<decltype(getaddrinfo)>("getaddrinfo");
  const std::string_view asked = name == nullptr ? "" : name;
  if (asked != kRebound && asked != kBoth && asked != kMoving) {
    return real(name, service, hints, result);
  }
  ++lookups;
  if (asked == kRebound) return real(kInside, service, hints, result);
  if (asked == kMoving) return real(moved ? kInside : kOutside, service, hints, result);
  addrinfo any = *hints;
  any.ai_family = AF_UNSPEC;
  if (const int failed = real(kInsideToo, service, &any, result); failed != 0) return failed;
  return real(kOutside, service, &any, &(*result)->ai_next);
}

extern "C" int connect(int fd, const sockaddr* address, socklen_t size) {
  static const auto real = Next<decltype(connect)>("connect");
  outside.at(fd) = IsOutside(address);
  if (!outside.at(fd)) return real(fd, address, size);
  sockaddr_in here = *reinterpret_cast<const sockaddr_in*>(address);
  here.sin_addr.s_addr = inet_addr(kInside);
  return real(fd, reinterpret_cast<const sockaddr*>(&here), sizeof here);
}

extern "C" int getpeername(int fd, sockaddr* __restrict address,
                           socklen_t* __restrict size) noexcept {
  static const auto real = Next<decltype(getpeername)>("getpeername");
  const int failed = real(fd, address, size);
  if (failed == 0 && outside.at(fd)) {
    reinterpret_cast<sockaddr_in*>(address)->sin_addr.s_addr = inet_addr(kOutside);
  }
  return failed;
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

TEST_F(HttpTorture, NameThatLeadsInsideToo_IsReachedOutsideAndCounts) {
  Message message = To(fmt::format("http://{}:{}/200", kBoth, peer_.port()));
  message.receiver.mutable_webhook()->set_allow_private_addresses(false);
  const Outcome outcome = Send(message);
  EXPECT_EQ(outcome.kind, Kind::kSent) << outcome.error;
  EXPECT_THAT(Taken(root_ / "taken"), SizeIs(1));
  peer_.Kill();
  EXPECT_EQ(Send(std::move(message)).kind, Kind::kRetry) << "it is away, and may come back";
}

TEST_F(HttpTorture, NameThatWasOutside_IsRefusedOnceItLeadsInside) {
  Message message = To(fmt::format("http://{}:{}/200", kMoving, peer_.port()));
  message.receiver.mutable_webhook()->set_allow_private_addresses(false);
  moved = false;
  EXPECT_EQ(Send(message).kind, Kind::kSent);
  moved = true;
  sender_.reset();  // what was looked up is forgotten
  EXPECT_EQ(Send(std::move(message)).kind, Kind::kPermanent);
  EXPECT_THAT(Taken(root_ / "taken"), SizeIs(1));
}

TEST_F(SmtpTorture, ServerElsewhereThatHidesItsTls_GetsMailOnlyWhereThatIsAllowed) {
  Against("starttls-refused");
  const std::string elsewhere = fmt::format("smtp://{}:{}", kRebound, peer_->port());
  options_.mail.set_smtp_url(elsewhere);
  const Outcome outcome = Mail();
  EXPECT_EQ(outcome.kind, Kind::kRetry) << outcome.error;
  EXPECT_TRUE(outcome.ours);
  EXPECT_THAT(Taken(root_ / "taken"), IsEmpty());
  sender_.reset();
  options_.mail.set_allow_plain_smtp(true);
  EXPECT_EQ(Mail().kind, Kind::kSent);
  EXPECT_THAT(Taken(root_ / "taken"), SizeIs(1));
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
