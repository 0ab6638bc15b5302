// The sender against peers that misbehave: the SMTP and webhook torture servers.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <stdexcept>
#include <utility>

#include "tests/integration/deliver/torture_fixture.h"

namespace vigil::alert {
namespace {

using ::testing::AllOf;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::Not;
using ::testing::SizeIs;
using Kind = Outcome::Kind;

struct SmtpCase {
  const char* mode;
  Kind kind;
  const char* error;
  size_t taken;
};

class SmtpTortures : public SmtpTorture, public ::testing::WithParamInterface<SmtpCase> {};

TEST_P(SmtpTortures, ComeToTheRightOutcome) {
  Against(GetParam().mode);
  const Outcome outcome = Mail();
  EXPECT_EQ(outcome.kind, GetParam().kind) << outcome.error;
  EXPECT_THAT(outcome.error, HasSubstr(GetParam().error));
  EXPECT_THAT(outcome.error, Not(HasSubstr("lawyer")));
  EXPECT_THAT(Taken(root_ / "taken"), SizeIs(GetParam().taken));
}

INSTANTIATE_TEST_SUITE_P(
    Modes, SmtpTortures,
    ::testing::Values(SmtpCase{"slow", Kind::kSent, "", 1},
                      SmtpCase{"busy", Kind::kRetry, "SMTP 421 4.3.2", 0},
                      SmtpCase{"leaving", Kind::kRetry, "SMTP 421 4.3.2", 0},
                      SmtpCase{"greylist", Kind::kRetry, "SMTP 450 4.7.1", 0},
                      SmtpCase{"later", Kind::kRetry, "SMTP 451 4.3.0", 0},
                      SmtpCase{"full", Kind::kPermanent, "SMTP 552 5.2.2", 0},
                      SmtpCase{"mailbox", Kind::kPermanent, "SMTP 550 5.1.1", 0},
                      SmtpCase{"policy", Kind::kPermanent, "SMTP 550 5.7.1", 1},
                      SmtpCase{"starttls-broken", Kind::kRetry, "SMTP", 0},
                      SmtpCase{"chatter", Kind::kRetry, "SMTP", 0},
                      SmtpCase{"drop", Kind::kAmbiguous, "no answer", 1},
                      SmtpCase{"mute", Kind::kAmbiguous, "no answer", 1},
                      SmtpCase{"hangup", Kind::kSent, "", 1}, SmtpCase{"utf8", Kind::kSent, "", 1}),
    [](const auto& info) {
      std::string name = info.param.mode;
      std::erase(name, '-');
      return name;
    });

TEST_F(SmtpTorture, GreylistedMessageIsTakenTheSecondTime) {
  Against("greylist");
  EXPECT_EQ(Mail().kind, Kind::kRetry);
  EXPECT_EQ(Mail().kind, Kind::kSent);
  EXPECT_THAT(Taken(root_ / "taken"), SizeIs(1));
}

TEST_F(SmtpTorture, ServerThatRefusesTlsGetsNoPassword) {
  Against("starttls-refused");
  std::ofstream(root_ / "password") << "hunter2\n";
  options_.mail.set_smtp_user("vigil");
  options_.mail.set_smtp_password_file((root_ / "password").string());
  EXPECT_EQ(Mail().kind, Kind::kRetry);
  EXPECT_THAT(Taken(root_ / "taken"), IsEmpty());
}

TEST_F(SmtpTorture, ServerThatHangsUpAfterEachMessageHasEachOnce) {
  Against("hangup");
  size_t sent = 0;
  for (const char* id : {"r-1", "r-2", "r-3"}) {
    // Who takes up the connection just while it is being closed has to try again.
    Outcome outcome = Mail("lawyer", id);
    while (outcome.kind == Kind::kRetry) outcome = Mail("lawyer", id);
    EXPECT_EQ(outcome.kind, Kind::kSent) << outcome.error;
    EXPECT_THAT(Taken(root_ / "taken"), SizeIs(++sent));
  }
}

TEST_F(SmtpTorture, SmtpsToAServerWithoutTlsIsTriedAgain) {
  Against("well");
  options_.mail.set_smtp_url(fmt::format("smtps://127.0.0.1:{}", peer_->port()));
  EXPECT_EQ(Mail().kind, Kind::kRetry);
  EXPECT_THAT(Taken(root_ / "taken"), IsEmpty());
}

TEST_F(SmtpTorture, AddressBeyondAsciiIsRefusedAtOnceAlsoWhereTheServerWouldTakeIt) {
  Against("utf8");
  EXPECT_EQ(Mail("адвокат").kind, Kind::kPermanent);
  EXPECT_THAT(Taken(root_ / "taken"), IsEmpty());
}

TEST_F(SmtpTorture, ResetInTheMiddleIsTriedAgain) {
  Against("reset");
  EXPECT_THAT(Mail().kind, ::testing::AnyOf(Kind::kRetry, Kind::kAmbiguous));
}

TEST_F(SmtpTorture, ConnectionIsUsedAgain) {
  Against("well");
  for (const char* id : {"r-1", "r-2", "r-3"}) EXPECT_EQ(Mail("lawyer", id).kind, Kind::kSent);
  for (const std::string& mail : Taken(root_ / "taken")) {
    EXPECT_THAT(mail, HasSubstr("X-Envelope: <vigil@vigil.example> <lawyer@example.org> 1\r\n"));
  }
}

TEST_F(SmtpTorture, EnvelopeSenderNamesTheMessageWhereBouncesAreRead) {
  Against("well");
  options_.mail.set_verp(true);
  EXPECT_EQ(Mail().kind, Kind::kSent);
  EXPECT_THAT(Taken(root_ / "taken")[0],
              AllOf(HasSubstr("X-Envelope: <bounce+r-1@vigil.example> <lawyer@example.org>"),
                    HasSubstr("\r\nFrom: Vigil <vigil@vigil.example>")));
}

TEST_F(SmtpTorture, RepeatedAttemptIsTheSameMessage) {
  Against("drop");
  EXPECT_EQ(Mail().kind, Kind::kAmbiguous);
  EXPECT_EQ(Mail().kind, Kind::kAmbiguous);
  const auto taken = Taken(root_ / "taken");
  ASSERT_THAT(taken, SizeIs(2));
  EXPECT_EQ(taken[0].substr(taken[0].find('\n')), taken[1].substr(taken[1].find('\n')));
}

TEST_F(HttpTorture, RetryAfterAsADateIsHonoured) {
  const Outcome outcome = Send(To(Url("/dated")));
  EXPECT_EQ(outcome.kind, Kind::kRetry);
  EXPECT_THAT(outcome.retry_after, AllOf(Ge(absl::Minutes(110)), Le(absl::Minutes(121))));
}

TEST_F(HttpTorture, MessageThatCannotBeWritten_IsGivenUpAloneAndSaysNothingOfItsReceiver) {
  bool poisoned = true;
  WatchedExecutor watched(executor_, [&poisoned] {
    if (std::exchange(poisoned, false)) throw std::runtime_error("what it is about: Ivan Ivanov");
  });
  auto made = MakeSender(options_, watched);
  ASSERT_TRUE(made.ok()) << made.status();
  sender_ = *std::move(made);
  const Outcome outcome = Send(To(Url("/200")));
  EXPECT_EQ(outcome.kind, Kind::kPermanent);
  EXPECT_EQ(outcome.said, Outcome::Said::kNothing);
  EXPECT_EQ(outcome.error, "the message could not be written");
  EXPECT_THAT(Taken(root_ / "taken"), IsEmpty());
  EXPECT_EQ(Send(To(Url("/200"))).kind, Kind::kSent);
  sender_.reset();  // before what it is told the time by
}

TEST_F(HttpTorture, MatrixServerSaysInItsAnswerWhenToComeAgain) {
  EXPECT_EQ(Send(To(Url("/matrix"))).kind, Kind::kRetry);
  const Outcome next = Send(To(Url("/200")));
  EXPECT_EQ(next.kind, Kind::kNotNow);
  EXPECT_THAT(next.retry_after, AllOf(Ge(absl::Minutes(9)), Le(absl::Minutes(10))));
}

TEST_F(HttpTorture, ResetAfterTheRequestIsAmbiguous) {
  EXPECT_EQ(Send(To(Url("/reset"))).kind, Kind::kAmbiguous);
}

TEST_F(HttpTorture, GigabyteIsNotRead) {
  EXPECT_EQ(Send(To(Url("/gigabyte"))).kind, Kind::kSent);
  int megabytes = -1;
  Await([&] { return bool(std::ifstream(root_ / "taken/.gigabyte") >> megabytes); });
  EXPECT_THAT(megabytes, AllOf(Ge(0), Le(32))) << "buffers on the way";
}

TEST_F(HttpTorture, ResetAfterAnInterimAnswerIsAmbiguous) {
  EXPECT_EQ(Send(To(Url("/hints"))).kind, Kind::kAmbiguous);
}

TEST_F(HttpTorture, AnswerThatIsNoHttpIsAmbiguous) {
  EXPECT_EQ(Send(To(Url("/babble"))).kind, Kind::kAmbiguous);
}

TEST_F(HttpTorture, HeadersWithoutEndAreCutAndCount) {
  options_.webhook_timeout = absl::Milliseconds(800);
  EXPECT_EQ(Send(To(Url("/headers"))).kind, Kind::kSent);
}

TEST_F(HttpTorture, RetryAfterCountsWhateverTheOverloadIsCalled) {
  for (const int status : {502, 503, 504}) {
    const std::string url = Url(fmt::format("/{}/3600", status));
    const Outcome outcome = Send(To(url, fmt::format("receivers/at-{}", status)));
    EXPECT_EQ(outcome.kind, Kind::kRetry) << status;
    EXPECT_THAT(outcome.retry_after, AllOf(Ge(absl::Hours(1)), Le(absl::Hours(2)))) << status;
  }
}

TEST_F(HttpTorture, BodyThatTricklesForEverIsCutAndCounts) {
  options_.webhook_timeout = absl::Milliseconds(800);
  EXPECT_EQ(Send(To(Url("/trickle"))).kind, Kind::kSent);
}

TEST_F(HttpTorture, PeerWithoutTlsIsTriedAgainAndGetsNothing) {
  const Outcome outcome = Send(To(fmt::format("https://127.0.0.1:{}/200", peer_.port())));
  EXPECT_EQ(outcome.kind, Kind::kRetry);
  EXPECT_THAT(Taken(root_ / "taken"), IsEmpty());
}

TEST_F(HttpTorture, NameThatLeadsInsideIsRefusedHoweverItIsSpelt) {
  for (const char* host : {"localhost", "127.0.0.1", "[::1]", "127.1", "2130706433", "0x7f.1",
                           "[::ffff:127.0.0.1]", "0.0.0.0"}) {
    Message message = To(fmt::format("http://{}:{}/200", host, peer_.port()));
    message.receiver.mutable_webhook()->set_allow_private_addresses(false);
    EXPECT_NE(Send(std::move(message)).kind, Kind::kSent) << host;
  }
  EXPECT_THAT(Taken(root_ / "taken"), IsEmpty());
}

TEST_F(HttpTorture, GoneIsReportedSoThatTheReceiverIsDisabled) {
  std::vector<std::string> gone;
  options_.on_trouble = [&gone](const v1::Receiver& receiver, const Outcome& outcome) {
    EXPECT_EQ(outcome.trouble, v1::Trouble::KIND_GONE);
    gone.push_back(receiver.name());
  };
  EXPECT_EQ(Send(To(Url("/404"))).kind, Kind::kRetry);
  EXPECT_THAT(gone, IsEmpty());
  const Outcome outcome = Send(To(Url("/410")));
  EXPECT_EQ(outcome.kind, Kind::kPermanent);
  EXPECT_THAT(gone, ::testing::ElementsAre("receivers/machine"));
}

TEST_F(HttpTorture, DisabledReceiverGetsNothing) {
  Message message = To(Url("/200"));
  message.receiver.set_disabled(true);
  EXPECT_EQ(Send(std::move(message)).kind, Kind::kPermanent);
  EXPECT_THAT(Taken(root_ / "taken"), IsEmpty());
}

TEST_F(HttpTorture, ReceiverThatKeepsFailingIsLeftAloneAndOthersAreServed) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Send(To(Url("/500"))).kind, Kind::kRetry);
  const size_t before = Taken(root_ / "taken").size();
  EXPECT_EQ(Send(To(Url("/200"))).kind, Kind::kNotNow);
  EXPECT_THAT(Taken(root_ / "taken"), SizeIs(before));
  EXPECT_EQ(Send(To(Url("/200"), "receivers/other")).kind, Kind::kSent);
}

TEST_F(HttpTorture, ReceiverThatNeverAnswersDoesNotHoldUpAnother) {
  options_.max_parallel = 4;
  options_.webhook_timeout = absl::Seconds(30);
  auto made = MakeSender(options_, executor_);
  ASSERT_TRUE(made.ok());
  sender_ = *std::move(made);
  int turned_away = 0;
  for (int i = 0; i < 20; ++i) {
    Message message = To(Url("/silent"), "receivers/silent");
    message.id = fmt::format("r-{}", i);
    sender_->Send(std::move(message), [&turned_away](const Outcome& outcome) {
      turned_away += outcome.kind == Kind::kNotNow;
    });
  }
  EXPECT_EQ(Send(To(Url("/200"), "receivers/other")).kind, Kind::kSent);
  EXPECT_EQ(turned_away, 18);
}

TEST_F(HttpTorture, BothSecretsSignWhileOneTakesOver) {
  std::ofstream(root_ / "secret") << "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"
                                     "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX\n";
  EXPECT_EQ(Send(To(Url("/200"))).kind, Kind::kSent);
  const boost::json::object request = Request(0);
  const std::string signature(
      request.at("headers").as_object().at("webhook-signature").as_string());
  EXPECT_EQ(std::count(signature.begin(), signature.end(), ' '), 1);
  EXPECT_THAT(signature, ::testing::MatchesRegex("v1,[^ ]+ v1,[^ ]+"));
}

TEST_F(HttpTorture, SlackGetsTextWithTheShortCode) {
  std::ofstream(root_ / "hook") << Url("/200/services/x") << "\n";
  Message message = Single("abcdef0123456789");
  message.receiver.set_name("receivers/slack");
  message.receiver.mutable_slack()->set_url_file((root_ / "hook").string());
  message.receiver.mutable_slack()->set_allow_private_addresses(true);
  EXPECT_EQ(Send(std::move(message)).kind, Kind::kSent);
  const boost::json::object request = Request(0);
  EXPECT_EQ(request.at("method").as_string(), "POST");
  const boost::json::object body =
      boost::json::parse(std::string(request.at("body").as_string())).as_object();
  EXPECT_THAT(std::string(body.at("text").as_string()),
              AllOf(HasSubstr("c-7f3k9q2m"), HasSubstr("abcdef01"),
                    HasSubstr("https://vigil.example/cases/c-7f3k9q2m")));
}

TEST_F(HttpTorture, MatrixIsPutUnderTheRemindersIdSoThatASecondAttemptIsTheSame) {
  std::ofstream(root_ / "token") << "syt_token\n";
  for (int attempt = 1; attempt <= 2; ++attempt) {
    Message message = Single("r-42");
    message.attempt = attempt;
    message.receiver.set_name("receivers/matrix");
    v1::Matrix* matrix = message.receiver.mutable_matrix();
    matrix->set_homeserver(Url("/200/"));
    matrix->set_room("!room:example.org");
    matrix->set_access_token_file((root_ / "token").string());
    matrix->set_allow_private_addresses(true);
    EXPECT_EQ(Send(std::move(message)).kind, Kind::kSent);
  }
  for (const size_t index : {0u, 1u}) {
    const boost::json::object request = Request(index);
    EXPECT_EQ(request.at("method").as_string(), "PUT");
    EXPECT_EQ(request.at("path").as_string(),
              "/200/_matrix/client/v3/rooms/%21room%3Aexample.org/send/m.room.message/r-42");
    EXPECT_EQ(request.at("headers").as_object().at("authorization").as_string(),
              "Bearer syt_token");
  }
}

class PgpTest : public SenderTest {
 protected:
  // Runs gpg on a keyring of the reader's own.
  void Gpg(const std::string& arguments) {
    const std::string command = fmt::format("gpg --homedir {} --batch --quiet --yes {} 2>/dev/null",
                                            (root_ / "reader").string(), arguments);
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }
  std::string ReadersKey() {
    fs::create_directory(root_ / "reader");
    fs::permissions(root_ / "reader", fs::perms::owner_all);
    const std::string file = (root_ / "key.asc").string();
    Gpg("--passphrase '' --pinentry-mode loopback --quick-gen-key reader@example.org "
        "future-default "
        "default never");
    Gpg(fmt::format("--armor --export --output {} reader@example.org", file));
    std::ostringstream key;
    key << std::ifstream(file).rdbuf();
    return key.str();
  }
  Message Private(const std::string& key) {
    Message message = Single();
    message.receiver.set_name("receivers/reader");
    message.receiver.set_private_(true);
    message.receiver.mutable_email()->set_address("reader@example.org");
    message.receiver.mutable_email()->set_openpgp_key(key);
    message.items[0].deadline.set_case_display_name("Ivan Ivanov");
    return message;
  }
};

TEST_F(PgpTest, MailForAKeyIsEncryptedAndItsReaderCanReadIt) {
  options_.mail.set_gnupg_home((root_ / "own").string());
  const Outcome outcome = Send(Private(ReadersKey()));
  ASSERT_EQ(outcome.kind, Kind::kSent) << outcome.error;
  const std::string mail = Taken(root_ / "outbox/new").at(0);
  EXPECT_THAT(
      mail, AllOf(HasSubstr("multipart/encrypted"),
                  HasSubstr("protocol=\"application/pgp-encrypted\""), HasSubstr("Version: 1"),
                  Not(HasSubstr("Ivan")), Not(HasSubstr("text/plain")), Not(HasSubstr("Custody"))));
  std::ofstream(root_ / "mail") << mail;
  Gpg(fmt::format("--decrypt --output {} {}", (root_ / "plain").string(),
                  (root_ / "mail").string()));
  std::ostringstream plain;
  plain << std::ifstream(root_ / "plain").rdbuf();
  EXPECT_THAT(plain.str(), AllOf(HasSubstr("multipart/alternative"), HasSubstr("Ivan Ivanov"),
                                 HasSubstr("text/calendar")));
}

// Where temporary folders are made while this lives.
class TemporaryFolders {
 public:
  explicit TemporaryFolders(const fs::path& folder) : before_(fs::temp_directory_path()) {
    fs::create_directory(folder);
    setenv("TMPDIR", folder.c_str(), 1);
  }
  ~TemporaryFolders() { setenv("TMPDIR", before_.c_str(), 1); }
  TemporaryFolders(const TemporaryFolders&) = delete;
  TemporaryFolders& operator=(const TemporaryFolders&) = delete;

 private:
  const fs::path before_;
};

TEST_F(PgpTest, FolderIsMadeForTheFirstMailThatNeedsItAndGoesWithTheSender) {
  const std::string key = ReadersKey();
  const TemporaryFolders folders(root_ / "tmp");
  Message plain = Private("");
  plain.id = "r-2";
  ASSERT_EQ(Send(plain).kind, Kind::kSent);
  EXPECT_TRUE(fs::is_empty(root_ / "tmp")) << "a replica that is killed would leave it behind";
  ASSERT_EQ(Send(Private(key)).kind, Kind::kSent);
  EXPECT_FALSE(fs::is_empty(root_ / "tmp"));
  sender_.reset();
  EXPECT_TRUE(fs::is_empty(root_ / "tmp"));
}

TEST_F(PgpTest, WithoutAFolderToWriteToMailWaitsAndTheKeyIsSaid) {
  const std::string key = ReadersKey();
  const TemporaryFolders folders(root_ / "tmp");
  fs::remove(root_ / "tmp");
  const Outcome outcome = Send(Private(key));
  EXPECT_EQ(outcome.kind, Kind::kRetry);
  EXPECT_THAT(outcome.error, HasSubstr("mail.gnupg_home"));
}

TEST_F(PgpTest, MailForAKeyThatIsNoneDoesNotLeave) {
  for (const char* key : {"no key at all",
                          "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n"
                          "-----END PGP PUBLIC KEY BLOCK-----\n"}) {
    EXPECT_NE(Send(Private(key)).kind, Kind::kSent);
  }
  EXPECT_THAT(Taken(root_ / "outbox/new"), IsEmpty());
}

}  // namespace
}  // namespace vigil::alert
