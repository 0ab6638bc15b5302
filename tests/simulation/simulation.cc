#include "tests/simulation/simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "alert-svc/domain/history.h"
#include "alert-svc/domain/local_time.h"
#include "common/shard/shard.h"
#include "tests/simulation/oracle.h"

namespace vigil::alert::sim {

using registry::v1::Deadline;
using registry::v1::Receipt;

namespace {

// A quarter of a day each second: a fault of some seconds is a day or two.
constexpr int kRate = 21600;
constexpr absl::Duration kDay = absl::Seconds(4);  // wall

absl::Time Start() { return LocalMoment(civil::MakeDay(2018, 4, 28), 9, Zone("Asia/Almaty")); }

EngineOptions OptionsFor(Queue& queue, Bug bug, int breaker_least) {
  EngineOptions options;
  options.breaker_least = breaker_least;
  options.draw_epoch = [&queue] { return fmt::format("{:08x}", queue.Between(1, 1 << 30)); };
  // So rarely as what is lost is still noticed within a second.
  options.poll = absl::Milliseconds(900);
  options.idle_apply = absl::Seconds(8);
  options.audit = bug == Bug::kLoseSets ? absl::InfiniteDuration() : absl::Seconds(60);
  options.fold_audit = absl::Seconds(64);
  options.hold = bug != Bug::kNoHold;
  return options;
}

}  // namespace

Simulation::Replica::Replica(Simulation& simulation, int index)
    : index(index),
      redis_link(std::make_shared<Link>()),
      registry_link(std::make_shared<Link>()),
      clock(simulation.queue_),
      executor(simulation.queue_, clock),
      schedule(simulation.queue_, executor, redis_link, simulation.redis_, index),
      feed(simulation.queue_, executor, registry_link, simulation.registry_),
      sender(simulation.queue_, executor, simulation.weather_, simulation.sink_, index),
      observer(simulation, index),
      engine(executor, schedule, feed, sender, observer, simulation.days_,
             OptionsFor(simulation.queue_, simulation.options_.bug, simulation.breaker_least_)) {}

Simulation::Simulation(SimulationOptions options)
    : options_(options),
      queue_(options.seed, Start(), kRate),
      trace_(queue_),
      redis_(queue_),
      registry_(queue_),
      start_(queue_.wall()) {
  redis_.bugs.no_fence = options.bug == Bug::kNoFence;
  redis_.bugs.no_done = options.bug == Bug::kNoDone;
  redis_.bugs.no_epoch = options.bug == Bug::kNoEpoch;
  redis_.bugs.lose_sets = options.bug == Bug::kLoseSets;
  redis_.bugs.hold_all = options.bug == Bug::kHoldCustody;
  Watch();
}

Simulation::~Simulation() = default;

// Keeps what the oracle wants to know.
void Simulation::Watch() {
  if (options_.trace) WatchForTrace();
  redis_.on_claim = [this](const Member& member) {
    trace_.Claimed(member);
    claims_[member.Identity()].push_back(queue_.wall());
    if (IsDigest(member)) digest_claims_[member.receiver].push_back(queue_.wall());
  };
  redis_.on_applied = [this](int shard, std::int64_t revision, const std::string& mark) {
    applied_[static_cast<std::size_t>(shard)].push_back({queue_.wall(), revision, mark});
  };
  redis_.on_open = [this](int shard, absl::Duration closed) {
    if (closed < EngineOptions().lease) ++opened_early_;
    EndHold(shard);
  };
  redis_.on_hold = [this](int shard) {
    trace_.Say(fmt::format("the breaker holds shard {}", shard));
    EndHold(shard);  // that went with what Redis lost
    holds_.push_back({shard, {queue_.wall(), absl::InfiniteFuture()}});
  };
  redis_.on_release = [this](int shard) { EndHold(shard); };
  auto durable = [this](const Receipt& receipt, absl::Time Durable::*home) {
    if (!IsTold(receipt)) return;
    Durable& own = durable_[receipt.digest().empty() ? receipt.reminder() : receipt.digest()];
    own.*home = queue_.wall();
  };
  redis_.is_journaled = [this](int replica, const std::string& bytes, std::int64_t revision,
                               const std::string& mark) {
    return IsJournaled(replica, bytes, revision, mark);
  };
  registry_.on_receipt = [this, durable](const Receipt& receipt) {
    durable(receipt, &Durable::journal);
    if (receipt.receiver().empty()) answers_.push_back({receipt.alert(), queue_.wall()});
  };
  redis_.on_receipts = [this, durable](const std::string& bytes) {
    trace_.Streamed(bytes);
    registry::v1::ReceiptsRecorded recorded;
    recorded.ParseFromString(bytes);
    for (const Receipt& receipt : recorded.receipts()) durable(receipt, &Durable::stream);
  };
}

// Whether a replica cannot know yet that the registry was restored: it was a moment ago, or before
// it could have noticed it stood still.
bool Simulation::IsRestoreNewsTo(int replica) const {
  constexpr absl::Duration kNoticed = absl::Seconds(2);
  return std::any_of(faults_.begin(), faults_.end(), [&](const Fault& restore) {
    if (restore.kind != Fault::Kind::kRestore || restore.span.to > queue_.wall()) return false;
    absl::Time known = restore.span.to;
    for (const Fault& freeze : faults_) {
      if (freeze.kind != Fault::Kind::kFreeze || !freeze.Concerns(replica)) continue;
      if (freeze.span.Meets(restore.span.to, restore.span.to + kNoticed)) {
        known = std::max(known, freeze.span.to);
      }
    }
    return queue_.wall() <= known + kNoticed;
  });
}

bool Simulation::IsJournaled(int replica, const std::string& bytes, std::int64_t revision,
                             const std::string& mark) const {
  if (IsRestoreNewsTo(replica)) return true;
  registry::v1::ReceiptsRecorded recorded;
  recorded.ParseFromString(bytes);
  // A shard of another journal is rebuilt from all that this one has.
  const bool ours = revision <= registry_.revision() && registry_.IsNamed(revision, mark);
  const std::int64_t until = ours ? revision : registry_.revision();
  return std::all_of(recorded.receipts().begin(), recorded.receipts().end(),
                     [&](const Receipt& r) { return registry_.RevisionOf(r.id()) <= until; });
}

void Simulation::EndHold(int shard) {
  for (Held& held : holds_) {
    if (held.shard == shard) held.span.to = std::min(held.span.to, queue_.wall());
  }
}

void Simulation::WatchForTrace() {
  trace_.SwitchOn();
  registry_.on_commit = [this](const registry::v1::Change& change) { trace_.Committed(change); };
  redis_.on_set = [this](const Op& op) { trace_.Placed(op.member, op.due); };
  sink_.on_step = [this](const char* what, int replica, const Message& message) {
    trace_.Sent(what, replica, message);
  };
}

double Simulation::simulated_years() const {
  return absl::ToDoubleSeconds(queue_.now() - queue_.CalendarAt(start_)) / (365.25 * 86400);
}

std::uint64_t Simulation::Digest() {
  std::string text;
  for (const registry::v1::Change& change : registry_.journal()) change.AppendToString(&text);
  for (const Attempt& attempt : sink_.attempts()) {
    text += fmt::format("{} {} {} {} {}\n", attempt.message.id, attempt.replica, attempt.taken,
                        absl::FormatTime(attempt.began), absl::FormatTime(attempt.ended));
  }
  for (const Acted& acted : acted_) {
    text += fmt::format("{} {}\n", acted.alert, absl::FormatTime(acted.applied));
  }
  text += fmt::format("{} {}\n", losses_.size(), queue_.Between(0, 1 << 30));
  return std::hash<std::string>()(text);
}

void Simulation::SeedPolicies() {
  v1::Policy held;
  held.set_name("policies/held");
  held.add_kinds(registry::v1::DEADLINE_KIND_CUSTODY_LIMIT);
  for (int lead : {20, 15, 10, 7, 3, 1}) held.add_lead_days(lead);
  held.set_channel(v1::Policy::CHANNEL_AT_ONCE);
  held.set_escalate_after_hours(escalates_ ? 48 : -1);
  held.set_any_day(true);
  registry_.PutSetting("records/policies/held", held);
  v1::Policy ending;
  ending.set_name("policies/ending");
  ending.add_kinds(registry::v1::DEADLINE_KIND_SENTENCE_END);
  for (int lead : {30, 7, 1}) ending.add_lead_days(lead);
  ending.set_repeat_days(30);
  ending.set_channel(v1::Policy::CHANNEL_DAILY);
  ending.set_escalate_after_hours(-1);
  registry_.PutSetting("records/policies/ending", ending);
}

void Simulation::SeedReceiver(const std::string& name) {
  v1::Receiver receiver;
  receiver.set_name("receivers/" + name);
  if (name == "machine") {
    receiver.mutable_webhook()->set_url("https://example.org/");
  } else {
    receiver.mutable_email()->set_address("x@example.org");
  }
  registry_.PutSetting("records/" + receiver.name(), receiver);
  // The second hears of what nobody answered.
  if (name != "second") Subscribe(name, name == "machine");
}

void Simulation::Subscribe(const std::string& name, bool no_digest) {
  v1::Subscription subscription;
  subscription.set_name("subscriptions/" + name);
  subscription.set_receiver("receivers/" + name);
  subscription.set_time_zone("Asia/Almaty");
  subscription.set_no_digest(no_digest);
  if (name == "desk") subscription.set_stand_in("receivers/second");
  registry_.PutSetting("records/" + subscription.name(), subscription);
}

void Simulation::Seed() {
  escalates_ = queue_.Happens(0.5);
  breaker_least_ = queue_.Happens(0.5) ? queue_.Between(1, 3) : -1;
  SeedPolicies();
  for (const char* name : {"desk", "machine", "second"}) SeedReceiver(name);
  for (int i = 0; i < 4; ++i) ChangeCase();
}

void Simulation::StartReplica() {
  trace_.Say(fmt::format("replica {} starts", started_));
  replicas_.push_back(std::make_unique<Replica>(*this, started_++));
  Replica& replica = *replicas_.back();
  starts_.push_back(queue_.wall());
  links_[replica.index] = {replica.redis_link, replica.registry_link};
  replica.executor.on_wait = [this, &replica](Wait wait, int shard) {
    OnWait(replica, wait, shard);
  };
  replica.schedule.on_take_over = [this, index = replica.index] {
    take_overs_.push_back({queue_.wall(), index});
  };
  if (options_.bug == Bug::kEarly) replica.clock.set_ahead(absl::Hours(24));
  if (started_ > 1 && !calm_ && queue_.Happens(0.1)) StartWithoutRegistry(replica);
  replica.executor.Post([&replica] { replica.engine.Start(); });
}

Deadline Simulation::MakeDeadline(const std::string& parent) {
  Deadline deadline;
  deadline.set_name(fmt::format("{}/deadlines/d{}", parent, ++deadlines_));
  deadline.set_kind(queue_.Happens(0.6) ? registry::v1::DEADLINE_KIND_CUSTODY_LIMIT
                                        : registry::v1::DEADLINE_KIND_SENTENCE_END);
  const civil::Day day =
      LocalDay(queue_.now(), Zone("Asia/Almaty")) + std::chrono::days(queue_.Between(-5, 60));
  deadline.set_earliest(civil::FormatDay(day));
  deadline.set_latest(deadline.earliest());
  // Ceilings of one case hold each other back; here each stands for itself.
  deadline.set_step(deadlines_);
  return deadline;
}

void Simulation::ChangeCase() {
  const bool fresh = cases_ == 0 || queue_.Happens(0.3);
  const std::string parent =
      fmt::format("cases/c-{}", fresh ? ++cases_ : queue_.Between(1, cases_));
  std::vector<Deadline> deadlines;
  if (auto it = registry_.deadlines().find(parent); it != registry_.deadlines().end()) {
    deadlines = it->second;
  }
  if (deadlines.empty() || queue_.Happens(0.5)) {
    deadlines = {MakeDeadline(parent)};
  } else if (queue_.Happens(0.3)) {
    deadlines.clear();
  } else {
    Deadline& moved = deadlines[0];
    const civil::Day day =
        *civil::ParseDay(moved.earliest()) + std::chrono::days(queue_.Between(-10, 20));
    moved.set_earliest(civil::FormatDay(day));
    moved.set_latest(moved.earliest());
  }
  registry_.SetDeadlines(parent, std::move(deadlines));
}

void Simulation::TellDesk() {
  Subscribe("desk", desk_alone_);
  desk_told_.push_back(queue_.wall());
}

// The desk's mind about digests; or a setting that changes every plan, and what is owed to nobody.
void Simulation::ChangeSetting() {
  if (queue_.Happens(0.5)) {
    desk_alone_ = !desk_alone_;
    return TellDesk();
  }
  v1::Policy idle;
  idle.set_name("policies/idle");
  idle.add_kinds(registry::v1::DEADLINE_KIND_MANUAL);
  idle.add_lead_days(queue_.Between(1, 30));
  idle.set_channel(v1::Policy::CHANNEL_DAILY);
  registry_.PutSetting("records/policies/idle", idle);
}

void Simulation::Act() {
  if (replicas_.empty() || sink_.taken().empty()) return;
  const auto& taken = sink_.taken();
  // People answer what is new.
  const int last = static_cast<int>(taken.size()) - 1;
  const auto chosen = static_cast<std::size_t>(queue_.Between(std::max(0, last - 20), last));
  if (taken[chosen].message.items.empty()) return;
  const MessageItem& item = taken[chosen].message.items.front();
  Receipt receipt;
  Acted acted;
  acted.alert = item.alert.substr(7);
  receipt.set_kind(Receipt::KIND_ACKNOWLEDGED);
  if (queue_.Happens(0.3)) {
    receipt.set_kind(Receipt::KIND_SNOOZED);
    acted.until = queue_.now() + absl::Hours(24) * queue_.Between(1, 10);
    *receipt.mutable_until() = ToProto(acted.until);
    ++snoozes_[acted.alert];
  }
  receipt.set_alert(acted.alert);
  receipt.set_parent(ParentOf(item.deadline.name()));
  receipt.set_deadline(item.deadline.name());
  receipt.set_earliest(item.deadline.earliest());
  receipt.set_latest(item.deadline.latest());
  receipt.set_step(item.step);
  receipt.set_deadline_kind(item.deadline.kind());
  const int shard = ShardOf(receipt.parent(), kShardCount);
  Replica& replica = AnyReplica();
  const int epoch = registry_.epoch();
  // It counts from when it is heard: who stands still hears it later.
  replica.executor.Post([this, &replica, receipt, shard, acted, epoch]() mutable {
    *receipt.mutable_time() = ToProto(queue_.now());
    receipt.set_id(fmt::format("act-{}-{}-{}", static_cast<int>(receipt.kind()), acted.alert,
                               absl::ToUnixSeconds(queue_.now())));
    acted.receipt = receipt.id();
    replica.engine.Act(receipt, [this, shard, acted, epoch](absl::Status status) mutable {
      // OK after the wait alone, with Redis away, promises nothing yet; nor does what a restore
      // took back, or a shard that follows the journal from before it.
      const std::int64_t applied = redis_.applied(shard);
      if (!status.ok() || registry_.epoch() != epoch || applied > registry_.revision()) return;
      if (applied < registry_.RevisionOf(acted.receipt)) return;
      if (!registry_.IsNamed(applied, redis_.chain_hash(shard))) return;
      acted.applied = queue_.wall();
      acted_.push_back(acted);
    });
  });
}

// Also in the calm: what is missing is told by the week.
void Simulation::Find() {
  queue_.At(queue_.wall() + queue_.Between(kDay, 12 * kDay), [this] {
    // Not one that a restore took out of the record.
    auto any = registry_.deadlines().lower_bound(fmt::format("cases/c-{}", queue_.Between(1, 9)));
    if (any == registry_.deadlines().end()) any = registry_.deadlines().begin();
    registry_.Find(any->first);
    found_.push_back({any->first, queue_.wall()});
    Find();
  });
}

// An administrator looks now and then, in the calm each day, and lets go what is held.
void Simulation::LetGo() {
  const absl::Duration rest = calm_ ? kDay : queue_.Between(kDay / 2, 6 * kDay);
  queue_.At(queue_.wall() + rest, [this] {
    if (!replicas_.empty()) {
      Replica& replica = AnyReplica();
      replica.executor.Post([&replica] {
        replica.engine.Release({}, [](const absl::StatusOr<std::vector<int>>&) {});
      });
    }
    LetGo();
  });
}

// Does something again and again until the calm.
void Simulation::Every(absl::Duration least, absl::Duration most, void (Simulation::*what)()) {
  queue_.At(queue_.wall() + queue_.Between(least, most), [this, least, most, what] {
    if (calm_) return;
    (this->*what)();
    Every(least, most, what);
  });
}

std::vector<std::string> Simulation::Run() {
  weather_ = {0.03, 0.003, 0.02, 0.02, 0.02, 0.03, {}};
  Seed();
  for (int i = queue_.Between(options_.crossed ? 2 : 1, 3); i > 0; --i) StartReplica();
  Every(kDay / 4, 5 * kDay, &Simulation::ChangeCase);
  Every(5 * kDay, 40 * kDay, &Simulation::ChangeSetting);
  Every(kDay, 8 * kDay, &Simulation::Break);
  Every(kDay, 5 * kDay, &Simulation::Act);
  Find();
  if (breaker_least_ >= 0) LetGo();
  const absl::Time storm_ends = start_ + options_.days * kDay;
  queue_.RunUntil(storm_ends);
  Calm();
  queue_.RunUntil(storm_ends + options_.calm_days * kDay);
  return Oracle(*this).Judge();
}

}  // namespace vigil::alert::sim
