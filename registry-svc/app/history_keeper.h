#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "registry-svc/casebook/casebook.h"
#include "registry-svc/casebook/store.h"
#include "registry-svc/journal/history.h"
#include "registry-svc/journal/hub.h"
#include "registry-svc/journal/read_pool.h"

namespace vigil::registry {

// Compacts the watch history about once a minute, by the calendar's time. All it is given outlives
// it.
class HistoryKeeper final : public Listener {
 public:
  HistoryKeeper(const Casebook& book, Store& store, ReadPool& pool, WatchHistory& history)
      : book_(book), store_(store), pool_(pool), history_(history) {}

  // Does it now; reads from disk. Errors: those of the store.
  absl::Status Update();

  void OnNews() override {}
  void OnTick() override;
  // Posts nothing to the pool any more.
  void OnClose() override;

 private:
  const Casebook& book_;
  Store& store_;
  ReadPool& pool_;
  WatchHistory& history_;
  absl::Mutex mutex_;
  int ticks_ ABSL_GUARDED_BY(mutex_) = 0;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace vigil::registry
