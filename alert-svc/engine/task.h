#pragma once

#include <coroutine>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "absl/time/time.h"
#include "alert-svc/engine/executor.h"

// Coroutines of the engine, and the way from a callback to `co_await`.
//
// House rules, since g++ 12 miscompiles what they forbid: no braced temporaries and no lambdas in
// the arguments of a co_await, no co_await inside a conditional expression; name a local instead.
// A coroutine is a free or member function, never a lambda with captures.
namespace vigil::alert {

template <class T>
class Task;

namespace internal {

struct FinalAwaiter {
  bool await_ready() const noexcept { return false; }
  template <class Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> handle) noexcept {
    return handle.promise().continuation;
  }
  void await_resume() const noexcept {}
};

struct PromiseBase {
  std::coroutine_handle<> continuation = std::noop_coroutine();
  std::suspend_always initial_suspend() noexcept { return {}; }
  FinalAwaiter final_suspend() noexcept { return {}; }
  // The engine's code returns statuses. What throws here is a broken invariant.
  void unhandled_exception() noexcept { std::terminate(); }
};

template <class T>
struct Promise : PromiseBase {
  std::optional<T> value;
  Task<T> get_return_object();
  void return_value(T result) { value.emplace(std::move(result)); }
  T Take() { return std::move(*value); }
};

template <>
struct Promise<void> : PromiseBase {
  Task<void> get_return_object();
  void return_void() noexcept {}
  void Take() {}
};

}  // namespace internal

// A coroutine that starts when it is awaited, once, and is owned by whoever holds the Task:
// dropping the Task destroys the coroutine where it stands.
template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = internal::Promise<T>;

  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) noexcept {
    handle_.promise().continuation = caller;
    return handle_;
  }
  T await_resume() { return handle_.promise().Take(); }

 private:
  friend promise_type;
  explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  std::coroutine_handle<promise_type> handle_;
};

namespace internal {
template <class T>
Task<T> Promise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}
inline Task<void> Promise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}
}  // namespace internal

// Owns coroutines that nobody awaits. Destroying the scope destroys those that still run, where
// they stand; results that arrive for them later are dropped. That is how a replica stops, and how
// the simulation crashes one.
class TaskScope {
 public:
  TaskScope() = default;
  ~TaskScope() {
    while (first_) {
      Root::promise_type& root = *first_;
      root.Leave();
      std::coroutine_handle<Root::promise_type>::from_promise(root).destroy();
    }
  }
  TaskScope(const TaskScope&) = delete;
  TaskScope& operator=(const TaskScope&) = delete;

  // Runs `task` at once, up to its first wait.
  void Spawn(Task<void> task) { Run(this, std::move(task)); }

  // How many still run.
  std::size_t size() const { return size_; }

 private:
  struct Root {
    struct promise_type {
      promise_type(TaskScope* owner, Task<void>&) : scope(owner), next(owner->first_) {
        if (next) next->before = this;
        scope->first_ = this;
        ++scope->size_;
      }
      void Leave() {
        if (next) next->before = before;
        (before ? before->next : scope->first_) = next;
        --scope->size_;
      }
      Root get_return_object() noexcept { return {}; }
      std::suspend_never initial_suspend() noexcept { return {}; }
      auto final_suspend() noexcept {
        struct Last {
          bool await_ready() const noexcept { return false; }
          void await_suspend(std::coroutine_handle<promise_type> handle) noexcept {
            handle.promise().Leave();
            handle.destroy();
          }
          void await_resume() const noexcept {}
        };
        return Last{};
      }
      void return_void() noexcept {}
      void unhandled_exception() noexcept { std::terminate(); }
      TaskScope* scope;
      promise_type* before = nullptr;
      promise_type* next;
    };
  };
  static Root Run(TaskScope*, Task<void> task) { co_await task; }

  Root::promise_type* first_ = nullptr;  // of a list
  std::size_t size_ = 0;
};

// The bridge from a callback to a coroutine:
//
//   Async<ClaimResult> claimed;                   // a named local of the coroutine
//   schedule.Claim(request, claimed.Done());      // starts the call
//   ClaimResult result = co_await claimed;        // waits for it, where it is not there yet
//
// The callback may come at once or later, on the engine's thread, at most once. Where the coroutine
// was destroyed meanwhile, it does nothing.
template <class T>
class Async {
 public:
  Async() : state_(std::make_shared<State>()) {}
  ~Async() {
    if (state_) state_->waiting = nullptr;
  }
  Async(const Async&) = delete;
  Async& operator=(const Async&) = delete;

  std::function<void(T)> Done() {
    return [state = state_](T value) {
      if (state->value) return;
      state->value.emplace(std::move(value));
      if (state->waiting) std::exchange(state->waiting, nullptr).resume();
    };
  }

  bool await_ready() const noexcept { return state_->value.has_value(); }
  void await_suspend(std::coroutine_handle<> caller) noexcept { state_->waiting = caller; }
  T await_resume() { return std::move(*state_->value); }

 private:
  struct State {
    std::optional<T> value;
    std::coroutine_handle<> waiting;
  };
  std::shared_ptr<State> state_;
};

// What a wait for a Signal ended with.
enum class Wake { kSignal, kTimeout };

// A flag that one coroutine waits for, with a bound in wall time. Set while nobody waits, it is
// kept for the next wait. On the engine's thread only; outlives its waiter.
class Signal {
 public:
  explicit Signal(Executor& executor) : executor_(executor) {}

  void Set() {
    set_ = true;
    if (wake_) std::exchange(wake_, nullptr)(Wake::kSignal);
  }

  Task<Wake> Wait(absl::Duration wall) {
    if (std::exchange(set_, false)) co_return Wake::kSignal;
    Async<Wake> woken;
    wake_ = woken.Done();
    auto timer = executor_.After(wall, [done = wake_] { done(Wake::kTimeout); });
    Wake wake = co_await woken;
    executor_.Cancel(timer);
    wake_ = nullptr;
    set_ = false;
    co_return wake;
  }

 private:
  Executor& executor_;
  bool set_ = false;
  std::function<void(Wake)> wake_;
};

// Waits for a span of wall time.
inline Task<void> Sleep(Executor& executor, absl::Duration wall) {
  Async<bool> woken;
  executor.After(wall, [done = woken.Done()] { done(true); });
  co_await woken;
}

}  // namespace vigil::alert
