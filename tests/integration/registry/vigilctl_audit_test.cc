// The commands of docs/runbooks/restore.md, as an operator types them.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>

#include "registry-svc/store/sqlite.h"
#include "tests/integration/registry/registry_fixture.h"
#include "tests/unit/registry/all_rows.h"

namespace vigil::registry {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

class VigilctlAuditTest : public RegistryTest {
 protected:
  struct Result {
    int code;
    std::string said;
  };

  Result Run(const std::string& arguments) {
    const std::string command =
        fmt::format(VIGIL_BIN_DIR "/vigilctl --address 127.0.0.1:{} --token-file {} {} > {} 2>&1",
                    app_ ? app_->port() : 1, dir_.File("admin"), arguments, dir_.File("said"));
    const int status = std::system(command.c_str());
    return {WEXITSTATUS(status), ReadFile(dir_.File("said"))};
  }

  void SetUp() override {
    RegistryTest::SetUp();
    ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
    v1::CreateFactRequest request;
    request.set_parent("cases/c-test");
    request.set_fact_id("secret");
    v1::Fact& fact = *request.mutable_fact();
    fact.set_date("2018-04-20");
    fact.mutable_source()->set_title("court file");
    fact.mutable_custody()->set_kind(v1::Custody::KIND_REMAND);
    fact.set_confidential(true);
    ASSERT_THAT(Call(*facts_, &v1::FactService::Stub::CreateFact, request), IsOk());
  }

  void Close() {
    app_->Stop();
    app_.reset();
  }
};

TEST_F(VigilctlAuditTest, HeadVerifyAndList_TellOfAReadAndOfACutTail) {
  v1::GetFactRequest get;
  get.set_name("cases/c-test/facts/secret");
  ASSERT_THAT(Call(*facts_, &v1::FactService::Stub::GetFact, get), IsOk());
  EXPECT_THAT(Run("audit list").said, ContainsRegex("GetFact +[0-9a-f]{32} "));
  const Result head = Run("audit head");
  EXPECT_EQ(head.code, 0) << head.said;
  const std::string witness = dir_.Write("witness", head.said);
  const Result live = Run("audit verify --witness " + witness);
  EXPECT_EQ(live.code, 0) << live.said;
  EXPECT_THAT(live.said, HasSubstr("intact"));
  Close();
  {
    ASSERT_OK_AND_ASSIGN(Database database, Database::Open(dir_.File("registry.db")));
    ASSERT_THAT(database.Execute("DELETE FROM accesses"), IsOk());
  }
  const std::string file = "audit verify --database " + dir_.File("registry.db");
  EXPECT_EQ(Run(file).code, 0) << "without a witness nobody can tell";
  const Result cut = Run(file + " --witness " + witness);
  EXPECT_EQ(cut.code, 1);
  EXPECT_THAT(cut.said, HasSubstr("cut off"));
  EXPECT_THAT(cut.said, HasSubstr("NOT INTACT"));
}

TEST_F(VigilctlAuditTest, BackupEraseRestore_DoesNotBringTheErasedBack) {
  const std::string backup = dir_.File("backup.db");
  const std::string data = " --data " + dir_.path() + " ";
  const Result made = Run("backup" + data + backup + " --keyring " + dir_.File("keys-copy"));
  EXPECT_EQ(made.code, 0) << made.said;
  EXPECT_EQ(Run("backup" + data + backup).code, 1) << "a backup is never overwritten";
  const Result erased = Run("erase cases/c-test --reason 'asked for'");
  EXPECT_EQ(erased.code, 0) << erased.said;
  EXPECT_THAT(erased.said, HasSubstr("1 facts erased"));
  EXPECT_EQ(Run("restore" + data + backup).code, 1) << "it runs";
  Close();
  const Result restored = Run("restore" + data + backup);
  EXPECT_EQ(restored.code, 0) << restored.said;
  Start();
  const auto fact =
      app_->book().Present()->Find("cases/c-test")->FindOwn("cases/c-test/facts/secret");
  EXPECT_TRUE(fact->message->has_erase_time());
  EXPECT_FALSE(fact->message->has_custody());
}

TEST_F(VigilctlAuditTest, RestoreIntoAnEmptyFolder_TakesTheCopyOfTheKeyring) {
  const std::string backup = dir_.File("backup.db");
  ASSERT_EQ(
      Run("backup --data " + dir_.path() + " " + backup + " --keyring " + dir_.File("keys-copy"))
          .code,
      0);
  Close();
  const std::string fresh = dir_.File("fresh");
  dir_.Write("fresh/master-key", ReadFile(dir_.File("master-key")));
  const Result restored =
      Run("restore --data " + fresh + " " + backup + " --keyring " + dir_.File("keys-copy"));
  EXPECT_EQ(restored.code, 0) << restored.said;
  ASSERT_OK_AND_ASSIGN(auto store, SqliteStore::Open({.path = fresh + "/registry.db"}));
  AllRows rows;
  ASSERT_THAT(store->Load(rows), IsOk());
  ASSERT_EQ(rows.facts.size(), 1u);
  EXPECT_TRUE(rows.facts[0].has_custody());
}

}  // namespace
}  // namespace vigil::registry
