// What the day alone changes shows without a word of the journal.
#include "alert-svc/app/publisher.h"

#include <gtest/gtest.h>

#include <memory>

#include "common/metrics/metrics.h"
#include "tests/unit/alert/engine_fixture.h"

namespace vigil::alert {
namespace {

class PublisherTest : public EngineTest {
 protected:
  PublisherTest() { publisher_.Follow(&engine()); }
  ~PublisherTest() override { publisher_.Follow(nullptr); }

  // Three days before its day, which is returned.
  civil::Day PutLimit() {
    registry::v1::Deadline deadline;
    deadline.set_name(std::string(kCase) + "/deadlines/limit");
    deadline.set_kind(registry::v1::DEADLINE_KIND_CUSTODY_LIMIT);
    deadline.set_nature(registry::v1::DEADLINE_NATURE_LIMIT);
    deadline.set_time_zone("Asia/Almaty");
    deadline.set_state(registry::v1::DEADLINE_STATE_UPCOMING);
    const civil::Day day = Today() + std::chrono::days(3);
    deadline.set_earliest(civil::FormatDay(day));
    deadline.set_latest(deadline.earliest());
    registry_.SetDeadlines(kCase, {deadline});
    return day;
  }
  // One in the morning of a day.
  void RunTo(civil::Day day) {
    Run(queue_.WallAt(LocalMoment(day, 1, Zone("Asia/Almaty"))) - queue_.wall());
  }
  registry::v1::DeadlineState Shown() {
    const AlertPtr alert = book_.Find("alerts/" + Told().alert());
    return alert ? alert->deadline_state() : registry::v1::DEADLINE_STATE_UNSPECIFIED;
  }
  // The first that was told.
  Receipt Told() {
    const World::CaseState* state = world().FindCase(kCase);
    for (const auto& [name, own] : state->deadlines) {
      for (const Receipt& receipt : own.receipts) {
        if (IsTold(receipt)) return receipt;
      }
    }
    ADD_FAILURE() << "nothing was told";
    return {};
  }

  Metrics metrics_;
  AlertBook book_{"instance"};
  Publisher publisher_{metrics_, book_, replica_->executor};
};

struct News : AlertBook::Watcher {
  void OnNews() override { ++count; }
  int count = 0;
};

TEST_F(PublisherTest, DayOfADeadlineGoesBy_ItIsDueAndThenPassedAndOverdue) {
  const civil::Day day = PutLimit();
  RunUntilTaken(1);
  Run(absl::Seconds(1));
  publisher_.Flush();
  ASSERT_EQ(Shown(), registry::v1::DEADLINE_STATE_UPCOMING);
  auto news = std::make_shared<News>();
  book_.Listen(news);
  RunTo(day);
  EXPECT_EQ(Shown(), registry::v1::DEADLINE_STATE_DUE);
  EXPECT_EQ(book_.counts().overdue, 0);
  const int before = news->count;
  EXPECT_GE(before, 1);
  RunTo(day + std::chrono::days(1));
  EXPECT_EQ(Shown(), registry::v1::DEADLINE_STATE_PASSED);
  EXPECT_EQ(book_.counts().overdue, 1);
  EXPECT_GT(news->count, before);
}

TEST_F(PublisherTest, ToldOnTheDayOfADeadline_TheMessageSaysThatItIsDue) {
  PutLimit();
  RunUntilTaken(1);
  v1::Policy policy = *world().settings().PolicyFor({registry::v1::DEADLINE_KIND_CUSTODY_LIMIT});
  policy.add_lead_days(0);
  Put(policy);
  RunUntilTaken(2);
  EXPECT_EQ(sink_.taken()[1].message.items[0].deadline.state(), registry::v1::DEADLINE_STATE_DUE);
}

}  // namespace
}  // namespace vigil::alert
