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

TEST_F(MuteTest, ARegistryThatTakesNoneOfIt_DoesNotHoldUpARebuild) {
  Silence(10);
  PutDeadline(1);
  replica_->feed.takes_muted = false;
  Run(absl::Seconds(8));
  ASSERT_GT(replica_->feed.muted_told, 0);
  redis_.Wipe();
  Run(absl::Seconds(1));
  ASSERT_GT(replica_->losses, 0);
  Run(absl::Seconds(20));
  EXPECT_EQ(replica_->engine.Status().live_shards, kShardCount);
  EXPECT_EQ(Journaled(Receipt::KIND_MUTED), 0);
}

// Two replicas, and a silence of all that is not custody over more than they keep of anything.
class ManyMutedTest : public EngineTest {
 protected:
  static constexpr int kCases = 1050;
  static constexpr int kOffices = 20;
  static constexpr int kMuted = kCases * (kOffices + 1);  // the desk is to hear of each, too

  ManyMutedTest() {
    other_ = NewReplica();
    v1::Policy policy;
    policy.set_name("policies/end");
    policy.add_kinds(registry::v1::DEADLINE_KIND_SENTENCE_END);
    policy.add_lead_days(20);
    policy.set_channel(v1::Policy::CHANNEL_AT_ONCE);
    policy.set_escalate_after_hours(-1);
    policy.set_any_day(true);
    Put(policy);
    for (int i = 0; i < kOffices; ++i) Follow("office-" + std::to_string(i));
    v1::Silence silence;
    silence.set_name("silences/all");
    silence.add_cases("cases/-");
    silence.set_owner("staff");
    silence.set_reason("the office moves");
    *silence.mutable_end_time() = ToProto(queue_.now() + absl::Hours(24 * 60));
    Put(silence);
    Run(absl::Seconds(5));
  }

  // A receiver of all but custody.
  void Follow(const std::string& name) {
    v1::Receiver receiver;
    receiver.set_name("receivers/" + name);
    receiver.mutable_email()->set_address(name + "@vigil.example");
    Put(receiver);
    v1::Subscription subscription;
    subscription.set_name("subscriptions/" + name);
    subscription.set_receiver(receiver.name());
    subscription.add_kinds(registry::v1::DEADLINE_KIND_SENTENCE_END);
    subscription.set_time_zone("Asia/Almaty");
    Put(subscription);
  }
  // Reminders that the silence holds back in so many days.
  void PutSentences(int days) {
    for (int i = 0; i < kCases; ++i) {
      PutDeadline(days, "cases/c-" + std::to_string(i), registry::v1::DEADLINE_KIND_SENTENCE_END);
    }
  }
  void SetRegistryUp(bool up) { replica_->registry_link->up = other_->registry_link->up = up; }
  // Messages of which a replica remembers that they went out.
  int Remembered() const {
    int count = 0;
    for (const Replica* replica : {replica_.get(), other_.get()}) {
      for (const Homeless& one : replica->engine.core().made) {
        count += one.receipt.kind() == Receipt::KIND_SENT;
      }
    }
    return count;
  }

  std::unique_ptr<Replica> other_;
};

TEST_F(ManyMutedTest,
       WithTheRegistryAway_CustodyIsToldAndRememberedAndEachIsJournaledOnceAfterwards) {
  PutSentences(3);
  PutDeadline(1);
  RunUntilTaken(1);
  PutDeadline(4, "cases/c-late");
  Run(absl::Seconds(2));
  SetRegistryUp(false);
  Run(absl::Seconds(10));
  ASSERT_EQ(Journaled(Receipt::KIND_MUTED), 0);
  RunUntilTaken(2);
  Run(absl::Seconds(1));
  EXPECT_EQ(Remembered(), 2);
  SetRegistryUp(true);
  Run(absl::Seconds(13));
  EXPECT_EQ(Journaled(Receipt::KIND_MUTED), kMuted);
  EXPECT_EQ(Journaled(Receipt::KIND_SENT), 2);
  EXPECT_EQ(sink_.taken().size(), 2u);
}

TEST_F(ManyMutedTest, OfTwoReplicas_MostlyOneTells) {
  PutSentences(1);
  Run(absl::Seconds(30));
  EXPECT_EQ(Journaled(Receipt::KIND_MUTED), kMuted);
  const int told = replica_->feed.muted_told + other_->feed.muted_told;
  EXPECT_LT(told, kMuted + kMuted / 8);
  EXPECT_GT(replica_->feed.muted_told, kMuted / 4);
  EXPECT_GT(other_->feed.muted_told, kMuted / 4);
}

TEST_F(ManyMutedTest, OfTwoReplicasOfWhichOneHasNoRegistry_TheOtherTellsAll) {
  other_->registry_link->up = false;
  PutSentences(1);
  Run(absl::Seconds(40));
  EXPECT_EQ(Journaled(Receipt::KIND_MUTED), kMuted);
}

}  // namespace
}  // namespace vigil::alert
