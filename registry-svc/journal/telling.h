// A revision as watchers are told it.
#pragma once

#include <grpcpp/support/slice.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "registry-svc/journal/token.h"
#include "registry-svc/journal/topics.h"

namespace vigil::registry {

// The serialized v1::WatchChangesResponse of one revision, for all who ask for the same topics.
struct Wire {
  // Nothing of these topics.
  bool empty() const { return parts.empty() && whole.size() == 0; }
  // The v1::Change within `whole`, and what ends the message: revision and token.
  std::string_view change() const { return Text().substr(change_at, change_size); }
  std::string_view tail() const { return Text().substr(change_at + change_size); }

  // The message with `change`. Empty where the revision comes in parts.
  grpc::Slice whole;
  size_t change_at = 0, change_size = 0;
  // The messages of a revision that is too large for one, in order.
  std::vector<grpc::Slice> parts;

 private:
  std::string_view Text() const {
    return {reinterpret_cast<const char*>(whole.begin()), whole.size()};
  }
};

// The message with `changes` of several revisions, none of them in parts, in order.
grpc::Slice JoinWires(const std::vector<const Wire*>& wires);

// One revision, serialized for the wire on first use and once for every set of topics, whatever the
// number of watchers. Thread-safe.
class Telling {
 public:
  // `payload` is the v1::Change, serialized.
  Telling(int64_t revision, std::string hash, std::string payload)
      : revision_(revision), hash_(std::move(hash)), payload_(std::move(payload)) {}

  int64_t revision() const { return revision_; }
  const std::string& hash() const { return hash_; }
  const std::string& payload() const { return payload_; }

  // About `message_bytes` at most go into one message; an item that is larger goes alone. `tokens`
  // and `message_bytes` are the same at every call. Lives as long as this.
  const Wire& For(TopicMask topics, const TokenSealer& tokens, size_t message_bytes) const;

 private:
  Wire Make(TopicMask topics, const TokenSealer& tokens, size_t message_bytes) const;

  const int64_t revision_;
  const std::string hash_;
  const std::string payload_;
  mutable absl::Mutex mutex_;
  mutable std::array<std::unique_ptr<const Wire>, kTopicMasks> wires_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace vigil::registry
