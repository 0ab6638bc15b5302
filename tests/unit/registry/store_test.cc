#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_format.h"
#include "registry-svc/store/schema.h"
#include "registry-svc/store/sqlite_store.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"
#include "tests/unit/registry/all_rows.h"

namespace vigil::registry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

class SqliteStoreTest : public testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<SqliteStore>> Open(int64_t max_pages = 0) {
    return SqliteStore::Open({.path = path(), .max_pages = max_pages});
  }
  std::string path() const { return dir_.File("registry.db"); }

  // `count` entries that follow `last`.
  static Batch Entries(int count, const JournalEntry& last = {}) {
    Batch batch;
    for (int i = 0; i < count; ++i) {
      const JournalEntry& before = batch.entries.empty() ? last : batch.entries.back();
      v1::Change change;
      change.set_revision(before.revision + 1);
      change.set_prev_hash(before.hash);
      batch.entries.push_back(MakeEntry(change));
    }
    return batch;
  }

  // An entry that tells of two cases.
  static v1::Change FactThatConcernsAnother() {
    v1::Change change;
    change.set_revision(1);
    v1::Fact& fact = *change.add_items()->mutable_fact_changed()->mutable_fact();
    fact.set_name("cases/c-1/facts/f");
    fact.add_concerns("cases/c-2");
    return change;
  }

  TempDir dir_;
};

TEST_F(SqliteStoreTest, EverythingCommittedIsThereAfterReopening) {
  {
    ASSERT_OK_AND_ASSIGN(auto store, Open());
    Batch batch = Entries(2);
    batch.cases.emplace_back().set_name("cases/c-1");
    batch.dossiers.emplace_back().set_name("dossiers/d-1");
    batch.facts.emplace_back().open.set_name("cases/c-1/facts/z");
    batch.facts.emplace_back().open.set_name("cases/c-1/facts/a");
    batch.deadlines.emplace_back().set_name("cases/c-1/deadlines/x");
    batch.deadlines.emplace_back().set_name("cases/c-10/deadlines/y");
    batch.told_prints["cases/c-1"] = ~uint64_t{0};
    batch.records.emplace_back().set_name("records/policy/p");
    batch.receipts.emplace_back().receipt.set_id("r1");
    batch.positions.emplace_back().set_shard(7);
    batch.meta["key"] = std::string("\0value", 6);
    batch.requests.push_back({.id = "id", .digest = "d", .name = "cases/c-1", .time = 5});
    ASSERT_THAT(store->Commit(batch), IsOk());
  }
  ASSERT_OK_AND_ASSIGN(auto store, Open());
  AllRows rows;
  ASSERT_OK_AND_ASSIGN(const Contents contents, store->Load(rows));
  EXPECT_THAT(rows.cases, SizeIs(1));
  EXPECT_THAT(rows.dossiers, SizeIs(1));
  ASSERT_THAT(rows.facts, SizeIs(2));
  EXPECT_EQ(rows.facts[0].name(), "cases/c-1/facts/z") << "the order of recording is kept";
  EXPECT_THAT(rows.told_prints, ElementsAre(Pair("cases/c-1", ~uint64_t{0})));
  EXPECT_THAT(contents.records, SizeIs(1));
  EXPECT_THAT(rows.receipts, SizeIs(1));
  ASSERT_THAT(contents.positions, SizeIs(1));
  EXPECT_EQ(contents.positions[0].shard(), 7);
  EXPECT_EQ(contents.meta.at("key"), std::string("\0value", 6));
  EXPECT_EQ(contents.revision, 2);
  ASSERT_OK_AND_ASSIGN(const Told told, store->ReadTold("cases/c-1"));
  EXPECT_EQ(told.record.name(), "cases/c-1");
  ASSERT_THAT(told.deadlines, SizeIs(1)) << "those of the case alone";
  EXPECT_EQ(told.deadlines[0].name(), "cases/c-1/deadlines/x");
  ASSERT_OK_AND_ASSIGN(const auto request, store->FindRequest("id"));
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(request->name, "cases/c-1");
}

TEST_F(SqliteStoreTest, AFactReplacedKeepsItsPlace) {
  ASSERT_OK_AND_ASSIGN(auto store, Open());
  Batch batch;
  batch.facts.emplace_back().open.set_name("cases/c-1/facts/a");
  batch.facts.emplace_back().open.set_name("cases/c-1/facts/b");
  ASSERT_THAT(store->Commit(batch), IsOk());
  Batch retraction;
  retraction.facts.emplace_back().open.set_name("cases/c-1/facts/a");
  retraction.facts.back().open.set_retract_reason("typo");
  ASSERT_THAT(store->Commit(retraction), IsOk());
  AllRows rows;
  ASSERT_OK_AND_ASSIGN(const Contents contents, store->Load(rows));
  ASSERT_THAT(rows.facts, SizeIs(2));
  EXPECT_EQ(rows.facts[0].retract_reason(), "typo");
}

TEST_F(SqliteStoreTest, ACommitThatFailsChangesNothing) {
  ASSERT_OK_AND_ASSIGN(auto store, Open());
  Batch batch = Entries(1);
  batch.cases.emplace_back().set_name("cases/c-1");
  ASSERT_THAT(store->Commit(batch), IsOk());
  Batch doubled = Entries(1);  // the same revision again
  doubled.cases.emplace_back().set_name("cases/c-2");
  EXPECT_FALSE(store->Commit(doubled).ok());
  AllRows rows;
  ASSERT_OK_AND_ASSIGN(const Contents contents, store->Load(rows));
  EXPECT_THAT(rows.cases, SizeIs(1));
  EXPECT_EQ(contents.revision, 1);
}

TEST_F(SqliteStoreTest, AFullDiskIsRefusedAndLaterCommitsThatFitAreMade) {
  ASSERT_OK_AND_ASSIGN(auto store, Open(40));
  Batch big;
  big.cases.emplace_back().set_name("cases/c-big");
  big.cases.back().set_place(std::string(1 << 20, 'x'));
  EXPECT_THAT(store->Commit(big),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("full")));
  Batch small;
  small.cases.emplace_back().set_name("cases/c-small");
  EXPECT_THAT(store->Commit(small), IsOk());
  AllRows rows;
  ASSERT_OK_AND_ASSIGN(const Contents contents, store->Load(rows));
  ASSERT_THAT(rows.cases, SizeIs(1));
  EXPECT_EQ(rows.cases[0].name(), "cases/c-small");
}

TEST_F(SqliteStoreTest, AFileThatIsNoDatabaseIsRefusedWithItsName) {
  dir_.Write("registry.db", std::string(8192, 'x'));
  const auto store = Open();
  EXPECT_THAT(store, StatusIs(absl::StatusCode::kDataLoss, HasSubstr("registry.db")));
  EXPECT_THAT(std::string(store.status().message()), HasSubstr("backup"));
}

TEST_F(SqliteStoreTest, ADamagedDatabaseIsRefused) {
  {
    ASSERT_OK_AND_ASSIGN(auto store, Open());
    for (int i = 0; i < 200; ++i) {
      Batch batch;
      batch.cases.emplace_back().set_name("cases/c-" + std::to_string(i));
      batch.cases.back().set_place(std::string(2000, 'x'));
      ASSERT_THAT(store->Commit(batch), IsOk());
    }
  }
  std::string bytes = ReadFile(path());
  ASSERT_GT(bytes.size(), 40 * 4096u);
  for (size_t page = 10; page < 30; ++page) bytes.replace(page * 4096, 64, std::string(64, '\xff'));
  dir_.Write("registry.db", bytes);
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("backup")));
}

TEST_F(SqliteStoreTest, ANewerSchemaIsRefused) {
  {
    ASSERT_OK_AND_ASSIGN(Database database, Database::Open(path()));
    ASSERT_THAT(database.Execute("PRAGMA user_version=99"), IsOk());
  }
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("schema 99")));
}

TEST_F(SqliteStoreTest, AnEmptyFileGetsTheSchemaOfThisBuild) {
  { ASSERT_THAT(Open(), IsOk()); }
  ASSERT_OK_AND_ASSIGN(Database database, Database::Open(path()));
  ASSERT_OK_AND_ASSIGN(const int64_t version, database.QueryInteger("PRAGMA user_version"));
  EXPECT_EQ(version, SchemaVersion());
  ASSERT_OK_AND_ASSIGN(const int64_t synchronous, database.QueryInteger("PRAGMA synchronous"));
  EXPECT_EQ(synchronous, 2) << "FULL";
}

TEST_F(SqliteStoreTest, FilesAreForTheOwnerAlone) {
  ASSERT_OK_AND_ASSIGN(auto store, Open());
  ASSERT_THAT(store->Commit(Entries(1)), IsOk());
  for (const auto& file : std::filesystem::directory_iterator(dir_.path())) {
    const auto others = std::filesystem::perms::group_all | std::filesystem::perms::others_all;
    EXPECT_EQ(file.status().permissions() & others, std::filesystem::perms::none) << file.path();
  }
}

TEST_F(SqliteStoreTest, ASecondProcessIsKeptOut) {
  ASSERT_OK_AND_ASSIGN(auto store, Open());
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("another")));
}

TEST_F(SqliteStoreTest, AFolderThatIsMissingIsNamed) {
  EXPECT_THAT(SqliteStore::Open({.path = dir_.File("none/registry.db")}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("none/registry.db")));
}

TEST_F(SqliteStoreTest, AnEditedJournalIsDetectedAtStart) {
  {
    ASSERT_OK_AND_ASSIGN(auto store, Open());
    ASSERT_THAT(store->Commit(Entries(5)), IsOk());
  }
  {
    ASSERT_OK_AND_ASSIGN(Database database, Database::Open(path()));
    ASSERT_THAT(database.Execute("UPDATE journal SET payload=x'0803' WHERE revision=3"), IsOk());
  }
  ASSERT_OK_AND_ASSIGN(auto store, Open());
  AllRows rows;
  EXPECT_THAT(store->Load(rows), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("revision 3")));
}

TEST_F(SqliteStoreTest, ALongJournalIsCheckedFromAnEntryOnThatIsTrusted) {
  ASSERT_OK_AND_ASSIGN(auto store, Open());
  const Batch batch = Entries(1500);
  ASSERT_THAT(store->Commit(batch), IsOk());
  AllRows rows;
  ASSERT_OK_AND_ASSIGN(const Contents contents, store->Load(rows));
  EXPECT_EQ(contents.revision, 1500);
  EXPECT_EQ(contents.hash, batch.entries.back().hash);
}

TEST_F(SqliteStoreTest, TheJournalIsReadInParts) {
  ASSERT_OK_AND_ASSIGN(auto store, Open());
  ASSERT_THAT(store->Commit(Entries(10)), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto part, store->ReadJournal(4, 3, 1 << 20));
  ASSERT_THAT(part, SizeIs(3));
  EXPECT_EQ(part.front().revision, 5);
  ASSERT_OK_AND_ASSIGN(const auto narrow, store->ReadJournal(4, 3, 1));
  EXPECT_THAT(narrow, SizeIs(1));
}

TEST_F(SqliteStoreTest, AnEntryIsFoundByEachFileThatItTellsOf) {
  ASSERT_OK_AND_ASSIGN(auto store, Open());
  Batch batch;
  batch.entries.push_back(MakeEntry(FactThatConcernsAnother()));
  ASSERT_THAT(store->Commit(batch), IsOk());
  EXPECT_THAT(*store->ReadRevisions("cases/c-1"), ElementsAre(1));
  EXPECT_THAT(*store->ReadRevisions("cases/c-2"), ElementsAre(1));
  EXPECT_THAT(*store->ReadRevisions("cases/c-3"), IsEmpty());
}

TEST_F(SqliteStoreTest, EntriesOfEarlierBuildsAreIndexedWhenItIsOpened) {
  {
    ASSERT_OK_AND_ASSIGN(auto store, Open());
    Batch batch;
    batch.entries.push_back(MakeEntry(FactThatConcernsAnother()));
    ASSERT_THAT(store->Commit(batch), IsOk());
  }
  {
    ASSERT_OK_AND_ASSIGN(Database old, Database::Open(path()));
    ASSERT_THAT(old.Execute("DROP TABLE file_revisions; DROP TABLE rule_archives;"
                            "DROP TABLE search_keys; DROP TABLE told_prints;"
                            "DROP INDEX request_ids_by_time;"
                            "ALTER TABLE request_ids DROP COLUMN answer;"
                            "DELETE FROM meta WHERE key='files_indexed'; PRAGMA user_version=2"),
                IsOk());
  }
  ASSERT_OK_AND_ASSIGN(auto store, Open());
  EXPECT_THAT(*store->ReadRevisions("cases/c-2"), ElementsAre(1));
}

TEST_F(SqliteStoreTest, OldRequestsAreFoundByTheirTime) {
  ASSERT_OK_AND_ASSIGN(auto store, Open());
  ASSERT_OK_AND_ASSIGN(Database database, Database::OpenReader(path()));
  ASSERT_OK_AND_ASSIGN(
      Statement plan,
      database.Prepare("EXPLAIN QUERY PLAN DELETE FROM request_ids WHERE time < 1"));
  ASSERT_OK_AND_ASSIGN(const bool row, plan.Step());
  ASSERT_TRUE(row);
  EXPECT_THAT(std::string(plan.Text(3)), HasSubstr("request_ids_by_time"));
}

TEST_F(SqliteStoreTest, RulesAreKeptUnderTheirVersionAndNotReplaced) {
  ASSERT_OK_AND_ASSIGN(auto store, Open());
  Batch batch;
  batch.rule_archives["v1"] = std::string("\0packs", 6);
  ASSERT_THAT(store->Commit(batch), IsOk());
  batch.rule_archives["v1"] = "others";
  ASSERT_THAT(store->Commit(batch), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto kept, store->FindRules("v1"));
  EXPECT_EQ(kept, std::string("\0packs", 6));
  ASSERT_OK_AND_ASSIGN(const auto none, store->FindRules("v2"));
  EXPECT_FALSE(none.has_value());
  AllRows rows;
  ASSERT_OK_AND_ASSIGN(const Contents contents, store->Load(rows));
  EXPECT_THAT(contents.rule_versions, ElementsAre("v1"));
}

TEST_F(SqliteStoreTest, ReceiptsAreReadByCaseAndNumber) {
  ASSERT_OK_AND_ASSIGN(auto store, Open());
  Batch batch;
  for (int i = 0; i < 6; ++i) {
    v1::Receipt& receipt = batch.receipts.emplace_back().receipt;
    receipt.set_id("r" + std::to_string(i));
    receipt.set_parent(i % 2 == 0 ? "cases/even" : "cases/odd");
  }
  ASSERT_THAT(store->Commit(batch), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto odd, store->ReadReceipts("cases/odd", 2, 10));
  ASSERT_THAT(odd, SizeIs(2));
  EXPECT_EQ(odd[0].receipt.id(), "r3");
  ASSERT_OK_AND_ASSIGN(const auto known, store->KnownReceipts({"r1", "r9"}));
  EXPECT_THAT(known, ElementsAre("r1"));
}

TEST_F(SqliteStoreTest, LastRevisionsOfManyNames_AreThoseUpToTheRevision) {
  ASSERT_OK_AND_ASSIGN(auto store, Open());
  constexpr int kNames = 1003;  // on three pages
  const auto name = [](int i) { return absl::StrFormat("records/x/%04d", i); };
  // The first entry tells of every second one, the next of all, and of two beside the folder.
  JournalEntry before;
  for (const int step : {2, 1}) {
    v1::Change change;
    change.set_revision(before.revision + 1);
    change.set_prev_hash(before.hash);
    const auto add = [&](const std::string& name) {
      change.add_items()->mutable_record_changed()->mutable_record()->set_name(name);
    };
    for (int i = 0; i < kNames; i += step) add(name(i));
    for (const char* beside : {"records/w/9", "records/y/0"}) add(beside);
    Batch batch;
    batch.entries.push_back(MakeEntry(change));
    before = batch.entries.back();
    ASSERT_THAT(store->Commit(batch), IsOk());
  }
  ASSERT_OK_AND_ASSIGN(const auto first, store->LastRevisions("records/x/", 1));
  std::vector<std::pair<std::string, int64_t>> even, all;
  for (int i = 0; i < kNames; ++i) {
    all.emplace_back(name(i), 2);
    if (i % 2 == 0) even.emplace_back(name(i), 1);
  }
  EXPECT_EQ(first, even);
  ASSERT_OK_AND_ASSIGN(const auto second, store->LastRevisions("records/x/", 2));
  EXPECT_EQ(second, all);
  ASSERT_OK_AND_ASSIGN(const auto none, store->LastRevisions("records/z/", 2));
  EXPECT_THAT(none, IsEmpty());
}

}  // namespace
}  // namespace vigil::registry
