// Somebody with the file and a SQL shell changes the record: the verifier says where.
#include "registry-svc/audit/verify.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/registry/book_fixture.h"

namespace vigil::registry {
namespace {

using testing::HasSubstr;

class VerifyTest : public BookTest {
 protected:
  // Ten revisions or so, with every kind of row, and three reads.
  void SetUp() override {
    BookTest::SetUp();
    ASSERT_THAT(CreateCase("c-one", "Somebody"), IsOk());
    ASSERT_THAT(CreateCase("c-two", "Another"), IsOk());
    ASSERT_THAT(CreateFact("cases/c-one", Custody("2018-04-20"), "f1"), IsOk());
    v1::Fact secret = Custody("2018-04-21");
    secret.set_confidential(true);
    ASSERT_THAT(CreateFact("cases/c-one", secret, "f2"), IsOk());
    ASSERT_THAT(CreateFact("cases/c-two", Custody("2018-04-01"), "f3"), IsOk());
    v1::RetractFactRequest retraction;
    retraction.set_name("cases/c-two/facts/f3");
    retraction.set_reason("typo");
    ASSERT_THAT(Call(&Casebook::RetractFact, retraction), IsOk());
    v1::PutRecordRequest put;
    put.mutable_record()->set_name("records/policy/p");
    ASSERT_THAT(Call(&Casebook::PutRecord, put), IsOk());
    v1::RecordReceiptsRequest receipts;
    receipts.add_receipts()->set_id("r1");
    receipts.mutable_receipts(0)->set_kind(v1::Receipt::KIND_SENT);
    receipts.mutable_receipts(0)->set_parent("cases/c-one");
    ASSERT_THAT(Call(&Casebook::RecordReceipts, receipts), IsOk());
    for (int i = 0; i < 3; ++i) Read("cases/c-one/facts/f2");
  }

  void Read(const std::string& fact) {
    v1::Access access;
    access.add_facts(fact);
    absl::Notification recorded;
    book_->RecordAccess({.actor = "maria", .request_id = "t"}, access, [&](const absl::Status& s) {
      EXPECT_THAT(s, IsOk());
      recorded.Notify();
    });
    recorded.WaitForNotification();
  }

  void Tamper(const std::string& sql) {
    ASSERT_OK_AND_ASSIGN(Database database, Database::Open(dir_.File("registry.db")));
    ASSERT_THAT(database.Execute(sql), IsOk());
  }

  v1::VerifyAuditResponse Verify(const v1::AuditHead* witness = nullptr) {
    const auto verified = VerifyAuditFile(dir_.File("registry.db"), witness);
    EXPECT_THAT(verified, IsOk());
    return *verified;
  }

  void ExpectFault(v1::AuditFault::Part part, int64_t number, const std::string& what,
                   const v1::AuditHead* witness = nullptr) {
    const v1::VerifyAuditResponse verified = Verify(witness);
    EXPECT_FALSE(verified.intact());
    ASSERT_GT(verified.faults_size(), 0);
    EXPECT_EQ(verified.faults(0).part(), part) << verified.faults(0).what();
    EXPECT_EQ(verified.faults(0).number(), number);
    EXPECT_THAT(verified.faults(0).what(), HasSubstr(what));
  }

  void ExpectRowFault(const std::string& name, const std::string& what) {
    const v1::VerifyAuditResponse verified = Verify();
    EXPECT_FALSE(verified.intact());
    ASSERT_EQ(verified.faults_size(), 1);
    EXPECT_EQ(verified.faults(0).part(), v1::AuditFault::PART_ROWS);
    EXPECT_EQ(verified.faults(0).name(), name);
    EXPECT_THAT(verified.faults(0).what(), HasSubstr(what));
  }
};

TEST_F(VerifyTest, UntouchedRecord_IsIntactAlsoWhileItIsServedAndAfterADay) {
  const v1::VerifyAuditResponse verified = Verify();
  EXPECT_TRUE(verified.intact()) << verified.DebugString();
  EXPECT_EQ(verified.head().journal().number(), revision());
  EXPECT_EQ(verified.head().journal().hash(), Hex(book_->Present()->hash()));
  EXPECT_EQ(verified.head().accesses().number(), 3);
  EXPECT_EQ(verified.head().accesses().hash(), Hex(book_->Present()->accesses().hash));
  EXPECT_EQ(verified.head().journal_id(), book_->journal_id());
  clock_.Advance(absl::Hours(24 * 90));
  TurnDay();
  v1::EraseCaseRequest erasure;
  erasure.set_name("cases/c-one");
  erasure.set_reason("asked for");
  ASSERT_THAT(Call(&Casebook::EraseCase, erasure), IsOk());
  Open();
  const v1::VerifyAuditResponse later = Verify(&verified.head());
  EXPECT_TRUE(later.intact()) << later.DebugString();
}

TEST_F(VerifyTest, EditedEntry_IsNamed) {
  for (const char* chain : {"journal", "accesses"}) {
    const char* number = chain == std::string("journal") ? "revision" : "number";
    const auto part = chain == std::string("journal") ? v1::AuditFault::PART_JOURNAL
                                                      : v1::AuditFault::PART_ACCESSES;
    // One byte at the end of the payload: who, when or what.
    Tamper(
        fmt::format("CREATE TABLE was AS SELECT * FROM {0};"
                    "UPDATE {0} SET payload = "
                    "CAST(substr(payload, 1, length(payload) - 1) || x'7f' AS BLOB) "
                    "WHERE {1} = 2",
                    chain, number));
    ExpectFault(part, 2, "");
    // With a hash that fits: the next link gives it away.
    Tamper(fmt::format("DELETE FROM {0}; INSERT INTO {0} SELECT * FROM was", chain));
    EXPECT_TRUE(Verify().intact());
    Tamper(fmt::format("UPDATE {0} SET hash = zeroblob(32) WHERE {1} = 2", chain, number));
    ExpectFault(part, 2, "hash");
    Tamper(
        fmt::format("DELETE FROM {0}; INSERT INTO {0} SELECT * FROM was; DROP TABLE was", chain));
  }
}

TEST_F(VerifyTest, ForgedEntryWithAFittingHash_BreaksTheNextLink) {
  ASSERT_OK_AND_ASSIGN(const auto entries, store_->ReadJournal(1, 1, 1 << 20));
  v1::Change change;
  ASSERT_TRUE(change.ParseFromString(entries[0].payload));
  change.set_actor("somebody-else");
  const JournalEntry forged = MakeEntry(change);
  {
    ASSERT_OK_AND_ASSIGN(Database database, Database::Open(dir_.File("registry.db")));
    ASSERT_OK_AND_ASSIGN(Statement put,
                         database.Prepare("UPDATE journal SET hash=?, payload=? WHERE revision=2"));
    ASSERT_THAT(put.BindBlob(1, forged.hash).BindBlob(2, forged.payload).Run(), IsOk());
  }
  ExpectFault(v1::AuditFault::PART_JOURNAL, 3, "entry before");
}

TEST_F(VerifyTest, RemovedOrSwappedEntries_AreNamed) {
  Tamper("CREATE TABLE was AS SELECT * FROM journal; DELETE FROM journal WHERE revision = 4");
  ExpectFault(v1::AuditFault::PART_JOURNAL, 4, "missing");
  Tamper("UPDATE journal SET revision = revision - 1 WHERE revision > 4");
  ExpectFault(v1::AuditFault::PART_JOURNAL, 4, "another number");
  Tamper(
      "DELETE FROM journal; INSERT INTO journal SELECT * FROM was;"
      "UPDATE journal SET revision = 100 WHERE revision = 3;"
      "UPDATE journal SET revision = 3 WHERE revision = 4;"
      "UPDATE journal SET revision = 4 WHERE revision = 100");
  ExpectFault(v1::AuditFault::PART_JOURNAL, 3, "another number");
  Tamper("DELETE FROM accesses WHERE number = 1");
  const v1::VerifyAuditResponse verified = Verify();
  ASSERT_EQ(verified.faults_size(), 2) << "the first broken link of each chain";
  EXPECT_EQ(verified.faults(1).part(), v1::AuditFault::PART_ACCESSES);
  EXPECT_EQ(verified.faults(1).number(), 1);
}

TEST_F(VerifyTest, CutTail_IsToldByAWitnessAlone) {
  const v1::AuditHead witness = Verify().head();
  Tamper("DELETE FROM accesses WHERE number = 3");
  EXPECT_TRUE(Verify().intact()) << "a shorter chain is whole in itself";
  ExpectFault(v1::AuditFault::PART_WITNESS, 3, "cut off", &witness);
}

TEST_F(VerifyTest, ChainThatWentAnotherWay_IsToldByAWitness) {
  const v1::AuditHead witness = Verify().head();
  Tamper("DELETE FROM accesses WHERE number = 3");
  Open();
  Read("cases/c-two/facts/f3");
  ExpectFault(v1::AuditFault::PART_WITNESS, 3, "another way", &witness);
}

TEST_F(VerifyTest, EditedRow_IsNamed) {
  v1::Fact fact = *book_->Present()->Find("cases/c-one")->FindOwn("cases/c-one/facts/f1")->message;
  fact.set_date("2018-04-02");
  {
    ASSERT_OK_AND_ASSIGN(Database database, Database::Open(dir_.File("registry.db")));
    ASSERT_OK_AND_ASSIGN(Statement put, database.Prepare("UPDATE facts SET body=? WHERE name=?"));
    const std::string body = fact.SerializeAsString();
    ASSERT_THAT(put.BindBlob(1, body).Bind(2, fact.name()).Run(), IsOk());
  }
  ExpectRowFault("cases/c-one/facts/f1", "differs");
}

TEST_F(VerifyTest, EditedSealedRow_IsNamed) {
  Tamper("UPDATE facts SET sealed = zeroblob(80) WHERE name = 'cases/c-one/facts/f2'");
  ExpectRowFault("cases/c-one/facts/f2", "differs");
}

TEST_F(VerifyTest, RemovedRow_IsNamed) {
  Tamper("DELETE FROM facts WHERE name = 'cases/c-one/facts/f1'");
  ExpectRowFault("cases/c-one/facts/f1", "missing");
}

TEST_F(VerifyTest, RowThatWasNeverJournaled_IsNamed) {
  Tamper("INSERT INTO receipts SELECT 99, 'r2', parent, shard, body FROM receipts");
  ExpectRowFault("r2", "never journaled");
}

// The retraction in c-two comes before the record and the receipts.
TEST_F(VerifyTest, RevisionCutFromTheIndex_IsNamed) {
  const int64_t retraction = revision() - 2;
  Tamper(fmt::format("DELETE FROM file_revisions WHERE revision = {}", retraction));
  ExpectRowFault("cases/c-two", fmt::format("lacks revision {}", retraction));
}

TEST_F(VerifyTest, RevisionPutIntoTheIndex_IsNamed) {
  const int64_t retraction = revision() - 2;
  Tamper(fmt::format("INSERT INTO file_revisions VALUES('cases/c-one', {})", retraction));
  ExpectRowFault("cases/c-one",
                 fmt::format("holds revision {}, which tells nothing of it", retraction));
}

TEST_F(VerifyTest, IndexBeyondTheJournal_IsNamed) {
  Tamper("INSERT INTO file_revisions VALUES('cases/c-one', 999)");
  ExpectRowFault("cases/c-one", "holds revision 999");
}

TEST_F(VerifyTest, RevisionMovedToAnotherFileInTheIndex_IsNamedOnBothSides) {
  Tamper(fmt::format("UPDATE file_revisions SET file = 'cases/c-one' WHERE revision = {}",
                     revision() - 2));
  const v1::VerifyAuditResponse verified = Verify();
  ASSERT_EQ(verified.faults_size(), 2);
  EXPECT_EQ(verified.faults(0).name(), "cases/c-two");
  EXPECT_THAT(verified.faults(0).what(), HasSubstr("lacks"));
  EXPECT_EQ(verified.faults(1).name(), "cases/c-one");
  EXPECT_THAT(verified.faults(1).what(), HasSubstr("holds"));
}

TEST_F(VerifyTest, DatabaseWithoutTheIndex_IsIntactAndIndexedByTheNextStart) {
  Tamper("DELETE FROM file_revisions; DELETE FROM meta WHERE key = 'files_indexed'");
  EXPECT_TRUE(Verify().intact()) << "as a build before the index left it";
  Open();
  const v1::VerifyAuditResponse verified = Verify();
  EXPECT_TRUE(verified.intact()) << verified.DebugString();
  ASSERT_OK_AND_ASSIGN(Database database, Database::OpenReader(dir_.File("registry.db")));
  EXPECT_THAT(database.QueryInteger("SELECT count(*) > 0 FROM file_revisions"), IsOkAndHolds(1));
}

TEST_F(VerifyTest, DatabaseWhoseIndexHasNoRecords_IsIntactAndIndexedByTheNextStart) {
  Tamper(
      "DELETE FROM file_revisions WHERE file LIKE 'records/%' OR file = 'receipts';"
      "DELETE FROM meta WHERE key = 'services_indexed'");
  EXPECT_TRUE(Verify().intact()) << "as a build before left it";
  Open();
  EXPECT_TRUE(Verify().intact());
  Tamper("DELETE FROM file_revisions WHERE file LIKE 'records/%'");
  EXPECT_FALSE(Verify().intact());
}

TEST_F(VerifyTest, EditedCase_IsNamed) {
  Tamper(
      "UPDATE cases SET body = (SELECT body FROM cases WHERE name = 'cases/c-two') "
      "WHERE name = 'cases/c-one'");
  const v1::VerifyAuditResponse verified = Verify();
  EXPECT_FALSE(verified.intact());
  EXPECT_EQ(verified.faults(0).name(), "cases/c-one");
}

}  // namespace
}  // namespace vigil::registry
