// Line 3 of the contract of the feed (journal.proto): what is told is compacted, and that alone.
#include <gmock/gmock.h>

#include "common/rpc/errors.h"
#include "registry-svc/rpc/watcher.h"
#include "tests/unit/registry/watcher_fixture.h"

namespace vigil::registry {
namespace {

using testing::IsEmpty;

using WatchCompactionTest = WatcherFixture;

// 3. Compaction of what is told, and of that alone.

TEST_F(WatchCompactionTest, Line3_CompactedToken_IsRefusedWithTheOldestRevision) {
  PutMany(10);
  const std::string at4 = TokenAt(4), at5 = TokenAt(5);
  core_->history().Compact(5);
  const absl::Status status = Refusal(From(at4));
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_EQ(rpc::ReasonOf(status), "COMPACTED");
  EXPECT_EQ(rpc::MetadataOf(status)["oldest_revision"], "6");
  PulledWatch start(*core_, FromStart());
  EXPECT_EQ(Revisions(start.Drain()), Range(6, head()));
  ASSERT_OK_AND_ASSIGN(const auto entries, core_->store().ReadJournal(0, 1000, 1 << 20));
  EXPECT_EQ(entries.size(), static_cast<size_t>(head())) << "the journal stays whole";
  EXPECT_THAT(VerifyChain(0, "", entries), IsOk());
}

TEST_F(WatchCompactionTest,
       Line3_CompactedAtADelete_TheDeleteIsToldToWhoResumesBeforeIt_Etcd18089) {
  Put("a");
  const std::string token = TokenAt(head());
  Delete("a");
  const int64_t deleted = head();
  core_->history().Compact(deleted - 1);
  PulledWatch watch(*core_, From(token));
  const auto messages = watch.Drain();
  ASSERT_EQ(Revisions(messages), Range(deleted, deleted));
  EXPECT_TRUE(messages[0].change().items(0).record_changed().deleted());
}

TEST_F(WatchCompactionTest, Line3_WatchOpenedAtTheCompactedRevision_MissesNoDelete_Etcd19179) {
  Put("a");
  const std::string before = TokenAt(head());
  Delete("a");
  const std::string at = TokenAt(head());
  core_->history().Compact(head());
  // The delete is no longer told: whoever has not heard of it is refused, never left in the dark.
  EXPECT_EQ(rpc::ReasonOf(Refusal(From(before))), "COMPACTED");
  PulledWatch watch(*core_, From(at));
  EXPECT_THAT(watch.Drain(), IsEmpty());
  Put("b");
  EXPECT_EQ(Revisions(watch.Drain()), Range(head(), head()));
  PulledWatch start(*core_, FromStart());
  EXPECT_EQ(Revisions(start.Drain()), Range(head(), head()));
}

TEST_F(WatchCompactionTest, Line3_StreamThatRuns_IsNotCutShortByCompaction) {
  options_.hub.changes = 2;
  Open();
  PulledWatch watch(*core_, FromStart());
  ASSERT_TRUE(watch.Pull());
  PutMany(600);
  core_->history().Compact(head());
  EXPECT_EQ(Revisions(watch.Drain()), Range(1, head()));
}

// Compaction by options.

TEST(WatchHistory, KeepsTheLastRevisions) {
  WatchHistory history({.revisions = 10, .age = absl::ZeroDuration()});
  const auto unused = [](int64_t, int, int64_t) {
    ADD_FAILURE() << "no entry is needed";
    return std::vector<JournalEntry>();
  };
  EXPECT_THAT(history.Update(5, absl::UnixEpoch(), unused), IsOk());
  EXPECT_EQ(history.compacted(), 0);
  EXPECT_THAT(history.Update(25, absl::UnixEpoch(), unused), IsOk());
  EXPECT_EQ(history.compacted(), 15);
  EXPECT_THAT(history.Update(20, absl::UnixEpoch(), unused), IsOk());
  EXPECT_EQ(history.compacted(), 15) << "it never goes back";
}

TEST(WatchHistory, KeepsTheLastDays) {
  WatchHistory history({.revisions = 0, .age = absl::Hours(48)});
  int reads = 0;
  // Revision n is of hour n.
  const auto read = [&](int64_t after, int, int64_t) -> absl::StatusOr<std::vector<JournalEntry>> {
    ++reads;
    v1::Change change;
    change.set_revision(after + 1);
    change.mutable_time()->set_seconds((after + 1) * 3600);
    return std::vector<JournalEntry>{MakeEntry(change)};
  };
  EXPECT_THAT(history.Update(1000, absl::FromUnixSeconds(1000 * 3600), read), IsOk());
  EXPECT_EQ(history.compacted(), 951) << "revision 952 is 48 hours old to the second";
  EXPECT_LT(reads, 12);
}

}  // namespace
}  // namespace vigil::registry
