#include "alert-svc/engine/findings_digest.h"

#include <utility>

#include "alert-svc/engine/findings.h"
#include "alert-svc/engine/message.h"
#include "alert-svc/engine/record.h"
#include "alert-svc/engine/send.h"

namespace vigil::alert {
namespace {

constexpr absl::Duration kAskAgain = absl::Minutes(10);  // calendar

// What was tried may have arrived: it is tried again as long as there is anything to tell.
bool IsOwed(const Core& core, const Errand& errand, const Work& work, const Findings& findings) {
  const v1::Subscription* own = core.world.settings().FindSubscription(work.subscription);
  if (!own || findings.told.empty()) return false;
  return work.attempts > 0 || AnyNew(core, *own, errand.member.earliest, findings);
}

}  // namespace

Task<void> DeliverFindings(Core& core, const Errand& errand, const Work& work) {
  auto ask = FindingsFor(core, errand, work);
  Findings findings = co_await ask;
  if (!findings.read) {
    auto back = PutBack(core, errand, core.Now() + kAskAgain);
    co_await back;
    co_return;
  }
  if (!IsOwed(core, errand, work, findings)) {
    core.planner.NothingToTell(work.id);
    auto drop = Drop(core, errand);
    co_await drop;
    co_return;
  }
  if (!IsHeldStill(core, errand)) co_return;  // it is another's, or will be
  Message message = MessageFor(core, work, errand.member.form);
  AddFindings(std::move(findings.told), message);
  message.more_findings = findings.more;
  auto send = SendAndRecord(core, errand, work, message);
  co_await send;
}

}  // namespace vigil::alert
