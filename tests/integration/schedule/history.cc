#include "tests/integration/schedule/history.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <span>
#include <utility>

namespace vigil::alert {

void History::Learn(const ShardResult& real, const ShardResult& model) {
  EXPECT_EQ(real.status, model.status);
  ++tally_.outcomes[static_cast<std::size_t>(real.status)];
  ++tally_.moods[static_cast<std::size_t>(both_.mood())];
  if (real.status == ScheduleStatus::kOk || real.status == ScheduleStatus::kStale) {
    EXPECT_EQ(real.seq, model.seq);
    EXPECT_EQ(real.applied, model.applied);
  }
  if (real.status == ScheduleStatus::kOk) shard_->seen.seq = real.seq;
}

void History::Fault() {
  const int draw = Draw(19);
  if (draw < 2) return Restart(draw == 0);
  if (draw < 5) return Wipe();
  if (draw < 9) return Save();
  constexpr RedisAndModel::Mood kMoods[] = {RedisAndModel::Mood::kReadOnly,
                                            RedisAndModel::Mood::kReplica,
                                            RedisAndModel::Mood::kFull, RedisAndModel::Mood::kBusy};
  both_.SetMood(kMoods[Draw(3)]);
}

void History::Restart(bool keep) {
  both_.Restart(keep);
  ++(keep ? tally_.kept : tally_.emptied);
  if (!keep) ForgetStreams();
}

void History::Wipe() {
  both_.Wipe();
  ForgetStreams();
}

void History::ForgetStreams() {
  for (Shard& shard : shards_) shard.trimmed = 0;
}

// For a roll-back some steps later.
void History::Save() {
  both_.Save();
  for (Shard& shard : shards_) shard.saved_trimmed = shard.trimmed;
  steps_to_roll_back_ = 1 + Draw(OneIn(2) ? 3 : 20);
}

void History::RollBack() {
  ++(both_.RollBack() ? tally_.set_back : tally_.rolled_back);
  for (Shard& shard : shards_) {
    shard.trimmed = shard.saved_trimmed;
    shard.may_have_ended = true;
  }
  steps_to_roll_back_.reset();
}

void History::Begin() {
  const std::string epoch = fmt::format("epoch-{}", ++epochs_);
  const BeginRequest begin{.shard = shard_->index,
                           .lost = shard_->seen,
                           .foreign = OneIn(4),
                           .epoch = epoch,
                           .wall = AnyWall(),
                           .build_lease = absl::Seconds(OneIn(10) ? 60 : -1)};
  const auto real = both_.Real<ShardResult>(
      [&](Schedule& schedule, auto done) { schedule.RebuildBegin(begin, done); });
  const ShardResult model = both_.model().RebuildBegin(begin);
  Learn(real, model);
  if (model.closed == absl::ZeroDuration()) {
    EXPECT_EQ(real.closed, absl::ZeroDuration());
  }
  if (real.status != ScheduleStatus::kOk) return;
  shard_->epoch = epoch;
  shard_->seen = {epoch, real.seq};
  shard_->held.clear();
}

void History::Write() {
  const bool many = OneIn(8);
  const std::vector<Op> ops = many ? ManyOps() : AnyOps(10);
  const auto real = both_.Real<ShardResult>([&](Schedule& schedule, auto done) {
    schedule.RebuildWrite(shard_->index, shard_->epoch, ops, done);
  });
  Learn(real, both_.model().RebuildWrite(shard_->index, shard_->epoch, ops));
  tally_.long_writes += many && real.status == ScheduleStatus::kOk;
}

void History::Open() {
  const std::string& epoch = shard_->epoch;
  const OpenRequest open{shard_->index, epoch, shard_->applied, "hash of " + epoch,
                         "plan of " + epoch};
  Learn(both_.Real<ShardResult>(
            [&](Schedule& schedule, auto done) { schedule.RebuildOpen(open, done); }),
        both_.model().RebuildOpen(open));
}

void History::Rebuild() {
  if (!OneIn(6)) Begin();
  if (!OneIn(6)) Write();
  if (!OneIn(6)) Open();
}

void History::ApplyMany() {
  const int64_t before = shard_->seen.seq;
  ApplyOps(ManyOps());
  tally_.long_applies += shard_->seen.seq > before;
}

void History::ApplyOps(std::vector<Op> ops) {
  const int64_t from = shard_->applied + (OneIn(4) ? Draw(3) - 2 : 0);
  const int64_t to = from + Draw(3);
  const ApplyRequest request{.shard = shard_->index,
                             .seen = AnySeen(),
                             .from = from,
                             .to = to,
                             .chain_hash = fmt::format("hash {}", Draw(1000)),
                             .plan_version = fmt::format("plan {}", Draw(2)),
                             .ops = std::move(ops)};
  const auto real = both_.Real<ShardResult>(
      [&](Schedule& schedule, auto done) { schedule.Apply(request, done); });
  const ShardResult model = both_.model().Apply(request);
  Learn(real, model);
  if (real.status != ScheduleStatus::kOk && real.status != ScheduleStatus::kStale) return;
  shard_->applied = model.applied;
}

void History::Claim() {
  // A lease that ends at once, or not before the test.
  const bool ends = OneIn(4);
  ClaimRequest request{.shard = shard_->index,
                       .seen = AnySeen(),
                       .due_until = AnyDue(),
                       .wall = AnyWall(),
                       .lease = ends ? absl::Seconds(-1) : absl::Hours(1)};
  // In which order the ended are taken is not promised.
  if (!ends && !shard_->may_have_ended && OneIn(3)) request.limit = 1 + Draw(5);
  if (OneIn(4)) request.allowed = Draw(6);
  request.clock_jumped = OneIn(20);
  request.passing = std::string(1, static_cast<char>(registry::v1::DEADLINE_KIND_CUSTODY_LIMIT));
  const auto real = both_.Real<ClaimResult>(
      [&](Schedule& schedule, auto done) { schedule.Claim(request, done); });
  const ClaimResult model = both_.model().Claim(request);
  Learn({real.status, real.seq, real.applied}, {model.status, model.seq, model.applied});
  if (real.status != ScheduleStatus::kOk) return;
  const auto table = [](const ClaimResult& result) {
    std::map<std::string, std::pair<absl::Time, bool>> rows;
    for (const Claimed& one : result.claimed) rows[one.member.Pack()] = {one.due, one.taken_over};
    return rows;
  };
  EXPECT_EQ(table(real), table(model));
  shard_->may_have_ended = ends;
  for (const Claimed& one : real.claimed) {
    shard_->held.push_back({one.member, real.fence, model.fence});
  }
}

void History::Release() {
  const absl::Time until = AnyDue();
  const Seen seen = AnySeen();
  Learn(both_.Real<ShardResult>([&](Schedule& schedule, auto done) {
    schedule.Release(shard_->index, seen, until, done);
  }),
        both_.model().Release(shard_->index, seen, until));
}

void History::Complete() {
  Ending ending = AnyEnding();
  ending.real.seen = ending.model.seen = AnySeen();
  Learn(both_.Real<ShardResult>(
            [&](Schedule& schedule, auto done) { schedule.Complete(ending.real, done); }),
        both_.model().Complete(ending.model));
}

// In one call each go those of one epoch that follow one another.
void History::CompleteTogether() {
  std::vector<CompleteRequest> to_real, to_model;
  for (int i = 2 + Draw(3); i > 0; --i) {
    Ending ending = AnyEnding();
    if (OneIn(4)) ending.real.seen = ending.model.seen = AnySeen();
    to_real.push_back(std::move(ending.real));
    to_model.push_back(std::move(ending.model));
  }
  const std::vector<ShardResult> real = both_.CompleteTogether(to_real);
  for (std::size_t first = 0, end = 0; first < to_model.size(); first = end) {
    const std::string& epoch = to_model[first].seen.epoch;
    while (end < to_model.size() && to_model[end].seen.epoch == epoch) ++end;
    const auto call = std::span(to_model).subspan(first, end - first);
    const std::vector<ShardResult> model = both_.model().Complete(call);
    for (std::size_t i = first; i < end; ++i) Learn(real[i], model[i - first]);
    CountTogether(call, model);
  }
}

void History::CountTogether(std::span<const CompleteRequest> requests,
                            const std::vector<ShardResult>& results) {
  int accepted = 0, stale = 0;
  bool twice = false;
  std::set<std::string> named;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    stale += results[i].status == ScheduleStatus::kStale;
    if (results[i].status != ScheduleStatus::kOk) continue;
    ++accepted;
    for (const Op& op : requests[i].also) {
      twice = twice || !named.insert(op.member.Identity()).second;
    }
  }
  tally_.together += accepted > 1;
  tally_.stale_together += accepted > 0 && stale > 0;
  tally_.named_twice += twice;
}

void History::Forget() {
  const int64_t up_to = shard_->seen.seq - Draw(10);
  const int64_t revision = shard_->applied + Draw(2) - 1;
  const Seen seen = AnySeen();
  Learn(both_.Real<ShardResult>([&](Schedule& schedule, auto done) {
    schedule.Forget(shard_->index, seen, up_to, revision, done);
  }),
        both_.model().Forget(shard_->index, seen, up_to, revision));
}

void History::Seal() {
  const Held held = AnyHeld();
  SealRequest request{
      shard_->index, AnySeen(), held.real_fence, held.member, {AnyMember(), AnyMember()}};
  const auto real =
      both_.Real<SealResult>([&](Schedule& schedule, auto done) { schedule.Seal(request, done); });
  request.fence = held.model_fence;
  const SealResult model = both_.model().Seal(request);
  EXPECT_EQ(real.items, model.items);
  Learn({real.status, real.seq, 0}, {model.status, model.seq, 0});
}

void History::Renew() {
  const Held held = AnyHeld();
  RenewRequest request{shard_->index, AnySeen(),     held.real_fence, {held.member, AnyMember()},
                       AnyWall(),     absl::Hours(1)};
  const auto real = both_.Real<RenewResult>(
      [&](Schedule& schedule, auto done) { schedule.Renew(request, done); });
  request.fence = held.model_fence;
  const RenewResult model = both_.model().Renew(request);
  EXPECT_EQ(real.lost, model.lost);
  Learn({real.status, real.seq, 0}, {model.status, model.seq, 0});
}

// Everything, or nothing: entries are as old as the test.
void History::Trim() {
  const bool all = OneIn(2);
  const absl::Time before = all ? absl::Now() + absl::Hours(1) : absl::UnixEpoch();
  const Seen seen = AnySeen();
  const auto real = both_.Real<ShardResult>(
      [&](Schedule& schedule, auto done) { schedule.Trim(shard_->index, seen, before, done); });
  Learn(real, both_.model().Trim(shard_->index, seen));
  if (real.status != ScheduleStatus::kOk) return;
  ++tally_.trims;
  if (all) shard_->trimmed = both_.model().Forward(shard_->index, "", 10000).entries.size();
}

void History::Look() {
  const auto real =
      both_.Real<HeadsResult>([](Schedule& schedule, auto done) { schedule.Heads(done); });
  if (real.status != ScheduleStatus::kOk) return;
  const Head& head = *real.heads[static_cast<std::size_t>(shard_->index)];
  shard_->seen = {head.epoch, head.seq};
  shard_->applied = head.applied;
}

void History::Step() {
  using Way = void (History::*)();
  constexpr std::pair<int, Way> kSteps[] = {
      {5, &History::Fault},     {11, &History::Rebuild},
      {34, &History::Apply},    {36, &History::ApplyMany},
      {53, &History::Claim},    {55, &History::Release},
      {66, &History::Complete}, {82, &History::CompleteTogether},
      {86, &History::Forget},   {91, &History::Seal},
      {95, &History::Renew},    {96, &History::Trim},
      {100, &History::Look}};
  both_.LetTimePass();
  shard_ = &shards_[static_cast<std::size_t>(Draw(1))];
  if (steps_to_roll_back_ && --*steps_to_roll_back_ == 0) return RollBack();
  if (both_.mood() != RedisAndModel::Mood::kWell) {
    if (OneIn(10)) return both_.SetMood(RedisAndModel::Mood::kWell);
    // Each kind of call is to meet each of them.
    if (OneIn(2)) return (this->*kSteps[1 + Draw(std::size(kSteps) - 2)].second)();
  }
  if (shard_->lost && OneIn(3)) return Rebuild();
  const int draw = Draw(99);
  for (const auto& [below, step] : kSteps) {
    if (draw < below) return (this->*step)();
  }
}

}  // namespace vigil::alert
