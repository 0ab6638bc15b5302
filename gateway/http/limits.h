#pragma once

namespace vigil::gateway::http {

/// Raises the soft descriptor limit as far as `wanted` connections need, and returns how many can
/// be served: `wanted`, or what the limit leaves after the descriptors open now and a reserve for
/// upstream calls and files.
int ConnectionsThatFit(int wanted);

/// A descriptor held back, so that a connection can still be accepted and closed when none is left.
/// Without it an accept that fails with EMFILE leaves the connection in the queue, and the next
/// accept fails at once: a busy loop.
class SpareDescriptor {
 public:
  SpareDescriptor();
  ~SpareDescriptor();
  SpareDescriptor(const SpareDescriptor&) = delete;
  SpareDescriptor& operator=(const SpareDescriptor&) = delete;

  /// Accepts one waiting connection on `listener` with the spare's place, and closes it. False
  /// where that failed too.
  bool RefuseOne(int listener);

 private:
  int fd_;
};

}  // namespace vigil::gateway::http
