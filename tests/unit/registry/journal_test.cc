#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/synchronization/mutex.h"
#include "common/rpc/errors.h"
#include "registry-svc/journal/entry.h"
#include "registry-svc/journal/hub.h"
#include "registry-svc/journal/token.h"
#include "tests/testing/status_matchers.h"

namespace vigil::registry {
namespace {

using testing::HasSubstr;

std::vector<JournalEntry> Chain(int length) {
  std::vector<JournalEntry> entries;
  for (int i = 1; i <= length; ++i) {
    v1::Change change;
    change.set_revision(i);
    change.set_actor("tester");
    if (!entries.empty()) change.set_prev_hash(entries.back().hash);
    entries.push_back(MakeEntry(change));
  }
  return entries;
}

TEST(Chain, Untouched_Holds) { EXPECT_THAT(VerifyChain(0, "", Chain(5)), IsOk()); }

TEST(Chain, EntryCut_IsNamed) {
  auto entries = Chain(5);
  entries.erase(entries.begin() + 2);
  EXPECT_THAT(VerifyChain(0, "", entries),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("revision 3")));
}

TEST(Chain, EntriesSwapped_IsDetected) {
  auto entries = Chain(5);
  std::swap(entries[1].payload, entries[2].payload);
  EXPECT_THAT(VerifyChain(0, "", entries), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(Chain, EntryEditedWithItsHash_BreaksAtTheNext) {
  auto entries = Chain(5);
  v1::Change edited;
  edited.ParseFromString(entries[1].payload);
  edited.set_actor("somebody else");
  entries[1] = MakeEntry(edited);
  EXPECT_THAT(VerifyChain(0, "", entries),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("revision 3")));
}

const TokenSealer& Tokens() {
  static const auto* const tokens = new TokenSealer("journal", "epoch", "secret");
  return *tokens;
}

TEST(Token, RoundTrip_NamesTheSameEntry) {
  const std::string token = Tokens().Seal(MakeResumePoint(42, Sha256("entry"), 5));
  ASSERT_OK_AND_ASSIGN(const ResumePoint point, Tokens().Open(token));
  EXPECT_EQ(point.revision, 42);
  EXPECT_EQ(point.topics, 5);
  EXPECT_TRUE(NamesEntry(point, Sha256("entry")));
  EXPECT_FALSE(NamesEntry(point, Sha256("another entry")));
  EXPECT_EQ(Tokens().Seal(point), token) << "all watchers share it";
}

TEST(Token, AnyLetterChanged_IsRefused) {
  const std::string token = Tokens().Seal(MakeResumePoint(42, Sha256("entry")));
  for (size_t i = 0; i + 1 < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(Tokens().Open(changed).ok()) << i;
  }
  EXPECT_THAT(Tokens().Open("no token"), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(Token, OfAnotherJournalOrEpoch_AsksForASnapshot) {
  const std::string token = Tokens().Seal(MakeResumePoint(42, Sha256("entry")));
  const TokenSealer other("another", "epoch", "another secret");
  const TokenSealer restored("journal", "next epoch", "secret");
  for (const TokenSealer* sealer : {&other, &restored}) {
    EXPECT_THAT(sealer->Open(token), StatusIs(absl::StatusCode::kFailedPrecondition));
    EXPECT_EQ(rpc::ReasonOf(sealer->Open(token).status()), "RESYNC");
  }
}

TEST(Token, SealedWithAnotherSecret_IsNone) {
  const TokenSealer forger("journal", "epoch", "a guess");
  const std::string token = forger.Seal(MakeResumePoint(42, Sha256("entry")));
  EXPECT_EQ(rpc::ReasonOf(Tokens().Open(token).status()), "BAD_TOKEN");
}

std::vector<std::shared_ptr<const Published>> Changes(int64_t from, int64_t to) {
  std::vector<std::shared_ptr<const Published>> changes;
  for (int64_t revision = from; revision <= to; ++revision) {
    auto change = std::make_shared<Published>();
    change->revision = revision;
    changes.push_back(std::move(change));
  }
  return changes;
}

class CountingListener final : public Listener {
 public:
  void OnNews() override {
    absl::MutexLock lock(&mutex_);
    ++news_;
  }
  void OnTick() override {}
  void OnClose() override {
    absl::MutexLock lock(&mutex_);
    closed_ = true;
  }
  void AwaitNews() {
    absl::MutexLock lock(&mutex_);
    const auto told = [this] { return news_ > 0; };
    mutex_.Await(absl::Condition(&told));
  }
  bool closed() const {
    absl::MutexLock lock(&mutex_);
    return closed_;
  }

 private:
  mutable absl::Mutex mutex_;
  int news_ = 0;
  bool closed_ = false;
};

TEST(Hub, GivesWhatFollowsARevision) {
  Hub hub;
  hub.StartAt(10);
  EXPECT_EQ(hub.After(10).kind, Hub::Next::Kind::kNothing);
  EXPECT_EQ(hub.After(3).kind, Hub::Next::Kind::kTooOld);
  hub.Append(Changes(11, 13));
  ASSERT_EQ(hub.After(11).kind, Hub::Next::Kind::kChange);
  EXPECT_EQ(hub.After(11).change->revision(), 12);
  EXPECT_EQ(hub.After(13).kind, Hub::Next::Kind::kNothing);
}

TEST(Hub, ForgetsTheOldestBeyondItsRing) {
  Hub hub({.changes = 3, .bytes = 1 << 20});
  hub.Append(Changes(1, 10));
  EXPECT_EQ(hub.After(6).kind, Hub::Next::Kind::kTooOld);
  ASSERT_EQ(hub.After(7).kind, Hub::Next::Kind::kChange);
  EXPECT_EQ(hub.After(7).change->revision(), 8);
}

TEST(Hub, WakesListenersAndForgetsThoseThatDied) {
  Hub hub;
  auto listener = std::make_shared<CountingListener>();
  ASSERT_TRUE(hub.Listen(listener));
  hub.Append(Changes(1, 1));
  listener->AwaitNews();
  listener.reset();
  // The hub's thread may hold it for the length of a call.
  while (hub.listeners() > 0) std::this_thread::yield();
}

TEST(Hub, ClosesThoseThatListenAndRefusesOthers) {
  Hub hub;
  auto listener = std::make_shared<CountingListener>();
  ASSERT_TRUE(hub.Listen(listener));
  hub.Close();
  EXPECT_TRUE(listener->closed());
  EXPECT_FALSE(hub.Listen(std::make_shared<CountingListener>()));
}

}  // namespace
}  // namespace vigil::registry
