#include "registry-svc/casebook/file_cache.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "tests/unit/registry/book_fixture.h"

namespace vigil::registry {
namespace {

// A case with a custody fact, packed as a commit does.
PackedPtr Packed(int number, const std::string& title = "Somebody") {
  auto record = std::make_shared<v1::Case>();
  record->set_name("cases/c-" + std::to_string(number));
  record->set_display_name(title);
  CaseFile file = NewCaseFile(record, nullptr);
  v1::Fact fact;
  fact.set_name(record->name() + "/facts/f1");
  fact.set_date("2018-04-20");
  fact.mutable_source()->set_title("court file");
  fact.mutable_custody()->set_kind(v1::Custody::KIND_REMAND);
  file.own = WithFact(*file.own, std::make_shared<const CheckedFact>(*CheckFact(fact)));
  const civil::Day day = civil::MakeDay(2018, 4, 28);
  file.present = std::make_shared<const DayReading>(ReadOn(file, TreeRules(), day));
  return Packer().Pack(file, nullptr);
}

size_t BytesOfOne() {
  FileCache cache(TreeRules(), size_t{64} << 20);
  cache.Get(Packed(1));
  return cache.bytes();
}

TEST(FileCache, AFileThatComesBack_IsWhatWasPacked) {
  const PackedPtr packed = Packed(1);
  FileCache cache(TreeRules(), size_t{64} << 20);
  const FilePtr file = cache.Get(packed);
  EXPECT_EQ(file->name(), "cases/c-1");
  EXPECT_EQ(file->own->front()->message->date(), "2018-04-20");
  EXPECT_FALSE(file->present->derived.deadlines.empty());
  EXPECT_EQ(file->present->day, civil::MakeDay(2018, 4, 28));
  EXPECT_EQ(file->present->until, packed->until);
  EXPECT_EQ(cache.Get(packed), file) << "kept, not made again";
}

TEST(FileCache, MoreFilesThanThereIsRoomFor_StayWithinTheBound) {
  const size_t bound = 16 * 4 * BytesOfOne();
  FileCache cache(TreeRules(), bound);
  for (int i = 0; i < 500; ++i) {
    cache.Get(Packed(i));
    ASSERT_LE(cache.bytes(), bound);
  }
  EXPECT_GT(cache.bytes(), bound / 2) << "it uses its room";
}

TEST(FileCache, AScan_DrivesNothingOut) {
  const size_t bound = 16 * 4 * BytesOfOne();
  FileCache cache(TreeRules(), bound);
  const PackedPtr used = Packed(-1);
  const FilePtr file = cache.Get(used);
  for (int i = 0; i < 500; ++i) {
    EXPECT_EQ(cache.Scan(Packed(i))->name(), "cases/c-" + std::to_string(i));
    ASSERT_LE(cache.bytes(), bound);
  }
  EXPECT_EQ(cache.Get(used), file);
}

TEST(FileCache, AnotherStateOfAFile_IsNotTakenForIt) {
  FileCache cache(TreeRules(), size_t{64} << 20);
  const PackedPtr old = Packed(1, "Old"), fresh = Packed(1, "New");
  cache.Get(fresh);
  EXPECT_EQ(cache.Scan(old)->record->display_name(), "Old");
  EXPECT_EQ(cache.Get(old)->record->display_name(), "Old");
  EXPECT_EQ(cache.Get(fresh)->record->display_name(), "New");
  EXPECT_LE(cache.bytes(), 2 * BytesOfOne()) << "one state of a name is kept";
}

TEST(FileCache, AStateThatWasReplaced_DoesNotTakeThePlaceOfTheNewer) {
  FileCache cache(TreeRules(), size_t{64} << 20);
  const PackedPtr old = Packed(1, "erased since"), fresh = Packed(1, "New");
  cache.Get(old);
  cache.Put(fresh, *Unpack(*fresh, TreeRules()), old);
  const FilePtr kept = cache.Get(fresh);
  EXPECT_EQ(cache.Get(old)->record->display_name(), "erased since") << "for who still reads it";
  EXPECT_EQ(cache.Get(fresh), kept);
}

TEST(FileCache, AStateThatWasReplaced_IsNotKeptWhereTheNewerIsGoneToo) {
  FileCache cache(TreeRules(), 16 * 2 * BytesOfOne());
  const PackedPtr old = Packed(1, "erased since");
  cache.Get(old);
  // Larger than what is kept: nothing of the name is left.
  const PackedPtr fresh = Packed(1, std::string(4 * BytesOfOne(), 'a'));
  cache.Put(fresh, *Unpack(*fresh, TreeRules()), old);
  ASSERT_EQ(cache.bytes(), 0u);
  EXPECT_EQ(cache.Get(old)->record->display_name(), "erased since");
  EXPECT_EQ(cache.Scan(old)->record->display_name(), "erased since");
  EXPECT_EQ(cache.bytes(), 0u) << "its older state came back";
}

TEST(FileCache, AStateTooLargeToKeep_TakesTheOneBeforeWithIt) {
  FileCache cache(TreeRules(), 16 * 2 * BytesOfOne());
  cache.Get(Packed(1, "erased since"));
  ASSERT_GT(cache.bytes(), 0u);
  const PackedPtr large = Packed(1, std::string(4 * BytesOfOne(), 'a'));
  EXPECT_EQ(cache.Get(large)->record->display_name().size(), 4 * BytesOfOne());
  EXPECT_EQ(cache.bytes(), 0u);
}

TEST(FileCache, AFileThatTheDayTurned_TakesThePlaceOfItselfAlone) {
  FileCache cache(TreeRules(), size_t{64} << 20);
  const PackedPtr idle = Packed(1), used = Packed(2), turned = Packed(2);
  cache.Get(used);
  const size_t before = cache.bytes();
  cache.Replace(idle, *Unpack(*idle, TreeRules()), nullptr);
  EXPECT_EQ(cache.bytes(), before) << "nobody reads it";
  const FilePtr file = *Unpack(*turned, TreeRules());
  cache.Replace(turned, file, used);
  EXPECT_EQ(cache.Get(turned), file);
}

TEST(FileCache, NoRoomAtAll_StillGivesFiles) {
  FileCache cache(TreeRules(), 0);
  EXPECT_EQ(cache.Get(Packed(1))->name(), "cases/c-1");
  EXPECT_EQ(cache.bytes(), 0u);
}

TEST(FileCache, ManyThreads_ShareIt) {
  FileCache cache(TreeRules(), 16 * 2 * BytesOfOne());
  std::vector<PackedPtr> files;
  for (int i = 0; i < 64; ++i) files.push_back(Packed(i));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 500; ++i) {
        const PackedPtr& packed = files[(i * 7 + t) % files.size()];
        EXPECT_EQ((i % 3 == 0 ? cache.Scan(packed) : cache.Get(packed))->name(), packed->name);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(cache.bytes(), 16 * 2 * BytesOfOne());
}

TEST(PackedFile, AFactOfSeveralFiles_IsHeldOnce) {
  v1::Fact fact;
  fact.set_name("cases/c-1/facts/f1");
  fact.mutable_source()->set_title("court file");
  fact.mutable_custody();
  const auto checked = std::make_shared<const CheckedFact>(*CheckFact(fact));
  const auto file = [&](int number) {
    auto record = std::make_shared<v1::Case>();
    record->set_name("cases/c-" + std::to_string(number));
    CaseFile out = NewCaseFile(record, nullptr);
    out.present =
        std::make_shared<const DayReading>(ReadOn(out, TreeRules(), civil::MakeDay(2018, 4, 28)));
    return out;
  };
  CaseFile concerned = file(2), owner = file(1);
  concerned.foreign = WithFact(*concerned.foreign, checked);
  owner.own = WithFact(*owner.own, checked);
  Packer packer;
  const PackedPtr first = packer.Pack(concerned, nullptr);
  const PackedPtr second = packer.Pack(owner, nullptr);
  EXPECT_EQ(first->foreign.front(), second->own.front());
  EXPECT_EQ(Packer().Pack(owner, second.get())->own.front(), second->own.front())
      << "what did not change is shared with the state before";
}

}  // namespace
}  // namespace vigil::registry
