#include "registry-svc/vault/vault.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace vigil::registry {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

constexpr char kText[] = "told in confidence";

class VaultTest : public testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<Vault>> Open() const {
    return Vault::Open({.keyring = dir_.File("keys"), .master_key_file = dir_.File("master")});
  }
  // All that lies in the folder, logs too.
  std::string Raw() const {
    std::string bytes;
    for (const auto& file : std::filesystem::directory_iterator(dir_.path())) {
      bytes += ReadFile(file.path());
    }
    return bytes;
  }

  TempDir dir_;
  const absl::Time now_ = absl::FromUnixSeconds(1'524'906'000);
};

TEST_F(VaultTest, Print_IsThatOfTheMasterKey) {
  std::string print;
  {
    ASSERT_OK_AND_ASSIGN(auto vault, Open());
    print = vault->Print(kText);
    EXPECT_NE(print, vault->Print("another"));
  }
  EXPECT_EQ((*Open())->Print(kText), print);
  std::filesystem::remove(dir_.File("master"));
  EXPECT_NE((*Open())->Print(kText), print);
}

TEST_F(VaultTest, Text_OpensAgainAfterARestart) {
  std::string sealed;
  {
    ASSERT_OK_AND_ASSIGN(auto vault, Open());
    sealed = vault->Seal("cases/a", "cases/a/facts/1", kText);
    ASSERT_THAT(vault->Flush(), IsOk());
  }
  EXPECT_THAT(sealed, Not(HasSubstr("confidence")));
  ASSERT_OK_AND_ASSIGN(auto vault, Open());
  ASSERT_OK_AND_ASSIGN(const auto opened, vault->Unseal("cases/a/facts/1", sealed));
  EXPECT_EQ(opened.text, kText);
  EXPECT_EQ(opened.erased, absl::InfiniteFuture());
}

TEST_F(VaultTest, SealedText_ChangedCutOrMovedIsRefused) {
  ASSERT_OK_AND_ASSIGN(auto vault, Open());
  const std::string sealed = vault->Seal("cases/a", "cases/a/facts/1", kText);
  EXPECT_THAT(vault->Unseal("cases/a/facts/2", sealed), StatusIs(absl::StatusCode::kDataLoss));
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_THAT(vault->Unseal("cases/a/facts/1", changed), StatusIs(absl::StatusCode::kDataLoss));
    EXPECT_THAT(vault->Unseal("cases/a/facts/1", sealed.substr(0, i)),
                StatusIs(absl::StatusCode::kDataLoss));
  }
}

TEST_F(VaultTest, DestroyedKey_IsGoneFromMemoryAndFiles) {
  std::string mine, other;
  {
    ASSERT_OK_AND_ASSIGN(auto vault, Open());
    mine = vault->Seal("cases/a", "n", kText);
    other = vault->Seal("cases/b", "n", kText);
    ASSERT_THAT(vault->Flush(), IsOk());
    ASSERT_OK_AND_ASSIGN(Database reader, Database::OpenReader(dir_.File("keys")));
    ASSERT_OK_AND_ASSIGN(Statement row,
                         reader.Prepare("SELECT wrapped FROM keys WHERE parent='cases/a'"));
    ASSERT_OK_AND_ASSIGN(const bool found, row.Step());
    ASSERT_TRUE(found);
    const std::string wrapped(row.Blob(0));
    row.Reset();
    ASSERT_THAT(Raw(), HasSubstr(wrapped)) << "or the search below finds nothing to miss";

    const std::vector<std::string> keys = vault->Retire("cases/a");
    EXPECT_THAT(keys, SizeIs(1));
    ASSERT_THAT(vault->Destroy(keys, now_), IsOk());
    EXPECT_EQ(vault->Unseal("n", mine)->erased, now_);
    EXPECT_THAT(Raw(), Not(HasSubstr(wrapped)));
  }
  ASSERT_OK_AND_ASSIGN(auto vault, Open());
  EXPECT_EQ(vault->Unseal("n", mine)->erased, now_);
  EXPECT_EQ(vault->Unseal("n", mine)->text, "");
  EXPECT_EQ(vault->Unseal("n", other)->text, kText) << "another case keeps its key";
}

TEST_F(VaultTest, RetiredKey_StillOpensAndSealsNoMore) {
  ASSERT_OK_AND_ASSIGN(auto vault, Open());
  const std::string before = vault->Seal("cases/a", "n", kText);
  const std::vector<std::string> keys = vault->Retire("cases/a");
  const std::string after = vault->Seal("cases/a", "n", kText);
  EXPECT_EQ(vault->Unseal("n", before)->text, kText);
  ASSERT_THAT(vault->Destroy(keys, now_), IsOk());
  EXPECT_EQ(vault->Unseal("n", after)->text, kText) << "what comes after an erasure stays";
}

TEST_F(VaultTest, Keys_LieWrappedInFilesForTheOwnerAlone) {
  ASSERT_OK_AND_ASSIGN(auto vault, Open());
  (void)vault->Seal("cases/a", "n", kText);
  ASSERT_THAT(vault->Flush(), IsOk());
  const auto others = std::filesystem::perms::group_all | std::filesystem::perms::others_all;
  for (const auto& file : std::filesystem::directory_iterator(dir_.path())) {
    EXPECT_EQ(file.status().permissions() & others, std::filesystem::perms::none) << file.path();
  }
}

TEST_F(VaultTest, MissingOrWrongMasterKey_IsRefusedWithAWord) {
  {
    ASSERT_OK_AND_ASSIGN(auto vault, Open());
    (void)vault->Seal("cases/a", "n", kText);
    ASSERT_THAT(vault->Flush(), IsOk());
  }
  const std::string right = ReadFile(dir_.File("master"));
  unlink(dir_.File("master").c_str());
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("put it back")));
  dir_.Write("master", std::string(64, 'a'));
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("right one")));
  dir_.Write("master", "nonsense");
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("hexadecimal")));
  dir_.Write("master", right);
  EXPECT_THAT(Open(), IsOk());
}

TEST_F(VaultTest, AnotherKeyring_IsRefusedRatherThanTakenForErased) {
  std::string sealed;
  {
    ASSERT_OK_AND_ASSIGN(auto vault, Open());
    sealed = vault->Seal("cases/a", "n", kText);
  }
  ASSERT_OK_AND_ASSIGN(auto vault, Open());
  EXPECT_THAT(vault->Unseal("n", sealed),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("keyring")));
}

}  // namespace
}  // namespace vigil::registry
