#include "registry-svc/casebook/writer.h"

#include <cstdlib>
#include <string>
#include <utility>

#include "common/log/log.h"
#include "registry-svc/casebook/refusals.h"

namespace vigil::registry {
namespace {

// Memory and database may differ: only a fresh start can tell. The supervisor starts the process
// again.
[[noreturn]] void Die(const absl::Status& status) {
  Log(LogLevel::kError, "the database is in doubt after a failed commit, ending to start anew",
      {{"error", std::string(status.message())}});
  std::abort();
}

}  // namespace

Writer::Writer(Store& store, const Clock& clock, const RuleBook& rules, Random random,
               CasebookMetrics& metrics, std::shared_ptr<const Snapshot> first, Publish publish,
               const Options& options)
    : store_(store),
      clock_(clock),
      rules_(rules),
      random_(std::move(random)),
      metrics_(metrics),
      publish_(std::move(publish)),
      options_(options),
      present_(std::move(first)) {
  std::vector<FileChange> all;
  all.reserve(present_->file_count());
  present_->ForEachPacked([&](const PackedPtr& file) { all.push_back({nullptr, file}); });
  index_.Update(all, present_->revision());
  metrics_.Present(index_.Counts());
  thread_ = std::thread([this] { Run(); });
}

Writer::~Writer() { Stop(); }

void Writer::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

std::shared_ptr<const Snapshot> Writer::Present() const {
  absl::ReaderMutexLock lock(&present_mutex_);
  return present_;
}

void Writer::Submit(Command command) {
  absl::Status refusal;
  {
    absl::MutexLock lock(&mutex_);
    if (stopping_) {
      refusal = refusals::ShuttingDown();
    } else if (!command.own && queue_.size() >= options_.queue) {
      refusal = refusals::TooManyWrites();
    } else {
      queue_.push_back(std::move(command));
      return;
    }
  }
  command.done(refusal);
}

// Commands of one transaction: an exclusive one alone. Empty when it is time to end.
std::deque<Command> Writer::Take() {
  std::deque<Command> taken;
  absl::MutexLock lock(&mutex_);
  const auto something = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return stopping_ || !queue_.empty();
  };
  mutex_.Await(absl::Condition(&something));
  while (!queue_.empty() && taken.size() < static_cast<size_t>(options_.batch)) {
    if (queue_.front().exclusive && !taken.empty()) break;
    taken.push_back(std::move(queue_.front()));
    queue_.pop_front();
    if (taken.back().exclusive) break;
  }
  return taken;
}

void Writer::Run() {
  while (true) {
    std::deque<Command> commands = Take();
    if (commands.empty()) return;
    RunBatch(std::move(commands));
  }
}

absl::Status Writer::Apply(Draft& draft, Command& command, absl::Time now) {
  draft.BeginStep(command.origin, now);
  absl::Status status = command.apply(draft);
  if (!status.ok()) {
    draft.AbandonStep();
    return status;
  }
  draft.EndStep();
  if (command.keep) command.keep(draft);
  return status;
}

void Writer::RunBatch(std::deque<Command> commands) {
  Draft draft(Present(), rules_, store_, random_, options_.vocabularies.get());
  std::vector<std::pair<Command*, absl::Status>> results;
  // One moment for all: entries of one transaction do not go back in time.
  const absl::Time now = clock_.Now();
  bool refused_whole = false;
  for (Command& command : commands) {
    results.emplace_back(&command, Apply(draft, command, now));
    refused_whole = command.exclusive && !results.back().second.ok();
  }
  const absl::Status committed = refused_whole ? absl::OkStatus() : Commit(draft);
  for (auto& [command, status] : results) command->done(status.ok() ? committed : status);
}

absl::Status Writer::Commit(Draft& draft) {
  const Batch batch = draft.MakeBatch();
  if (!batch.empty()) {
    const absl::Duration begin = clock_.Monotonic();
    const absl::Status status = store_.Commit(batch);
    metrics_.Committed(clock_.Monotonic() - begin, batch.entries.size(), status);
    if (status.code() == absl::StatusCode::kDataLoss) Die(status);
    if (!status.ok()) {
      Log(LogLevel::kError, "a commit failed, its changes are refused",
          {{"error", std::string(status.message())}});
      return refusals::FromStore(status);
    }
  }
  const std::vector<FileChange> files = draft.PackFiles();
  auto next = draft.MakeSnapshot(files);
  const int64_t revision = next->revision();
  {
    absl::MutexLock lock(&present_mutex_);
    present_ = std::move(next);
  }
  index_.Update(files, revision);
  metrics_.Present(index_.Counts());
  publish_(draft.changes());
  return absl::OkStatus();
}

}  // namespace vigil::registry
