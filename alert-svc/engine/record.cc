#include "alert-svc/engine/record.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "alert-svc/domain/history.h"
#include "alert-svc/domain/ids.h"
#include "alert-svc/engine/forwarder.h"

namespace vigil::alert {
namespace {

using registry::v1::Receipt;

constexpr absl::Duration kCompleteRetry = absl::Milliseconds(100);
// Until what is owed by a newer plan alone may be claimed again (calendar).
constexpr absl::Duration kTheirs = absl::Minutes(1);

Receipt::Kind KindOf(const Outcome& outcome, bool item) {
  switch (outcome.kind) {
    case Outcome::Kind::kSent:
      return item ? Receipt::KIND_IN_DIGEST : Receipt::KIND_SENT;
    case Outcome::Kind::kPermanent:
      return Receipt::KIND_DEAD;
    case Outcome::Kind::kRetry:
    case Outcome::Kind::kAmbiguous:
    case Outcome::Kind::kNotNow:
      break;
  }
  return Receipt::KIND_FAILED;
}

void AddOutcome(const Outcome& outcome, absl::Time now, Receipt& receipt) {
  receipt.set_message_id(outcome.message_id);
  receipt.set_error(outcome.error);
  receipt.set_ambiguous(outcome.kind == Outcome::Kind::kAmbiguous);
  if (receipt.kind() == Receipt::KIND_FAILED) {
    *receipt.mutable_until() = ToProto(now + outcome.retry_after);
  }
}

// As the message has it: a registry that was restored meanwhile may not know the deadline any more.
registry::v1::DeadlineKind KindIn(const Message& message, const std::string& deadline) {
  for (const MessageItem& item : message.items) {
    if (item.deadline.name() == deadline) return item.deadline.kind();
  }
  return registry::v1::DEADLINE_KIND_UNSPECIFIED;
}

void AddItemReceipts(const Message& message, const Planned& planned, Receipt::Kind kind,
                     std::vector<Receipt>& receipts) {
  const absl::Time time = message.time;
  const auto deadline_kind = KindIn(message, planned.deadline);
  const std::string parent = ParentOf(planned.deadline);
  if (kind != Receipt::KIND_FAILED) {
    for (int step : planned.superseded) {
      Planned skipped = planned;
      skipped.step = step;
      skipped.repeat = 0;
      skipped.attempts = -1;
      skipped.alert = AlertId(planned.deadline, planned.earliest, planned.latest, step);
      skipped.id = ReminderId(skipped.alert, planned.receiver, 0, 0);
      receipts.push_back(ReceiptOf(skipped, parent, deadline_kind, Receipt::KIND_SKIPPED, time));
    }
  }
  receipts.push_back(ReceiptOf(planned, parent, deadline_kind, kind, time));
}

// From the first attempt that fails a digest's items wait for an answer as single messages do.
// Nobody waits for one to a summary.
void AddFirstFailures(const Message& message, const Work& work, std::vector<Receipt>& receipts) {
  const Receipt whole = receipts.front();
  if (whole.attempts() > 1 || work.id == SummaryId(work.subscription)) return;
  for (const Planned& planned : work.items) {
    AddItemReceipts(message, planned, Receipt::KIND_FAILED, receipts);
    Receipt& receipt = receipts.back();
    receipt.set_digest(work.id);
    receipt.set_error(whole.error());
    receipt.set_ambiguous(whole.ambiguous());
    // An id of its own: the reminder may go alone one day, and fail for the first time.
    receipt.set_id(ReceiptId(work.id + "/" + planned.id, receipt.kind(), receipt.attempts()));
  }
}

// Until when the stream is tried: the registry has the receipt before another may claim. What was
// cut because its lease was not renewed has less of it left than what ended by itself.
absl::Duration GiveUpAt(const Core& core, const Errand& errand) {
  const absl::Duration lease = core.options.lease;
  return std::min(core.Mono() + lease * 2 / 5, errand.hold->since + lease * 4 / 5);
}

// Hands over the receipts one way or the other: to the stream, or straight to the registry. With
// both away they stay in memory, and are tried again. True where the shard took them.
Task<bool> Complete(Core& core, const Errand& errand, CompleteRequest request,
                    std::vector<Receipt> receipts) {
  const absl::Duration give_up = GiveUpAt(core, errand);
  std::vector<Op> ops = request.also;
  for (;;) {
    request.seen = core.shards[errand.shard].seen;
    CompleteRequest copy = request;
    Async<ShardResult> completed;
    core.schedule.Complete(std::move(copy), completed.Done());
    ShardResult result = co_await completed;
    if (Absorb(core, errand.shard, result.status, result.seq)) {
      core.shards[errand.shard].stream_grew = true;
      co_return true;
    }
    const bool again =
        result.status == ScheduleStatus::kUnavailable || result.status == ScheduleStatus::kRefused;
    if (!again || core.Mono() >= give_up) break;
    auto nap = Sleep(core.executor, kCompleteRetry);
    co_await nap;
  }
  // The lease, or the shard, is another's now. What the plan wants there is for the audit to say.
  core.planner.ReturnOps(errand.shard, std::move(ops));
  core.shards[errand.shard].next_audit = core.Mono();
  for (Receipt& receipt : receipts) core.homeless.push_back({errand.shard, std::move(receipt)});
  auto record = RecordHomeless(core);
  co_await record;
  co_return false;
}

// Ends a claim by what the plan says.
Task<void> End(Core& core, const Errand& errand, CompleteRequest request,
               std::vector<Receipt> receipts) {
  const std::optional<Op> told = request.next;
  auto complete = Complete(core, errand, std::move(request), std::move(receipts));
  const bool completed = co_await complete;
  if (completed) core.planner.Completed(errand.shard, errand.member, told);
}

// The ops of the shard, the member's own taken out as `next`. What follows in a shard that others
// plan is for them to say.
CompleteRequest RequestFor(Core& core, const Errand& errand) {
  core.planner.Forget(errand.shard, errand.member);
  Replan(core);
  CompleteRequest request;
  request.shard = errand.shard;
  request.fence = errand.fence;
  request.member = errand.member;
  if (IsOutplanned(core, core.shards[errand.shard].head)) return request;
  const std::string identity = errand.member.Identity();
  for (Op& op : core.planner.TakeOps(errand.shard)) {
    if (op.member.Identity() != identity) {
      request.also.push_back(std::move(op));
    } else if (op.due) {
      request.next = std::move(op);
    } else {
      request.next.reset();
    }
  }
  return request;
}

// Of the findings of a week, that no message of their own told them.
Receipt OfFindings(const Work& work, civil::Day day, Receipt::Kind kind, absl::Time time) {
  Receipt receipt;
  receipt.set_kind(kind);
  receipt.set_earliest(civil::FormatDay(day));
  receipt.set_reminder(FindingsId(work.subscription, receipt.earliest()));
  receipt.set_receiver(work.receiver.name());
  *receipt.mutable_time() = ToProto(time);
  receipt.set_id(ReceiptId(receipt.reminder(), kind, 0));
  return receipt;
}

// Of a digest or a summary itself.
Receipt OfWhole(const Work& work, Receipt::Kind kind, int attempts, absl::Time time) {
  Receipt whole;
  whole.set_kind(kind);
  whole.set_reminder(work.id);
  whole.set_digest(work.id);
  whole.set_receiver(work.receiver.name());
  whole.set_attempts(attempts);
  *whole.mutable_time() = ToProto(time);
  whole.set_id(ReceiptId(work.id, kind, attempts));
  return whole;
}

// What an attempt of a digest of dates comes to for the week's findings; nullopt: nothing, they are
// for a message of their own, where it did not tell them and never had. What may have arrived with
// it is told with it, or else the next week.
std::optional<Receipt::Kind> KindOfFindings(Receipt::Kind whole, const Errand& errand,
                                            const Work& work, const Message& message) {
  const bool tells = !message.findings.empty();
  const std::optional<Receipt::Kind> nothing;
  switch (whole) {
    case Receipt::KIND_FAILED:
      return tells && !work.tried_findings ? std::optional(whole) : nothing;
    case Receipt::KIND_SENT:
      if (tells) return Receipt::KIND_IN_DIGEST;
      return MayHaveTold(errand, work) ? std::optional(Receipt::KIND_SKIPPED) : nothing;
    default:
      return MayHaveTold(errand, work) ? std::optional(whole) : nothing;
  }
}

// Adds the receipt of the findings; a message of their own is not to be set before it is known.
void AddOfFindings(const Errand& errand, const Work& work, const Message& message,
                   std::vector<Receipt>& receipts, std::vector<Member>& done) {
  if (errand.member.form != MemberForm::kDigest) return;
  const Receipt whole = receipts.front();
  const std::optional<Receipt::Kind> kind = KindOfFindings(whole.kind(), errand, work, message);
  if (!kind) return;
  const bool told = *kind == Receipt::KIND_IN_DIGEST;
  Receipt receipt =
      OfFindings(work, errand.member.earliest, *kind, told ? message.findings_asked : message.time);
  receipt.set_digest(work.id);
  receipt.set_error(whole.error());
  receipt.set_ambiguous(whole.ambiguous());
  if (*kind == Receipt::KIND_FAILED) {
    receipt.set_id(ReceiptId(work.id + "/" + receipt.reminder(), *kind, 0));
  }
  receipts.push_back(std::move(receipt));
  done.push_back(errand.member);
  done.back().form = MemberForm::kFindings;
}

// Keeps the receipts, and ends the claim with them.
Task<void> Finish(Core& core, const Errand& errand, std::vector<Member> done,
                  std::vector<Receipt> receipts) {
  registry::v1::ReceiptsRecorded recorded;
  for (const Receipt& receipt : receipts) {
    Keep(core, receipt, errand.shard);
    *recorded.add_receipts() = receipt;
  }
  CompleteRequest request = RequestFor(core, errand);
  request.receipts = recorded.SerializeAsString();
  request.done = std::move(done);
  core.observer.AlertsChanged();
  auto end = End(core, errand, std::move(request), std::move(receipts));
  co_await end;
}

}  // namespace

std::vector<Receipt> ReceiptsOf(const Core& core, bool digest, const Work& work,
                                const Message& message, const Outcome& outcome) {
  std::vector<Receipt> receipts;
  if (!digest) {
    AddItemReceipts(message, work.items.front(), KindOf(outcome, false), receipts);
    AddOutcome(outcome, core.Now(), receipts.back());
    return receipts;
  }
  Receipt whole = OfWhole(work, KindOf(outcome, false), work.attempts + 1, message.time);
  AddOutcome(outcome, core.Now(), whole);
  receipts.push_back(std::move(whole));
  if (receipts.front().kind() == Receipt::KIND_FAILED) {
    AddFirstFailures(message, work, receipts);
    return receipts;
  }
  for (const Planned& planned : work.items) {
    AddItemReceipts(message, planned, KindOf(outcome, true), receipts);
    receipts.back().set_digest(work.id);
  }
  return receipts;
}

void MakeOfFindings(const std::string& day, const Message& message, Receipt& receipt) {
  receipt.set_earliest(day);
  *receipt.mutable_time() = ToProto(message.findings_asked);
}

Task<void> Record(Core& core, const Errand& errand, const Work& work, const Message& message,
                  const Outcome& outcome) {
  std::vector<Receipt> receipts = ReceiptsOf(core, IsDigest(errand.member), work, message, outcome);
  // Of a single message the last is its own, behind those that it stands for.
  Receipt& own = IsDigest(errand.member) ? receipts.front() : receipts.back();
  std::vector<Member> done;
  if (own.kind() != Receipt::KIND_FAILED) {
    done = work.sealed;
    done.push_back(errand.member);
  }
  if (errand.member.form == MemberForm::kFindings) {
    MakeOfFindings(civil::FormatDay(errand.member.earliest), message, own);
  }
  AddOfFindings(errand, work, message, receipts, done);
  auto finish = Finish(core, errand, std::move(done), std::move(receipts));
  co_await finish;
}

Task<void> RecordNothing(Core& core, const Errand& errand, const Work& work) {
  std::vector<Receipt> receipts = {
      OfFindings(work, errand.member.earliest, Receipt::KIND_SKIPPED, core.Now())};
  std::vector<Member> done = {errand.member};
  auto finish = Finish(core, errand, std::move(done), std::move(receipts));
  co_await finish;
}

Task<void> RecordOver(Core& core, const Errand& errand, const Work& work) {
  std::vector<Receipt> receipts = {OfWhole(work, Receipt::KIND_SKIPPED, work.attempts, core.Now())};
  std::vector<Member> done = {errand.member};
  auto finish = Finish(core, errand, std::move(done), std::move(receipts));
  co_await finish;
}

Task<void> Drop(Core& core, const Errand& errand) {
  // Who plans the shard may owe it.
  if (IsOutplanned(core, core.shards[errand.shard].head)) {
    auto back = PutBack(core, errand, core.Now() + kTheirs);
    co_await back;
    co_return;
  }
  // Of what a digest was to hold another replica may plan otherwise, and believe it to be there.
  ShardRuntime& runtime = core.shards[errand.shard];
  if (IsDigest(errand.member)) {
    runtime.next_audit = std::min(runtime.next_audit, core.Mono() + absl::Seconds(1));
  }
  CompleteRequest request = RequestFor(core, errand);
  std::vector<Receipt> none;
  auto end = End(core, errand, std::move(request), std::move(none));
  co_await end;
}

Task<void> PutBack(Core& core, const Errand& errand, absl::Time due) {
  const absl::Time now = core.Now();
  const Clock& clock = core.executor.clock();
  const absl::Duration wall = clock.WallAt(due) - clock.WallAt(now);
  if (wall > kPutBackMost) due = now + (due - now) * absl::FDivDuration(kPutBackMost, wall);
  CompleteRequest request;
  request.shard = errand.shard;
  request.fence = errand.fence;
  request.member = errand.member;
  request.next = Op{errand.member, due};
  std::vector<Receipt> none;
  auto complete = Complete(core, errand, std::move(request), std::move(none));
  co_await complete;
}

}  // namespace vigil::alert
