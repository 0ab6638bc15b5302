#include "alert-svc/deliver/curl_loop.h"

#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <deque>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "alert-svc/deliver/curl_transfer.h"

namespace vigil::alert {
namespace {

void InitOnce() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_ALL); });
}

// How often what runs is asked whether it was cut.
constexpr int kPollMs = 250;
constexpr int kIdlePollMs = 1000;

enum Kind : size_t { kRequest, kMail, kKinds };

// How many of `all` places those of one kind may take.
size_t PlacesOf(size_t all) { return all < 2 ? all : all - std::max<size_t>(1, all / 8); }

}  // namespace

class CurlLoop::Impl {
 public:
  explicit Impl(int max_parallel) : max_parallel_(static_cast<size_t>(max_parallel)) {
    InitOnce();
    for (Lane& lane : lanes_) lane.places = PlacesOf(max_parallel_);
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

  void Add(Kind kind, std::unique_ptr<CurlTransfer> transfer) {
    {
      const absl::MutexLock lock(&mutex_);
      incoming_.emplace_back(kind, std::move(transfer));
    }
    curl_multi_wakeup(multi_);
  }

 private:
  // What goes to peers of one kind.
  struct Lane {
    size_t places = 0;
    size_t running = 0;
    std::deque<std::unique_ptr<CurlTransfer>> waiting;
  };
  struct Running {
    std::unique_ptr<CurlTransfer> transfer;
    Lane* lane;
  };

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
      if (FinishDone() && AnyWaits()) continue;
      curl_multi_poll(multi_, nullptr, 0, running_.empty() ? kIdlePollMs : kPollMs, nullptr);
    }
    for (auto& [handle, one] : running_) {
      curl_multi_remove_handle(multi_, handle);
      one.transfer->Finish(CURLE_ABORTED_BY_CALLBACK);
    }
    running_.clear();
    for (Lane& lane : lanes_) {
      for (const auto& transfer : lane.waiting) transfer->Finish(CURLE_ABORTED_BY_CALLBACK);
      lane.waiting.clear();
    }
  }

  bool AnyWaits() const {
    return std::ranges::any_of(lanes_, [](const Lane& lane) { return !lane.waiting.empty(); });
  }

  // Starts what came in; false once the loop is to stop.
  bool Take() {
    std::vector<std::pair<Kind, std::unique_ptr<CurlTransfer>>> incoming;
    bool stopping = false;
    {
      const absl::MutexLock lock(&mutex_);
      incoming.swap(incoming_);
      stopping = stopping_;
    }
    for (auto& [kind, transfer] : incoming) lanes_[kind].waiting.push_back(std::move(transfer));
    if (stopping) return false;
    for (Lane& lane : lanes_) StartWaiting(lane);
    return true;
  }

  // Time spent waiting for a place is not to count against a transfer's timeout.
  void StartWaiting(Lane& lane) {
    while (running_.size() < max_parallel_ && lane.running < lane.places && !lane.waiting.empty()) {
      std::unique_ptr<CurlTransfer> transfer = std::move(lane.waiting.front());
      lane.waiting.pop_front();
      CURL* handle = transfer->handle();
      transfer->Prepare();
      curl_multi_add_handle(multi_, handle);
      ++lane.running;
      running_.emplace(handle, Running{std::move(transfer), &lane});
    }
  }

  bool FinishDone() {
    bool any = false;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* handle = message->easy_handle;
      const CURLcode code = message->data.result;  // gone once the handle is removed
      const auto found = running_.find(handle);
      const std::unique_ptr<CurlTransfer> transfer = std::move(found->second.transfer);
      --found->second.lane->running;
      running_.erase(found);
      curl_multi_remove_handle(multi_, handle);
      transfer->Finish(code);
      any = true;
    }
    return any;
  }

  const size_t max_parallel_;
  CURLM* multi_;
  std::array<Lane, kKinds> lanes_;              // the thread's own
  std::unordered_map<CURL*, Running> running_;  // likewise
  absl::Mutex mutex_;
  std::vector<std::pair<Kind, std::unique_ptr<CurlTransfer>>> incoming_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

CurlLoop::CurlLoop(int max_parallel) : impl_(std::make_unique<Impl>(max_parallel)) {}
CurlLoop::~CurlLoop() = default;

void CurlLoop::Call(HttpRequest request, std::function<void(HttpReply)> done) {
  impl_->Add(kRequest, MakeHttpTransfer(std::move(request), std::move(done)));
}

void CurlLoop::Send(SmtpSend mail, std::function<void(SmtpReply)> done) {
  impl_->Add(kMail, MakeSmtpTransfer(std::move(mail), std::move(done)));
}

}  // namespace vigil::alert
