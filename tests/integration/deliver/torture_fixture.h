#pragma once

#include <fmt/format.h>

#include <boost/json.hpp>
#include <memory>
#include <string>
#include <utility>

#include "tests/integration/deliver/python_peer.h"
#include "tests/integration/deliver/sender_fixture.h"

namespace vigil::alert {

// The executor of a test, of which it is told when the wall clock is read: while an event is
// written, for one.
class WatchedExecutor final : public Executor {
 public:
  WatchedExecutor(Executor& executor, std::function<void()> on_wall)
      : executor_(executor), clock_(executor.clock(), std::move(on_wall)) {}
  void Post(std::function<void()> fn) override { executor_.Post(std::move(fn)); }
  TimerId After(absl::Duration, std::function<void()>) override { return 0; }
  void Cancel(TimerId) override {}
  const Clock& clock() const override { return clock_; }

 private:
  struct WatchedClock final : Clock {
    WatchedClock(const Clock& real, std::function<void()> on_wall)
        : real(real), on_wall(std::move(on_wall)) {}
    absl::Time Now() const override { return real.Now(); }
    absl::Time Wall() const override {
      on_wall();
      return real.Wall();
    }
    absl::Duration Monotonic() const override { return real.Monotonic(); }
    absl::Time WallAt(absl::Time calendar) const override { return real.WallAt(calendar); }
    const Clock& real;
    const std::function<void()> on_wall;
  };

  Executor& executor_;
  const WatchedClock clock_;
};

// A sender before the SMTP torture server in one of its modes.
class SmtpTorture : public SenderTest {
 protected:
  void Against(const std::string& mode) {
    sender_.reset();
    peer_ = std::make_unique<PythonPeer>("smtp_torture.py", (root_ / "taken").string(), mode);
    options_.mail.set_smtp_url(fmt::format("smtp://127.0.0.1:{}", peer_->port()));
    options_.mail.set_timeout_seconds(2);
  }
  Outcome Mail(const std::string& name = "lawyer", const std::string& id = "r-1") {
    Message message = Single(id);
    message.receiver.set_name("receivers/" + name);
    message.receiver.mutable_email()->set_address(name + "@example.org");
    return Send(std::move(message));
  }

  std::unique_ptr<PythonPeer> peer_;
};

// A sender before the webhook torture server.
class HttpTorture : public SenderTest {
 protected:
  HttpTorture() : peer_("http_sink.py", (root_ / "taken").string()) {}

  std::string Url(const std::string& path) const {
    return fmt::format("http://127.0.0.1:{}{}", peer_.port(), path);
  }
  Message To(const std::string& url, const std::string& receiver = "receivers/machine") {
    Message message = Single();
    message.receiver.set_name(receiver);
    v1::Webhook* webhook = message.receiver.mutable_webhook();
    webhook->set_url(url);
    webhook->set_secret_file((root_ / "secret").string());
    webhook->set_allow_private_addresses(true);
    return message;
  }
  boost::json::object Request(size_t index) const {
    return boost::json::parse(Taken(root_ / "taken").at(index)).as_object();
  }

  PythonPeer peer_;
};

}  // namespace vigil::alert
