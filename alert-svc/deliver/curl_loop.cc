#include "alert-svc/deliver/curl_loop.h"

#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>

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

// How often what runs is asked whether it was cut.
constexpr int kPollMs = 250;
constexpr int kIdlePollMs = 1000;

}  // namespace

class CurlLoop::Impl {
 public:
  explicit Impl(int max_parallel) : max_parallel_(static_cast<size_t>(max_parallel)) {
    InitCurl();
    multi_ = curl_multi_init();
    curl_multi_setopt(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS, static_cast<long>(max_parallel));
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(max_parallel));
    thread_ = std::thread([this] { Run(); });
  }

  ~Impl() {
    {
      const absl::MutexLock lock(&mutex_);
      stopping_ = true;
    }
    curl_multi_wakeup(multi_);
    thread_.join();
    curl_multi_cleanup(multi_);
  }

  void Add(std::unique_ptr<HttpTransfer> transfer) {
    {
      const absl::MutexLock lock(&mutex_);
      incoming_.push_back(std::move(transfer));
    }
    curl_multi_wakeup(multi_);
  }

 private:
  void Run() {
    // A peer that is gone must be an error, not a signal.
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    while (Take()) {
      int running = 0;
      curl_multi_perform(multi_, &running);
      // What ended makes place for what waits.
      if (FinishDone() && !waiting_.empty()) continue;
      curl_multi_poll(multi_, nullptr, 0, running_.empty() ? kIdlePollMs : kPollMs, nullptr);
    }
    for (auto& [handle, transfer] : running_) {
      curl_multi_remove_handle(multi_, handle);
      transfer->Finish(CURLE_ABORTED_BY_CALLBACK);
    }
    running_.clear();
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
      CURL* handle = transfer->handle();
      transfer->Prepare();
      curl_multi_add_handle(multi_, handle);
      running_.emplace(handle, std::move(transfer));
    }
    return !stopping;
  }

  bool FinishDone() {
    bool any = false;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* handle = message->easy_handle;
      const CURLcode code = message->data.result;  // gone once the handle is removed
      const auto found = running_.find(handle);
      const std::unique_ptr<HttpTransfer> transfer = std::move(found->second);
      running_.erase(found);
      curl_multi_remove_handle(multi_, handle);
      transfer->Finish(code);
      any = true;
    }
    return any;
  }

  const size_t max_parallel_;
  CURLM* multi_;
  std::unordered_map<CURL*, std::unique_ptr<HttpTransfer>> running_;  // the thread's own
  std::deque<std::unique_ptr<HttpTransfer>> waiting_;                 // likewise
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
