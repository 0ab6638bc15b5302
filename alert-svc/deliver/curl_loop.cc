#include "alert-svc/deliver/curl_loop.h"

#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <deque>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "alert-svc/deliver/http_transfer.h"

namespace vigil::alert {
namespace {

using std::chrono::steady_clock;

// How often what runs or waits is asked whether it was cut.
constexpr std::chrono::milliseconds kSweep(250);
constexpr long kIdlePollMs = 1000;

}  // namespace

class CurlLoop::Impl {
 public:
  explicit Impl(int max_parallel) : max_parallel_(static_cast<size_t>(max_parallel)) {
    InitCurl();
    multi_ = curl_multi_init();
    curl_multi_setopt(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS, static_cast<long>(max_parallel));
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(max_parallel));
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &OnSocket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    Watch(wake_, EPOLLIN);
    thread_ = std::thread([this] { Run(); });
  }

  ~Impl() {
    {
      const absl::MutexLock lock(&mutex_);
      stopping_ = true;
    }
    Wake();
    thread_.join();
    for (CURL* handle : spare_) curl_easy_cleanup(handle);
    curl_multi_cleanup(multi_);
    close(wake_);
    close(epoll_);
  }

  void Add(std::unique_ptr<HttpTransfer> transfer) {
    bool first = false;
    {
      const absl::MutexLock lock(&mutex_);
      first = incoming_.empty();
      incoming_.push_back(std::move(transfer));
    }
    if (first) Wake();
  }

 private:
  void Run() {
    // A peer that is gone must be an error, not a signal.
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    steady_clock::time_point next_sweep = steady_clock::now() + kSweep;
    while (Take()) {
      Await();
      FinishDone();
      if (steady_clock::now() < next_sweep) continue;
      FinishCut();
      next_sweep = steady_clock::now() + kSweep;
    }
    while (!running_.empty()) End(running_.begin(), CURLE_ABORTED_BY_CALLBACK);
    for (const auto& transfer : waiting_) transfer->Finish(CURLE_ABORTED_BY_CALLBACK);
    waiting_.clear();
  }

  // Starts what came in; false once the loop is to stop.
  bool Take() {
    std::vector<std::unique_ptr<HttpTransfer>> incoming;
    bool stopping = false;
    {
      const absl::MutexLock lock(&mutex_);
      incoming.swap(incoming_);
      stopping = stopping_;
    }
    for (std::unique_ptr<HttpTransfer>& transfer : incoming)
      waiting_.push_back(std::move(transfer));
    // Time spent waiting for a place is not to count against a transfer's timeout.
    while (!stopping && running_.size() < max_parallel_ && !waiting_.empty()) {
      std::unique_ptr<HttpTransfer> transfer = std::move(waiting_.front());
      waiting_.pop_front();
      if (transfer->IsCut()) {  // another may send it by now
        transfer->Finish(CURLE_ABORTED_BY_CALLBACK);
        continue;
      }
      CURL* handle = TakeHandle();
      transfer->Prepare(handle);
      curl_multi_add_handle(multi_, handle);
      running_.emplace(handle, std::move(transfer));
    }
    return !stopping;
  }

  // Waits until a connection can go on, something comes in or a time of libcurl's is up, and tells
  // libcurl: only of what moved, however much else is on its way.
  void Await() {
    std::array<epoll_event, 64> events;
    const int count =
        epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), static_cast<int>(Nap()));
    int running = 0;
    for (int i = 0; i < count; ++i) {
      const int fd = events[i].data.fd;
      if (fd == wake_) {
        eventfd_t ignored = 0;
        eventfd_read(wake_, &ignored);
      } else {
        curl_multi_socket_action(multi_, fd, ActionOf(events[i].events), &running);
      }
    }
    if (TimeoutMs() == 0) curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
  }

  // Until libcurl has something to do by itself; negative where it has not.
  long TimeoutMs() const {
    long ms = -1;
    curl_multi_timeout(multi_, &ms);
    return ms;
  }

  long Nap() const {
    const long most = running_.empty() ? kIdlePollMs : kSweep.count();
    const long ms = TimeoutMs();
    return ms < 0 ? most : std::min(ms, most);
  }

  void FinishDone() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;  // gone once the handle is removed
      End(running_.find(message->easy_handle), code);
    }
  }

  void FinishCut() {
    std::erase_if(waiting_, [](const std::unique_ptr<HttpTransfer>& transfer) {
      if (!transfer->IsCut()) return false;
      transfer->Finish(CURLE_ABORTED_BY_CALLBACK);
      return true;
    });
    for (auto it = running_.begin(); it != running_.end();) {
      const auto next = std::next(it);
      if (it->second->IsCut()) End(it, CURLE_ABORTED_BY_CALLBACK);
      it = next;
    }
  }

  using Running = std::unordered_map<CURL*, std::unique_ptr<HttpTransfer>>;

  void End(Running::iterator found, CURLcode code) {
    CURL* handle = found->first;
    const std::unique_ptr<HttpTransfer> transfer = std::move(found->second);
    running_.erase(found);
    curl_multi_remove_handle(multi_, handle);
    transfer->Finish(code);
    curl_easy_reset(handle);
    spare_.push_back(handle);
  }

  CURL* TakeHandle() {
    if (spare_.empty()) return curl_easy_init();
    CURL* handle = spare_.back();
    spare_.pop_back();
    return handle;
  }

  // What libcurl is to look at; with an error all of it, and it looks for itself.
  static int ActionOf(uint32_t events) {
    if ((events & (EPOLLERR | EPOLLHUP)) != 0) return 0;
    return ((events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) |
           ((events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0);
  }

  static int OnSocket(CURL*, curl_socket_t fd, int what, void* self, void*) {
    auto* loop = static_cast<Impl*>(self);
    if (what == CURL_POLL_REMOVE) {
      epoll_ctl(loop->epoll_, EPOLL_CTL_DEL, fd, nullptr);
    } else {
      loop->Watch(fd, ((what & CURL_POLL_IN) != 0 ? EPOLLIN : 0U) |
                          ((what & CURL_POLL_OUT) != 0 ? EPOLLOUT : 0U));
    }
    return 0;
  }

  void Watch(int fd, uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    if (epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event) != 0) {
      epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
    }
  }

  void Wake() { eventfd_write(wake_, 1); }

  const size_t max_parallel_;
  const int epoll_ = epoll_create1(EPOLL_CLOEXEC);
  const int wake_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  CURLM* multi_;
  // The thread's own.
  Running running_;
  std::deque<std::unique_ptr<HttpTransfer>> waiting_;
  std::vector<CURL*> spare_;  // handles as new
  absl::Mutex mutex_;
  std::vector<std::unique_ptr<HttpTransfer>> incoming_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

void InitCurl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_ALL); });
}

CurlLoop::CurlLoop(int max_parallel) : impl_(std::make_unique<Impl>(max_parallel)) {}
CurlLoop::~CurlLoop() = default;

void CurlLoop::Call(HttpRequest request, std::function<void(HttpReply)> done) {
  impl_->Add(std::make_unique<HttpTransfer>(std::move(request), std::move(done)));
}

}  // namespace vigil::alert
