// What many messages that are due at one moment cost Redis and the registry.
#include <gtest/gtest.h>

#include "tests/unit/alert/engine_fixture.h"

namespace vigil::alert {
namespace {

constexpr int kDue = 200;

class DrainTest : public EngineTest {
 protected:
  // All of one case, and so of one shard, to a receiver that takes as many at a time as come.
  void PutMany() {
    v1::Receiver desk;
    desk.set_name("receivers/desk");
    desk.mutable_webhook()->set_url("https://desk.example/hook");
    desk.mutable_limits()->set_in_flight(1000);
    Put(desk);
    std::vector<registry::v1::Deadline> deadlines;
    const civil::Day day = LocalDay(queue_.now(), Zone("Asia/Almaty")) + std::chrono::days(20 + 1);
    for (int i = 0; i < kDue; ++i) {
      registry::v1::Deadline& deadline = deadlines.emplace_back();
      deadline.set_name(std::string(kCase) + "/deadlines/d-" + std::to_string(i));
      deadline.set_kind(registry::v1::DEADLINE_KIND_CUSTODY_LIMIT);
      deadline.set_earliest(civil::FormatDay(day));
      deadline.set_latest(deadline.earliest());
    }
    registry_.SetDeadlines(kCase, deadlines);
    Run(absl::Seconds(1));
    ASSERT_TRUE(sink_.taken().empty());
  }

  // Runs until all were told, and returns how often the heads were read meanwhile.
  int Drain() {
    while (sink_.taken().empty()) Run(absl::Milliseconds(1));
    int rounds = 0;
    while (sink_.taken().size() < kDue) {
      const absl::Duration before = engine().core().rounded;
      Run(absl::Milliseconds(1));
      rounds += engine().core().rounded != before;
    }
    return rounds;
  }

  // How many of the registry's revisions hold receipts.
  int Recordings() const {
    int count = 0;
    for (const auto& change : registry_.journal()) {
      const auto& items = change.items();
      count += std::any_of(items.begin(), items.end(),
                           [](const auto& item) { return item.has_receipts_recorded(); });
    }
    return count;
  }
};

TEST_F(DrainTest, ReadsNoHeadsForEachMessage) {
  PutMany();
  EXPECT_LT(Drain(), kDue / 4);
}

TEST_F(DrainTest, RecordsSeveralReceiptsInOneRequest) {
  PutMany();
  const int before = Recordings();
  Drain();
  Run(absl::Seconds(4));
  EXPECT_GE(Journaled(Receipt::KIND_SENT), kDue);
  EXPECT_LT(Recordings() - before, kDue / 4);
}

}  // namespace
}  // namespace vigil::alert
