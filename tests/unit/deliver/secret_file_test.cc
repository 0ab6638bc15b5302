#include "alert-svc/deliver/secret_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cstring>
#include <filesystem>

#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace vigil::alert {
namespace {

namespace fs = std::filesystem;

// Each file is read at a time of day at which what was written to it long ago is settled.
class SecretFolderTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::string> Read(const std::string& file) {
    return folder_.Read(file, "the secret", absl::Now() + absl::Hours(1));
  }

  // Another text, and the old time of the last writing.
  void WriteBackdated(const std::string& name, const std::string& text) {
    struct stat before {};
    ASSERT_EQ(stat(root_.File(name).c_str(), &before), 0);
    root_.Write(name, text);
    const timespec times[] = {before.st_atim, before.st_mtim};
    ASSERT_EQ(utimensat(AT_FDCWD, root_.File(name).c_str(), times, 0), 0);
  }

  void Link(const std::string& target, const std::string& name) {
    fs::remove(root_.File(name));
    fs::create_symlink(target, root_.File(name));
  }

  TempDir root_;
  SecretFolder folder_{root_.File("secrets")};
};

TEST_F(SecretFolderTest, WhatIsWrittenAnewIsReadAnew) {
  root_.Write("secrets/hook", "first");
  EXPECT_EQ(*Read("hook"), "first");
  EXPECT_EQ(*Read("hook"), "first");
  WriteBackdated("secrets/hook", "other");
  EXPECT_EQ(*Read("hook"), "other");
  fs::remove(root_.File("secrets/hook"));
  EXPECT_THAT(Read("hook").status(), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(SecretFolderTest, LinkThatLeadsElsewhereIsFollowedAnew) {
  root_.Write("secrets/a/hook", "first");
  root_.Write("secrets/b/hook", "other");
  root_.Write("out/hook", "never");
  Link("a", "secrets/now");
  EXPECT_EQ(*Read("now/hook"), "first");
  EXPECT_EQ(*Read("now/hook"), "first");
  Link("b", "secrets/now");
  EXPECT_EQ(*Read("now/hook"), "other");
  Link("../out", "secrets/now");
  EXPECT_THAT(Read("now/hook").status(), StatusIs(absl::StatusCode::kFailedPrecondition));
  Link("a", "secrets/now");
  EXPECT_EQ(*Read("now/hook"), "first");
}

TEST_F(SecretFolderTest, WhatWasWrittenAMomentAgoIsReadEachTime) {
  const std::string path = root_.Write("secrets/hook", "first");
  // Written to through memory, a file tells nothing of the second time.
  const int fd = open(path.c_str(), O_RDWR);
  void* mapped = mmap(nullptr, 5, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  ASSERT_NE(mapped, MAP_FAILED);
  std::memcpy(mapped, "again", 5);
  struct stat state {};
  ASSERT_EQ(stat(path.c_str(), &state), 0);
  const absl::Time wall = absl::TimeFromTimespec(state.st_ctim) + absl::Milliseconds(900);
  EXPECT_EQ(*folder_.Read("hook", "the secret", wall), "again");
  std::memcpy(mapped, "other", 5);
  EXPECT_EQ(*folder_.Read("hook", "the secret", wall), "other");
  munmap(mapped, 5);
}

}  // namespace
}  // namespace vigil::alert
