// What is asked of a mail server besides to take a mail, and what its answers say of the receiver.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/deliver/torture_fixture.h"

namespace vigil::alert {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Kind = Outcome::Kind;

TEST_F(SmtpTorture, ServerThatOffersDsnIsAskedToReportFailureAndDelay) {
  Against("dsn");
  options_.mail.set_verp(true);
  EXPECT_EQ(Mail("lawyer", "r-1").kind, Kind::kSent) << "the first learns that it does";
  EXPECT_EQ(Mail("law+yer", "r-2").kind, Kind::kSent);
  const std::string mail = Taken(root_ / "taken")[1];
  EXPECT_THAT(mail, HasSubstr("X-Envelope: <bounce+r-2@vigil.example> <law+yer@example.org> "
                              "NOTIFY=FAILURE,DELAY ORCPT=rfc822;<law+2Byer@example.org> "));
  EXPECT_THAT(mail, HasSubstr("X-Parameters: RET=HDRS ENVID=<r-2>"));
}

TEST_F(SmtpTorture, ServerThatDoesNotOfferDsnIsNotAskedForIt) {
  Against("well");
  for (const char* id : {"r-1", "r-2"}) EXPECT_EQ(Mail("lawyer", id).kind, Kind::kSent);
  for (const std::string& mail : Taken(root_ / "taken")) {
    EXPECT_THAT(mail, AllOf(Not(HasSubstr("NOTIFY")), Not(HasSubstr("ENVID"))));
  }
}

TEST_F(SmtpTorture, ServerThatRefusesTheDsnThatItOffersGetsTheMailWithoutIt) {
  Against("dsn-no");
  EXPECT_EQ(Mail("lawyer", "r-1").kind, Kind::kSent);
  EXPECT_EQ(Mail("lawyer", "r-2").kind, Kind::kNotNow) << "no attempt, and no reason to give up";
  EXPECT_EQ(Mail("lawyer", "r-2").kind, Kind::kSent);
  EXPECT_EQ(Mail("lawyer", "r-3").kind, Kind::kSent) << "it is not asked again";
}

TEST_F(SmtpTorture, StatusSaysWhatIsWrongWithTheReceiver) {
  const auto trouble = [this](const char* mode) {
    std::vector<v1::Trouble::Kind> kinds;
    options_.on_trouble = [&kinds](const v1::Receiver& receiver, const Outcome& outcome) {
      EXPECT_EQ(receiver.name(), "receivers/lawyer");
      kinds.push_back(outcome.trouble);
    };
    Against(mode);
    Mail();
    sender_.reset();
    return kinds;
  };
  EXPECT_THAT(trouble("mailbox"), ::testing::ElementsAre(v1::Trouble::KIND_BAD_ADDRESS));
  EXPECT_THAT(trouble("policy"), ::testing::ElementsAre(v1::Trouble::KIND_REFUSED));
  for (const char* mode : {"full", "greylist", "well"}) EXPECT_THAT(trouble(mode), IsEmpty());
}

// What is refused before a recipient is named says nothing of the message, nor of its receiver.
class ServerThatRefusesUs : public SmtpTorture,
                            public ::testing::WithParamInterface<const char*> {};

TEST_P(ServerThatRefusesUs, IsOurTroubleAndTheMessageIsTriedAgain) {
  std::vector<v1::Trouble::Kind> ours;
  options_.on_trouble = [&ours](const v1::Receiver&, const Outcome& outcome) {
    EXPECT_TRUE(outcome.ours);
    ours.push_back(outcome.trouble);
  };
  Against(GetParam());
  std::ofstream(root_ / "password") << "hunter2\n";
  options_.mail.set_smtp_password_file((root_ / "password").string());
  if (GetParam() == std::string("starttls-554")) options_.mail.set_smtp_user("vigil");
  const Outcome outcome = Mail();
  EXPECT_EQ(outcome.kind, Kind::kRetry) << outcome.error;
  EXPECT_EQ(outcome.said, Outcome::Said::kFailed);
  EXPECT_THAT(ours, ::testing::ElementsAre(v1::Trouble::KIND_REFUSED)) << outcome.error;
  EXPECT_THAT(outcome.error, HasSubstr("5.7."));
}

INSTANTIATE_TEST_SUITE_P(Modes, ServerThatRefusesUs,
                         ::testing::Values("greet-554", "ehlo-554", "starttls-554", "sender-554"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::erase(name, '-');
                           return name;
                         });

TEST_F(SmtpTorture, NothingIsSentToAnAddressThatWasRefused) {
  Against("well");
  Message message = Single();
  message.receiver.set_name("receivers/lawyer");
  message.receiver.mutable_email()->set_address("lawyer@example.org");
  message.receiver.mutable_trouble()->set_kind(v1::Trouble::KIND_BAD_ADDRESS);
  EXPECT_EQ(Send(message).kind, Kind::kPermanent);
  EXPECT_THAT(Taken(root_ / "taken"), IsEmpty());
  message.receiver.mutable_trouble()->set_kind(v1::Trouble::KIND_REFUSED);
  EXPECT_EQ(Send(message).kind, Kind::kSent) << "a matter of policy is tried again";
}

}  // namespace
}  // namespace vigil::alert
