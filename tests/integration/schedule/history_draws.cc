#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "tests/integration/schedule/history.h"

// What a history draws.
namespace vigil::alert {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'528'000'000);

// Members of lower numbers are drawn again and again, others only where it takes many.
constexpr int kNear = 12;
constexpr int kFar = 1000;

Member NumberedMember(int number) {
  Member member;
  member.deadline = static_cast<uint64_t>(number) * 0x9E3779B97F4A7C15ULL;
  member.earliest = civil::Day(std::chrono::days(17688));
  // Of a deadline always the same: it follows from its rule.
  member.kind = member.deadline % 3 == 0 ? registry::v1::DEADLINE_KIND_CUSTODY_LIMIT
                                         : registry::v1::DEADLINE_KIND_APPEAL;
  member.precision = registry::v1::DEADLINE_PRECISION_EXACT;
  return member;
}

}  // namespace

Seen History::AnySeen() {
  const int draw = Draw(29);
  if (draw == 0) return {"foreign", 1};
  if (draw == 2) return {};
  return {shard_->seen.epoch, shard_->seen.seq + (draw == 1 ? 1000 : 0)};
}

absl::Time History::AnyWall() {
  const int draw = Draw(19);
  return both_.Wall() + absl::Seconds(draw == 0 ? 60 : draw == 1 ? -60 : 0);
}

absl::Time History::AnyDue() { return kStart + absl::Minutes(Draw(60)); }

Member History::AnyMember() {
  Member member = NumberedMember(Draw(kNear - 1));
  member.repeat = static_cast<uint16_t>(Draw(2));
  member.precision = static_cast<registry::v1::DeadlinePrecision>(1 + Draw(4));
  if (member.repeat == 2) {
    member.form = MemberForm::kDigest;
    member.earliest += std::chrono::days(Draw(2));
    member.kind = registry::v1::DEADLINE_KIND_UNSPECIFIED;
    member.precision = registry::v1::DEADLINE_PRECISION_UNSPECIFIED;
  }
  return member;
}

std::vector<Op> History::AnyOps(int most) {
  std::vector<Op> ops;
  std::set<std::string> drawn;  // what one call says of an identity twice is not promised
  for (int i = Draw(most); i > 0; --i) {
    Op op{AnyMember(), std::nullopt};
    if (Draw(3) != 0) op.due = AnyDue();
    if (drawn.insert(op.member.Identity()).second) ops.push_back(op);
  }
  return ops;
}

// Most of them delete, so that the shard stays small.
std::vector<Op> History::ManyOps() {
  std::vector<Op> ops = AnyOps(30);
  const auto count = static_cast<std::size_t>(kMaxItemsPerCall * (1 + Draw(1)) + Draw(2));
  for (int number = kNear + Draw(kFar); ops.size() < count; ++number) {
    ops.push_back({NumberedMember(number), std::nullopt});
    if (OneIn(16)) ops.back().due = AnyDue();
  }
  std::shuffle(ops.begin(), ops.end(), random_);
  return ops;
}

// Often of those claimed last.
History::Held History::AnyHeld() {
  const std::vector<Held>& held = shard_->held;
  if (held.empty() || OneIn(10)) return {AnyMember(), -1, -1};
  const int last = static_cast<int>(held.size()) - 1;
  return held[static_cast<std::size_t>(last - Draw(OneIn(2) ? last : std::min(last, 5)))];
}

// Mostly they end once.
void History::Drop(const Member& member) {
  if (OneIn(4)) return;
  std::erase_if(shard_->held, [&](const Held& held) { return held.member == member; });
}

History::Ending History::AnyEnding() {
  const Held held = AnyHeld();
  Drop(held.member);
  CompleteRequest request;
  request.shard = shard_->index;
  request.seen = shard_->seen;
  request.fence = held.real_fence;
  request.member = held.member;
  if (!OneIn(8)) request.receipts = fmt::format("receipt{} ", Draw(1000));
  if (Draw(2) != 0) request.done.push_back(held.member);
  if (OneIn(5)) request.done.push_back(AnyMember());
  if (OneIn(3)) request.next = Op{held.member, AnyDue()};
  for (Op& op : AnyOps(3)) {
    if (op.member.Identity() != held.member.Identity()) request.also.push_back(std::move(op));
  }
  // Of what is claimed too: by one that ends with it, or by another.
  const Member other = AnyHeld().member;
  const auto is_other = [&](const Op& op) { return op.member.Identity() == other.Identity(); };
  const bool named = other.Identity() == held.member.Identity() ||
                     std::any_of(request.also.begin(), request.also.end(), is_other);
  if (!named && OneIn(3)) request.also.push_back({other, AnyDue()});
  Ending ending{request, request};
  ending.model.fence = held.model_fence;
  return ending;
}

}  // namespace vigil::alert
