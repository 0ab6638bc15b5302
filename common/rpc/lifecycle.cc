#include "common/rpc/lifecycle.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "common/log/log.h"

namespace vigil::rpc {
namespace {

sigset_t EndSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

Lifecycle::Lifecycle() {
  const sigset_t set = EndSignals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signals_ = signalfd(-1, &set, SFD_CLOEXEC);
  ended_ = eventfd(0, EFD_CLOEXEC);
  // Without these nothing could ever stop the process in order.
  if (signals_ < 0 || ended_ < 0) std::abort();
  signal(SIGPIPE, SIG_IGN);
}

Lifecycle::~Lifecycle() {
  Stop();
  close(signals_);
  close(ended_);
}

void Lifecycle::OnStop(std::string what, std::function<void()> stop) {
  absl::MutexLock lock(&mutex_);
  stops_.emplace_back(std::move(what), std::move(stop));
}

void Lifecycle::Wait() {
  std::array<pollfd, 2> waits{{{signals_, POLLIN, 0}, {ended_, POLLIN, 0}}};
  while (poll(waits.data(), waits.size(), -1) <= 0) {
  }
  signalfd_siginfo info{};
  if ((waits[0].revents & POLLIN) != 0 && read(signals_, &info, sizeof(info)) == sizeof(info)) {
    Log(LogLevel::kInfo, "stopping", {{"signal", info.ssi_signo}});
  }
}

void Lifecycle::End() { eventfd_write(ended_, 1); }

void Lifecycle::Stop() {
  for (;;) {
    std::pair<std::string, std::function<void()>> next;
    {
      absl::MutexLock lock(&mutex_);
      if (stops_.empty()) return;
      next = std::move(stops_.back());
      stops_.pop_back();
    }
    Log(LogLevel::kDebug, "stopping part", {{"part", next.first}});
    next.second();
  }
}

}  // namespace vigil::rpc
