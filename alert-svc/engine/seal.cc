#include "alert-svc/engine/seal.h"

#include <set>
#include <string>
#include <utility>

namespace vigil::alert {

namespace {

Member FindingsBeside(Member digest) {
  digest.form = MemberForm::kFindings;
  return digest;
}

}  // namespace

Task<bool> Seal(Core& core, const Errand& errand, Work& work) {
  if (!IsDigest(errand.member)) co_return true;
  SealRequest request;
  request.shard = errand.shard;
  request.seen = core.shards[errand.shard].seen;
  request.fence = errand.fence;
  request.digest = errand.member;
  std::set<std::string> alone;  // on its way by us
  for (const auto& [id, sending] : core.sending) alone.insert(sending.identity);
  std::set<std::string>& holds = core.sending.at(work.id).holds;
  for (const Planned& planned : work.items) {
    const Member member = core.planner.MemberOf(planned);
    if (alone.contains(member.Identity())) continue;
    request.items.push_back(member);
    holds.insert(member.Identity());
  }
  const Member findings = FindingsBeside(errand.member);
  if (work.tells_findings) {
    request.items.push_back(findings);
    holds.insert(findings.Identity());
  }
  const std::int64_t life = core.world.life();
  Async<SealResult> sealed;
  core.schedule.Seal(std::move(request), sealed.Done());
  SealResult result = co_await sealed;
  if (!Absorb(core, errand.shard, result.status, result.seq)) co_return false;
  // A world that started over meanwhile may not know yet what the members mean.
  if (core.world.life() != life || !core.world.loaded()) co_return false;
  holds.clear();
  for (const Member& item : result.items) holds.insert(item.Identity());
  work.tells_findings &= std::erase(result.items, findings) > 0;
  work.items = core.planner.Sealed(work, result.items);
  work.sealed = std::move(result.items);
  co_return true;
}

}  // namespace vigil::alert
