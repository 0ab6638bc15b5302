#include "alert-svc/engine/findings_digest.h"

#include <utility>

#include "alert-svc/engine/findings.h"
#include "alert-svc/engine/record.h"

namespace vigil::alert {
namespace {

constexpr absl::Duration kAskAgain = absl::Minutes(10);  // calendar

// What was tried may have arrived: it is tried again as long as there is anything to tell.
bool IsOwed(const Core& core, const Errand& errand, const Work& work, const Findings& findings) {
  const v1::Subscription* own = core.world.settings().FindSubscription(work.subscription);
  const civil::Day day = errand.member.earliest;
  if (!own || findings.told.empty() || !TellsFindingsOn(core, *own, day)) return false;
  return work.attempts > 0 || AnyNew(core, *own, day, findings);
}

// Others could not be read in time: there may be one that is to be told.
bool IsUnknown(const Findings& findings) {
  return !findings.read || (findings.told.empty() && findings.more);
}

}  // namespace

Task<void> DeliverFindings(Core& core, const Errand& errand, const Work& work) {
  auto read = ReadFindings(core, work, kReadAlone);
  Findings findings = co_await read;
  if (!IsHeldStill(core, errand)) co_return;  // it is another's, or will be
  if (core.world.DigestOf(work.id).closed) {
    auto drop = Drop(core, errand);
    co_await drop;
    co_return;
  }
  if (IsUnknown(findings)) {
    auto nap = Sleep(core.executor, core.options.lease / 10);
    co_await nap;
    auto back = PutBack(core, errand, core.Now() + kAskAgain);
    co_await back;
    co_return;
  }
  if (!IsOwed(core, errand, work, findings)) {
    auto record = RecordNothing(core, errand, work);
    co_await record;
    co_return;
  }
  auto send = SendAndRecord(core, errand, work, std::move(findings));
  co_await send;
}

}  // namespace vigil::alert
