#include "alert-svc/deliver/maildir.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace vigil::alert {
namespace {

namespace fs = std::filesystem;

class MaildirTest : public ::testing::Test {
 protected:
  MaildirTest() {
    std::string pattern = (fs::temp_directory_path() / "vigil-maildir-XXXXXX").string();
    root_ = mkdtemp(pattern.data());
  }
  ~MaildirTest() override { fs::remove_all(root_); }

  std::vector<fs::path> Files(const std::string& part) const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(root_ / "box" / part)) {
      files.push_back(entry.path());
    }
    return files;
  }

  Maildir Open() const { return *Maildir::Open((root_ / "box").string()); }

  fs::path root_;
};

TEST_F(MaildirTest, MessageLandsWholeInNewAndNothingStaysInTmp) {
  ASSERT_TRUE(Open().Deliver("r-1", "Subject: x\r\n\r\nbody").ok());
  const auto files = Files("new");
  ASSERT_EQ(files.size(), 1u);
  std::ostringstream text;
  text << std::ifstream(files[0]).rdbuf();
  EXPECT_EQ(text.str(), "Subject: x\r\n\r\nbody");
  EXPECT_TRUE(Files("tmp").empty());
}

TEST_F(MaildirTest, SameIdTwiceLeavesOneCopy) {
  ASSERT_TRUE(Open().Deliver("r-1", "first").ok());
  ASSERT_TRUE(Open().Deliver("r-1", "second").ok());
  EXPECT_EQ(Files("new").size(), 1u);
}

TEST_F(MaildirTest, MessageThatAReaderMovedIsNotDeliveredAgain) {
  ASSERT_TRUE(Open().Deliver("r-1", "first").ok());
  const fs::path file = Files("new")[0];
  fs::rename(file, root_ / "box" / "cur" / (file.filename().string() + ":2,S"));
  ASSERT_TRUE(Open().Deliver("r-1", "first").ok());
  EXPECT_TRUE(Files("new").empty());
}

TEST_F(MaildirTest, LongerIdWithTheSameBeginningIsAnother) {
  ASSERT_TRUE(Open().Deliver("r-10", "x").ok());
  const fs::path file = Files("new")[0];
  fs::rename(file, root_ / "box" / "cur" / file.filename());
  ASSERT_TRUE(Open().Deliver("r-1", "x").ok());
  EXPECT_EQ(Files("new").size(), 1u);
}

TEST_F(MaildirTest, IdCannotLeaveTheFolder) {
  ASSERT_TRUE(Open().Deliver("../../escape:2,S", "x").ok());
  EXPECT_EQ(Files("new").size(), 1u);
  EXPECT_FALSE(fs::exists(root_ / "escape:2,S"));
}

TEST_F(MaildirTest, FolderIsReadableByItsOwnerOnly) {
  Open();
  struct stat info {};
  ASSERT_EQ(stat((root_ / "box").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
}

TEST_F(MaildirTest, FolderThatIsGoneIsAnErrorToRetry) {
  const Maildir box = Open();
  fs::remove_all(root_ / "box");
  EXPECT_EQ(box.Deliver("r-1", "x").code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace vigil::alert
