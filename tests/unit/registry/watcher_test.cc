// The contract of the feed (journal.proto), lines 1 to 7, and the mistakes that etcd's watch has
// made, each under its number; compaction is in watch_compaction_test.cc. Lines 8 and 10 are held
// by tests of the schedule, 9 by those of the gateway.
#include "registry-svc/rpc/watcher.h"

#include <gmock/gmock.h>

#include <thread>

#include "common/rpc/errors.h"
#include "tests/unit/registry/watcher_fixture.h"

namespace vigil::registry {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

using WatcherTest = WatcherFixture;

// 1. One order, dense, one revision a command.

TEST_F(WatcherTest, Line1_CommandsThatShareACommit_AreARevisionEach) {
  const int64_t before = head();
  const int commits = core_->store().commits();
  core_->store().Hold(true);
  std::vector<Waiter<v1::Record>> waiters(5);
  core_->book().PutRecord({}, Record("first"), waiters[0].Take());
  core_->store().AwaitHeldCommit();
  for (int i = 1; i < 5; ++i) core_->book().PutRecord({}, Record("r"), waiters[i].Take());
  core_->store().Hold(false);
  for (auto& waiter : waiters) ASSERT_THAT(waiter.Wait(), IsOk());
  EXPECT_EQ(core_->store().commits(), commits + 2) << "the first, and the rest together";
  PulledWatch watch(*core_, FromStart());
  EXPECT_EQ(Revisions(watch.Drain()), Range(1, before + 5));
}

TEST_F(WatcherTest, Line1_RefusedCommand_LeavesNoGap) {
  v1::DeleteRecordRequest missing;
  missing.set_name("records/test/none");
  const int64_t before = head();
  ASSERT_FALSE(Call(&Casebook::DeleteRecord, missing).ok());
  Put("a");
  EXPECT_EQ(head(), before + 1);
}

// 2. Nothing before it is durable.

TEST_F(WatcherTest, Line2_NothingIsToldBeforeItIsDurable_Etcd14370) {
  PulledWatch watch(*core_, FromSnapshot());
  watch.Drain();
  const int64_t before = head();
  core_->store().Hold(true);
  Waiter<v1::Record> waiter;
  core_->book().PutRecord({}, Record("a"), waiter.Take());
  core_->store().AwaitHeldCommit();
  EXPECT_THAT(watch.Drain(), IsEmpty());
  EXPECT_EQ(head(), before);
  core_->store().Hold(false);
  ASSERT_THAT(waiter.Wait(), IsOk());
  EXPECT_EQ(Revisions(watch.Drain()), Range(before + 1, before + 1));
}

TEST_F(WatcherTest, Line2_FailedCommit_IsNeverToldAndItsRevisionIsTheNext) {
  PulledWatch watch(*core_, FromSnapshot());
  watch.Drain();
  const int64_t before = head();
  core_->store().FailCommits(absl::ResourceExhaustedError("full"));
  EXPECT_FALSE(Call(&Casebook::PutRecord, Record("lost")).ok());
  core_->store().FailCommits(absl::OkStatus());
  Put("kept");
  const auto messages = watch.Drain();
  ASSERT_EQ(Revisions(messages), Range(before + 1, before + 1));
  EXPECT_EQ(messages[0].change().items(0).record_changed().record().name(), "records/test/kept");
}

TEST_F(WatcherTest, Line2_AnsweredWrite_IsInEveryLaterSnapshot_Etcd20418) {
  Put("a");
  PulledWatch watch(*core_, FromSnapshot());
  bool found = false;
  for (const auto& message : watch.Drain()) {
    for (const auto& item : message.snapshot_part().items()) {
      found |= item.record_changed().record().name() == "records/test/a";
    }
  }
  EXPECT_TRUE(found);
}

// 3. Tokens.

TEST_F(WatcherTest, Line3_ResumedAfterR_BringsExactlyWhatFollows_AfterAKillToo) {
  PutMany(10);
  std::vector<std::string> tokens(head() + 1);
  for (int64_t r = 1; r <= head(); ++r) tokens[r] = TokenAt(r);
  const int64_t last = head();
  Open();
  Put("after");
  for (int64_t r = 1; r <= last; ++r) {
    PulledWatch watch(*core_, From(tokens[r]));
    EXPECT_EQ(Revisions(watch.Drain()), Range(r + 1, last + 1));
  }
}

TEST_F(WatcherTest, Line3_FutureRevision_IsRefused_Etcd20221) {
  const TokenSealer& tokens = core_->tokens();
  const absl::Status status =
      Refusal(From(tokens.Seal(MakeResumePoint(head() + 1, std::string(32, 'x')))));
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(rpc::ReasonOf(status), "FUTURE_TOKEN");
}

TEST_F(WatcherTest, Line3_JournalThatWentAnotherWay_IsToldApart) {
  const absl::Status status =
      Refusal(From(core_->tokens().Seal(MakeResumePoint(head(), std::string(32, 'x')))));
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(rpc::ReasonOf(status), "RESYNC");
}

TEST_F(WatcherTest, Line3_OtherTopics_AreRefused) {
  v1::WatchChangesRequest request = From(TokenAt(1));
  request.add_topics(v1::TOPIC_CASES);
  EXPECT_EQ(rpc::ReasonOf(Refusal(request)), "OTHER_TOPICS");
  v1::WatchChangesRequest every = From(TokenAt(1));
  for (int topic = v1::TOPIC_CASES; topic <= v1::Topic_MAX; ++topic) {
    every.add_topics(static_cast<v1::Topic>(topic));
  }
  PulledWatch watch(*core_, every);
  watch.Drain();
  EXPECT_FALSE(watch.ended()) << "all topics, named or not, are the same";
}

TEST_F(WatcherTest, Line3_UnknownTopic_IsRefused) {
  v1::WatchChangesRequest request;
  request.add_topics(static_cast<v1::Topic>(99));
  EXPECT_EQ(rpc::ReasonOf(Refusal(request)), "BAD_TOPIC");
}

// 4. A snapshot and what follows it.

TEST_F(WatcherTest, Line4_WhatIsWrittenDuringASnapshot_ComesAfterItsBookmark) {
  for (int i = 0; i < 5; ++i) Put("r" + std::to_string(i), std::string(300'000, 'x'));
  const int64_t taken = head();
  PulledWatch watch(*core_, FromSnapshot());
  ASSERT_TRUE(watch.Pull());
  PutMany(3);
  int parts = 0;
  v1::WatchChangesResponse message = watch.Take();
  for (; message.has_snapshot_part(); message = watch.Take()) {
    EXPECT_EQ(message.revision(), taken);
    EXPECT_EQ(message.token(), "") << "one cannot resume within a snapshot";
    ++parts;
    ASSERT_TRUE(watch.Pull());
  }
  EXPECT_GT(parts, 1);
  ASSERT_TRUE(message.has_bookmark());
  EXPECT_EQ(message.revision(), taken);
  EXPECT_EQ(Revisions(watch.Drain()), Range(taken + 1, taken + 3));
}

// 5. Bookmarks.

TEST_F(WatcherTest, Line5_QuietWatch_GetsABookmarkAtATick) {
  PulledWatch watch(*core_, FromSnapshot());
  watch.Drain();
  watch.watcher().Tick();  // the snapshot was news
  EXPECT_THAT(watch.Drain(), IsEmpty());
  watch.watcher().Tick();
  const auto messages = watch.Drain();
  ASSERT_THAT(messages, SizeIs(1));
  EXPECT_TRUE(messages[0].has_bookmark());
  EXPECT_EQ(messages[0].revision(), head());
  EXPECT_EQ(messages[0].bookmark().hash(), core_->book().Present()->hash());
}

TEST_F(WatcherTest, Line5_BookmarkThatIsDue_ComesAfterTheNews_Etcd15220) {
  PulledWatch watch(*core_, FromSnapshot());
  watch.Drain();
  watch.watcher().Tick();
  watch.watcher().Tick();
  PutMany(3);
  const auto messages = watch.Drain();
  ASSERT_THAT(messages, SizeIs(4));
  EXPECT_EQ(Revisions({messages.begin(), messages.begin() + 3}), Range(head() - 2, head()));
  EXPECT_TRUE(messages[3].has_bookmark());
  EXPECT_EQ(messages[3].revision(), head());
}

TEST_F(WatcherTest, Line5_FilteredWatch_MovesOnByBookmarks) {
  v1::WatchChangesRequest request;
  request.add_topics(v1::TOPIC_RECEIPTS);
  PulledWatch watch(*core_, request);
  EXPECT_THAT(watch.Drain(), IsEmpty());
  PutMany(5);
  watch.watcher().Tick();
  const auto messages = watch.Drain();
  ASSERT_THAT(messages, SizeIs(1));
  EXPECT_EQ(messages[0].revision(), head());
  v1::WatchChangesRequest resumed = request;
  resumed.set_token(messages[0].token());
  PulledWatch again(*core_, resumed);
  again.Drain();
  EXPECT_FALSE(again.ended());
}

// 6. Slow watchers, deletes, what was before.

TEST_F(WatcherTest, Line6_SlowWatcher_IsClosedWithTheTokenOfWhatItGot) {
  options_.hub.changes = 3;
  Open();
  PulledWatch watch(*core_, FromSnapshot());
  watch.Drain();
  Put("a");
  const int64_t told = head();
  ASSERT_TRUE(watch.Pull());
  PutMany(10);
  watch.watcher().Tick();
  watch.watcher().Tick();
  EXPECT_EQ(watch.Take().revision(), told);
  EXPECT_FALSE(watch.Pull());
  ASSERT_TRUE(watch.ended());
  EXPECT_THAT(watch.status(), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(rpc::ReasonOf(watch.status()), "SLOW_WATCHER");
  PulledWatch resumed(*core_, From(rpc::MetadataOf(watch.status())["token"]));
  EXPECT_EQ(Revisions(resumed.Drain()), Range(told + 1, head()));
}

TEST_F(WatcherTest, Line6_BurstLargerThanTheRing_LosesNothing_Etcd17529) {
  options_.hub.changes = 3;
  Open();
  std::vector<std::unique_ptr<PulledWatch>> watches;
  for (int i = 0; i < 20; ++i) {
    watches.push_back(std::make_unique<PulledWatch>(*core_, FromSnapshot()));
    watches.back()->Drain();
  }
  const int64_t before = head();
  PutMany(600);
  for (auto& watch : watches) {
    EXPECT_EQ(Revisions(watch->Drain()), Range(before + 1, head()));
    EXPECT_FALSE(watch->ended()) << "it reads as fast as it is told";
  }
}

TEST_F(WatcherTest, Line6_DeleteIsToldWithWhatWasDeleted) {
  Put("a", "old");
  PulledWatch watch(*core_, FromSnapshot());
  watch.Drain();
  Put("a", "new");
  Delete("a");
  const auto messages = watch.Drain();
  ASSERT_THAT(messages, SizeIs(2));
  const v1::RecordChanged& put = messages[0].change().items(0).record_changed();
  EXPECT_EQ(put.before().body().value(), "old");
  EXPECT_EQ(put.record().body().value(), "new");
  const v1::RecordChanged& deleted = messages[1].change().items(0).record_changed();
  EXPECT_TRUE(deleted.deleted());
  EXPECT_EQ(deleted.before().body().value(), "new");
}

TEST_F(WatcherTest, Line6_ChangedCase_IsToldWithWhatItWas) {
  const std::string name = CreateCase();
  v1::UpdateCaseRequest update;
  update.mutable_case_()->set_name(name);
  update.mutable_case_()->set_display_name("Other");
  PulledWatch watch(*core_, FromSnapshot());
  watch.Drain();
  ASSERT_THAT(Call(&Casebook::UpdateCase, update), IsOk());
  const auto messages = watch.Drain();
  ASSERT_THAT(messages, SizeIs(1));
  const v1::CaseChanged& changed = messages[0].change().items(0).case_changed();
  EXPECT_EQ(changed.before().display_name(), "Person");
  EXPECT_EQ(changed.case_().display_name(), "Other");
}

// 7. Once a stream.

TEST_F(WatcherTest, Line7_RecordWrittenTwiceInOneCommit_IsToldOnceEach_Etcd17247) {
  PulledWatch watch(*core_, FromSnapshot());
  watch.Drain();
  const int64_t before = head();
  core_->store().Hold(true);
  std::vector<Waiter<v1::Record>> waiters(4);
  core_->book().PutRecord({}, Record("first"), waiters[0].Take());
  core_->store().AwaitHeldCommit();
  for (int i = 1; i < 4; ++i) core_->book().PutRecord({}, Record("same"), waiters[i].Take());
  core_->store().Hold(false);
  for (auto& waiter : waiters) ASSERT_THAT(waiter.Wait(), IsOk());
  EXPECT_EQ(Revisions(watch.Drain()), Range(before + 1, before + 4));
  EXPECT_THAT(watch.Drain(), IsEmpty());
}

TEST_F(WatcherTest, Line7_AfterAReconnect_NoRevisionComesAgainBelowTheToken_Etcd15271) {
  PulledWatch watch(*core_, FromStart());
  std::string token = watch.Drain().back().token();
  for (int round = 0; round < 5; ++round) {
    const int64_t before = head();
    PutMany(3);
    if (round % 2 == 1) Open();
    PulledWatch resumed(*core_, From(token));
    const auto messages = resumed.Drain();
    EXPECT_EQ(Revisions(messages), Range(before + 1, head()));
    token = messages.back().token();
  }
}

// 1 again: revisions in parts.

TEST_F(WatcherTest, Line1_RevisionLargerThanAMessage_ComesInPartsThatMakeTheWhole) {
  const std::string owner = CreateCase();
  v1::CreateFactRequest fact;
  fact.set_parent(owner);
  fact.mutable_fact()->set_date("2018-04-20");
  fact.mutable_fact()->mutable_source()->set_title("court file");
  fact.mutable_fact()->mutable_custody()->set_kind(v1::Custody::KIND_REMAND);
  for (int i = 0; i < 40; ++i) fact.mutable_fact()->add_concerns(CreateCase());
  options_.message_bytes = 2'000;
  Open();
  const int64_t before = head();
  ASSERT_THAT(Call(&Casebook::CreateFact, fact), IsOk());
  Put("after");
  ASSERT_OK_AND_ASSIGN(const auto entries, core_->store().ReadJournal(before, 1, 1));
  for (const bool batch : {false, true}) {
    v1::WatchChangesRequest request = From(TokenAt(before));
    request.set_batch(batch);
    PulledWatch watch(*core_, request);
    v1::Change whole;
    int parts = 0;
    v1::WatchChangesResponse message;
    do {
      ASSERT_TRUE(watch.Pull());
      message = watch.Take();
      EXPECT_EQ(message.revision(), before + 1);
      EXPECT_EQ(message.token().empty(), message.more()) << "one cannot resume within a revision";
      EXPECT_LT(message.ByteSizeLong(), entries[0].payload.size() / 4);
      if (parts++ == 0) {
        whole = message.change();
      } else {
        whole.mutable_items()->MergeFrom(message.change().items());
      }
    } while (message.more());
    EXPECT_GT(parts, 5);
    EXPECT_EQ(MakeEntry(whole).payload, entries[0].payload);
    EXPECT_EQ(Revisions(watch.Drain()), Range(before + 2, before + 2));
  }
}

// Several changes a message.

TEST_F(WatcherTest, Batch_BringsTheSameChangesInFewerMessages) {
  PutMany(300);
  v1::WatchChangesRequest request;
  request.set_batch(true);
  PulledWatch watch(*core_, request);
  const auto messages = watch.Drain();
  EXPECT_EQ(Revisions(messages), Range(1, head()));
  EXPECT_LT(messages.size(), 10u);
  EXPECT_EQ(messages.back().revision(), head());
  PulledWatch resumed(*core_, From(messages.front().token()));
  EXPECT_EQ(Revisions(resumed.Drain()), Range(messages.front().revision() + 1, head()));
}

TEST_F(WatcherTest, Batch_WithATopic_LeavesOutTheRest) {
  v1::WatchChangesRequest request;
  request.set_batch(true);
  request.add_topics(v1::TOPIC_CASES);
  CreateCase();
  const int64_t first = head();
  PutMany(3);
  CreateCase();
  PutMany(3);
  PulledWatch watch(*core_, request);
  EXPECT_THAT(Revisions(watch.Drain()), testing::ElementsAre(first, first + 4));
}

// The same bytes for all.

TEST_F(WatcherTest, Telling_IsSerializedOnceForAllWatchersOfATopic) {
  Put("a");
  const Hub::Next next = core_->hub().After(head() - 1);
  ASSERT_TRUE(next.change);
  const Wire& first = next.change->For(kAllTopics, core_->tokens(), 1 << 20);
  EXPECT_EQ(&first, &next.change->For(kAllTopics, core_->tokens(), 1 << 20));
}

}  // namespace
}  // namespace vigil::registry
