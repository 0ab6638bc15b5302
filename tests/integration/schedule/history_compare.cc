#include <gtest/gtest.h>

#include <map>
#include <utility>

#include "tests/integration/schedule/history.h"

// Whether both hold the same.
namespace vigil::alert {
namespace {

void ExpectAlike(const Head& real, const Head& model) {
  EXPECT_EQ(real.state, model.state);
  EXPECT_EQ(real.epoch, model.epoch);
  EXPECT_EQ(real.seq, model.seq);
  EXPECT_EQ(real.applied, model.applied);
  EXPECT_EQ(real.chain_hash, model.chain_hash);
  EXPECT_EQ(real.plan_version, model.plan_version);
  EXPECT_EQ(real.pending, model.pending);
  EXPECT_EQ(real.leased, model.leased);
  EXPECT_EQ(real.hold.why, model.hold.why);
  EXPECT_EQ(real.hold.since, model.hold.since);
  EXPECT_EQ(real.hold.due, model.hold.due);
  EXPECT_EQ(real.hold.allowed, model.hold.allowed);
}

// What is due in a history is long past.
bool IsNow(const Head& head) { return head.next_due > absl::Now() - absl::Hours(24); }

}  // namespace

void History::CompareLists(Shard& shard) {
  const auto real = both_.Real<ListResult>(
      [&](Schedule& schedule, auto done) { schedule.List(shard.index, done); });
  const ListResult model = both_.model().List(shard.index);
  ASSERT_EQ(real.status, model.status);
  shard.lost = real.status == ScheduleStatus::kLost;
  if (real.status == ScheduleStatus::kUnavailable) return;
  ExpectAlike(real.head, model.head);
  EXPECT_EQ(real.head.next_due, model.head.next_due);
  if (real.status != ScheduleStatus::kOk) return;
  const auto table = [](const ListResult& list) {
    std::map<std::string, std::pair<absl::Time, bool>> rows;
    for (const ListedMember& row : list.members) rows[row.member.Pack()] = {row.due, row.leased};
    return rows;
  };
  EXPECT_EQ(table(real), table(model));
  EXPECT_EQ(real.members.size(), model.members.size());
}

void History::CompareStreams(const Shard& shard) {
  const auto real = both_.Real<ForwardResult>(
      [&](Schedule& schedule, auto done) { schedule.Forward(shard.index, "", 10000, done); });
  const ForwardResult model = both_.model().Forward(shard.index, "", 10000);
  ASSERT_EQ(real.status, model.status);
  EXPECT_EQ(real.epoch, model.epoch);
  if (real.status != ScheduleStatus::kOk) return;
  ASSERT_EQ(real.entries.size() + shard.trimmed, model.entries.size());
  for (std::size_t i = 0; i < real.entries.size(); ++i) {
    EXPECT_EQ(real.entries[i].epoch, model.entries[i + shard.trimmed].epoch);
    EXPECT_EQ(real.entries[i].seq, model.entries[i + shard.trimmed].seq);
    EXPECT_EQ(real.entries[i].receipts, model.entries[i + shard.trimmed].receipts);
  }
}

void History::CompareHeads() {
  const auto real =
      both_.Real<HeadsResult>([](Schedule& schedule, auto done) { schedule.Heads(done); });
  const HeadsResult model = both_.model().Heads();
  ASSERT_EQ(real.status, model.status);
  ASSERT_EQ(real.heads.size(), model.heads.size());
  for (std::size_t i = 0; i < real.heads.size(); ++i) {
    SCOPED_TRACE(i);
    const Head& ours = *real.heads[i];
    const Head& theirs = *model.heads[i];
    ExpectAlike(ours, theirs);
    EXPECT_EQ(ours.run_id == real.server_run_id, theirs.run_id == model.server_run_id);
    EXPECT_EQ(IsNow(ours), IsNow(theirs)) << "a lease ran out";
    if (!IsNow(ours)) {
      EXPECT_EQ(ours.next_due, theirs.next_due);
    }
    tally_.ended_leases += IsNow(ours);
  }
}

void History::Compare() {
  CompareLists(*shard_);
  CompareStreams(*shard_);
  if (OneIn(4)) CompareHeads();
}

}  // namespace vigil::alert
