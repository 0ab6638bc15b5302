#include "registry-svc/casebook/search_query.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry-svc/store/sqlite_store.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace vigil::registry {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class SearchQueryTest : public testing::Test {
 protected:
  void SetUp() override {
    auto store = SqliteStore::Open({.path = dir_.File("registry.db")});
    ASSERT_THAT(store, IsOk());
    store_ = *std::move(store);
  }

  void Put(std::vector<SearchKey> keys) {
    Batch batch;
    batch.search_keys = std::move(keys);
    ASSERT_THAT(store_->Commit(batch), IsOk());
  }

  static std::string File(int number) { return fmt::format("cases/c-{:06}", number); }

  // The same key for many files.
  void PutMany(KeyField field, const std::string& key, int count) {
    std::vector<SearchKey> keys;
    for (int i = 0; i < count; ++i) keys.push_back({field, key, File(i)});
    Put(std::move(keys));
  }

  FoundFiles Find(const std::vector<SearchDemand>& demands) {
    auto found = FindFiles(*store_, demands);
    EXPECT_THAT(found, IsOk());
    return found.ok() ? *found : FoundFiles();
  }

  TempDir dir_;
  std::unique_ptr<SqliteStore> store_;
};

TEST_F(SearchQueryTest, WhatALookupFinds_HasWorth) {
  for (const char* word : {"jakishev", "leila", "174", "ab", "abc"}) {
    const SearchDemand demand = SearchDemand::Word(word);
    for (const KeyLookup& lookup : demand.Lookups()) {
      const std::string key = lookup.key + (lookup.beginning ? "x" : "");
      EXPECT_TRUE(demand.WorthOf({lookup.field, key, "cases/c"})) << word << " " << key;
    }
  }
}

TEST_F(SearchQueryTest, BetterMatchesAreWorthMore) {
  const SearchDemand demand = SearchDemand::Word("jakishev");
  const auto worth = [&](KeyField field, const std::string& key) {
    return demand.WorthOf({field, key, "cases/c"}).value_or(0);
  };
  EXPECT_GT(worth(kNameKey, "jakishev"), worth(kNameKey, "jakisheva"));
  EXPECT_GT(worth(kNameKey, "jakisheva"), worth(kSoundKey, "jksv"));
  EXPECT_GT(worth(kSoundKey, "jksv"), worth(kPlaceKey, "jakishev"));
  EXPECT_GT(worth(kPlaceKey, "jakishev"), worth(kFactKey, "jakishev"));
  EXPECT_GT(worth(kFactKey, "jakishev"), worth(kNameKey, "jakimhev"));
  EXPECT_EQ(worth(kNameKey, "bokayev"), 0);
  EXPECT_EQ(worth(kPairKey, "jakishev"), 0);
}

TEST_F(SearchQueryTest, EveryDemandMustBeMet_AndTheirWorthAddsUp) {
  Put({{kNameKey, "maks", File(1)},
       {kNameKey, "bokayev", File(1)},
       {kNameKey, "maks", File(2)},
       {kFactKey, "bokayev", File(2)},
       {kNameKey, "maks", File(3)}});
  const FoundFiles found = Find({SearchDemand::Word("maks"), SearchDemand::Word("bokayev")});
  ASSERT_THAT(found.files, SizeIs(2));
  EXPECT_GT(found.files.at(File(1)).worth, found.files.at(File(2)).worth);
  EXPECT_EQ(found.files.at(File(2)).fields, 1u << kNameKey | 1u << kFactKey);
  EXPECT_FALSE(found.cut_off);
}

TEST_F(SearchQueryTest, AnExactDemand_NarrowsAndSaysNothing) {
  Put({{kNameKey, "maks", File(1)}, {kArticleKey, "174", File(1)}, {kNameKey, "maks", File(2)}});
  const FoundFiles narrowed =
      Find({SearchDemand::Word("maks"), SearchDemand::Exactly(kArticleKey, "174")});
  ASSERT_THAT(narrowed.files, SizeIs(1));
  EXPECT_EQ(narrowed.files.at(File(1)).fields, 1u << kNameKey);
  EXPECT_THAT(Find({SearchDemand::Exactly(kArticleKey, "17")}).files, IsEmpty());
}

TEST_F(SearchQueryTest, MoreFilesThanAreLookedAt_AreCutOffAndSaidSo) {
  PutMany(kFactKey, "court", static_cast<int>(kMaxFound) + 1);
  const FoundFiles found = Find({SearchDemand::Word("court")});
  EXPECT_THAT(found.files, SizeIs(kMaxFound));
  EXPECT_TRUE(found.cut_off);
}

// The narrow demand goes first; of the wide one the last file was not read, and is asked by itself.
TEST_F(SearchQueryTest, ANarrowDemandBesideAWideOne_FindsAllThere) {
  const int many = 3 * static_cast<int>(kMaxFound);
  PutMany(kFactKey, "court", many);
  Put({{kNameKey, "maks", File(many - 1)}, {kNameKey, "maks", File(many)}});
  const FoundFiles found = Find({SearchDemand::Word("court"), SearchDemand::Word("maks")});
  ASSERT_THAT(found.files, SizeIs(1));
  EXPECT_TRUE(found.files.contains(File(many - 1)));
  EXPECT_FALSE(found.cut_off);
}

}  // namespace
}  // namespace vigil::registry
