// What the load generator asks of the registry and of etcd, in the same way.
#pragma once

#include <functional>
#include <memory>
#include <string>

namespace vigil::bench {

// A server under load. Thread-safe; calls back on threads of its client library.
class Peer {
 public:
  // A watch that runs until it is destroyed.
  class Watch {
   public:
    virtual ~Watch() = default;
  };

  virtual ~Peer() = default;

  // Makes what the load needs, and learns what a read returns. Exits with a message where it fails.
  virtual void Prepare(int keys) = 0;
  // One durable write of about `kValueBytes`, under the key that its number falls to.
  virtual void Put(long number, std::function<void(bool ok)> done) = 0;
  // One read of the record, with the size of what came.
  virtual void Get(std::function<void(bool ok, size_t bytes)> done) = 0;
  // Counts the writes that a watch of all keys is told of from now on. Returns once it is open.
  // `group` says which connection it shares.
  virtual std::unique_ptr<Watch> Follow(int group, std::function<void(int events)> on_events) = 0;
};

inline constexpr size_t kValueBytes = 400;

// `case_file` receives a serialized Case, or is where etcd takes the bytes of its record from.
std::unique_ptr<Peer> MakeVigilPeer(const std::string& address, const std::string& token,
                                    const std::string& case_file);
std::unique_ptr<Peer> MakeEtcdPeer(const std::string& address, const std::string& case_file);

// The fact that a write carries, serialized: the same bytes for both.
std::string FactBytes(long number);

}  // namespace vigil::bench
