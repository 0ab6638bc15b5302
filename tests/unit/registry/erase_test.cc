// Confidential facts on disk, and their erasure.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "common/rpc/errors.h"
#include "registry-svc/journal/entry.h"
#include "registry-svc/store/schema.h"
#include "tests/unit/registry/book_fixture.h"

namespace vigil::registry {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kSecret[] = "Sarsenbay the warder";

class EraseTest : public BookTest {
 protected:
  static v1::Fact Confidential() {
    v1::Fact fact = Custody("2018-04-20");
    fact.set_confidential(true);
    fact.set_note(kSecret);
    return fact;
  }

  absl::StatusOr<v1::EraseCaseResponse> Erase(const std::string& name,
                                              const std::string& reason = "asked for") {
    v1::EraseCaseRequest request;
    request.set_name(name);
    request.set_reason(reason);
    return Call(&Casebook::EraseCase, request);
  }

  v1::Fact FactOf(const std::string& name) const {
    return *book_->Present()
                ->Find(std::string(name.substr(0, name.find("/facts"))))
                ->FindOwn(name)
                ->message;
  }

  // Whether a deadline of the case rests on the fact.
  bool Counts(const std::string& name, const std::string& fact) const {
    const auto deadlines = book_->Present()->Find(name)->present->derived.deadlines;
    return std::any_of(deadlines.begin(), deadlines.end(), [&](const v1::Deadline& deadline) {
      return std::find(deadline.facts().begin(), deadline.facts().end(), fact) !=
             deadline.facts().end();
    });
  }

  void Close() {
    book_.reset();
    store_.reset();
  }

  // All files of the database, keys and logs included.
  std::string Raw() const {
    std::string bytes;
    for (const auto& file : std::filesystem::directory_iterator(dir_.path())) {
      bytes += ReadFile(file.path());
    }
    return bytes;
  }
};

TEST_F(EraseTest, ConfidentialFact_LiesSealedAndIsReadAgainAfterARestart) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  ASSERT_THAT(CreateFact("cases/c-test", Confidential(), "f1"), IsOk());
  EXPECT_THAT(Raw(), Not(HasSubstr(kSecret))) << "in the log";
  Open();
  EXPECT_EQ(FactOf("cases/c-test/facts/f1").note(), kSecret);
  Close();
  EXPECT_THAT(Raw(), Not(HasSubstr(kSecret))) << "after the checkpoint";
  EXPECT_THAT(Raw(), HasSubstr("Somebody")) << "or the search finds nothing at all";
}

TEST_F(EraseTest, RequestOfAConfidentialFact_CannotBeGuessedFromTheDatabase) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  v1::CreateFactRequest request;
  request.set_parent("cases/c-test");
  request.set_request_id("8f14e45f-ceea-467f-9a1b-0242ac120002");
  *request.mutable_fact() = Confidential();
  ASSERT_THAT(Call(&Casebook::CreateFact, request), IsOk());
  Close();
  const std::string guess = Sha256("CreateFact" + request.SerializeAsString());
  EXPECT_THAT(Raw(), Not(HasSubstr(guess)));
  // As a build before left it: a start keys what it finds, and knows the request still.
  {
    ASSERT_OK_AND_ASSIGN(Database database, Database::Open(dir_.File("registry.db")));
    ASSERT_THAT(database.Execute("DELETE FROM meta WHERE key='requests_keyed'"), IsOk());
    ASSERT_OK_AND_ASSIGN(Statement put, database.Prepare("UPDATE request_ids SET digest=?"));
    ASSERT_THAT(put.BindBlob(1, guess).Run(), IsOk());
  }
  ASSERT_THAT(Raw(), HasSubstr(guess));
  Open();
  EXPECT_THAT(Raw(), Not(HasSubstr(guess)));
  ASSERT_OK_AND_ASSIGN(const v1::Fact again, Call(&Casebook::CreateFact, request));
  EXPECT_EQ(book_->Present()->Find("cases/c-test")->own->size(), 1u);
}

TEST_F(EraseTest, ErasedFact_IsAShellForGood) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  ASSERT_THAT(CreateFact("cases/c-test", Confidential(), "f1"), IsOk());
  ASSERT_TRUE(Counts("cases/c-test", "cases/c-test/facts/f1"));
  ASSERT_OK_AND_ASSIGN(const auto answer, Erase("cases/c-test"));
  EXPECT_EQ(answer.erased_facts(), 1);
  EXPECT_EQ(answer.revision(), revision());
  for (int round = 0; round < 2; ++round) {
    const v1::Fact fact = FactOf("cases/c-test/facts/f1");
    EXPECT_TRUE(fact.has_erase_time());
    EXPECT_TRUE(fact.has_create_time());
    EXPECT_EQ(fact.note(), "");
    EXPECT_EQ(fact.what_case(), v1::Fact::WHAT_NOT_SET);
    EXPECT_FALSE(Counts("cases/c-test", fact.name())) << "what followed from it is withdrawn";
    EXPECT_TRUE(book_->Present()->Find("cases/c-test")->record->has_erase_time());
    Open();
  }
}

TEST_F(EraseTest, ErasedFact_IsReadByNobodyWithTheFilesAndTheMasterKey) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  ASSERT_THAT(CreateFact("cases/c-test", Confidential(), "f1"), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto before, store_->ReadJournal(0, 100, 1 << 20));
  ASSERT_THAT(Erase("cases/c-test"), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto entries, store_->ReadJournal(0, 100, 1 << 20));
  EXPECT_THAT(VerifyChain(0, "", entries), IsOk());
  EXPECT_EQ(entries[before.size() - 1].hash, before.back().hash) << "the past is not rewritten";
  int sealed = 0;
  for (const JournalEntry& entry : entries) {
    v1::Change change;
    ASSERT_TRUE(change.ParseFromString(entry.payload));
    for (const v1::ChangeItem& item : change.items()) {
      if (item.fact_changed().sealed().empty()) continue;
      ++sealed;
      ASSERT_OK_AND_ASSIGN(const auto opened, store_->vault().Unseal("cases/c-test/facts/f1",
                                                                     item.fact_changed().sealed()));
      EXPECT_NE(opened.erased, absl::InfiniteFuture());
      EXPECT_EQ(opened.text, "");
    }
  }
  EXPECT_EQ(sealed, 1);
}

TEST_F(EraseTest, OldBackup_BringsNothingErasedBack) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  ASSERT_THAT(CreateFact("cases/c-test", Confidential(), "f1"), IsOk());
  Close();
  const std::string backup = ReadFile(dir_.File("registry.db"));
  Open();
  ASSERT_THAT(Erase("cases/c-test"), IsOk());
  Close();
  dir_.Write("registry.db", backup);
  Open();
  EXPECT_TRUE(FactOf("cases/c-test/facts/f1").has_erase_time());
  EXPECT_FALSE(Counts("cases/c-test", "cases/c-test/facts/f1"));
}

TEST_F(EraseTest, KilledBetweenTheJournalAndTheKeys_TheNextStartDestroysThem) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  ASSERT_THAT(CreateFact("cases/c-test", Confidential(), "f1"), IsOk());
  Close();
  const std::string keyring = ReadFile(dir_.File("registry.db.keys"));
  Open();
  const auto entries = store_->ReadJournal(0, 100, 1 << 20);
  ASSERT_THAT(Erase("cases/c-test"), IsOk());
  Close();
  dir_.Write("registry.db.keys", keyring);  // as if the keys had not been reached
  Open();
  v1::Change change;
  ASSERT_TRUE(change.ParseFromString(entries->back().payload));
  const std::string& sealed = change.items(0).fact_changed().sealed().empty()
                                  ? change.items(change.items_size() - 2).fact_changed().sealed()
                                  : change.items(0).fact_changed().sealed();
  ASSERT_OK_AND_ASSIGN(const auto opened, store_->vault().Unseal("cases/c-test/facts/f1", sealed));
  EXPECT_NE(opened.erased, absl::InfiniteFuture());
}

TEST_F(EraseTest, WhatIsRecordedAfterAnErasure_Stays) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  ASSERT_THAT(CreateFact("cases/c-test", Confidential(), "f1"), IsOk());
  ASSERT_THAT(Erase("cases/c-test"), IsOk());
  ASSERT_THAT(CreateFact("cases/c-test", Confidential(), "f2"), IsOk());
  Open();
  EXPECT_TRUE(FactOf("cases/c-test/facts/f1").has_erase_time());
  EXPECT_EQ(FactOf("cases/c-test/facts/f2").note(), kSecret);
}

TEST_F(EraseTest, FactsOfOtherCasesAndOpenFacts_Stay) {
  ASSERT_THAT(CreateCase("c-one", "Somebody"), IsOk());
  ASSERT_THAT(CreateCase("c-two", "Another"), IsOk());
  v1::Fact shared = Confidential();
  shared.add_concerns("cases/c-two");
  ASSERT_THAT(CreateFact("cases/c-one", shared, "f1"), IsOk());
  ASSERT_THAT(CreateFact("cases/c-one", Custody("2018-01-01"), "open"), IsOk());
  ASSERT_THAT(CreateFact("cases/c-two", Confidential(), "f2"), IsOk());
  ASSERT_THAT(Erase("cases/c-one"), IsOk());
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(FactOf("cases/c-two/facts/f2").note(), kSecret);
    EXPECT_EQ(FactOf("cases/c-one/facts/open").date(), "2018-01-01");
    const FactList foreign = *book_->Present()->Find("cases/c-two")->foreign;
    ASSERT_EQ(foreign.size(), 1u);
    EXPECT_TRUE(foreign[0]->message->has_erase_time());
    EXPECT_EQ(foreign[0]->message->note(), "");
    Open();
  }
}

TEST_F(EraseTest, ErasureOfAnotherEtag_IsRefused) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  ASSERT_THAT(CreateFact("cases/c-test", Confidential(), "f1"), IsOk());
  v1::EraseCaseRequest request;
  request.set_name("cases/c-test");
  request.set_reason("asked for");
  request.set_etag("of another time");
  EXPECT_THAT(Call(&Casebook::EraseCase, request), StatusIs(absl::StatusCode::kAborted));
  EXPECT_EQ(FactOf("cases/c-test/facts/f1").note(), kSecret);
  request.set_etag(book_->Present()->Find("cases/c-test")->etag());
  EXPECT_THAT(Call(&Casebook::EraseCase, request), IsOk());
}

TEST_F(EraseTest, BadErasures_AreRefusedAndARepeatedOneDoesNothing) {
  EXPECT_EQ(rpc::ReasonOf(Erase("cases/c-none").status()), "CASE_NOT_FOUND");
  EXPECT_EQ(rpc::ReasonOf(Erase("dossiers/d-none").status()), "DOSSIER_NOT_FOUND");
  EXPECT_EQ(rpc::ReasonOf(Erase("records/a/b").status()), "BAD_NAME");
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  EXPECT_EQ(rpc::ReasonOf(Erase("cases/c-test", "").status()), "REQUIRED");
  EXPECT_EQ(rpc::ReasonOf(Erase("cases/c-test", std::string(5000, 'x')).status()), "TEXT_TOO_LONG");
  const int64_t before = revision();
  EXPECT_EQ(Erase("cases/c-test")->revision(), 0) << "there is nothing to erase";
  EXPECT_EQ(revision(), before);
  ASSERT_THAT(CreateFact("cases/c-test", Confidential(), "f1"), IsOk());
  ASSERT_THAT(Erase("cases/c-test"), IsOk());
  const int64_t after = revision();
  EXPECT_EQ(Erase("cases/c-test")->erased_facts(), 0);
  EXPECT_EQ(revision(), after);
  v1::RetractFactRequest retraction;
  retraction.set_name("cases/c-test/facts/f1");
  retraction.set_reason("typo");
  EXPECT_EQ(rpc::ReasonOf(Call(&Casebook::RetractFact, retraction).status()), "FACT_ERASED");
}

TEST_F(EraseTest, ErasureThatCannotBeJournaled_ErasesNothing) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  ASSERT_THAT(CreateFact("cases/c-test", Confidential(), "f1"), IsOk());
  store_->FailCommits(absl::ResourceExhaustedError("full"));
  EXPECT_EQ(rpc::ReasonOf(Erase("cases/c-test").status()), "STORE_FULL");
  store_->FailCommits(absl::OkStatus());
  EXPECT_EQ(FactOf("cases/c-test/facts/f1").note(), kSecret);
  Open();
  EXPECT_EQ(FactOf("cases/c-test/facts/f1").note(), kSecret);
}

TEST_F(EraseTest, KeyringThatCannotBeWritten_SaysUnfinishedAndTheNextCallFinishes) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  ASSERT_THAT(CreateFact("cases/c-test", Confidential(), "f1"), IsOk());
  ASSERT_OK_AND_ASSIGN(Database other, Database::Open(dir_.File("registry.db.keys")));
  ASSERT_THAT(other.Execute("BEGIN; SELECT * FROM keys"), IsOk());  // keeps the log from being cut
  EXPECT_EQ(rpc::ReasonOf(Erase("cases/c-test").status()), "ERASE_UNFINISHED");
  ASSERT_THAT(other.Execute("COMMIT"), IsOk());
  EXPECT_THAT(Erase("cases/c-test"), IsOk());
}

// A database as builds before this one wrote it.
TEST_F(EraseTest, OldDatabase_IsSealedAtTheFirstStart) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  ASSERT_THAT(CreateFact("cases/c-test", Confidential(), "f1"), IsOk());
  const v1::Fact whole = FactOf("cases/c-test/facts/f1");
  Close();
  {
    ASSERT_OK_AND_ASSIGN(Database old, Database::Open(dir_.File("registry.db")));
    ASSERT_OK_AND_ASSIGN(Statement put,
                         old.Prepare("UPDATE facts SET body=?, sealed=NULL WHERE name=?"));
    const std::string body = whole.SerializeAsString();
    ASSERT_THAT(put.BindBlob(1, body).Bind(2, whole.name()).Run(), IsOk());
    ASSERT_THAT(old.Execute("DELETE FROM meta WHERE key='confidential_sealed'"), IsOk());
  }
  ASSERT_THAT(Raw(), HasSubstr(kSecret));
  Open();
  EXPECT_EQ(FactOf("cases/c-test/facts/f1").note(), kSecret);
  EXPECT_THAT(Raw(), Not(HasSubstr(kSecret)));
}

}  // namespace
}  // namespace vigil::registry
