// Proof of notification: what a registry recorded, read from its file with the links that prove it.
#include "registry-svc/audit/notifications.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>

#include "registry-svc/audit/verify.h"
#include "tests/integration/registry/registry_fixture.h"

namespace vigil::registry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class NotificationsTest : public RegistryTest {
 protected:
  void SetUp() override {
    RegistryTest::SetUp();
    Record("one", "cases/c-1", "receivers/desk", 1'524'900'000);
    Record("two", "cases/c-2", "receivers/desk", 1'524'900'100);
    Record("three", "cases/c-1", "receivers/counsel", 1'524'986'400);
    app_->Stop();
    app_.reset();
  }

  void Record(const std::string& id, const std::string& parent, const std::string& receiver,
              int64_t seconds) {
    v1::RecordReceiptsRequest request;
    v1::Receipt& receipt = *request.add_receipts();
    receipt.set_id(id);
    receipt.set_kind(v1::Receipt::KIND_SENT);
    receipt.set_parent(parent);
    receipt.set_deadline(parent + "/deadlines/d");
    receipt.set_reminder("reminder-" + id);
    receipt.set_receiver(receiver);
    receipt.set_earliest("2018-06-05");
    receipt.set_latest("2018-06-05");
    receipt.set_message_id(id + "@vigil.example");
    receipt.mutable_time()->set_seconds(seconds);
    ASSERT_THAT(Call(*journal_, &v1::JournalService::Stub::RecordReceipts, request), IsOk());
  }

  absl::StatusOr<std::vector<std::string>> Read(const NotificationQuery& query) {
    auto database = Database::OpenReader(dir_.File("registry.db"));
    if (!database.ok()) return database.status();
    std::vector<std::string> ids;
    links_.clear();
    const auto end = ReadNotifications(*database, query, [&](const Notification& one) {
      ids.push_back(one.receipt.id());
      links_.push_back(one.link);
    });
    if (!end.ok()) return end.status();
    return ids;
  }

  std::vector<ChainEnd> links_;
};

TEST_F(NotificationsTest, OfACaseAReceiverOrASpanOnlyWhatIsAskedForInTheOrderItCame) {
  EXPECT_THAT(Read({}).value(), ElementsAre("one", "two", "three"));
  EXPECT_THAT(Read({.parent = "cases/c-1"}).value(), ElementsAre("one", "three"));
  EXPECT_THAT(Read({.receiver = "receivers/desk"}).value(), ElementsAre("one", "two"));
  EXPECT_THAT(Read({.from = absl::FromUnixSeconds(1'524'900'100),
                    .until = absl::FromUnixSeconds(1'524'986'400)})
                  .value(),
              ElementsAre("two"));
  EXPECT_THAT(Read({.parent = "cases/c-3"}).value(), IsEmpty());
}

TEST_F(NotificationsTest, TheLinkOfEachIsAWitnessThatTheVerifierHolds) {
  ASSERT_THAT(Read({.parent = "cases/c-1"}), IsOk());
  ASSERT_EQ(links_.size(), 2u);
  for (const ChainEnd& link : links_) {
    v1::AuditHead witness;
    witness.mutable_journal()->set_number(link.number);
    witness.mutable_journal()->set_hash(Hex(link.hash));
    EXPECT_TRUE(VerifyAuditFile(dir_.File("registry.db"), &witness)->intact());
    witness.mutable_journal()->set_hash(std::string(64, '0'));
    EXPECT_FALSE(VerifyAuditFile(dir_.File("registry.db"), &witness)->intact());
  }
}

TEST_F(NotificationsTest, ABrokenChainProvesNothingBehindTheBreak) {
  ASSERT_THAT(Read({}), IsOk());
  const int64_t second = links_[1].number;
  {
    ASSERT_OK_AND_ASSIGN(Database database, Database::Open(dir_.File("registry.db")));
    ASSERT_THAT(database.Execute(fmt::format("DELETE FROM journal WHERE revision={}", second)),
                IsOk());
  }
  const auto read = Read({});
  ASSERT_EQ(read.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(read.status().message()), HasSubstr(fmt::format("revision {}", second)));
  EXPECT_EQ(links_.size(), 1u);
}

TEST_F(NotificationsTest, TheCommandPrintsALineOfJsonForEach) {
  const std::string command =
      fmt::format(VIGIL_BIN_DIR "/vigilctl audit notifications --database {} --case cases/c-1 > {}",
                  dir_.File("registry.db"), dir_.File("said"));
  ASSERT_EQ(WEXITSTATUS(std::system(command.c_str())), 0);
  const std::string said = ReadFile(dir_.File("said"));
  EXPECT_THAT(said, HasSubstr("\"messageId\":\"one@vigil.example\""));
  EXPECT_THAT(said, HasSubstr("\"journal\":{\"number\":\""));
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 2);
}

}  // namespace
}  // namespace vigil::registry
