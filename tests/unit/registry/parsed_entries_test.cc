// Entries that reads of the past keep in memory.
#include "registry-svc/journal/parsed_entries.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry-svc/journal/touched.h"
#include "tests/testing/status_matchers.h"

namespace vigil::registry {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

// A journal in which each entry tells of one case, and counts what is read of it.
class ParsedEntriesTest : public testing::Test {
 protected:
  static constexpr int64_t kHead = 10;

  absl::StatusOr<std::vector<JournalEntry>> Read(int64_t after, int, int64_t) {
    ++reads_;
    if (after >= kHead) return std::vector<JournalEntry>();
    v1::Change change;
    change.set_revision(after + 1);
    change.add_items()->mutable_deadlines_changed()->set_parent("cases/c-1");
    change.add_items()->mutable_case_changed()->mutable_case_()->set_name("cases/c-1");
    return std::vector<JournalEntry>{MakeEntry(change)};
  }

  int reads_ = 0;
  ParsedEntries entries_ = ParsedEntries(
      [this](int64_t after, int limit, int64_t bytes) { return Read(after, limit, bytes); },
      100);  // two entries a generation
};

TEST_F(ParsedEntriesTest, Items_AreFoundByFileAndDeadlinesAreLeftOut) {
  ASSERT_OK_AND_ASSIGN(const auto entry, entries_.Read(3));
  EXPECT_EQ(entry->change.revision(), 3);
  ASSERT_THAT(entry->items, SizeIs(1));
  ASSERT_THAT(entry->items.at("cases/c-1"), SizeIs(1));
  EXPECT_TRUE(entry->items.at("cases/c-1").front()->has_case_changed());
  EXPECT_EQ(entry->change.items_size(), 1);
}

TEST_F(ParsedEntriesTest, EntryReadAgain_IsNotFetchedAgain) {
  ASSERT_THAT(entries_.Read(3), IsOk());
  ASSERT_THAT(entries_.Read(3), IsOk());
  EXPECT_EQ(reads_, 1);
}

TEST_F(ParsedEntriesTest, EntryInUse_IsKeptWhileOthersPass) {
  for (int64_t other = 2; other <= kHead; ++other) {
    ASSERT_THAT(entries_.Read(1), IsOk());
    ASSERT_THAT(entries_.Read(other), IsOk());
  }
  EXPECT_EQ(reads_, kHead) << "the first was fetched once";
}

TEST_F(ParsedEntriesTest, EntryOutOfUse_IsForgotten) {
  for (int64_t revision = 1; revision <= kHead; ++revision) {
    ASSERT_THAT(entries_.Read(revision), IsOk());
  }
  reads_ = 0;
  ASSERT_THAT(entries_.Read(1), IsOk());
  EXPECT_EQ(reads_, 1);
}

TEST_F(ParsedEntriesTest, EntryThatIsMissing_IsDamage) {
  EXPECT_THAT(entries_.Read(kHead + 1), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(FilesOf, EveryItem_NamesTheFilesWhoseRecordOrFactsItIsAbout) {
  v1::ChangeItem item;
  item.mutable_case_changed()->mutable_case_()->set_name("cases/c-1");
  EXPECT_THAT(FilesOf(item), ElementsAre("cases/c-1"));
  item.mutable_dossier_changed()->mutable_dossier()->set_name("dossiers/d-1");
  EXPECT_THAT(FilesOf(item), ElementsAre("dossiers/d-1"));
  v1::Fact& fact = *item.mutable_fact_changed()->mutable_fact();
  fact.set_name("dossiers/d-1/facts/f");
  fact.add_concerns("cases/c-1");
  EXPECT_THAT(FilesOf(item), testing::UnorderedElementsAre("dossiers/d-1", "cases/c-1"));
  item.mutable_case_erased()->set_parent("cases/c-1");
  EXPECT_THAT(FilesOf(item), ElementsAre("cases/c-1"));
  item.mutable_rules_activated();
  EXPECT_THAT(FilesOf(item), ElementsAre(kRulesFile));
  item.mutable_deadlines_changed()->set_parent("cases/c-1");
  EXPECT_THAT(FilesOf(item), testing::IsEmpty()) << "deadlines follow from the rest";
}

}  // namespace
}  // namespace vigil::registry
