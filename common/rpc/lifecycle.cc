#include "common/rpc/lifecycle.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

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
  signal(SIGPIPE, SIG_IGN);
}

Lifecycle::~Lifecycle() { Stop(); }

void Lifecycle::OnStop(std::string what, std::function<void()> stop) {
  absl::MutexLock lock(&mutex_);
  stops_.emplace_back(std::move(what), std::move(stop));
}

void Lifecycle::Wait() {
  const sigset_t set = EndSignals();
  int got = 0;
  while (sigwait(&set, &got) != 0) {
  }
  Log(LogLevel::kInfo, "stopping", {{"signal", got}});
}

void Lifecycle::End() { kill(getpid(), SIGTERM); }

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
