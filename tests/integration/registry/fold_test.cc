// What alert-svc folds from a real registry's journal is what that registry tells of its shards.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>

#include "alert-svc/app/asio_executor.h"
#include "alert-svc/app/registry_client.h"
#include "alert-svc/engine/engine.h"
#include "alert-svc/schedule/redis_schedule.h"
#include "tests/integration/registry/registry_fixture.h"

namespace vigil::registry {
namespace {

// A replica that follows the registry, with Redis away.
class Replica final : public alert::EngineObserver, public alert::Sender {
 public:
  explicit Replica(std::shared_ptr<grpc::Channel> channel)
      : executor_(*clock_), feed_(MakeRegistryClient(std::move(channel), kAdmin, executor_)) {
    alert::RedisScheduleOptions nowhere;
    nowhere.redis.address = "unix:/nowhere";
    schedule_ = MakeRedisSchedule(nowhere, executor_);
    alert::EngineOptions options;
    options.fold_audit = absl::Milliseconds(320);
    options.draw_epoch = [] { return std::string("epoch"); };
    executor_.RunAndWait([&] {
      engine_ = std::make_unique<alert::Engine>(executor_, *schedule_, *feed_, *this, *this, days_,
                                                std::move(options));
      engine_->Start();
    });
  }
  ~Replica() override {
    executor_.RunAndWait([this] { engine_.reset(); });
    schedule_.reset();
    executor_.Stop();
  }

  void FoldAudited(std::size_t wrong) override {
    ++audits;
    found += static_cast<int>(wrong);
  }
  void Send(alert::Message, std::function<void(alert::Outcome)>) override {}
  void Cut(const std::string&) override {}

  // Waits until each shard was compared since now.
  void AwaitPass() {
    const int until = audits + kShardCount;
    while (audits < until) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  // With the world, on the engine's thread.
  void With(const std::function<void(alert::World&)>& look) {
    executor_.RunAndWait([&] { look(const_cast<alert::World&>(engine_->core().world)); });
  }
  std::int64_t life() {
    std::int64_t life = 0;
    With([&](const alert::World& world) { life = world.life(); });
    return life;
  }

  std::atomic<int> audits = 0;
  std::atomic<int> found = 0;

 private:
  const std::unique_ptr<Clock> clock_ = *OpenClock("");
  alert::AsioExecutor executor_;
  std::unique_ptr<alert::RegistryFeed> feed_;
  std::unique_ptr<alert::Schedule> schedule_;
  civil::WorkingDays days_;
  std::unique_ptr<alert::Engine> engine_;
};

class FoldTest : public RegistryTest {
 protected:
  void SetUp() override { Restart(); }
  void Restart() {
    auto clock = std::make_unique<ManualClock>(now_);
    clock_ = clock.get();
    App::Parts parts;
    parts.clock = std::move(clock);
    Start(std::move(parts));
  }

  std::string HeldCase(const std::string& date) {
    const std::string name = CreateCase("", "Person")->name();
    v1::CreateFactRequest fact;
    fact.set_parent(name);
    fact.mutable_fact()->set_date(date);
    fact.mutable_fact()->mutable_source()->set_title("court file");
    fact.mutable_fact()->mutable_custody()->set_kind(v1::Custody::KIND_REMAND);
    EXPECT_THAT(Call(*facts_, &v1::FactService::Stub::CreateFact, fact), IsOk());
    return name;
  }
  void Record(const std::string& id, const std::string& parent) {
    v1::RecordReceiptsRequest request;
    v1::Receipt& receipt = *request.add_receipts();
    receipt.set_id(id);
    receipt.set_reminder(id);
    receipt.set_kind(v1::Receipt::KIND_SENT);
    receipt.set_parent(parent);
    if (!parent.empty()) receipt.set_deadline(parent + "/deadlines/d-1");
    request.mutable_position()->set_shard(5);
    EXPECT_THAT(Call(*journal_, &v1::JournalService::Stub::RecordReceipts, request), IsOk());
  }
  void Delete(const std::string& name) {
    v1::DeleteCaseRequest request;
    request.set_name(name);
    EXPECT_THAT(Call(*cases_, &v1::CaseService::Stub::DeleteCase, request), IsOk());
  }
  void Undelete(const std::string& name) {
    v1::UndeleteCaseRequest request;
    request.set_name(name);
    EXPECT_THAT(Call(*cases_, &v1::CaseService::Stub::UndeleteCase, request), IsOk());
  }
  // Some of all that is told.
  void Work(const std::string& mark) {
    std::vector<std::string> names;
    for (int i = 0; i < 10; ++i) names.push_back(HeldCase("2018-04-" + std::to_string(10 + i)));
    for (const std::string& name : names) Record(mark + name, name);
    Record(mark + "digest", "");
    Delete(names[0]);
    Delete(names[1]);
    Undelete(names[1]);
  }

  absl::Time now_ = absl::FromUnixSeconds(1'524'884'400);  // 2018-04-28 03:00Z
  ManualClock* clock_ = nullptr;
};

TEST_F(FoldTest, IsWhatTheRegistryTellsOfItsShards) {
  Work("before");
  Replica replica(channel_);
  replica.AwaitPass();
  Work("after");
  clock_->Advance(absl::Hours(24 * 40));
  replica.AwaitPass();
  for (int i = 0; i < 30; ++i) HeldCase("2018-05-" + std::to_string(10 + i % 20));
  replica.AwaitPass();
  replica.AwaitPass();
  EXPECT_EQ(replica.found, 0);
  EXPECT_EQ(replica.life(), 1);
}

TEST_F(FoldTest, WhatWasToldOfADeletedCaseIsKnownOnceItIsThereAgain) {
  const std::string name = HeldCase("2018-04-20");
  Record("told", name);
  Delete(name);
  Replica replica(channel_);
  replica.AwaitPass();
  Undelete(name);
  replica.AwaitPass();
  v1::Receipt told;
  told.set_id("told");
  told.set_deadline(name + "/deadlines/d-1");
  replica.With([&](const alert::World& world) { EXPECT_TRUE(world.HasReceipt(told)); });
  EXPECT_EQ(replica.life(), 1);
}

TEST_F(FoldTest, WhatIsWrongInItIsFoundAndMended) {
  const std::string name = HeldCase("2018-04-20");
  Replica replica(channel_);
  replica.AwaitPass();
  replica.With([&](alert::World& world) {
    v1::Change change;
    auto& changed = *change.add_items()->mutable_deadlines_changed();
    changed.set_parent(name);
    changed.add_after()->set_name(name + "/deadlines/invented");
    world.Fold(change, true);
  });
  replica.AwaitPass();
  replica.AwaitPass();
  EXPECT_EQ(replica.found, 1);
  EXPECT_EQ(replica.life(), 2);
}

}  // namespace
}  // namespace vigil::registry
