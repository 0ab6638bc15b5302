#include "alert-svc/engine/findings_digest.h"

#include <optional>
#include <utility>

#include "alert-svc/engine/findings.h"
#include "alert-svc/engine/record.h"
#include "alert-svc/engine/seal.h"

namespace vigil::alert {
namespace {

// So many are read at one time: all are due at the same hour of Monday, and what is read takes a
// place that a message could have.
constexpr int kMostReaders = 4;
// Who waits for one of them to end comes again within so long (calendar), not all at one moment.
constexpr absl::Duration kNextReader = absl::Minutes(2);

// What was tried may have arrived: it is tried again as long as there is anything to tell.
bool IsOwed(const Core& core, const Errand& errand, const Work& work, const Findings& findings) {
  const v1::Subscription* own = core.world.settings().FindSubscription(work.subscription);
  const civil::Day day = errand.member.earliest;
  if (!own || findings.told.empty() || !TellsFindingsOn(core, *own, day)) return false;
  return work.attempts > 0 || AnyNew(core, *own, day, findings);
}

// What was not read may be what is new: on the day itself it is asked for again.
bool IsUnknown(const Core& core, const Errand& errand, const Work& work, const Findings& findings) {
  return findings.unknown() || (findings.more && IsItsDay(core, work, errand.member.earliest));
}

Task<void> ComeAgain(Core& core, const Errand& errand, absl::Duration after) {
  auto nap = Sleep(core.executor, core.options.lease / 10);
  co_await nap;
  auto back = PutBack(core, errand, core.Now() + after);
  co_await back;
}

// When a reader's turn may come.
absl::Duration TurnOf(const Member& member) {
  constexpr std::uint64_t kTurns = 12;
  return kNextReader * static_cast<int>(1 + member.deadline % kTurns) / kTurns;
}

Task<void> Tell(Core& core, const Errand& errand, Work work, Findings findings) {
  if (IsUnknown(core, errand, work, findings)) {
    auto again = ComeAgain(core, errand, kAskAgain);
    co_await again;
    co_return;
  }
  if (!IsOwed(core, errand, work, findings)) {
    auto record = RecordNothing(core, errand, work);
    co_await record;
    co_return;
  }
  work.tells_findings = true;
  auto seal = Seal(core, errand, work);
  const bool sealed = co_await seal;
  if (!sealed) co_return;  // the lease runs out, and the next one knows more
  // A digest of dates is on its way and tells them, or has.
  if (!work.tells_findings) {
    auto again = ComeAgain(core, errand, kAskAgain);
    co_await again;
    co_return;
  }
  auto send = SendAndRecord(core, errand, work, std::move(findings));
  co_await send;
}

}  // namespace

Task<void> DeliverFindings(Core& core, const Errand& errand, const Work& claimed) {
  if (core.findings_readers >= kMostReaders) {
    auto again = ComeAgain(core, errand, TurnOf(errand.member));
    co_await again;
    co_return;
  }
  const std::int64_t life = core.world.life();
  ++core.findings_readers;
  auto read = ReadFindings(core, claimed, kReadAlone);
  Findings findings = co_await read;
  --core.findings_readers;
  // It is another's, or will be; or the world that they were chosen by is gone.
  if (!IsHeldStill(core, errand) || core.world.life() != life) co_return;
  const std::optional<Work> work = core.planner.WorkFor(errand.member, core.Now());
  if (!work) {
    auto drop = Drop(core, errand);
    co_await drop;
    co_return;
  }
  auto tell = Tell(core, errand, *work, std::move(findings));
  co_await tell;
}

}  // namespace vigil::alert
