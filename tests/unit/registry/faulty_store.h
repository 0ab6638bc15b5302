// A store that forwards to a real one, and fails or waits where a test says so.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "registry-svc/casebook/store.h"

namespace vigil::registry {

class FaultyStore final : public Store {
 public:
  explicit FaultyStore(std::unique_ptr<Store> real) : real_(std::move(real)) {}

  // The next commits answer this instead of being made; OK: they are made.
  void FailCommits(absl::Status status) {
    absl::MutexLock lock(&mutex_);
    failure_ = std::move(status);
  }
  // The next commits are made and answer this all the same, as a process that dies in between.
  void LoseAnswers(absl::Status status) {
    absl::MutexLock lock(&mutex_);
    lost_ = std::move(status);
  }
  // Runs before each commit, held ones too.
  void BeforeCommit(std::function<void(const Batch&)> look) {
    absl::MutexLock lock(&mutex_);
    before_ = std::move(look);
  }
  // Commits wait while held.
  void Hold(bool held) {
    absl::MutexLock lock(&mutex_);
    held_ = held;
  }
  // Waits until a commit is held.
  void AwaitHeldCommit() {
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(&waiting_));
  }
  int commits() const {
    absl::MutexLock lock(&mutex_);
    return commits_;
  }

  Vault& vault() override { return real_->vault(); }
  absl::StatusOr<Contents> Load(Rows& rows) override { return real_->Load(rows); }
  absl::StatusOr<Told> ReadTold(const std::string& name) override { return real_->ReadTold(name); }
  absl::Status Commit(const Batch& batch) override {
    absl::Status lost;
    {
      absl::MutexLock lock(&mutex_);
      if (before_) before_(batch);
      waiting_ = held_;
      const auto released = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return !held_; };
      mutex_.Await(absl::Condition(&released));
      waiting_ = false;
      if (!failure_.ok()) return failure_;
      ++commits_;
      lost = lost_;
    }
    absl::Status status = real_->Commit(batch);
    return status.ok() ? lost : status;
  }
  absl::StatusOr<std::set<std::string>> KnownReceipts(
      const std::vector<std::string>& ids) override {
    return real_->KnownReceipts(ids);
  }
  absl::StatusOr<std::optional<AnsweredRequest>> FindRequest(const std::string& id) override {
    return real_->FindRequest(id);
  }
  absl::StatusOr<std::vector<JournalEntry>> ReadJournal(int64_t after, int limit,
                                                        int64_t bytes) override {
    return real_->ReadJournal(after, limit, bytes);
  }
  absl::StatusOr<std::vector<int64_t>> ReadRevisions(const std::string& file) override {
    return real_->ReadRevisions(file);
  }
  absl::StatusOr<std::vector<std::pair<std::string, int64_t>>> LastRevisions(
      const std::string& folder, int64_t revision) override {
    return real_->LastRevisions(folder, revision);
  }
  absl::StatusOr<int64_t> NextRevision(const std::string& file, int64_t after) override {
    return real_->NextRevision(file, after);
  }
  absl::StatusOr<std::optional<std::string>> FindRules(const std::string& version) override {
    return real_->FindRules(version);
  }
  absl::StatusOr<std::vector<JournalEntry>> ReadAccesses(int64_t after, int limit) override {
    return real_->ReadAccesses(after, limit);
  }
  absl::StatusOr<std::vector<NumberedReceipt>> ReadReceipts(const std::string& parent,
                                                            int64_t after, int limit) override {
    return real_->ReadReceipts(parent, after, limit);
  }
  absl::StatusOr<int64_t> NumberOfReceipt(const std::string& id) override {
    return real_->NumberOfReceipt(id);
  }
  absl::StatusOr<int64_t> LastReceipt() override { return real_->LastReceipt(); }
  absl::StatusOr<std::vector<SearchKey>> FindKeys(const std::vector<KeyLookup>& lookups,
                                                  int limit) override {
    return real_->FindKeys(lookups, limit);
  }
  absl::StatusOr<std::vector<SearchKey>> KeysOf(const std::vector<std::string>& files,
                                                const std::vector<int>& fields) override {
    return real_->KeysOf(files, fields);
  }
  absl::StatusOr<std::vector<SearchKey>> KeysFrom(const std::string& file, int field,
                                                  int limit) override {
    return real_->KeysFrom(file, field, limit);
  }

 private:
  const std::unique_ptr<Store> real_;
  mutable absl::Mutex mutex_;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  absl::Status lost_ ABSL_GUARDED_BY(mutex_);
  std::function<void(const Batch&)> before_ ABSL_GUARDED_BY(mutex_);
  bool held_ ABSL_GUARDED_BY(mutex_) = false;
  bool waiting_ ABSL_GUARDED_BY(mutex_) = false;
  int commits_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace vigil::registry
