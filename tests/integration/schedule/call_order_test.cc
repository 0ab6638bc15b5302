// In which order calls run that are in flight together.
#include <vector>

#include "tests/integration/schedule/redis_schedule_fixture.h"

namespace vigil::alert {
namespace {

// What is made of a case's plan last is what the shard holds in the end.
TEST_F(RedisScheduleTest, WhatCompletesDoesNotOvertakeAnApplyThatWasCalledBefore) {
  OpenShard();
  ASSERT_EQ(Apply(10, 11, {{Reminder(1), kNoon}, {Reminder(2), kNoon}}).status,
            ScheduleStatus::kOk);
  const ClaimResult claimed = Claim();
  ASSERT_EQ(claimed.claimed.size(), 2u);
  int answered = 0;
  const auto answer = [&](const ShardResult& result) {
    EXPECT_EQ(result.status, ScheduleStatus::kOk);
    ++answered;
  };
  const auto complete = [&](int number, std::vector<Op> also) {
    CompleteRequest request{kShard, seen_, claimed.fence, Reminder(number), "", {}, {}, {}};
    request.also = std::move(also);
    schedule_->Complete(std::move(request), answer);
  };
  const auto apply = [&](std::vector<Op> ops) {
    schedule_->Apply({kShard, seen_, 11, 11, "hash", "plan-1", std::move(ops)}, answer);
  };
  // It takes the thread long enough for the rest to wait together.
  std::vector<Op> many;
  for (int i = 0; i < 50'000; ++i) many.push_back({Reminder(100 + i % 100), std::nullopt});
  apply(many);
  complete(1, {{Reminder(3), kNoon}});
  apply({{Reminder(3), kNoon + absl::Hours(1)}});
  complete(2, {{Reminder(3), kNoon + absl::Hours(2)}});
  executor_.RunUntil([&] { return answered == 4; });
  ASSERT_EQ(answered, 4);
  const ListResult held = Call<ListResult>(&Schedule::List, kShard);
  ASSERT_EQ(held.members.size(), 1u);
  EXPECT_EQ(held.members[0].due, kNoon + absl::Hours(2));
}

}  // namespace
}  // namespace vigil::alert
