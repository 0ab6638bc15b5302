#include "registry-svc/casebook/file_table.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace vigil::registry {
namespace {

PackedPtr File(int number, const std::string& title = "") {
  auto file = std::make_shared<PackedFile>();
  file->name = "cases/c-" + std::to_string(number);
  file->display_name = title;
  return file;
}

std::set<std::string> NamesOf(const FileTable& table) {
  std::set<std::string> names;
  for (int shard = 0; shard < FileTable::kShards; ++shard) {
    table.ForEachInShard(shard, [&](const PackedPtr& file) { names.insert(file->name); });
  }
  return names;
}

TEST(FileTable, ManyFilesAtOnceOrOneByOne_AreAllFound) {
  constexpr int kFiles = 20'000;
  FileTable table;
  std::vector<PackedPtr> half;
  for (int i = 0; i < kFiles / 2; ++i) half.push_back(File(i));
  table.Put(half);
  for (int i = kFiles / 2; i < kFiles; ++i) table.Put({File(i)});
  EXPECT_EQ(table.size(), kFiles);
  EXPECT_EQ(NamesOf(table).size(), static_cast<size_t>(kFiles));
  for (int i = 0; i < kFiles; ++i) {
    const std::string name = "cases/c-" + std::to_string(i);
    ASSERT_NE(table.Find(name), nullptr) << name;
    ASSERT_EQ(table.Find(name)->name, name);
  }
  EXPECT_EQ(table.Find("cases/c-20000"), nullptr);
}

TEST(FileTable, ACopy_DoesNotSeeLaterChanges) {
  FileTable before;
  before.Put({File(1, "old"), File(2, "kept")});
  FileTable after = before;
  after.Put({File(1, "new"), File(3, "added")});
  EXPECT_EQ(before.size(), 2);
  EXPECT_EQ(before.Find("cases/c-1")->display_name, "old");
  EXPECT_EQ(before.Find("cases/c-3"), nullptr);
  EXPECT_EQ(after.size(), 3);
  EXPECT_EQ(after.Find("cases/c-1")->display_name, "new");
  EXPECT_EQ(after.Find("cases/c-2"), before.Find("cases/c-2")) << "shared";
}

}  // namespace
}  // namespace vigil::registry
