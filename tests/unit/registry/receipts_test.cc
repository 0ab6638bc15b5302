#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/shard/shard.h"
#include "registry-svc/rpc/parts.h"
#include "tests/unit/registry/book_fixture.h"

namespace vigil::registry {
namespace {

using testing::SizeIs;

class ReceiptsTest : public BookTest {
 protected:
  void SetUp() override {
    BookTest::SetUp();
    ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
    ASSERT_THAT(CreateFact("cases/c-test", Custody("2018-04-20")), IsOk());
    deadline_ = file()->present->derived.deadlines.front().name();
  }
  FilePtr file() const { return book_->Present()->Find("cases/c-test"); }

  v1::Receipt Receipt(const std::string& id) const {
    v1::Receipt receipt;
    receipt.set_id(id);
    receipt.set_kind(v1::Receipt::KIND_SENT);
    receipt.set_parent("cases/c-test");
    receipt.set_deadline(deadline_);
    return receipt;
  }

  std::vector<v1::StreamShardResponse> Shard(int shard) const {
    ShardParts parts(book_->Present(), shard, Snapshot::kShards);
    std::vector<v1::StreamShardResponse> all;
    v1::StreamShardResponse part;
    while (parts.Next(part)) all.push_back(part);
    return all;
  }

  std::string deadline_;
};

TEST_F(ReceiptsTest, KnownIds_AreLeftOutAndThePositionIsKept) {
  v1::RecordReceiptsRequest request;
  *request.add_receipts() = Receipt("r1");
  *request.add_receipts() = Receipt("r1");
  request.mutable_position()->set_shard(5);
  request.mutable_position()->set_stream_id("1-0");
  const int64_t before = revision();
  ASSERT_OK_AND_ASSIGN(const auto first, Call(&Casebook::RecordReceipts, request));
  EXPECT_EQ(first.revision(), before + 1);
  EXPECT_THAT(*file()->receipts, SizeIs(1));
  *request.add_receipts() = Receipt("r2");
  request.mutable_position()->set_stream_id("2-0");
  ASSERT_THAT(Call(&Casebook::RecordReceipts, request), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto again, Call(&Casebook::RecordReceipts, request));
  EXPECT_EQ(again.revision(), before + 2) << "the present one where all were known";
  Open();
  EXPECT_THAT(*file()->receipts, SizeIs(2));
  EXPECT_EQ(book_->Present()->settings().positions.at(5).stream_id(), "2-0");
}

TEST_F(ReceiptsTest, BadReceipts_AreNamedAndNothingIsKept) {
  v1::RecordReceiptsRequest request;
  *request.add_receipts() = Receipt("r1");
  request.add_receipts();
  EXPECT_THAT(Call(&Casebook::RecordReceipts, request),
              StatusIs(absl::StatusCode::kInvalidArgument, testing::HasSubstr("receipts[1].id")));
  EXPECT_THAT(*file()->receipts, SizeIs(0));
}

TEST_F(ReceiptsTest, TimeThatJsonCannotSay_IsNamedAndNothingIsKept) {
  for (const std::string field : {"time", "until"}) {
    v1::RecordReceiptsRequest request;
    v1::Receipt& receipt = *request.add_receipts() = Receipt("r1");
    (field == "time" ? receipt.mutable_time() : receipt.mutable_until())->set_nanos(-1);
    EXPECT_THAT(
        Call(&Casebook::RecordReceipts, request),
        StatusIs(absl::StatusCode::kInvalidArgument, testing::HasSubstr("receipts[0]." + field)));
  }
  EXPECT_THAT(*file()->receipts, SizeIs(0));
}

TEST_F(ReceiptsTest, Shard_HoldsDeadlinesAndReceiptsOfDeadlinesThatAreGoneToo) {
  v1::RecordReceiptsRequest request;
  *request.add_receipts() = Receipt("r1");
  *request.add_receipts() = Receipt("r2");
  request.mutable_receipts(1)->set_deadline("cases/c-test/deadlines/gone");
  const int shard = ShardOf("cases/c-test");
  request.mutable_position()->set_shard(shard);
  request.mutable_position()->set_epoch("e1");
  ASSERT_THAT(Call(&Casebook::RecordReceipts, request), IsOk());
  const auto parts = Shard(shard);
  ASSERT_THAT(parts, SizeIs(1));
  EXPECT_EQ(parts[0].revision(), revision());
  EXPECT_EQ(parts[0].hash(), book_->Present()->hash());
  EXPECT_EQ(parts[0].deadlines_size(), static_cast<int>(file()->present->derived.deadlines.size()));
  // A withdrawal may still have to be told to whom r2 told the date.
  ASSERT_EQ(parts[0].receipts_size(), 2);
  EXPECT_EQ(parts[0].receipts(0).id(), "r1");
  EXPECT_EQ(parts[0].receipts(1).id(), "r2");
  EXPECT_EQ(parts[0].position().epoch(), "e1");
}

TEST_F(ReceiptsTest, EmptyShard_StillTellsItsRevision) {
  const auto parts = Shard((ShardOf("cases/c-test") + 1) % Snapshot::kShards);
  ASSERT_THAT(parts, SizeIs(1));
  EXPECT_EQ(parts[0].revision(), revision());
  EXPECT_EQ(parts[0].deadlines_size(), 0);
}

TEST_F(ReceiptsTest, ReceiptOfADigest_ComesWithTheShardThatBroughtIt) {
  v1::RecordReceiptsRequest request;
  *request.add_receipts() = Receipt("digest");
  request.mutable_receipts(0)->clear_parent();
  request.mutable_position()->set_shard(9);
  ASSERT_THAT(Call(&Casebook::RecordReceipts, request), IsOk());
  Open();
  const auto parts = Shard(9);
  ASSERT_THAT(parts, SizeIs(1));
  ASSERT_EQ(parts[0].receipts_size(), 1);
  EXPECT_EQ(parts[0].receipts(0).id(), "digest");
}

TEST_F(ReceiptsTest, ManyReceipts_ComeInPartsBelowTheLimitAndAllOfThem) {
  v1::RecordReceiptsRequest request;
  for (int i = 0; i < 5000; ++i) *request.add_receipts() = Receipt("r" + std::to_string(i));
  ASSERT_THAT(Call(&Casebook::RecordReceipts, request), IsOk());
  int received = 0;
  for (const auto& part : Shard(ShardOf("cases/c-test"))) {
    received += part.receipts_size();
    EXPECT_LE(part.receipts_size(), 1000);
    EXPECT_LT(part.ByteSizeLong(), 2u << 20);
  }
  EXPECT_EQ(received, 5000);

  SnapshotParts parts(book_->Present(), {v1::TOPIC_RECEIPTS});
  v1::Change part;
  int told = 0;
  while (parts.Next(part)) {
    EXPECT_LT(part.ByteSizeLong(), 2u << 20);
    for (const auto& item : part.items()) told += item.receipts_recorded().receipts_size();
  }
  EXPECT_EQ(told, 5000);
}

TEST_F(ReceiptsTest, SnapshotForWhoWatchesReceipts_TellsADeletedCaseThatHasThem) {
  ASSERT_THAT(CreateCase("c-silent", "Nobody"), IsOk());
  v1::RecordReceiptsRequest request;
  *request.add_receipts() = Receipt("r1");
  ASSERT_THAT(Call(&Casebook::RecordReceipts, request), IsOk());
  for (const char* name : {"cases/c-test", "cases/c-silent"}) {
    v1::DeleteCaseRequest deletion;
    deletion.set_name(name);
    ASSERT_THAT(Call(&Casebook::DeleteCase, deletion), IsOk());
  }
  // What is told of cases and receipts.
  const auto told = [this](const std::set<int>& topics) {
    SnapshotParts parts(book_->Present(), topics);
    std::vector<std::string> out;
    v1::Change part;
    while (parts.Next(part)) {
      for (const auto& item : part.items()) {
        if (item.has_case_changed()) {
          const v1::CaseChanged& change = item.case_changed();
          out.push_back(change.case_().name() + " " + v1::CaseChanged::Kind_Name(change.kind()));
        }
        for (const auto& receipt : item.receipts_recorded().receipts()) out.push_back(receipt.id());
      }
    }
    return out;
  };
  EXPECT_THAT(told({}), testing::ElementsAre("cases/c-test KIND_DELETED", "r1"));
  EXPECT_THAT(told({v1::TOPIC_CASES, v1::TOPIC_RECEIPTS}),
              testing::ElementsAre("cases/c-test KIND_DELETED", "r1"));
  EXPECT_THAT(told({v1::TOPIC_CASES}), SizeIs(0)) << "who is told of no receipts needs none";
  EXPECT_THAT(told({v1::TOPIC_RECEIPTS}), testing::ElementsAre("r1"));
}

TEST_F(ReceiptsTest, Records_AreWrittenWithEtagsAndDeleted) {
  v1::PutRecordRequest request;
  request.mutable_record()->set_name("records/policy/CUSTODY_LIMIT");
  request.set_create_only(true);
  ASSERT_OK_AND_ASSIGN(const v1::Record first, Call(&Casebook::PutRecord, request));
  EXPECT_THAT(Call(&Casebook::PutRecord, request), StatusIs(absl::StatusCode::kAlreadyExists));
  request.set_create_only(false);
  *request.mutable_record() = first;
  ASSERT_OK_AND_ASSIGN(const v1::Record second, Call(&Casebook::PutRecord, request));
  EXPECT_NE(second.etag(), first.etag());
  EXPECT_THAT(Call(&Casebook::PutRecord, request), StatusIs(absl::StatusCode::kAborted));
  v1::DeleteRecordRequest deletion;
  deletion.set_name(first.name());
  deletion.set_etag(second.etag());
  ASSERT_THAT(Call(&Casebook::DeleteRecord, deletion), IsOk());
  EXPECT_TRUE(ChangeOf(revision()).items(0).record_changed().deleted());
  EXPECT_THAT(Call(&Casebook::DeleteRecord, deletion), StatusIs(absl::StatusCode::kNotFound));
  Open();
  EXPECT_TRUE(book_->Present()->settings().records.empty());
}

}  // namespace
}  // namespace vigil::registry
