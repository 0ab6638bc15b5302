// What a disk, a kill or a hand can do to the files: survived, or refused with a clear word.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>

#include "common/rpc/errors.h"
#include "registry-svc/audit/verify.h"
#include "registry-svc/store/backup.h"
#include "tests/integration/registry/registry_fixture.h"
#include "tests/unit/registry/all_rows.h"

namespace vigil::registry {
namespace {

using testing::HasSubstr;

constexpr char kSecret[] = "told in confidence";

class DurabilityTest : public RegistryTest {
 protected:
  std::string path() const { return dir_.File("registry.db"); }

  void Close() {
    app_->Stop();
    app_.reset();
  }

  absl::Status AddFact(const std::string& parent, bool confidential) {
    v1::CreateFactRequest request;
    request.set_parent(parent);
    v1::Fact& fact = *request.mutable_fact();
    fact.set_date("2018-04-20");
    fact.mutable_source()->set_title("court file");
    fact.set_note(kSecret);
    fact.set_confidential(confidential);
    fact.mutable_custody()->set_kind(v1::Custody::KIND_REMAND);
    return Call(*facts_, &v1::FactService::Stub::CreateFact, request).status();
  }

  int64_t revision() const { return app_->book().Present()->revision(); }
  int32_t CaseCount() {
    const auto listed =
        Call(*cases_, &v1::CaseService::Stub::ListCases, v1::ListCasesRequest(), kReader);
    EXPECT_THAT(listed, IsOk());
    return listed.ok() ? listed->total_size() : -1;
  }

  static void ExpectIntact(const std::string& database) {
    const auto verified = VerifyAuditFile(database, nullptr);
    ASSERT_THAT(verified, IsOk());
    EXPECT_TRUE(verified->intact()) << verified->DebugString();
  }
};

// The next write past this size of a file fails, as a disk does that takes no more.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    signal(SIGXFSZ, handler_);
  }

 private:
  const sighandler_t handler_;
  rlimit before_;
};

TEST_F(DurabilityTest, DiskThatTakesNoMore_RefusesWritesReadsOnAndRecovers) {
  ASSERT_THAT(CreateCase("c-first", "Somebody"), IsOk());
  int32_t made = 1;
  absl::Status refusal;
  {
    const FileSizeLimit limit(std::filesystem::file_size(path() + "-wal") + 200'000);
    while (refusal.ok() && made < 10'000) {
      refusal = CreateCase("", std::string(500, 'x')).status();
      if (refusal.ok()) ++made;
    }
    // A full disk is STORE_FULL (services_test); this is a limit on the size of a file.
    EXPECT_EQ(rpc::ReasonOf(refusal), "STORE_FAILED");
    EXPECT_EQ(CaseCount(), made) << "reads go on, and nothing is half there";
  }
  EXPECT_THAT(CreateCase("c-last", "Somebody"), IsOk()) << "there is room again";
  EXPECT_EQ(CaseCount(), made + 1);
  Start();
  EXPECT_EQ(CaseCount(), made + 1);
  Close();
  ExpectIntact(path());
}

// A disk of its own, in memory. Only root may mount one.
class SmallDisk {
 public:
  explicit SmallDisk(std::string folder) : folder_(std::move(folder)) {
    std::filesystem::create_directory(folder_);
    mounted_ = mount("none", folder_.c_str(), "tmpfs", 0, "size=2m") == 0;
  }
  ~SmallDisk() {
    if (mounted_) umount2(folder_.c_str(), MNT_DETACH);
  }

  bool mounted() const { return mounted_; }
  bool Grow() { return mount("none", folder_.c_str(), "tmpfs", MS_REMOUNT, "size=16m") == 0; }

 private:
  const std::string folder_;
  bool mounted_ = false;
};

TEST_F(DurabilityTest, DiskThatIsFull_RefusesWritesWithStoreFullReadsOnAndRecovers) {
  SmallDisk disk(dir_.File("disk"));
  if (!disk.mounted()) GTEST_SKIP() << "mounting a disk needs root";
  const std::string database = dir_.File("disk/registry.db");
  const auto open = [&] {
    App::Parts parts;
    auto store = SqliteStore::Open({.path = database});
    ASSERT_THAT(store, IsOk());
    parts.store = *std::move(store);
    Start(std::move(parts));
  };
  open();
  int32_t made = 0;
  absl::Status refusal;
  while (refusal.ok() && made < 10'000) {
    refusal = CreateCase("", std::string(500, 'x')).status();
    if (refusal.ok()) ++made;
  }
  EXPECT_THAT(refusal, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(rpc::ReasonOf(refusal), "STORE_FULL");
  EXPECT_GT(made, 0);
  EXPECT_EQ(CaseCount(), made) << "reads go on, and nothing is half there";
  ASSERT_TRUE(disk.Grow());
  EXPECT_THAT(CreateCase("c-last", "Somebody"), IsOk()) << "there is room again";
  Close();
  open();
  EXPECT_EQ(CaseCount(), made + 1) << "what was answered is there, and no more";
  Close();
  ExpectIntact(database);
}

TEST_F(DurabilityTest, BackupWhileWritesGoOn_IsWholeAndHoldsAllThatWasAnsweredBefore) {
  ASSERT_THAT(CreateCase("c-first", "Somebody"), IsOk());
  ASSERT_THAT(AddFact("cases/c-first", true), IsOk());
  std::atomic<bool> stop = false;
  std::atomic<int> made = 0;
  std::thread writer([&] {
    while (!stop) {
      EXPECT_THAT(CreateCase("", "Somebody"), IsOk());
      ++made;
    }
  });
  for (int round = 0; round < 3; ++round) {
    while (made < 20 * (round + 1)) std::this_thread::yield();
    const int64_t before = revision();
    const std::string backup = dir_.File("backup-" + std::to_string(round));
    ASSERT_THAT(BackupDatabase(path(), backup), IsOk());
    ExpectIntact(backup);
    const auto verified = VerifyAuditFile(backup, nullptr);
    EXPECT_GE(verified->head().journal().number(), before);
    EXPECT_FALSE(std::filesystem::exists(backup + "-wal"));
    EXPECT_EQ(std::filesystem::status(backup).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    EXPECT_THAT(ReadFile(backup), testing::Not(HasSubstr(kSecret)));
  }
  stop = true;
  writer.join();
  EXPECT_THAT(BackupDatabase(path(), dir_.File("backup-0")),
              StatusIs(absl::StatusCode::kAlreadyExists));
}

TEST_F(DurabilityTest, RestoredBackup_ServesAndRefusesTokensOfTheOldJournal) {
  ASSERT_THAT(CreateCase("c-first", "Somebody"), IsOk());
  ASSERT_THAT(AddFact("cases/c-first", true), IsOk());
  ASSERT_THAT(BackupDatabase(path(), dir_.File("backup")), IsOk());
  ASSERT_THAT(CreateCase("c-later", "Somebody"), IsOk());
  std::string token;
  {
    grpc::ClientContext context;
    Admit(context, kAdmin);
    v1::WatchChangesRequest request;
    request.set_snapshot(true);
    auto stream = journal_->WatchChanges(&context, request);
    v1::WatchChangesResponse message;
    while (token.empty() && stream->Read(&message)) token = message.token();
    context.TryCancel();
  }
  ASSERT_NE(token, "");
  EXPECT_THAT(RestoreDatabase(dir_.File("backup"), path()),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("stop it first")));
  Close();
  ASSERT_OK_AND_ASSIGN(const Restored restored, RestoreDatabase(dir_.File("backup"), path()));
  EXPECT_TRUE(std::filesystem::exists(restored.put_aside));
  ExpectIntact(restored.put_aside);
  Start();
  EXPECT_EQ(CaseCount(), 1);
  EXPECT_EQ(app_->book().journal_id(), restored.head.journal_id());
  const FilePtr first = app_->book().Present()->Find("cases/c-first");
  for (const auto& fact : *first->own) {
    EXPECT_EQ(fact->message->note(), kSecret) << "the keyring was there all the time";
  }
  ASSERT_THAT(CreateCase("c-other", "Somebody"), IsOk());
  ASSERT_THAT(CreateCase("c-more", "Somebody"), IsOk());
  grpc::ClientContext context;
  Admit(context, kAdmin);
  v1::WatchChangesRequest request;
  request.set_token(token);
  auto stream = journal_->WatchChanges(&context, request);
  v1::WatchChangesResponse message;
  EXPECT_FALSE(stream->Read(&message));
  EXPECT_EQ(rpc::ReasonOf(rpc::FromGrpcStatus(stream->Finish())), "RESYNC");
}

TEST_F(DurabilityTest, BackupThatWasChanged_IsRefusedAndNothingIsTouched) {
  ASSERT_THAT(CreateCase("c-first", "Somebody"), IsOk());
  ASSERT_THAT(BackupDatabase(path(), dir_.File("backup")), IsOk());
  Close();
  const std::string before = ReadFile(path());
  {
    ASSERT_OK_AND_ASSIGN(Database database, Database::Open(dir_.File("backup")));
    ASSERT_THAT(database.Execute("DELETE FROM cases"), IsOk());
  }
  EXPECT_THAT(RestoreDatabase(dir_.File("backup"), path()),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("cases/c-first")));
  dir_.Write("nonsense", std::string(8192, 'x'));
  EXPECT_THAT(RestoreDatabase(dir_.File("nonsense"), path()),
              StatusIs(absl::StatusCode::kDataLoss));
  {
    ASSERT_OK_AND_ASSIGN(Database database, Database::Open(dir_.File("newer")));
    ASSERT_THAT(database.Execute("PRAGMA user_version=99"), IsOk());
  }
  EXPECT_THAT(RestoreDatabase(dir_.File("newer"), path()),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("newer build")));
  EXPECT_EQ(ReadFile(path()), before);
}

// A store of small pages, so that every byte of its log can be tried.
class LogTest : public testing::Test {
 protected:
  static constexpr int kCommits = 12;

  static Batch Commit(int64_t number, const std::string& last_hash) {
    Batch batch;
    v1::Change change;
    change.set_revision(number);
    change.set_prev_hash(last_hash);
    batch.entries.push_back(MakeEntry(change));
    batch.cases.emplace_back().set_name("cases/c-" + std::to_string(number));
    return batch;
  }

  // Leaves the files as a kill would, and the length of the log after each commit.
  void SetUp() override {
    {
      ASSERT_OK_AND_ASSIGN(Database database, Database::Open(dir_.File("live.db")));
      ASSERT_THAT(database.Execute("PRAGMA journal_mode=DELETE; PRAGMA page_size=512; VACUUM"),
                  IsOk());
    }
    ASSERT_OK_AND_ASSIGN(auto store, SqliteStore::Open({.path = dir_.File("live.db")}));
    std::string last;
    for (int number = 1; number <= kCommits; ++number) {
      const Batch batch = Commit(number, last);
      ASSERT_THAT(store->Commit(batch), IsOk());
      last = batch.entries.back().hash;
      lengths_.push_back(std::filesystem::file_size(dir_.File("live.db-wal")));
    }
    database_ = ReadFile(dir_.File("live.db"));
    log_ = ReadFile(dir_.File("live.db-wal"));
    ASSERT_EQ(log_.size(), lengths_.back());
  }

  // Commits whose every byte is within the first `length` of the log.
  int64_t WholeWithin(size_t length) const {
    return std::count_if(lengths_.begin(), lengths_.end(),
                         [&](size_t end) { return end <= length; });
  }

  void Put(std::string_view log) {
    for (const char* part : {"", "-shm"}) unlink((dir_.File("cut.db") + part).c_str());
    dir_.Write("cut.db", database_);
    dir_.Write("cut.db-wal", log);
  }

  TempDir dir_;
  std::string database_, log_;
  std::vector<size_t> lengths_;
};

TEST_F(LogTest, LogCutAtAnyByte_HoldsEveryCommitThatWasWholeAndNoPartOfAnother) {
  const size_t from = lengths_[kCommits - 2];
  for (size_t length = from; length <= log_.size(); ++length) {
    Put(std::string_view(log_).substr(0, length));
    // A reader recovers like a writer, and waits for no disk.
    ASSERT_OK_AND_ASSIGN(Database database, Database::OpenReader(dir_.File("cut.db")));
    ASSERT_OK_AND_ASSIGN(const int64_t revision,
                         database.QueryInteger("SELECT max(revision) FROM journal"));
    ASSERT_OK_AND_ASSIGN(const int64_t cases, database.QueryInteger("SELECT count(*) FROM cases"));
    ASSERT_EQ(revision, WholeWithin(length)) << "at byte " << length;
    ASSERT_EQ(cases, revision) << "at byte " << length;
  }
}

TEST_F(LogTest, StoreOverACutLog_LoadsAWholeChainAndGoesOn) {
  for (size_t length = lengths_[kCommits - 3]; length <= log_.size(); length += 97) {
    Put(std::string_view(log_).substr(0, length));
    ASSERT_OK_AND_ASSIGN(auto store, SqliteStore::Open({.path = dir_.File("cut.db")}));
    AllRows rows;
    ASSERT_OK_AND_ASSIGN(const Contents contents, store->Load(rows));
    ASSERT_EQ(contents.revision, WholeWithin(length)) << "at byte " << length;
    const Batch next = Commit(contents.revision + 1, contents.hash);
    ASSERT_THAT(store->Commit(next), IsOk());
  }
}

TEST_F(LogTest, FlippedByteInTheLog_EndsItThereOrIsRefused) {
  for (size_t at = lengths_[kCommits - 4]; at < log_.size(); at += 151) {
    std::string log = log_;
    log[at] = static_cast<char>(log[at] ^ 0x40);
    Put(log);
    auto store = SqliteStore::Open({.path = dir_.File("cut.db")});
    if (!store.ok()) {
      EXPECT_THAT(std::string(store.status().message()), HasSubstr("backup"));
      continue;
    }
    AllRows rows;
    const auto contents = (*store)->Load(rows);
    if (!contents.ok()) {
      EXPECT_THAT(contents, StatusIs(absl::StatusCode::kDataLoss)) << "at byte " << at;
      continue;
    }
    // The log's own checksums end it before the flip: what came later is lost with it, and the
    // witness tells.
    EXPECT_GE(contents->revision, WholeWithin(at)) << "at byte " << at;
    EXPECT_EQ(static_cast<int64_t>(rows.cases.size()), contents->revision);
  }
}

// What a store gives of what was recorded, as one text. Deadlines are derived anew.
std::string Recorded(const Contents& contents, const AllRows& rows) {
  std::string recorded = std::to_string(contents.revision) + contents.hash;
  for (const v1::Case& record : rows.cases) recorded += record.SerializeAsString();
  for (const v1::Fact& fact : rows.facts) recorded += fact.SerializeAsString();
  return recorded;
}

TEST_F(DurabilityTest, DamageOnAnyPage_IsRefusedOrFoundOrWithoutEffect) {
  for (int i = 0; i < 30; ++i) {
    const std::string name = "c-case" + std::to_string(i);
    ASSERT_THAT(CreateCase(name, std::string(300, 'a')), IsOk());
    ASSERT_THAT(AddFact("cases/" + name, i % 2 == 0), IsOk());
  }
  Close();
  const std::string whole = ReadFile(path());
  const auto load = [&]() -> absl::StatusOr<std::string> {
    auto store = SqliteStore::Open({.path = path()});
    if (!store.ok()) return store.status();
    AllRows rows;
    auto contents = (*store)->Load(rows);
    if (!contents.ok()) return contents.status();
    return Recorded(*contents, rows);
  };
  ASSERT_OK_AND_ASSIGN(const std::string told, load());
  constexpr size_t kPage = 4096;
  int refused = 0, found = 0, unused = 0;
  for (size_t page = 0; page < whole.size() / kPage; ++page) {
    std::string damaged = whole;
    damaged.replace(page * kPage + kPage / 2, 200, std::string(200, '\x55'));
    dir_.Write("registry.db", damaged);
    const absl::StatusOr<std::string> opened = load();
    if (!opened.ok()) {
      EXPECT_THAT(opened, StatusIs(absl::StatusCode::kDataLoss)) << "page " << page;
      EXPECT_THAT(std::string(opened.status().message()), HasSubstr("backup"));
      ++refused;
      continue;
    }
    const auto verified = VerifyAuditFile(path(), nullptr);
    if (!verified.ok() || !verified->intact()) {
      ++found;
      continue;
    }
    // Free space, an index, or derived content: what was recorded is all there.
    EXPECT_EQ(*opened, told) << "page " << page << " was damaged, and nobody noticed";
    ++unused;
  }
  // The rest are deadlines as they were told, which a start reads where they differ, and indexes.
  EXPECT_GT(3 * (refused + found), refused + found + unused);
  RecordProperty("refused", refused);
  RecordProperty("found", found);
  RecordProperty("unused", unused);
  dir_.Write("registry.db", whole);
  Start();
  EXPECT_EQ(CaseCount(), 30);
}

}  // namespace
}  // namespace vigil::registry
