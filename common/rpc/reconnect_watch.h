#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <thread>

#include "common/clock/wake_signal.h"

namespace vigil::rpc {

// Has lost connections tried again after the machine's time of day was set back. gRPC's timers wait
// for a time of day, as its condition variables do, so that a channel that lost its connection
// would try none before that time has come once more: hours later. One for a process; while it
// lives, a thread looks each second.
class ReconnectWatch {
 public:
  ReconnectWatch();
  ~ReconnectWatch();
  ReconnectWatch(const ReconnectWatch&) = delete;
  ReconnectWatch& operator=(const ReconnectWatch&) = delete;

  // A channel that is to be looked after as long as it lives. Thread-safe.
  static void Add(const std::shared_ptr<grpc::Channel>& channel);

 private:
  void Run();

  WakeSignal stop_;
  std::thread thread_;
};

}  // namespace vigil::rpc
