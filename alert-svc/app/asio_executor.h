#pragma once

#include <functional>
#include <memory>

#include "alert-svc/engine/executor.h"

namespace vigil::alert {

// The live executor: one thread that runs Asio. Thread-safe as executor.h says.
class AsioExecutor final : public Executor {
 public:
  // `clock` outlives the executor.
  explicit AsioExecutor(const Clock& clock);
  // Stops the thread; what is still queued never runs.
  ~AsioExecutor() override;

  void Post(std::function<void()> fn) override;
  TimerId After(absl::Duration wall, std::function<void()> fn) override;
  void Cancel(TimerId timer) override;
  const Clock& clock() const override;

  // Runs `fn` on the engine's thread and waits for it. From another thread only.
  void RunAndWait(const std::function<void()>& fn);

  // Stops the thread, once; what is posted from then on never runs.
  void Stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vigil::alert
