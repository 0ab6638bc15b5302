#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "alert-svc/deliver/gate.h"
#include "alert-svc/deliver/outcome.h"
#include "alert-svc/engine/sender.h"
#include "tests/simulation/queue.h"

namespace vigil::alert::sim {

// A message that a receiver's server took.
struct Accepted {
  Message message;
  int replica = 0;
  absl::Time attempted;                      // when its sending began (wall)
  absl::Time wall;                           // when it was taken
  absl::Time over = absl::InfiniteFuture();  // when the peer's OK reached a replica that was alive
  bool answered() const { return over < absl::InfiniteFuture(); }
};

// One try to deliver a message, whatever came of it.
struct Attempt {
  Message message;
  int replica = 0;
  absl::Time began;                           // wall
  absl::Time ended = absl::InfiniteFuture();  // when its sender, alive, heard what came of it
  absl::Time again = absl::InfiniteFuture();  // from when it may be tried again, as it heard
  bool taken = false;                         // the receiver's server has it
  bool made = true;                           // else it was put off, and nothing was tried
};

// All receivers, what each of them took, what they refused for good, and all that was tried.
class Sink {
 public:
  void Take(Accepted accepted) { taken_.push_back(std::move(accepted)); }
  // As its sender, alive, heard.
  void Refuse(const Message& message) { refused_.push_back(message); }
  std::vector<Accepted>& taken() { return taken_; }
  const std::vector<Message>& refused() const { return refused_; }
  // In the order in which they began.
  std::vector<Attempt>& attempts() { return attempts_; }
  // Told what becomes of a message, and at which replica, where it is set.
  std::function<void(const char* what, int replica, const Message& message)> on_step;
  void Step(const char* what, int replica, const Message& message) const {
    if (on_step) on_step(what, replica, message);
  }

 private:
  std::vector<Accepted> taken_;
  std::vector<Attempt> attempts_;
  std::vector<Message> refused_;
};

// How the receivers' servers behave: mail servers and webhooks.
struct Weather {
  double refuse = 0;                             // tells to try again later: 451, 503
  double never = 0;                              // refuses for good: 550, 410
  double ambiguous = 0;                          // takes it, and the answer is lost
  double slow = 0;                               // takes half a minute, long beyond a lease
  double busy = 0;                               // 421, or 429 that says when to come again
  double not_now = 0;                            // cannot be tried yet
  std::map<std::string, absl::Time> down_until;  // receivers that are away (wall)
};

// A replica's sender: the gate, and what an answer comes to, are the real ones; the wire is not.
class SimSender final : public Sender {
 public:
  SimSender(Queue& queue, SimExecutor& executor, const Weather& weather, Sink& sink, int replica)
      : queue_(queue),
        executor_(executor),
        weather_(weather),
        sink_(sink),
        replica_(replica),
        gate_(kMostInFlight, kMostMails, static_cast<double>(queue.rate())) {}

  void Send(Message message, std::function<void(Outcome)> done) override;
  void Cut(const std::string& id) override;

 private:
  // So few that some are turned away.
  static constexpr int kMostInFlight = 3, kMostMails = 5;

  // A message on its way.
  struct Flight {
    std::function<void(Outcome)> done;
    alert::Attempt about;
    Outcome outcome;
    std::size_t attempt = 0;           // where in the sink
    std::optional<std::size_t> taken;  // where in the sink, once the peer has it
    bool over = false;
  };
  bool IsAway(const std::string& receiver) const;
  SmtpReply DrawMail(const std::string& receiver) const;
  HttpReply DrawCall(const std::string& receiver) const;
  std::optional<Outcome> TurnAway(const Message& message, const alert::Attempt& about);
  void End(const std::shared_ptr<Flight>& flight, const Outcome& outcome);

  Queue& queue_;
  SimExecutor& executor_;
  const Weather& weather_;
  Sink& sink_;
  const int replica_;
  Gate gate_;
  std::map<std::string, std::shared_ptr<Flight>> flights_;
};

}  // namespace vigil::alert::sim
