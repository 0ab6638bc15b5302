#include "registry-svc/app/history_keeper.h"

#include <string>

#include "common/log/log.h"

namespace vigil::registry {
namespace {

constexpr int kTicks = 60;

}  // namespace

absl::Status HistoryKeeper::Update() {
  return history_.Update(book_.Present()->revision(), book_.clock().Now(),
                         [this](int64_t after, int limit, int64_t bytes) {
                           return store_.ReadJournal(after, limit, bytes);
                         });
}

void HistoryKeeper::OnTick() {
  absl::MutexLock lock(&mutex_);
  if (closed_ || ++ticks_ % kTicks != 0) return;
  // Where too much waits, the next minute will do.
  pool_.Post([this] {
    const absl::Status status = Update();
    if (status.ok()) return;
    Log(LogLevel::kError, "the watch history could not be compacted",
        {{"error", std::string(status.message())}});
  });
}

void HistoryKeeper::OnClose() {
  absl::MutexLock lock(&mutex_);
  closed_ = true;
}

}  // namespace vigil::registry
