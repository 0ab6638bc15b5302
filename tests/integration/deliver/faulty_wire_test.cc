// The sender behind a fault proxy: mail and webhooks through a wire that is broken in each way.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/deliver/torture_fixture.h"
#include "tests/testing/fault_proxy.h"

namespace vigil::alert {
namespace {

using ::testing::SizeIs;
using Kind = Outcome::Kind;

struct Fault {
  const char* command;
  std::vector<Kind> mail;
  std::vector<Kind> event;
};

// Both ways through a wire that is broken in each way.
class FaultyWire : public SenderTest, public ::testing::WithParamInterface<Fault> {
 protected:
  // Whether the fault acted on that wire.
  bool IsMet(FaultProxy& wire) {
    const std::string command = GetParam().command;
    return wire.Met(command.substr(0, command.find(' '))) > 0;
  }
};

TEST_P(FaultyWire, NothingIsTakenForSentThatWasNot) {
  PythonPeer smtp("smtp_torture.py", (root_ / "taken").string(), "well");
  FaultProxy to_smtp(fmt::format("127.0.0.1:{}", smtp.port()));
  fs::create_directory(root_ / "events");
  PythonPeer http("http_sink.py", (root_ / "events").string());
  FaultProxy to_http(fmt::format("127.0.0.1:{}", http.port()));
  options_.mail.set_smtp_url(fmt::format("smtp://127.0.0.1:{}", to_smtp.port()));
  options_.mail.set_timeout_seconds(3);
  options_.webhook_timeout = absl::Seconds(3);
  to_smtp(GetParam().command);
  to_http(GetParam().command);

  Message mail = Single();
  mail.receiver.set_name("receivers/lawyer");
  mail.receiver.mutable_email()->set_address("lawyer@example.org");
  const Outcome mailed = Send(std::move(mail));
  EXPECT_THAT(GetParam().mail, ::testing::Contains(mailed.kind)) << mailed.error;
  EXPECT_THAT(Taken(root_ / "taken"), SizeIs(mailed.kind == Kind::kSent ? 1 : 0));

  Message event = Single();
  event.receiver.set_name("receivers/machine");
  v1::Webhook* webhook = event.receiver.mutable_webhook();
  webhook->set_url(fmt::format("http://127.0.0.1:{}/200", to_http.port()));
  webhook->set_secret_file((root_ / "secret").string());
  webhook->set_allow_private_addresses(true);
  const Outcome posted = Send(std::move(event));
  EXPECT_THAT(GetParam().event, ::testing::Contains(posted.kind)) << posted.error;
  if (posted.kind == Kind::kSent) {
    EXPECT_THAT(Taken(root_ / "events"), SizeIs(1));
  }
  sender_.reset();  // who keeps a connection open ends it now
  Await([&] { return IsMet(to_smtp) && IsMet(to_http); });
}

INSTANTIATE_TEST_SUITE_P(
    Toxics, FaultyWire,
    ::testing::Values(Fault{"latency both 20", {Kind::kSent}, {Kind::kSent}},
                      Fault{"slicer both 100 1", {Kind::kSent}, {Kind::kSent}},
                      Fault{"bandwidth both 100000", {Kind::kSent}, {Kind::kSent}},
                      Fault{"slow_close both 100", {Kind::kSent}, {Kind::kSent}},
                      Fault{"down", {Kind::kRetry}, {Kind::kRetry, Kind::kAmbiguous}},
                      Fault{"timeout up", {Kind::kRetry}, {Kind::kAmbiguous}},
                      Fault{"timeout down", {Kind::kRetry}, {Kind::kAmbiguous}},
                      Fault{"limit_data up 60", {Kind::kRetry}, {Kind::kRetry, Kind::kAmbiguous}},
                      Fault{"limit_data down 10", {Kind::kRetry}, {Kind::kRetry, Kind::kAmbiguous}},
                      Fault{"reset_peer", {Kind::kRetry}, {Kind::kRetry, Kind::kAmbiguous}}),
    [](const auto& info) {
      std::string name = info.param.command;
      std::erase_if(name, [](char c) { return c == ' ' || c == '_'; });
      return name;
    });

}  // namespace
}  // namespace vigil::alert
