#include "alert-svc/engine/courier.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "alert-svc/domain/ids.h"
#include "alert-svc/engine/findings.h"
#include "alert-svc/engine/findings_digest.h"
#include "alert-svc/engine/message.h"
#include "alert-svc/engine/record.h"
#include "alert-svc/engine/seal.h"
#include "alert-svc/engine/send.h"
#include "alert-svc/engine/still_owed.h"

namespace vigil::alert {
namespace {

// Puts the member back for a while.
Task<void> ComeAgain(Core& core, const Errand& errand, absl::Time due) {
  auto nap = Sleep(core.executor, core.options.lease / 10);
  co_await nap;
  auto back = PutBack(core, errand, due);
  co_await back;
}

// Another message has it in hand.
Task<void> ComeAgain(Core& core, const Errand& errand) {
  return ComeAgain(core, errand, errand.due);
}

// A digest that we are sending holds it: its date went and came back meanwhile.
bool IsInDigest(const Core& core, const Member& member) {
  const std::string identity = member.Identity();
  return std::any_of(core.sending.begin(), core.sending.end(),
                     [&](const auto& entry) { return entry.second.holds.contains(identity); });
}

// Of an attempt by who died, or stood still, nobody knows what came, nor whether it was made: each
// lease that ran out counts, whether the message goes out now, later, or not at all.
void CountTakenOver(Core& core, const Errand& errand) {
  if (!errand.taken_over) return;
  const std::string identity = errand.member.Identity();
  const bool ours = std::any_of(core.sending.begin(), core.sending.end(), [&](const auto& entry) {
    return entry.second.shard == errand.shard && entry.second.identity == identity;
  });
  if (ours) return;
  for (const auto& [name, receiver] : core.world.settings().receivers()) {
    if (ReceiverNumber(name) != errand.member.receiver) continue;
    core.observer.Attempted(receiver, EngineObserver::Delivered::kAmbiguous);
  }
}

// A digest of dates tells the findings of the week too, unless a message of their own was tried:
// that one may have come. Once they failed in it they are told with it alone.
bool TellsFindingsToo(const Core& core, const Errand& errand, const Work& work) {
  const v1::Subscription* own = core.world.settings().FindSubscription(work.subscription);
  if (errand.member.form != MemberForm::kDigest || !own) return false;
  if (work.tried_findings) return TellsFindings(*own);
  const civil::Day day = errand.member.earliest;
  const std::string alone = FindingsId(own->name(), civil::FormatDay(day));
  return TellsFindingsOn(core, *own, day) && core.world.DigestOf(alone).attempts == 0;
}

// A digest that was tried, of which all that it told was answered since, or is gone. Where its last
// attempt was by who died of it, that one may have come: it is told as it stands.
bool IsOver(const Errand& errand, const Work& work) {
  return IsDigest(errand.member) && work.attempts > 0 && work.items.empty() &&
         !work.tried_findings && !errand.taken_over;
}

Task<void> SealAndSend(Core& core, const Errand& errand, Work work, Findings findings) {
  const bool any = !work.items.empty();
  const std::int64_t life = core.world.life();
  auto seal = Seal(core, errand, work);
  const bool sealed = co_await seal;
  if (!sealed) co_return;  // the lease runs out, and the next one knows more
  // Another journal may not know what this was to tell.
  if (core.world.life() != life) co_return;
  // All of it is in digests that are on their way, or out a moment ago.
  if (IsDigest(errand.member) && any && work.sealed.empty()) {
    auto again = ComeAgain(core, errand);
    co_await again;
    co_return;
  }
  if (work.items.empty() && !(work.tells_findings && work.tried_findings)) {
    auto drop = Drop(core, errand);
    co_await drop;
    co_return;
  }
  // Those that were read in part are for a message of their own, which has time to read them all.
  const bool for_another = findings.more && !MayHaveTold(errand, work);
  if (!work.tells_findings || for_another) findings = Findings();
  auto send = SendAndRecord(core, errand, work, std::move(findings));
  co_await send;
}

// What is owed, and nobody here is sending yet.
Task<void> Deliver(Core& core, const Errand& errand, Work work) {
  Findings findings;
  // First: what is sealed is told as it stands right then.
  if (TellsFindingsToo(core, errand, work)) {
    const std::int64_t life = core.world.life();
    auto read = ReadFindings(core, work, kReadBeside);
    findings = co_await read;
    if (!IsHeldStill(core, errand) || core.world.life() != life) co_return;
    std::optional<Work> now = core.planner.WorkFor(errand.member, core.Now());
    if (!now) {
      auto drop = Drop(core, errand);
      co_await drop;
      co_return;
    }
    work = *std::move(now);
    work.tells_findings = true;
    // No other message may tell them: it waits for them, but keeps its dates back no longer than
    // a digest may be late.
    const bool missing = findings.unknown() || findings.more;
    const civil::Day day = errand.member.earliest;
    if (work.tried_findings && missing && IsItsDay(core, work, day) && MayWait(core, work, day)) {
      auto again = ComeAgain(core, errand, core.Now() + kAskAgain);
      co_await again;
      co_return;
    }
  }
  if (IsOver(errand, work)) {
    // What waits to be planned may belong into it.
    const bool known = !core.planner.HasStale();
    auto over = known ? RecordOver(core, errand, work) : ComeAgain(core, errand);
    co_await over;
    co_return;
  }
  auto send = SealAndSend(core, errand, std::move(work), std::move(findings));
  co_await send;
}

}  // namespace

Task<void> SendAndRecord(Core& core, const Errand& errand, const Work& work, Findings findings) {
  if (!IsHeldStill(core, errand)) co_return;  // it is another's, or will be
  Message message = MessageFor(core, work, errand.member.form);
  AddFindings(std::move(findings), message);
  auto send = Send(core, errand, work, message);
  const Outcome outcome = co_await send;
  if (outcome.kind == Outcome::Kind::kNotNow) {
    auto back = PutBack(core, errand, core.Now() + outcome.retry_after);
    co_await back;
    co_return;
  }
  auto record = Record(core, errand, work, message, outcome);
  co_await record;
}

Task<void> Carry(Core& core, Errand errand) {
  auto still = StillOwed(core, errand);
  Owed owed = co_await still;
  if (!owed.known) co_return;  // the lease runs out, and whoever knows more has it then
  CountTakenOver(core, errand);
  if (!owed.work) {
    auto drop = Drop(core, errand);
    co_await drop;
    co_return;
  }
  if (IsInDigest(core, errand.member)) {
    auto again = ComeAgain(core, errand);
    co_await again;
    co_return;
  }
  const std::string id = owed.work->id;
  Sending sending{errand.shard, errand.member.Identity()};
  if (!core.sending.try_emplace(id, std::move(sending)).second) {
    auto again = ComeAgain(core, errand);
    co_await again;
    co_return;
  }
  if (errand.member.form == MemberForm::kFindings) {
    auto deliver = DeliverFindings(core, errand, *owed.work);
    co_await deliver;
  } else {
    auto deliver = Deliver(core, errand, std::move(*owed.work));
    co_await deliver;
  }
  core.sending.erase(id);
}

}  // namespace vigil::alert
