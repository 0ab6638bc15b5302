// The past of vocabularies, records and receipts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/rpc/errors.h"
#include "registry-svc/casebook/vocabularies.h"
#include "tests/unit/registry/past_fixture.h"

namespace vigil::registry {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class PastSettings : public PastTest {
 protected:
  void SetUp() override {
    for (const char* name : {"articles", "courts", "institutions"}) Write(name, "1", "{name: One}");
    Write("places", "1", "{name: Atyrau}");
    Reload();
  }

  void Write(const std::string& name, const std::string& version, const std::string& entries) {
    files_.Write(name + ".yaml", "name: vocabularies/" + name + "\nversion: \"" + version +
                                     "\"\nscope: for a test\nentries: [" + entries + "]\n");
  }
  // A start with the files as they are.
  void Reload() {
    auto loaded = Vocabularies::Load(files_.path());
    ASSERT_THAT(loaded, IsOk());
    options_.vocabularies = std::make_shared<const Vocabularies>(*std::move(loaded));
    Reopen();
  }

  // Names of the entries of places that were loaded at a revision.
  absl::StatusOr<std::vector<std::string>> PlacesAt(int64_t revision) {
    const auto versions = past_->VocabulariesAt(revision);
    if (!versions.ok()) return versions.status();
    const auto places = past_->ReadVocabulary(versions->back());
    if (!places.ok()) return places.status();
    std::vector<std::string> names;
    for (const v1::Entry& entry : places->entries()) names.push_back(entry.name());
    return names;
  }

  // Puts a record whose body says `what`; the revision that holds it.
  int64_t Put(const std::string& name, const std::string& what) {
    v1::PutRecordRequest request;
    request.mutable_record()->set_name(name);
    request.mutable_record()->mutable_body()->set_type_url(what);
    EXPECT_THAT(Call(&Casebook::PutRecord, request), IsOk());
    return revision();
  }
  int64_t Delete(const std::string& name) {
    v1::DeleteRecordRequest request;
    request.set_name(name);
    EXPECT_THAT(Call(&Casebook::DeleteRecord, request), IsOk());
    return revision();
  }
  // What the record said at a revision; empty where it was not there.
  std::string Said(const std::string& name, int64_t revision) {
    const auto record = past_->FindRecord(name, revision);
    if (record.ok()) return record->body().type_url();
    EXPECT_EQ(rpc::ReasonOf(record.status()), "RECORD_NOT_FOUND");
    return "";
  }
  std::vector<std::string> Names(const std::string& folder, int64_t revision) {
    std::vector<std::string> names;
    EXPECT_THAT(past_->ForEachRecord(
                    folder, revision, [] { return false; },
                    [&](const v1::Record& record) { names.push_back(record.name()); }),
                IsOk());
    return names;
  }

  int64_t RecordReceipts(const std::vector<std::string>& ids) {
    v1::RecordReceiptsRequest request;
    for (const std::string& id : ids) {
      v1::Receipt& receipt = *request.add_receipts();
      receipt.set_id(id);
      receipt.set_kind(v1::Receipt::KIND_SENT);
    }
    EXPECT_THAT(Call(&Casebook::RecordReceipts, request), IsOk());
    return revision();
  }
  std::vector<std::string> ReceiptsAt(int64_t revision) {
    std::vector<std::string> ids;
    const auto end = past_->ReceiptsEnd(revision);
    EXPECT_THAT(end, IsOk());
    const auto receipts = store_->ReadReceipts("", 0, 1000);
    for (const NumberedReceipt& receipt : *receipts) {
      if (receipt.number < *end) ids.push_back(receipt.receipt.id());
    }
    return ids;
  }

  // Changes the database as it lies.
  void Execute(const std::string& sql) {
    past_.reset();
    book_.reset();
    store_.reset();
    ASSERT_OK_AND_ASSIGN(Database database, Database::Open(dir_.File("registry.db")));
    ASSERT_THAT(database.Execute(sql), IsOk());
  }

  TempDir files_;
};

TEST_F(PastSettings, Vocabulary_IsReadAsItWasLoaded) {
  const int64_t first = revision();
  Write("places", "2", "{name: Aktau}, {name: Atyrau}");
  Reload();
  const int64_t second = revision();
  ASSERT_EQ(second, first + 1);
  EXPECT_THAT(PlacesAt(first), IsOkAndHolds(ElementsAre("Atyrau")));
  EXPECT_THAT(PlacesAt(second), IsOkAndHolds(ElementsAre("Aktau", "Atyrau")));
  EXPECT_EQ(rpc::ReasonOf(PlacesAt(0).status()), "VOCABULARY_NOT_KEPT") << "before any start";
}

TEST_F(PastSettings, VocabularyOfABuildThatDidNotKeepIt_IsRefused) {
  const int64_t first = revision();
  Execute("DELETE FROM rule_archives WHERE version LIKE 'vocabularies/%'");
  Write("places", "2", "{name: Aktau}");
  Reload();
  EXPECT_EQ(rpc::ReasonOf(PlacesAt(first).status()), "VOCABULARY_NOT_KEPT");
  EXPECT_THAT(PlacesAt(revision()), IsOkAndHolds(ElementsAre("Aktau")));
}

TEST_F(PastSettings, VocabularyThatWasChangedInTheDatabase_IsRefused) {
  const int64_t first = revision();
  Write("places", "2", "{name: Aktau}");
  Reload();
  Execute("UPDATE rule_archives SET body = x'' WHERE version LIKE 'vocabularies/places%'");
  Reopen();
  EXPECT_EQ(rpc::ReasonOf(PlacesAt(first).status()), "VOCABULARY_NOT_KEPT");
}

TEST_F(PastSettings, Record_IsReadAsItWas) {
  const int64_t before = revision();
  const int64_t first = Put("records/tests/one", "a");
  const int64_t second = Put("records/tests/one", "b");
  const int64_t gone = Delete("records/tests/one");
  const int64_t back = Put("records/tests/one", "c");
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(Said("records/tests/one", before), "");
    EXPECT_EQ(Said("records/tests/one", first), "a");
    EXPECT_EQ(Said("records/tests/one", second), "b");
    EXPECT_EQ(Said("records/tests/one", gone), "");
    EXPECT_EQ(Said("records/tests/one", back), "c");
    EXPECT_EQ(Said("records/tests/on", back), "") << "no other name";
    Reopen();
  }
}

TEST_F(PastSettings, Records_AreThoseThatWereThere) {
  Put("records/tests/one", "a");
  const int64_t one = Put("records/tests-of-others/x", "a");
  const int64_t two = Put("records/tests/two", "a");
  const int64_t less = Delete("records/tests/one");
  EXPECT_THAT(Names("records/tests/", one), ElementsAre("records/tests/one"));
  EXPECT_THAT(Names("records/tests/", two), ElementsAre("records/tests/one", "records/tests/two"));
  EXPECT_THAT(Names("records/tests/", less), ElementsAre("records/tests/two"));
  EXPECT_THAT(Names("records/", less),
              ElementsAre("records/tests-of-others/x", "records/tests/two"));
  EXPECT_THAT(Names("records/", 0), IsEmpty());
}

TEST_F(PastSettings, Receipts_EndWithThoseOfTheRevision) {
  const int64_t before = revision();
  const int64_t first = RecordReceipts({"r1", "r2"});
  const int64_t between = Put("records/tests/one", "a");
  const int64_t second = RecordReceipts({"r2", "r3"});
  EXPECT_THAT(ReceiptsAt(before), IsEmpty());
  EXPECT_THAT(ReceiptsAt(first), ElementsAre("r1", "r2"));
  EXPECT_THAT(ReceiptsAt(between), ElementsAre("r1", "r2"));
  EXPECT_THAT(ReceiptsAt(second), ElementsAre("r1", "r2", "r3"));
  EXPECT_THAT(ReceiptsAt(Put("records/tests/one", "b")), ElementsAre("r1", "r2", "r3"));
}

TEST_F(PastSettings, RecordsAndReceiptsOfEarlierBuilds_AreIndexedAtTheNextStart) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  const int64_t first = Put("records/tests/one", "a");
  const int64_t told = RecordReceipts({"r1"});
  Put("records/tests/one", "b");
  RecordReceipts({"r2"});
  Execute(
      "DELETE FROM file_revisions WHERE file LIKE 'records/%' OR file = 'receipts';"
      "DELETE FROM meta WHERE key = 'services_indexed'");
  Reopen();
  EXPECT_EQ(Said("records/tests/one", first), "a");
  EXPECT_THAT(ReceiptsAt(told), ElementsAre("r1"));
  EXPECT_THAT(*store_->ReadRevisions("cases/c-test"), testing::SizeIs(1)) << "not twice";
}

}  // namespace
}  // namespace vigil::registry
