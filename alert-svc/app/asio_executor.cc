#include "alert-svc/app/asio_executor.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <future>
#include <thread>
#include <unordered_map>
#include <utility>

namespace vigil::alert {

namespace asio = boost::asio;

class AsioExecutor::Impl {
 public:
  explicit Impl(const Clock& clock)
      : clock_(clock),
        guard_(asio::make_work_guard(context_)),
        thread_([this] { context_.run(); }) {}

  ~Impl() { Stop(); }

  void Stop() {
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }

  void Post(std::function<void()> fn) { asio::post(context_, std::move(fn)); }

  TimerId After(absl::Duration wall, std::function<void()> fn) {
    const TimerId id = ++last_timer_;
    auto [it, inserted] = timers_.try_emplace(id, context_);
    it->second.expires_after(absl::ToChronoNanoseconds(std::max(wall, absl::ZeroDuration())));
    it->second.async_wait([this, id, fn = std::move(fn)](boost::system::error_code error) {
      if (error || timers_.erase(id) == 0) return;
      fn();
    });
    return id;
  }

  // The erased timer's handler comes with an error, or finds itself gone.
  void Cancel(TimerId timer) { timers_.erase(timer); }

  const Clock& clock() const { return clock_; }

 private:
  const Clock& clock_;
  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard_;
  TimerId last_timer_ = 0;
  std::unordered_map<TimerId, asio::steady_timer> timers_;
  std::thread thread_;
};

AsioExecutor::AsioExecutor(const Clock& clock) : impl_(std::make_unique<Impl>(clock)) {}
AsioExecutor::~AsioExecutor() = default;

void AsioExecutor::Post(std::function<void()> fn) { impl_->Post(std::move(fn)); }

Executor::TimerId AsioExecutor::After(absl::Duration wall, std::function<void()> fn) {
  return impl_->After(wall, std::move(fn));
}

void AsioExecutor::Cancel(TimerId timer) { impl_->Cancel(timer); }

const Clock& AsioExecutor::clock() const { return impl_->clock(); }

void AsioExecutor::RunAndWait(const std::function<void()>& fn) {
  std::promise<void> done;
  impl_->Post([&] {
    fn();
    done.set_value();
  });
  done.get_future().wait();
}

void AsioExecutor::Stop() { impl_->Stop(); }

}  // namespace vigil::alert
