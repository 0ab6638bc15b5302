// The table of search keys, in the store and through changes of the casebook.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "registry-svc/casebook/search_fill.h"
#include "registry-svc/casebook/search_terms.h"
#include "registry-svc/store/search_table.h"
#include "tests/unit/registry/book_fixture.h"

namespace vigil::registry {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;
using testing::SizeIs;

constexpr int kAllFields[] = {kNameKey,  kFactKey, kArticleKey,  kPlaceKey,
                              kSoundKey, kPairKey, kLocalityKey, kKindKey};

class SearchTableTest : public BookTest {
 protected:
  std::set<SearchKey> Table() {
    std::set<SearchKey> keys;
    for (const int field : kAllFields) {
      auto part = store_->KeysFrom("", field, 1'000'000);
      EXPECT_THAT(part, IsOk());
      if (part.ok()) keys.insert(part->begin(), part->end());
    }
    return keys;
  }

  // What the present files give.
  std::set<SearchKey> Expected() {
    std::set<SearchKey> keys;
    book_->Present()->ForEach([&](const FilePtr& file) { keys.merge(SearchKeysOf(*file)); });
    return keys;
  }

  std::vector<std::string> KeysAt(std::vector<KeyLookup> lookups, int limit = 100) {
    auto keys = store_->FindKeys(lookups, limit);
    EXPECT_THAT(keys, IsOk());
    std::vector<std::string> out;
    for (const SearchKey& key : *keys) out.push_back(key.key + "@" + key.file);
    return out;
  }

  // Closes the database and takes from it what came after schema 2, as builds before this one had
  // it.
  void MakeOld() {
    book_.reset();
    store_.reset();
    ASSERT_OK_AND_ASSIGN(Database database, Database::Open(dir_.File("registry.db")));
    while (true) {
      ASSERT_OK_AND_ASSIGN(
          const std::string later,
          database.QueryText(
              "SELECT name FROM sqlite_master WHERE type='table' AND name NOT IN "
              "('meta','cases','dossiers','facts','deadlines','records','receipts',"
              "'shard_positions','journal','request_ids','erased_keys','accesses')"));
      if (later.empty()) break;
      ASSERT_THAT(database.Execute("DROP TABLE " + later), IsOk());
    }
    ASSERT_THAT(database.Execute("DROP INDEX request_ids_by_time;"
                                 "ALTER TABLE request_ids DROP COLUMN answer;"
                                 "DELETE FROM meta WHERE key='search_keys'; PRAGMA user_version=2"),
                IsOk());
  }

  absl::Status Put(std::vector<SearchKey> keys) {
    Batch batch;
    batch.search_keys = std::move(keys);
    return store_->Commit(batch);
  }
};

TEST_F(SearchTableTest, LookupsFindWholeKeysAndBeginnings_InOrderUpToTheLimit) {
  ASSERT_THAT(Put({{1, "ab", "cases/b"},
                   {1, "ab", "cases/a"},
                   {1, "abc", "cases/a"},
                   {1, "ac", "cases/a"},
                   {2, "ab", "cases/z"}}),
              IsOk());
  EXPECT_THAT(KeysAt({{1, "ab", false}}), ElementsAre("ab@cases/a", "ab@cases/b"));
  EXPECT_THAT(KeysAt({{1, "ab", true}}), ElementsAre("ab@cases/a", "ab@cases/b", "abc@cases/a"));
  EXPECT_THAT(KeysAt({{1, "ac", false}, {2, "a", true}}), ElementsAre("ac@cases/a", "ab@cases/z"));
  EXPECT_THAT(KeysAt({{1, "ab", true}, {2, "a", true}}, 3), SizeIs(3));
  EXPECT_THAT(KeysAt({{1, "zz", true}, {3, "ab", false}}), IsEmpty());
}

TEST_F(SearchTableTest, KeysOfSomeFilesAndFromAFileOn) {
  ASSERT_THAT(
      Put({{1, "b", "cases/a"}, {1, "a", "cases/a"}, {2, "c", "cases/a"}, {1, "a", "cases/b"}}),
      IsOk());
  ASSERT_OK_AND_ASSIGN(const auto of, store_->KeysOf({"cases/b", "cases/a"}, {2, 1}));
  EXPECT_THAT(of, ElementsAre(SearchKey{1, "a", "cases/b"}, SearchKey{1, "a", "cases/a"},
                              SearchKey{1, "b", "cases/a"}, SearchKey{2, "c", "cases/a"}));
  ASSERT_OK_AND_ASSIGN(const auto some, store_->KeysOf({"cases/a"}, {2}));
  EXPECT_THAT(some, ElementsAre(SearchKey{2, "c", "cases/a"}));
  ASSERT_OK_AND_ASSIGN(const auto from, store_->KeysFrom("cases/a ", 1, 10));
  EXPECT_THAT(from, ElementsAre(SearchKey{1, "a", "cases/b"}));
}

TEST_F(SearchTableTest, KeysFromAFileOn_AreReadInOrderAndNotSorted) {
  ASSERT_OK_AND_ASSIGN(Database database, Database::Open(dir_.File("registry.db")));
  ASSERT_OK_AND_ASSIGN(Statement plan,
                       database.Prepare(std::string("EXPLAIN QUERY PLAN ") + kKeysFromFile));
  std::vector<std::string> steps;
  absl::StatusOr<bool> row = true;
  while ((row = plan.Step()).ok() && *row) steps.emplace_back(plan.Text(3));
  ASSERT_THAT(row, IsOk());
  EXPECT_THAT(steps, ElementsAre(testing::HasSubstr("search_keys_by_file (file>?")));
}

TEST_F(SearchTableTest, ABatchThatFails_LeavesTheKeysAsTheyWere) {
  ASSERT_THAT(CreateCase("c-one", "Mukhtar Dzhakishev"), IsOk());
  const std::set<SearchKey> before = Table();
  store_->FailCommits(absl::InternalError("no"));
  EXPECT_FALSE(CreateCase("c-two", "Maks Bokayev").ok());
  store_->FailCommits(absl::OkStatus());
  EXPECT_EQ(Table(), before);
}

TEST_F(SearchTableTest, ADatabaseWithoutKeys_IsFilledAtStart) {
  ASSERT_THAT(CreateCase("c-one", "Mukhtar Dzhakishev"), IsOk());
  v1::Fact fact = Custody("2018-04-20");
  fact.set_note("solitary");
  ASSERT_THAT(CreateFact("cases/c-one", fact), IsOk());
  fact.set_confidential(true);
  fact.set_note("whispered");
  ASSERT_THAT(CreateFact("cases/c-one", fact), IsOk());
  const std::set<SearchKey> made = Table();
  MakeOld();
  Open();
  EXPECT_EQ(Table(), made);
  EXPECT_THAT(made, IsSupersetOf({SearchKey{kFactKey, "solitary", "cases/c-one"},
                                  SearchKey{kNameKey, "jakishev", "cases/c-one"}}));
  EXPECT_THAT(made, Not(testing::Contains(SearchKey{kFactKey, "whispered", "cases/c-one"})));
}

TEST_F(SearchTableTest, KeysOfAnotherBuild_AreMadeAnewOnce) {
  ASSERT_THAT(CreateCase("c-one", "Mukhtar Dzhakishev"), IsOk());
  Batch old;
  old.search_keys = {{kNameKey, "stale", "cases/c-one"}};
  old.meta[kMetaSearchKeys] = "0";
  ASSERT_THAT(store_->Commit(old), IsOk());
  Open();
  EXPECT_EQ(Table(), Expected());
  const int commits = store_->commits();
  Open();
  EXPECT_EQ(store_->commits(), commits - 1) << "nothing is filled again";
}

// Random commands over a few cases and dossiers; after each the table holds what the files give.
class Commands {
 public:
  Commands(Casebook& book, unsigned seed) : book_(book), random_(seed) {}

  // Most are refused by the state of things, which is as good.
  void Next() {
    switch (Draw(9)) {
      case 0:
        return Create();
      case 1:
        return Update();
      case 2: {
        v1::DeleteCaseRequest request;
        request.set_name(Case());
        return Run(&Casebook::DeleteCase, request);
      }
      case 3: {
        v1::UndeleteCaseRequest request;
        request.set_name(Case());
        return Run(&Casebook::UndeleteCase, request);
      }
      case 4:
        return Retract();
      case 5: {
        if (Draw(4) > 0) return Append();
        v1::EraseCaseRequest request;
        request.set_name(Case());
        request.set_reason("asked for");
        return Run(&Casebook::EraseCase, request);
      }
      default:
        return Append();
    }
  }

 private:
  int Draw(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
  std::string Case() { return "cases/c-" + std::to_string(1000 + Draw(4)); }
  std::string Word() {
    static constexpr const char* kWords[] = {"Almaty", "Мухтар", "fever", "Dzhakishev",
                                             "court",  "174",    "Әбіл",  "beaten"};
    return kWords[Draw(8)];
  }

  template <class Request, class Response>
  void Run(void (Casebook::*method)(Origin, Request, Done<Response>), Request request) {
    Waiter<Response> waiter;
    (book_.*method)({.actor = "tester", .request_id = "t1"}, std::move(request), waiter.Take());
    (void)waiter.Wait();
  }

  void Create() {
    v1::CreateCaseRequest request;
    request.set_case_id(Case().substr(6));
    request.mutable_case_()->set_display_name(Word() + " " + Word());
    Run(&Casebook::CreateCase, request);
  }

  void Update() {
    v1::UpdateCaseRequest request;
    request.mutable_case_()->set_name(Case());
    if (Draw(2) == 0) request.mutable_case_()->set_place(Word());
    if (Draw(2) == 0) request.mutable_case_()->mutable_person()->add_names()->set_text(Word());
    Run(&Casebook::UpdateCase, request);
  }

  void Append() {
    v1::CreateFactRequest request;
    request.set_parent(Draw(5) == 0 ? "dossiers/d-1000" : Case());
    request.set_fact_id("f" + std::to_string(next_fact_++));
    v1::Fact& fact = *request.mutable_fact();
    fact.set_date("2018-04-20");
    fact.mutable_source()->set_title(Word());
    fact.mutable_health()->set_what(Word() + " " + Word());
    fact.set_confidential(Draw(4) == 0);
    if (Draw(3) == 0) fact.set_lineage("f" + std::to_string(Draw(next_fact_)));
    if (Draw(3) == 0) fact.add_concerns(Case());
    Run(&Casebook::CreateFact, request);
  }

  void Retract() {
    v1::RetractFactRequest request;
    request.set_name(Case() + "/facts/f" + std::to_string(Draw(next_fact_)));
    request.set_reason("mistaken");
    Run(&Casebook::RetractFact, request);
  }

  Casebook& book_;
  std::mt19937 random_;
  int next_fact_ = 1;
};

TEST_F(SearchTableTest, AfterAnyCommands_TheTableIsWhatTheFilesGive) {
  v1::CreateDossierRequest dossier;
  dossier.set_dossier_id("d-1000");
  dossier.mutable_dossier()->set_display_name("A mission");
  ASSERT_THAT(Call(&Casebook::CreateDossier, dossier), IsOk());
  for (unsigned seed = 1; seed <= 4; ++seed) {
    Commands commands(*book_, seed);
    for (int i = 0; i < 60; ++i) {
      commands.Next();
      ASSERT_EQ(Table(), Expected()) << "seed " << seed << ", command " << i;
    }
  }
  EXPECT_THAT(Table(), Not(IsEmpty()));
}

}  // namespace
}  // namespace vigil::registry
