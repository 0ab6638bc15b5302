// A case with thousands of deadlines, told in items that a client takes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "registry-svc/casebook/deadline_difference.h"
#include "registry-svc/rpc/parts.h"
#include "tests/unit/registry/book_fixture.h"

namespace vigil::registry {
namespace {

// A client's own limit is 4 MiB a message.
constexpr size_t kSmall = 1 << 20;

class BigItemsTest : public BookTest {
 protected:
  // A duty of each day since 2005.
  void SetUp() override {
    BookTest::SetUp();
    ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
    v1::Fact duty;
    duty.set_date("2005-01-01");
    duty.mutable_source()->set_title("court file");
    duty.mutable_reporting_duty()->set_every("P1D");
    ASSERT_THAT(CreateFact("cases/c-test", duty), IsOk());
    ASSERT_GT(deadlines().size(), 4000u);
  }
  std::vector<v1::Deadline> deadlines() const {
    return book_->Present()->Find("cases/c-test")->present->derived.deadlines;
  }
};

std::set<std::string> NamesOf(const google::protobuf::RepeatedPtrField<v1::Deadline>& deadlines) {
  std::set<std::string> names;
  for (const v1::Deadline& deadline : deadlines) names.insert(deadline.name());
  return names;
}

TEST_F(BigItemsTest, ManyNewDeadlines_AreJournaledInSmallItems) {
  std::set<std::string> told;
  for (const v1::ChangeItem& item : ChangeOf(revision()).items()) {
    EXPECT_LT(item.ByteSizeLong(), kSmall);
    for (const v1::Deadline& deadline : item.deadlines_changed().after()) {
      EXPECT_TRUE(told.insert(deadline.name()).second) << "told twice";
    }
  }
  EXPECT_EQ(told.size(), deadlines().size());
}

TEST_F(BigItemsTest, ManyMovedDeadlines_KeepBothSidesInOneItem) {
  v1::UpdateCaseRequest request;
  request.mutable_case_()->set_name("cases/c-test");
  request.mutable_case_()->set_display_name("Somebody else");
  ASSERT_THAT(Call(&Casebook::UpdateCase, request), IsOk());
  size_t told = 0;
  for (const v1::ChangeItem& item : ChangeOf(revision()).items()) {
    EXPECT_LT(item.ByteSizeLong(), kSmall);
    const v1::DeadlinesChanged& change = item.deadlines_changed();
    EXPECT_EQ(NamesOf(change.before()), NamesOf(change.after()));
    told += static_cast<size_t>(change.after_size());
  }
  EXPECT_EQ(told, deadlines().size());
}

TEST_F(BigItemsTest, Snapshot_ComesInSmallParts) {
  SnapshotParts parts(book_->Present(), {});
  v1::Change part;
  size_t told = 0;
  while (parts.Next(part)) {
    EXPECT_LT(part.ByteSizeLong(), kSmall);
    for (const v1::ChangeItem& item : part.items()) {
      told += static_cast<size_t>(item.deadlines_changed().after_size());
    }
  }
  EXPECT_EQ(told, deadlines().size());
}

TEST(InItems, JoinedInOrder_AreTheChange) {
  v1::DeadlinesChanged change;
  change.set_parent("cases/c-test");
  for (int i = 0; i < 40; ++i) {
    const std::string name = "d" + std::to_string(i);
    // Every third is new.
    if (i % 3 != 0) change.add_before()->set_name(name);
    change.add_after()->set_name(name);
  }
  for (int i = 0; i < 9; ++i) change.add_before()->set_name("gone" + std::to_string(i));
  const std::string whole = change.SerializeAsString();
  const std::vector<v1::DeadlinesChanged> items = InItems(std::move(change), 30);
  EXPECT_GT(items.size(), 5u);
  v1::DeadlinesChanged joined;
  for (const v1::DeadlinesChanged& item : items) joined.MergeFrom(item);
  EXPECT_EQ(joined.SerializeAsString(), whole);
}

}  // namespace
}  // namespace vigil::registry
