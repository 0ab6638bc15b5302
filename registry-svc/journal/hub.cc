#include "registry-svc/journal/hub.h"

#include <algorithm>
#include <chrono>

namespace vigil::registry {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kTick(1);

}  // namespace

Hub::Hub() : Hub(Options()) {}

Hub::Hub(const Options& options) : options_(options) {
  if (options_.own_thread) thread_ = std::thread([this] { Run(); });
}

Hub::~Hub() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  wake_.Set();
  if (thread_.joinable()) thread_.join();
}

void Hub::StartAt(int64_t revision) {
  absl::MutexLock lock(&mutex_);
  head_ = revision;
}

void Hub::Append(const std::vector<std::shared_ptr<const Published>>& changes) {
  if (changes.empty()) return;
  std::vector<std::shared_ptr<const Telling>> tellings;
  tellings.reserve(changes.size());
  for (const auto& change : changes) {
    tellings.push_back(std::make_shared<const Telling>(change->revision, change->hash,
                                                       change->change.SerializeAsString()));
  }
  {
    absl::MutexLock lock(&mutex_);
    for (auto& telling : tellings) {
      bytes_ += telling->payload().size();
      ring_.push_back(std::move(telling));
    }
    while (ring_.size() > 1 && (ring_.size() > options_.changes || bytes_ > options_.bytes)) {
      bytes_ -= ring_.front()->payload().size();
      ring_.pop_front();
    }
    head_ = ring_.back()->revision();
    news_ = true;
  }
  wake_.Set();
}

Hub::Next Hub::After(int64_t revision) const {
  absl::MutexLock lock(&mutex_);
  if (revision >= head_) return {};
  if (ring_.empty() || revision + 1 < ring_.front()->revision()) {
    return {.kind = Next::Kind::kTooOld, .change = nullptr};
  }
  const auto index = static_cast<size_t>(revision + 1 - ring_.front()->revision());
  return {.kind = Next::Kind::kChange, .change = ring_[index]};
}

std::shared_ptr<const Hub::Batch> Hub::FindBatch(int64_t after, TopicMask topics) const {
  absl::MutexLock lock(&batches_mutex_);
  for (const auto& batch : batches_) {
    if (batch && batch->after == after && batch->topics == topics) return batch;
  }
  return nullptr;
}

void Hub::KeepBatch(std::shared_ptr<const Batch> batch) const {
  absl::MutexLock lock(&batches_mutex_);
  batches_[next_batch_++ % batches_.size()] = std::move(batch);
}

bool Hub::Listen(const std::shared_ptr<Listener>& listener) {
  absl::MutexLock lock(&mutex_);
  if (closed_) return false;
  absl::MutexLock listeners_lock(&listeners_mutex_);
  listeners_.push_back(listener);
  return true;
}

int Hub::listeners() const {
  absl::MutexLock lock(&listeners_mutex_);
  return static_cast<int>(std::count_if(listeners_.begin(), listeners_.end(),
                                        [](const auto& weak) { return !weak.expired(); }));
}

std::vector<std::shared_ptr<Listener>> Hub::Alive() {
  std::vector<std::shared_ptr<Listener>> alive;
  absl::MutexLock lock(&listeners_mutex_);
  std::erase_if(listeners_, [&](const std::weak_ptr<Listener>& weak) {
    alive.push_back(weak.lock());
    if (alive.back()) return false;
    alive.pop_back();
    return true;
  });
  return alive;
}

void Hub::Close() {
  {
    absl::MutexLock lock(&mutex_);
    closed_ = true;
  }
  for (const auto& listener : Alive()) listener->OnClose();
}

void Hub::Wake(bool ticked) {
  bool news;
  {
    absl::MutexLock lock(&mutex_);
    news = std::exchange(news_, false);
  }
  Tell(news, ticked);
}

void Hub::Tell(bool news, bool ticked) {
  for (const auto& listener : Alive()) {
    if (news) listener->OnNews();
    if (ticked) listener->OnTick();
  }
}

void Hub::Run() {
  auto tick = steady_clock::now() + kTick;
  while (true) {
    wake_.Wait(absl::FromChrono(tick - steady_clock::now()));
    bool news;
    {
      absl::MutexLock lock(&mutex_);
      if (stopping_) return;
      news = std::exchange(news_, false);
    }
    const bool ticked = steady_clock::now() >= tick;
    Tell(news, ticked);
    if (ticked) tick = steady_clock::now() + kTick;
  }
}

}  // namespace vigil::registry
