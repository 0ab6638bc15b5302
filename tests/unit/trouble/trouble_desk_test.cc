#include "alert-svc/trouble/trouble_desk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "alert-svc/domain/history.h"
#include "alert-svc/domain/local_time.h"
#include "alert-svc/engine/engine.h"
#include "tests/simulation/redis_model.h"
#include "tests/simulation/registry_model.h"
#include "tests/simulation/sim_schedule.h"
#include "tests/simulation/sink.h"

namespace vigil::alert {
namespace {

using v1::Trouble;

constexpr int kRate = 21600;  // a quarter of a day each second
constexpr char kHook[] = "receivers/hook";
constexpr char kKeeper[] = "receivers/keeper";

// One replica with its desk, on the peers of the simulation.
struct Replica {
  Replica(sim::Queue& queue, sim::RedisModel& redis, sim::RegistryModel& registry, sim::Sink& sink,
          const sim::Weather& weather, const civil::WorkingDays& days)
      : clock(queue),
        executor(queue, clock),
        schedule(queue, executor, redis_link, redis),
        feed(queue, executor, registry_link, registry),
        sender(queue, executor, weather, sink, 0),
        engine(executor, schedule, feed, sender, observer, days, Options()),
        desk(executor, feed, sender, engine.core().world, absl::Seconds(1)) {
    executor.Post([this] { engine.Start(); });
  }
  static EngineOptions Options() {
    EngineOptions options;
    options.draw_epoch = [] {
      static int drawn = 0;
      return "epoch-" + std::to_string(++drawn);
    };
    return options;
  }
  const v1::Receiver& hook() const { return *engine.core().world.settings().FindReceiver(kHook); }

  std::shared_ptr<sim::Link> redis_link = std::make_shared<sim::Link>();
  std::shared_ptr<sim::Link> registry_link = std::make_shared<sim::Link>();
  EngineObserver observer;
  sim::SimClock clock;
  sim::SimExecutor executor;
  sim::SimSchedule schedule;
  sim::SimFeed feed;
  sim::SimSender sender;
  Engine engine;
  TroubleDesk desk;
};

class TroubleDeskTest : public ::testing::Test {
 protected:
  TroubleDeskTest() {
    hook_.set_name(kHook);
    hook_.mutable_webhook()->set_url("https://hook.example");
    hook_.set_owner(kKeeper);
    Put(hook_);
    v1::Receiver keeper;
    keeper.set_name(kKeeper);
    keeper.mutable_email()->set_address("keeper@example.org");
    Put(keeper);
    for (auto& replica : replicas_) replica = Make();
    Run(absl::Seconds(10));
  }

  template <class Setting>
  void Put(const Setting& setting) {
    registry_.PutSetting("records/" + setting.name(), setting);
  }
  std::unique_ptr<Replica> Make() {
    return std::make_unique<Replica>(queue_, redis_, registry_, sink_, weather_, days_);
  }
  void Run(absl::Duration wall) { queue_.RunUntil(queue_.wall() + wall); }
  void Gone() {
    for (auto& replica : replicas_) replica->desk.Report(hook_, Trouble::KIND_GONE, "HTTP 410");
  }
  // What people were told of troubles.
  std::vector<Message> Told() {
    std::vector<Message> told;
    for (const sim::Accepted& accepted : sink_.taken()) {
      if (accepted.message.form == Message::Form::kTrouble) told.push_back(accepted.message);
    }
    return told;
  }
  void Subscribe() {
    v1::Policy policy;
    policy.set_name("policies/all");
    policy.add_kinds(registry::v1::DEADLINE_KIND_CUSTODY_LIMIT);
    for (int lead = 0; lead <= 30; ++lead) policy.add_lead_days(lead);
    policy.set_channel(v1::Policy::CHANNEL_AT_ONCE);
    policy.set_escalate_after_hours(-1);
    policy.set_any_day(true);
    Put(policy);
    v1::Subscription subscription;
    subscription.set_name("subscriptions/hook");
    subscription.set_receiver(kHook);
    subscription.set_time_zone("Asia/Almaty");
    Put(subscription);
    registry::v1::Deadline deadline;
    deadline.set_name("cases/c-1/deadlines/d-1");
    deadline.set_kind(registry::v1::DEADLINE_KIND_CUSTODY_LIMIT);
    deadline.set_earliest(
        civil::FormatDay(LocalDay(queue_.now(), absl::UTCTimeZone()) + std::chrono::days(30)));
    deadline.set_latest(deadline.earliest());
    registry_.SetDeadlines("cases/c-1", {deadline});
  }

  sim::Queue queue_{1, absl::FromUnixSeconds(1'524'916'800), kRate};
  sim::RedisModel redis_{queue_};
  sim::RegistryModel registry_{queue_};
  sim::Sink sink_;
  sim::Weather weather_;
  civil::WorkingDays days_;
  v1::Receiver hook_;
  std::array<std::unique_ptr<Replica>, 2> replicas_;
};

TEST_F(TroubleDeskTest, GoneWebhookIsDisabledAndItsOwnerToldOnce) {
  Gone();
  Gone();
  Run(absl::Minutes(10));
  EXPECT_TRUE(replicas_[0]->hook().disabled());
  EXPECT_EQ(replicas_[1]->hook().trouble().detail(), "HTTP 410");
  const std::vector<Message> told = Told();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].receiver.name(), kKeeper);
  EXPECT_EQ(told[0].troubled, kHook);
  EXPECT_EQ(told[0].trouble.kind(), Trouble::KIND_GONE);
}

TEST_F(TroubleDeskTest, WhoStartsLaterDoesNotTellItAgain) {
  Gone();
  Run(absl::Seconds(10));
  for (auto& replica : replicas_) replica = Make();
  Run(absl::Minutes(5));
  EXPECT_EQ(Told().size(), 1u);
}

TEST_F(TroubleDeskTest, WhoComesToOwnItLaterIsNotToldOfWhatTheFormerOwnerWas) {
  Gone();
  Run(absl::Minutes(3));
  v1::Receiver heir;
  heir.set_name("receivers/heir");
  heir.mutable_email()->set_address("heir@example.org");
  Put(heir);
  v1::Receiver handed_on = replicas_[0]->hook();
  handed_on.set_owner("receivers/heir");
  Put(handed_on);
  for (auto& replica : replicas_) replica = Make();
  Run(absl::Minutes(5));
  EXPECT_EQ(Told().size(), 1u);
}

TEST_F(TroubleDeskTest, ThatItIsGoneOnceMoreIsToldOnceMore) {
  Gone();
  Run(absl::Minutes(3));
  Put(hook_);
  Run(absl::Seconds(10));
  Gone();
  Run(absl::Minutes(3));
  ASSERT_EQ(Told().size(), 2u);
  EXPECT_NE(Told()[0].id, Told()[1].id);
}

TEST_F(TroubleDeskTest, AnAnswerOfWhereItLedBeforeSaysNothing) {
  hook_.mutable_webhook()->set_url("https://new.example");
  Put(hook_);
  hook_.mutable_webhook()->set_url("https://hook.example");
  Gone();
  Run(absl::Minutes(1));
  EXPECT_FALSE(replicas_[0]->hook().disabled());
  EXPECT_TRUE(Told().empty());
}

TEST_F(TroubleDeskTest, OwnerWhoCannotBeReachedIsToldLaterUnderTheSameId) {
  weather_.down_until[kKeeper] = queue_.wall() + absl::Hours(24) / kRate;
  Gone();
  Run(absl::Minutes(15));
  std::set<std::string> ids;
  for (const sim::Attempt& attempt : sink_.attempts()) ids.insert(attempt.message.id);
  EXPECT_GT(sink_.attempts().size(), 1u);
  EXPECT_EQ(ids.size(), 1u);
  EXPECT_EQ(Told().size(), 1u);
}

TEST_F(TroubleDeskTest, WhereNobodyIsThereToBeToldWhoeverComesIs) {
  hook_.clear_owner();
  Put(hook_);
  Run(absl::Seconds(5));
  Gone();
  Run(absl::Minutes(1));
  EXPECT_TRUE(Told().empty());
  v1::Receiver owned = replicas_[0]->hook();
  owned.set_owner(kKeeper);
  Put(owned);
  Run(absl::Minutes(1));
  EXPECT_EQ(Told().size(), 1u);
}

TEST_F(TroubleDeskTest, RegistryThatIsAwayHearsOfItWhenItIsBack) {
  for (auto& replica : replicas_) replica->registry_link->up = false;
  Gone();
  Run(absl::Seconds(30));
  for (auto& replica : replicas_) replica->registry_link->up = true;
  Run(absl::Seconds(30));
  EXPECT_TRUE(replicas_[0]->hook().disabled());
  EXPECT_EQ(Told().size(), 1u);
}

TEST_F(TroubleDeskTest, ThatTheMailServerRefusesUs_IsToldOperatorsByAnotherWayOnceADay) {
  v1::Receiver by_mail, by_hook = hook_, bystander = hook_;
  by_mail.set_name("receivers/by-mail");
  by_mail.mutable_email()->set_address("root@example.org");
  by_mail.set_operator_(true);
  by_hook.set_name("receivers/by-hook");
  by_hook.set_operator_(true);
  bystander.set_name("receivers/bystander");
  for (const v1::Receiver& receiver : {by_mail, by_hook, bystander}) Put(receiver);
  Run(absl::Seconds(1));
  weather_.down_until["receivers/by-hook"] = queue_.wall() + absl::Milliseconds(10);
  for (int i = 0; i < 3; ++i) replicas_[0]->desk.MailRefused("SMTP 535 5.7.8");
  Run(absl::Seconds(3));
  ASSERT_EQ(Told().size(), 1u);
  EXPECT_EQ(Told()[0].receiver.name(), "receivers/by-hook");
  EXPECT_EQ(Told()[0].troubled, "mail");
  EXPECT_EQ(Told()[0].trouble.detail(), "SMTP 535 5.7.8");
  Run(absl::Seconds(5));  // a day later
  replicas_[0]->desk.MailRefused("SMTP 535 5.7.8");
  Run(absl::Seconds(3));
  ASSERT_EQ(Told().size(), 2u);
  EXPECT_NE(Told()[0].id, Told()[1].id);
}

// A mail to the keeper that was accepted, as the journal tells it, and comes back.
class BounceTest : public TroubleDeskTest {
 protected:
  BounceTest() {
    v1::Receiver root;
    root.set_name("receivers/root");
    root.set_operator_(true);
    root.mutable_email()->set_address("root@example.org");
    Put(root);
    registry::v1::Receipt receipt;
    receipt.set_id("told");
    receipt.set_kind(registry::v1::Receipt::KIND_SENT);
    receipt.set_deadline("cases/c-1/deadlines/d-1");
    receipt.set_reminder("r-1");
    receipt.set_receiver(kKeeper);
    *receipt.mutable_time() = ToProto(queue_.now());
    registry_.Record({receipt});
    Run(absl::Seconds(5));
  }
  Trouble::Kind After(const std::string& id, Trouble::Kind kind, const std::string& recipient) {
    for (auto& replica : replicas_) replica->desk.Bounced(id, kind, recipient, "bounced: 5.x");
    Run(absl::Seconds(10));
    return replicas_[0]->engine.core().world.settings().FindReceiver(kKeeper)->trouble().kind();
  }
};

TEST_F(BounceTest, OfABadAddressIsNotedWhereTheAddressIsStillTheReceivers) {
  EXPECT_EQ(After("r-2", Trouble::KIND_BAD_ADDRESS, "keeper@example.org"),
            Trouble::KIND_UNSPECIFIED);
  EXPECT_EQ(After("r-1", Trouble::KIND_BAD_ADDRESS, "former@example.org"),
            Trouble::KIND_UNSPECIFIED);
  EXPECT_EQ(After("r-1", Trouble::KIND_BAD_ADDRESS, "Keeper@Example.org"),
            Trouble::KIND_BAD_ADDRESS);
  ASSERT_EQ(Told().size(), 1u);
  EXPECT_EQ(Told()[0].receiver.name(), "receivers/root");
}

TEST_F(BounceTest, OfPolicyIsToldTheOperatorOnce) {
  EXPECT_EQ(After("r-1", Trouble::KIND_UNSPECIFIED, ""), Trouble::KIND_UNSPECIFIED);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(After("r-1", Trouble::KIND_REFUSED, ""), Trouble::KIND_REFUSED);
  }
  ASSERT_EQ(Told().size(), 1u);
  EXPECT_EQ(Told()[0].receiver.name(), "receivers/root");
}

TEST_F(TroubleDeskTest, WhatFailsForDaysIsToldThenDisabledAndToldAgain) {
  weather_.down_until[kHook] = absl::InfiniteFuture();
  Subscribe();
  std::vector<Trouble::Kind> kinds;
  for (int day = 0; day < 20 && !replicas_[0]->hook().disabled(); ++day) Run(absl::Seconds(4));
  Run(absl::Seconds(10));
  EXPECT_TRUE(replicas_[0]->hook().disabled());
  for (const Message& message : Told()) kinds.push_back(message.trouble.kind());
  EXPECT_EQ(kinds, (std::vector{Trouble::KIND_FAILING, Trouble::KIND_GIVEN_UP}));
}

TEST_F(TroubleDeskTest, WebhooksOfWhichNoneIsReached_StopThePulseUntilOneIs) {
  v1::Receiver other = hook_;
  other.set_name("receivers/other");
  Put(other);
  Subscribe();
  const auto test = [](Replica& replica) {
    replica.engine.SendTest("receivers/other", [](const absl::StatusOr<Outcome>&) {});
  };
  for (const char* name : {kHook, "receivers/other"}) {
    weather_.down_until[name] = absl::InfiniteFuture();
  }
  Run(absl::Seconds(1));
  for (auto& replica : replicas_) test(*replica);
  const auto failing = [this] {
    return std::max(replicas_[0]->engine.Status().fruitless,
                    replicas_[1]->engine.Status().fruitless);
  };
  for (int i = 0; i < 60 && failing() == absl::ZeroDuration(); ++i) Run(absl::Seconds(1));
  EXPECT_GT(failing(), absl::ZeroDuration()) << "what the engine owes counts too";
  weather_.down_until.clear();
  for (auto& replica : replicas_) test(*replica);
  Run(absl::Seconds(3));
  EXPECT_EQ(failing(), absl::ZeroDuration());
}

TEST_F(TroubleDeskTest, WhatComesBackInTimeIsNoTroubleAnyMore) {
  weather_.down_until[kHook] = queue_.wall() + absl::Seconds(13);  // of four a day
  Subscribe();
  for (int i = 0; i < 40 && Told().empty(); ++i) Run(absl::Seconds(1));
  ASSERT_EQ(Told().size(), 1u);
  Run(absl::Seconds(30));
  EXPECT_EQ(replicas_[0]->hook().trouble().kind(), Trouble::KIND_UNSPECIFIED);
  EXPECT_FALSE(replicas_[0]->hook().disabled());
  EXPECT_EQ(Told().size(), 1u);
}

}  // namespace
}  // namespace vigil::alert
