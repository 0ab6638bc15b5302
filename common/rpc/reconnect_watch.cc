#include "common/rpc/reconnect_watch.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace vigil::rpc {
namespace {

using std::chrono::steady_clock;
using std::chrono::system_clock;

constexpr absl::Duration kBeat = absl::Seconds(1);

struct Channels {
  absl::Mutex mutex;
  std::vector<std::weak_ptr<grpc::Channel>> all ABSL_GUARDED_BY(mutex);
};

Channels& OfThisProcess() {
  static auto& channels = *new Channels();
  return channels;
}

std::vector<std::shared_ptr<grpc::Channel>> Alive() {
  std::vector<std::shared_ptr<grpc::Channel>> alive;
  Channels& channels = OfThisProcess();
  absl::MutexLock lock(&channels.mutex);
  std::erase_if(channels.all, [](const auto& weak) { return weak.expired(); });
  for (const auto& weak : channels.all) {
    if (auto channel = weak.lock()) alive.push_back(std::move(channel));
  }
  return alive;
}

// By how much the time of day is ahead of the monotonic clock.
absl::Duration Ahead() {
  return absl::FromChrono(system_clock::now().time_since_epoch()) -
         absl::FromChrono(steady_clock::now().time_since_epoch());
}

}  // namespace

ReconnectWatch::ReconnectWatch() : thread_([this] { Run(); }) {}

ReconnectWatch::~ReconnectWatch() {
  stop_.Set();
  thread_.join();
}

void ReconnectWatch::Add(const std::shared_ptr<grpc::Channel>& channel) {
  Channels& channels = OfThisProcess();
  absl::MutexLock lock(&channels.mutex);
  channels.all.push_back(channel);
}

void ReconnectWatch::Run() {
  absl::Duration ahead = Ahead();
  steady_clock::time_point until = steady_clock::now();
  while (!stop_.Wait(kBeat)) {
    const absl::Duration set_back = ahead - Ahead();
    ahead -= set_back;
    if (set_back > kBeat) {
      until = std::max(until, steady_clock::now() + absl::ToChronoNanoseconds(set_back));
    }
    if (steady_clock::now() >= until) continue;
    for (const auto& channel : Alive()) {
      if (channel->GetState(false) != GRPC_CHANNEL_TRANSIENT_FAILURE) continue;
      grpc::experimental::ChannelResetConnectionBackoff(channel.get());
    }
  }
}

}  // namespace vigil::rpc
