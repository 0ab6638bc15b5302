// A silence in the engine: the journal says that it held back what it did.
#include <gtest/gtest.h>

#include "alert-svc/engine/alert_view.h"
#include "tests/unit/alert/engine_fixture.h"

namespace vigil::alert {
namespace {

class MuteTest : public EngineTest {
 protected:
  // Until so many days from now.
  void Silence(int days) {
    v1::Silence silence;
    silence.set_name("silences/hearing");
    silence.add_cases(kCase);
    silence.set_owner("staff");
    silence.set_reason("the hearing is prepared");
    silence.set_approved_by("somebody else");
    *silence.mutable_end_time() = ToProto(queue_.now() + absl::Hours(24 * days));
    Put(silence);
  }

  // As it looks in the API; there is one.
  v1::Reminder TheReminder() const {
    const Core& core = replica_->engine.core();
    for (const v1::Alert& alert :
         AlertsOf(*core.world.FindCase(kCase), core.planner.PlanOf(kCase), queue_.now())) {
      if (alert.step() == 20) return alert.reminders(0);
    }
    ADD_FAILURE() << "no alert of the first step";
    return {};
  }
};

TEST_F(MuteTest, AReminderThatIsHeldBackAtItsTimeIsJournaledOnceAndGoesOutAfterwards) {
  Silence(6);
  PutDeadline(3);
  Run(absl::Seconds(8));  // two days
  EXPECT_EQ(Journaled(Receipt::KIND_MUTED), 0) << "before its time";
  Run(absl::Seconds(12));
  EXPECT_EQ(Journaled(Receipt::KIND_MUTED), 1);
  EXPECT_TRUE(sink_.taken().empty());
  EXPECT_EQ(TheReminder().state(), v1::Reminder::STATE_MUTED);
  EXPECT_EQ(TheReminder().attempts(), 0);
  RunUntilTaken(1);
  Run(absl::Seconds(2));
  EXPECT_EQ(Journaled(Receipt::KIND_MUTED), 1);
  EXPECT_EQ(Journaled(Receipt::KIND_SENT), 1);
  EXPECT_EQ(TheReminder().state(), v1::Reminder::STATE_SENT);
}

TEST_F(MuteTest, AReplicaThatStartsInASilenceSaysNothingAgain) {
  Silence(6);
  PutDeadline(1);
  Run(absl::Seconds(10));
  ASSERT_EQ(Journaled(Receipt::KIND_MUTED), 1);
  Restart();
  Run(absl::Seconds(5));
  EXPECT_EQ(Journaled(Receipt::KIND_MUTED), 1);
}

TEST_F(MuteTest, WithTheRegistryAwayItIsJournaledWhenThatIsBack) {
  Silence(6);
  PutDeadline(2);
  Run(absl::Seconds(2));
  replica_->registry_link->up = false;
  Run(absl::Seconds(10));
  EXPECT_EQ(Journaled(Receipt::KIND_MUTED), 0);
  replica_->registry_link->up = true;
  Run(absl::Seconds(5));
  EXPECT_EQ(Journaled(Receipt::KIND_MUTED), 1);
}

}  // namespace
}  // namespace vigil::alert
