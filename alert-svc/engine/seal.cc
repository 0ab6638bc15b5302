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

// What a digest is to hold: what is owed now and not on its way by us; of one that was tried what
// it held then, also where Redis was lost with the set.
std::vector<Member> MembersFor(const Core& core, const Work& work) {
  if (!work.tried.empty()) return work.tried;
  std::set<std::string> alone;
  for (const auto& [id, sending] : core.sending) alone.insert(sending.identity);
  std::vector<Member> members;
  for (const Planned& planned : work.items) {
    const Member member = core.planner.MemberOf(planned);
    if (!alone.contains(member.Identity())) members.push_back(member);
  }
  return members;
}

}  // namespace

Task<bool> Seal(Core& core, const Errand& errand, Work& work) {
  if (!IsDigest(errand.member)) co_return true;
  SealRequest request;
  request.shard = errand.shard;
  request.seen = core.shards[errand.shard].seen;
  request.fence = errand.fence;
  request.digest = errand.member;
  request.items = MembersFor(core, work);
  const Member findings = FindingsBeside(errand.member);
  const bool came_too_late = !work.tried.empty() && !work.tried_findings;
  if (work.tells_findings && !came_too_late) request.items.push_back(findings);
  std::set<std::string>& holds = core.sending.at(work.id).holds;
  for (const Member& item : request.items) holds.insert(item.Identity());
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
