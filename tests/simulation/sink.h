#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "alert-svc/engine/sender.h"
#include "tests/simulation/queue.h"

namespace vigil::alert::sim {

// A message that a receiver's server took.
struct Accepted {
  Message message;
  int replica = 0;
  absl::Time wall;        // when it was taken
  absl::Time attempted;   // when its sending began (wall)
  bool answered = false;  // the peer's OK reached a replica that was alive then
};

// All receivers, and what each of them took.
class Sink {
 public:
  void Take(Accepted accepted) { taken_.push_back(std::move(accepted)); }
  std::vector<Accepted>& taken() { return taken_; }

 private:
  std::vector<Accepted> taken_;
};

// How the receivers' servers behave.
struct Weather {
  double refuse = 0;                       // tells to try again later
  double ambiguous = 0;                    // takes it, and the answer is lost
  absl::Duration most = absl::Seconds(2);  // a send takes up to this long (wall)
};

// A replica's sender.
class SimSender final : public Sender {
 public:
  SimSender(Queue& queue, SimExecutor& executor, const Weather& weather, Sink& sink, int replica)
      : queue_(queue), executor_(executor), weather_(weather), sink_(sink), replica_(replica) {}

  void Send(Message message, std::function<void(Outcome)> done) override;
  void Cut(const std::string& id) override;

 private:
  // A message on its way.
  struct Flight {
    std::function<void(Outcome)> done;
    Outcome outcome;
    std::optional<std::size_t> taken;  // where in the sink, once the peer has it
    bool over = false;
  };
  void End(const std::shared_ptr<Flight>& flight, const Outcome& outcome);

  Queue& queue_;
  SimExecutor& executor_;
  const Weather& weather_;
  Sink& sink_;
  const int replica_;
  std::map<std::string, std::shared_ptr<Flight>> flights_;
};

}  // namespace vigil::alert::sim
