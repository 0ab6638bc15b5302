#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <grpcpp/generic/generic_stub.h>

#include <atomic>
#include <set>
#include <thread>

#include "common/rpc/errors.h"
#include "registry-svc/journal/token.h"
#include "tests/integration/registry/registry_fixture.h"

namespace vigil::registry {
namespace {

// An open watch.
class Watch {
 public:
  Watch(v1::JournalService::Stub& stub, const v1::WatchChangesRequest& request) {
    context_.AddMetadata("authorization", std::string("Bearer ") + kAdmin);
    context_.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    reader_ = stub.WatchChanges(&context_, request);
  }
  ~Watch() { context_.TryCancel(); }

  // The next message; nothing where the stream has ended.
  std::optional<v1::WatchChangesResponse> Next() {
    v1::WatchChangesResponse message;
    if (!reader_->Read(&message)) return std::nullopt;
    return message;
  }
  // The next change; bookmarks are passed over.
  std::optional<v1::WatchChangesResponse> NextChange() {
    auto message = Next();
    while (message && message->has_bookmark()) message = Next();
    return message;
  }
  absl::Status End() {
    while (Next()) {
    }
    return rpc::FromGrpcStatus(reader_->Finish());
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::WatchChangesResponse>> reader_;
};

class WatchTest : public RegistryTest {
 protected:
  void CreateCases(int count) {
    for (int i = 0; i < count; ++i) {
      ASSERT_THAT(CreateCase("", "Person " + std::to_string(i)), IsOk());
    }
  }
  static v1::WatchChangesRequest FromStart() { return {}; }
  static v1::WatchChangesRequest From(const std::string& token) {
    v1::WatchChangesRequest request;
    request.set_token(token);
    return request;
  }
};

TEST_F(WatchTest, FromTheStart_EveryRevisionOnceInOrder) {
  CreateCases(20);
  const int64_t head = app_->book().Present()->revision();
  Watch watch(*journal_, FromStart());
  for (int64_t revision = 1; revision <= head; ++revision) {
    const auto message = watch.NextChange();
    ASSERT_TRUE(message);
    ASSERT_EQ(message->change().revision(), revision);
  }
  CreateCases(5);
  for (int64_t revision = head + 1; revision <= head + 5; ++revision) {
    ASSERT_EQ(watch.NextChange()->change().revision(), revision);
  }
}

TEST_F(WatchTest, ResumedAfterAnyRevision_BringsExactlyTheNext) {
  CreateCases(10);
  const int64_t head = app_->book().Present()->revision();
  std::vector<std::string> tokens;
  {
    Watch watch(*journal_, FromStart());
    for (int64_t i = 0; i < head; ++i) tokens.push_back(watch.NextChange()->token());
  }
  Start();  // tokens outlive the process
  CreateCases(1);
  for (int64_t i = 0; i < head; ++i) {
    Watch watch(*journal_, From(tokens[i]));
    ASSERT_EQ(watch.NextChange()->change().revision(), i + 2);
  }
}

TEST_F(WatchTest, ResumedOverManyRevisionsOnDisk_LeavesNoneOut) {
  App::Parts parts;
  parts.hub.changes = 8;
  Start(std::move(parts));
  Watch first(*journal_, FromStart());
  const std::string token = first.NextChange()->token();
  CreateCases(600);
  const int64_t head = app_->book().Present()->revision();
  Watch watch(*journal_, From(token));
  for (int64_t revision = 2; revision <= head; ++revision) {
    ASSERT_EQ(watch.NextChange()->change().revision(), revision);
  }
}

TEST_F(WatchTest, Snapshot_ThenBookmarkThenWhatFollows) {
  CreateCases(3);
  v1::WatchChangesRequest request;
  request.set_snapshot(true);
  Watch watch(*journal_, request);
  std::set<std::string> names;
  auto message = watch.Next();
  while (message && message->has_snapshot_part()) {
    EXPECT_TRUE(message->token().empty()) << "nobody resumes inside a snapshot";
    for (const auto& item : message->snapshot_part().items()) {
      if (item.has_case_changed()) names.insert(item.case_changed().case_().name());
    }
    message = watch.Next();
  }
  ASSERT_TRUE(message && message->has_bookmark());
  EXPECT_EQ(names.size(), 3u);
  EXPECT_EQ(message->bookmark().hash(), app_->book().Present()->hash());
  const int64_t revision = message->revision();
  CreateCases(1);
  EXPECT_EQ(watch.NextChange()->change().revision(), revision + 1);
  Watch resumed(*journal_, From(message->token()));
  EXPECT_EQ(resumed.NextChange()->change().revision(), revision + 1);
}

TEST_F(WatchTest, IdleStream_GetsBookmarks) {
  v1::WatchChangesRequest request;
  request.set_snapshot(true);
  Watch watch(*journal_, request);
  int bookmarks = 0;
  while (bookmarks < 3) {
    const auto message = watch.Next();
    ASSERT_TRUE(message);
    if (message->has_bookmark()) ++bookmarks;
  }
}

TEST_F(WatchTest, OneTopic_BringsNothingElseAndMovesOnAllTheSame) {
  v1::WatchChangesRequest request;
  request.add_topics(v1::TOPIC_SETTINGS);
  Watch watch(*journal_, request);
  CreateCases(3);
  v1::PutRecordRequest record;
  record.mutable_record()->set_name("records/policy/p");
  ASSERT_THAT(Call(*journal_, &v1::JournalService::Stub::PutRecord, record), IsOk());
  const auto message = watch.NextChange();
  ASSERT_TRUE(message);
  ASSERT_EQ(message->change().items_size(), 1);
  EXPECT_TRUE(message->change().items(0).has_record_changed());
  EXPECT_EQ(message->change().revision(), app_->book().Present()->revision());
}

TEST_F(WatchTest, TokensThatDoNotFit_AreRefusedEachInItsWay) {
  CreateCases(2);
  const auto refused = [this](const std::string& token) {
    return Watch(*journal_, From(token)).End();
  };
  EXPECT_EQ(rpc::ReasonOf(refused("nonsense")), "BAD_TOKEN");
  const Casebook& book = app_->book();
  const auto snapshot = book.Present();
  const ResumePoint present = MakeResumePoint(snapshot->revision(), snapshot->hash());
  const TokenSealer tokens(book.journal_id(), book.epoch(), book.secret());
  const TokenSealer other("another journal", book.epoch(), book.secret());
  EXPECT_THAT(refused(other.Seal(present)), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(rpc::ReasonOf(refused(other.Seal(present))), "RESYNC");
  const TokenSealer restored(book.journal_id(), "another epoch", book.secret());
  EXPECT_EQ(rpc::ReasonOf(refused(restored.Seal(present))), "RESYNC");
  const std::string another_way(32, 'x');
  EXPECT_EQ(rpc::ReasonOf(refused(tokens.Seal(MakeResumePoint(present.revision, another_way)))),
            "RESYNC");
  const absl::Status future =
      refused(tokens.Seal(MakeResumePoint(present.revision + 1, another_way)));
  EXPECT_THAT(future, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(rpc::ReasonOf(future), "FUTURE_TOKEN");
}

TEST_F(WatchTest, SlowWatcher_IsClosedAndResumesWithoutALoss) {
  App::Parts parts;
  parts.hub.changes = 4;
  Start(std::move(parts));
  v1::WatchChangesRequest request;
  request.set_snapshot(true);
  Watch watch(*journal_, request);
  auto message = watch.Next();
  while (message && !message->has_bookmark()) message = watch.Next();
  // More than the connection's windows hold, while nothing is read.
  v1::PutRecordRequest record;
  record.mutable_record()->set_name("records/big/one");
  record.mutable_record()->mutable_body()->set_value(std::string(900'000, 'x'));
  for (int i = 0; i < 30; ++i) {
    ASSERT_THAT(Call(*journal_, &v1::JournalService::Stub::PutRecord, record), IsOk());
  }
  const int64_t head = app_->book().Present()->revision();
  int64_t expected = message->revision() + 1;
  std::string token = message->token();
  while ((message = watch.NextChange())) {
    ASSERT_EQ(message->change().revision(), expected++);
    token = message->token();
    if (expected > head) break;
  }
  if (expected <= head) {
    EXPECT_EQ(rpc::ReasonOf(watch.End()), "SLOW_WATCHER");
  }
  Watch resumed(*journal_, From(token));
  for (; expected <= head; ++expected) {
    ASSERT_EQ(resumed.NextChange()->change().revision(), expected);
  }
}

TEST_F(WatchTest, Shutdown_EndsStreamsWithUnavailable) {
  Watch watch(*journal_, FromStart());
  ASSERT_TRUE(watch.NextChange());
  app_->Stop();
  EXPECT_THAT(watch.End(), StatusIs(absl::StatusCode::kUnavailable));
  app_.reset();
}

TEST_F(WatchTest, StreamShard_CoversEveryDeadlineOnce) {
  for (int i = 0; i < 20; ++i) {
    ASSERT_OK_AND_ASSIGN(const v1::Case created, CreateCase("", "Person"));
    v1::CreateFactRequest fact;
    fact.set_parent(created.name());
    fact.mutable_fact()->set_date("2018-04-20");
    fact.mutable_fact()->mutable_source()->set_title("court file");
    fact.mutable_fact()->mutable_custody()->set_kind(v1::Custody::KIND_REMAND);
    ASSERT_THAT(Call(*facts_, &v1::FactService::Stub::CreateFact, fact), IsOk());
  }
  for (const int shards : {64, 5}) {
    std::set<std::string> names;
    size_t received = 0;
    for (int shard = 0; shard < shards; ++shard) {
      grpc::ClientContext context;
      Admit(context, kAdmin);
      v1::StreamShardRequest request;
      request.set_shard(shard);
      request.set_shard_count(shards);
      auto reader = journal_->StreamShard(&context, request);
      v1::StreamShardResponse part;
      while (reader->Read(&part)) {
        for (const v1::Deadline& deadline : part.deadlines()) names.insert(deadline.name());
        received += part.deadlines_size();
      }
      ASSERT_TRUE(reader->Finish().ok());
    }
    v1::ListDeadlinesRequest list;
    ASSERT_OK_AND_ASSIGN(const auto all,
                         Call(*deadlines_, &v1::DeadlineService::Stub::ListDeadlines, list));
    EXPECT_EQ(static_cast<int>(names.size()), all.total_size());
    EXPECT_EQ(received, names.size()) << "each once";
  }
}

TEST_F(WatchTest, StreamShard_UnderConcurrentWrites_IsOfOneRevision) {
  std::vector<std::string> cases;
  for (int i = 0; i < 20; ++i) cases.push_back(CreateCase("", "Person")->name());
  const auto write = [&](int i) {
    v1::CreateFactRequest fact;
    fact.set_parent(cases[static_cast<size_t>(i) % cases.size()]);
    fact.mutable_fact()->set_date("2018-04-" + std::to_string(10 + i % 15));
    fact.mutable_fact()->mutable_source()->set_title("court file");
    fact.mutable_fact()->mutable_custody()->set_kind(v1::Custody::KIND_REMAND);
    EXPECT_THAT(Call(*facts_, &v1::FactService::Stub::CreateFact, fact), IsOk());
  };
  for (int i = 0; i < 20; ++i) write(i);
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    for (int i = 0; !stop; ++i) write(i);
  });
  std::set<std::string> streamed;
  int64_t revision = 0;
  for (int shard = 0; shard < 64; ++shard) {
    grpc::ClientContext context;
    Admit(context, kAdmin);
    v1::StreamShardRequest request;
    request.set_shard(shard);
    request.set_shard_count(64);
    request.set_revision(revision);
    auto reader = journal_->StreamShard(&context, request);
    v1::StreamShardResponse part;
    while (reader->Read(&part)) {
      if (revision == 0) revision = part.revision();
      EXPECT_EQ(part.revision(), revision);
      EXPECT_LE(part.deadlines_size(), 1000);
      for (const v1::Deadline& deadline : part.deadlines()) {
        EXPECT_TRUE(streamed.insert(deadline.name()).second) << "each once";
      }
    }
    EXPECT_TRUE(reader->Finish().ok());
  }
  stop = true;
  writer.join();
  // What the journal says of that revision.
  std::set<std::string> told;
  Watch watch(*journal_, FromStart());
  for (int64_t r = 1; r <= revision; ++r) {
    const auto message = watch.NextChange();
    ASSERT_TRUE(message);
    for (const v1::ChangeItem& item : message->change().items()) {
      for (const auto& gone : item.deadlines_changed().before()) told.erase(gone.name());
      for (const auto& now : item.deadlines_changed().after()) told.insert(now.name());
    }
  }
  EXPECT_FALSE(told.empty());
  EXPECT_EQ(streamed, told);
}

TEST_F(WatchTest, StreamShard_OfARevisionThatIsNotHeld_IsRefused) {
  grpc::ClientContext context;
  Admit(context, kAdmin);
  v1::StreamShardRequest request;
  request.set_shard_count(64);
  request.set_revision(1'000'000);
  v1::StreamShardResponse part;
  auto reader = journal_->StreamShard(&context, request);
  EXPECT_FALSE(reader->Read(&part));
  const absl::Status status = rpc::FromGrpcStatus(reader->Finish());
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_EQ(rpc::ReasonOf(status), "REVISION_GONE");
}

TEST_F(WatchTest, WatchHistoryOfTheConfiguration_SaysHowFarBackOneMayResume) {
  CreateCases(10);
  std::string token;
  {
    Watch watch(*journal_, FromStart());
    token = watch.NextChange()->token();
  }
  app_->Stop();
  app_.reset();
  config::v1::RegistryConfig config = Config();
  config.mutable_watch_history()->set_revisions(3);
  App::Parts parts;
  parts.clock = std::make_unique<ManualClock>();
  ASSERT_OK_AND_ASSIGN(app_, App::Start(config, std::move(parts)));
  const auto stub = v1::JournalService::NewStub(grpc::CreateChannel(
      "127.0.0.1:" + std::to_string(app_->port()), grpc::InsecureChannelCredentials()));
  const int64_t head = app_->book().Present()->revision();
  const absl::Status status = Watch(*stub, From(token)).End();
  EXPECT_EQ(rpc::ReasonOf(status), "COMPACTED");
  EXPECT_EQ(rpc::MetadataOf(status)["oldest_revision"], std::to_string(head - 2));
  Watch watch(*stub, FromStart());
  EXPECT_EQ(watch.NextChange()->change().revision(), head - 2);
}

TEST_F(WatchTest, RequestThatIsNone_IsRefused) {
  grpc::GenericStub stub(channel_);
  grpc::ClientContext context;
  Admit(context, kAdmin);
  grpc::CompletionQueue queue;
  const grpc::Slice slice(std::string("\x0a\xff"));
  const grpc::ByteBuffer request(&slice, 1);
  auto call = stub.PrepareCall(&context, "/vigil.registry.v1.JournalService/WatchChanges", &queue);
  void* tag = nullptr;
  bool ok = false;
  call->StartCall(nullptr);
  queue.Next(&tag, &ok);
  call->WriteLast(request, grpc::WriteOptions(), nullptr);
  queue.Next(&tag, &ok);
  grpc::Status status;
  call->Finish(&status, nullptr);
  queue.Next(&tag, &ok);
  EXPECT_EQ(rpc::ReasonOf(rpc::FromGrpcStatus(status)), "BAD_REQUEST");
}

}  // namespace
}  // namespace vigil::registry
