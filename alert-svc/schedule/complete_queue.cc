#include "alert-svc/schedule/complete_queue.h"

#include <utility>

namespace vigil::alert {
namespace {

// Keeps a call far below the time that holds up others: some two milliseconds. With AOF `always`
// each call waits for the disk, so few large ones end sooner than many small ones.
constexpr size_t kMaxRequests = 400;
constexpr size_t kMaxWords = 8000;

size_t Words(const CompleteRequest& request) {
  return 7 + request.done.size() + 2 * request.also.size();
}

}  // namespace

bool CompleteQueue::Add(CompleteRequest request, Schedule::Done<ShardResult> done) {
  const absl::MutexLock lock(&mutex_);
  const bool begins = std::exchange(closed_, false);
  if (begins) waiting_.emplace_back();
  waiting_.back().requests.push_back(std::move(request));
  waiting_.back().done.push_back(std::move(done));
  return begins;
}

void CompleteQueue::Close() {
  const absl::MutexLock lock(&mutex_);
  closed_ = true;
}

std::vector<CompleteBatch> CompleteQueue::Take() {
  CompleteBatch taken;
  {
    const absl::MutexLock lock(&mutex_);
    taken = std::move(waiting_.front());
    waiting_.pop_front();
    if (waiting_.empty()) closed_ = true;
  }
  std::vector<CompleteBatch> batches;
  size_t words = 0;
  for (size_t i = 0; i < taken.requests.size(); ++i) {
    const size_t more = Words(taken.requests[i]);
    const bool fits = !batches.empty() && batches.back().requests.size() < kMaxRequests &&
                      words + more <= kMaxWords &&
                      batches.back().requests.front().seen.epoch == taken.requests[i].seen.epoch;
    if (!fits) {
      batches.emplace_back();
      words = 0;
    }
    words += more;
    batches.back().requests.push_back(std::move(taken.requests[i]));
    batches.back().done.push_back(std::move(taken.done[i]));
  }
  return batches;
}

}  // namespace vigil::alert
