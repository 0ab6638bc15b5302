#include "alert-svc/engine/dead_letter.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "alert-svc/domain/audience.h"
#include "alert-svc/domain/history.h"
#include "alert-svc/domain/ids.h"
#include "alert-svc/engine/findings.h"
#include "alert-svc/engine/forwarder.h"
#include "alert-svc/engine/message.h"
#include "alert-svc/engine/record.h"
#include "common/rpc/errors.h"
#include "common/shard/shard.h"

namespace vigil::alert {
namespace {

using registry::v1::Receipt;

void AddLetters(const World::DeadlineState& own, std::map<std::string, DeadLetter>& letters) {
  std::map<std::string, const Receipt*> last;  // of what ended a reminder
  std::map<std::string, absl::Time> first;     // when it was given up, of the last row of times
  for (const Receipt& receipt : own.receipts) {
    if (!IsFinal(receipt)) continue;
    last[receipt.reminder()] = &receipt;
    if (receipt.kind() == Receipt::KIND_DEAD) {
      first.emplace(receipt.reminder(), TimeOf(receipt.time()));
    } else {
      first.erase(receipt.reminder());
    }
  }
  for (const auto& [reminder, receipt] : last) {
    if (receipt->kind() != Receipt::KIND_DEAD) continue;
    const std::string& id = receipt->digest().empty() ? reminder : receipt->digest();
    DeadLetter& letter = letters[id];
    letter.id = id;
    letter.receiver = receipt->receiver();
    letter.digest = !receipt->digest().empty();
    letter.first_time = letter.receipts.empty() ? first.at(reminder)
                                                : std::min(letter.first_time, first.at(reminder));
    letter.receipts.push_back(receipt);
  }
}

// Whether what the receipt was to tell is still to be told.
bool IsOwed(const World& world, const Receipt& receipt) {
  auto [state, own] = world.FindDeadline(DeadlineNumber(receipt.deadline()));
  if (!own) return false;
  const bool over = state->deleted || own->gone || IsClosed(own->deadline);
  if (over != (receipt.step() == kWithdrawnStep)) return false;  // that it is over is news too
  return !Actions(own->receipts).IsAcknowledged(receipt.alert());
}

// A subscription by which the receiver hears: for its time zone, and the form of a digest.
const v1::Subscription* SubscriptionOf(const Settings& settings, const DeadLetter& letter) {
  const v1::Subscription* any = nullptr;
  for (const auto& [name, subscription] : settings.subscriptions()) {
    const auto& team = subscription.team();
    const bool names = subscription.receiver() == letter.receiver ||
                       subscription.stand_in() == letter.receiver ||
                       std::find(team.begin(), team.end(), letter.receiver) != team.end();
    if (!names) continue;
    if (SummaryId(name) == letter.id) return &subscription;
    if (FindingsId(name, letter.findings_day) == letter.id) return &subscription;
    if (!any && letter.findings_day.empty()) any = &subscription;
  }
  return any;
}

MemberForm FormOf(const DeadLetter& letter, const std::string& subscription) {
  if (!letter.digest) return MemberForm::kReminder;
  if (!letter.findings_day.empty()) return MemberForm::kFindings;
  return letter.id == SummaryId(subscription) ? MemberForm::kSummary : MemberForm::kDigest;
}

// What the receipt was to tell, as the plan would say it today; empty where its deadline is gone.
std::vector<Planned> PlannedOf(const Planner& planner, const Work& work, const Receipt& receipt) {
  std::vector<Planned> now = planner.Sealed(work, {planner.MemberOf(receipt)});
  for (Planned& planned : now) {
    planned.id = receipt.reminder();
    planned.attempts = receipt.attempts();
  }
  return now;
}

Work WorkFor(const Core& core, const DeadLetter& letter) {
  Work work;
  const Settings& settings = core.world.settings();
  work.id = letter.id;
  work.receiver = *settings.FindReceiver(letter.receiver);
  if (const v1::Subscription* own = SubscriptionOf(settings, letter))
    work.subscription = own->name();
  std::vector<Planned> items;
  for (const Receipt* receipt : letter.receipts) {
    work.attempts = std::max(work.attempts, receipt->attempts());
    if (!letter.findings_day.empty() || !IsOwed(core.world, *receipt)) continue;
    for (Planned& planned : PlannedOf(core.planner, work, *receipt)) {
      items.push_back(std::move(planned));
    }
  }
  work.attempts = std::max(work.attempts, core.world.DigestOf(letter.id).attempts);
  for (Planned& planned : items) planned.attempts = work.attempts;
  work.items = std::move(items);
  return work;
}

// What is not accepted is given up again: nobody waits for a retry of it.
Task<void> RecordResent(Core& core, const DeadLetter& letter, const Work& work,
                        const Message& message, const Outcome& outcome) {
  Outcome ended = outcome;
  if (outcome.kind != Outcome::Kind::kSent) ended.kind = Outcome::Kind::kPermanent;
  const std::string owner =
      letter.digest ? work.subscription : ParentOf(work.items.front().deadline);
  const int shard = ShardOf(owner, kShardCount);
  for (Receipt& receipt : ReceiptsOf(core, letter.digest, work, message, ended)) {
    if (!letter.findings_day.empty()) MakeOfFindings(letter.findings_day, message, receipt);
    receipt.set_ambiguous(outcome.kind == Outcome::Kind::kAmbiguous);
    Keep(core, receipt, shard);
    core.homeless.push_back({shard, std::move(receipt)});
  }
  Replan(core);
  core.observer.AlertsChanged();
  auto record = RecordHomeless(core);
  co_await record;
}

// What is missing today is told by the newest digest of them alone.
std::string WhyFindingsOver(const World& world, const DeadLetter& letter) {
  const v1::Subscription* own = SubscriptionOf(world.settings(), letter);
  if (!own) return "its subscription is gone";
  for (const auto& [id, week] : world.findings()) {
    const Receipt& later = week.ended();
    if (later.receiver() != letter.receiver || later.earliest() <= letter.findings_day) continue;
    if (id == FindingsId(own->name(), later.earliest())) {
      return "a later digest of findings took its place";
    }
  }
  return "";
}

absl::StatusOr<DeadLetter> Find(const World& world, const std::string& id) {
  std::map<std::string, DeadLetter> letters = DeadLettersOf(world);
  auto it = letters.find(id);
  if (it == letters.end()) {
    return rpc::NotFound("DEAD_LETTER_NOT_FOUND", {{"letter", "deadLetters/" + id}},
                         "no message of that id was given up; the list shows those that were");
  }
  if (std::string why = WhyOver(world, it->second); !why.empty()) {
    return rpc::FailedPrecondition("DEAD_LETTER_OVER", {{"letter", "deadLetters/" + id}},
                                   "the message is not sent again: " + why);
  }
  return std::move(it->second);
}

// What is missing today, of what the letter's subscription is about.
Task<absl::StatusOr<Findings>> FindingsAgain(Core& core, const DeadLetter& letter) {
  const Work work = WorkFor(core, letter);
  const std::int64_t life = core.world.life();
  auto read = ReadFindings(core, work, kReadAlone);
  Findings findings = co_await read;
  if (findings.unknown() || core.world.life() != life) {
    co_return rpc::Unavailable("BACKEND_AWAY", {{"backend", "registry-svc"}},
                               "the registry does not say what is missing; try again");
  }
  if (findings.told.empty()) {
    co_return rpc::FailedPrecondition("DEAD_LETTER_OVER", {{"letter", "deadLetters/" + letter.id}},
                                      "the message is not sent again: nothing is missing any more");
  }
  co_return findings;
}

Task<absl::StatusOr<Outcome>> SendAgain(Core& core, std::string id) {
  absl::StatusOr<DeadLetter> letter = Find(core.world, id);
  Findings findings;
  if (letter.ok() && !letter->findings_day.empty()) {
    auto read = FindingsAgain(core, *letter);
    absl::StatusOr<Findings> again = co_await read;
    if (!again.ok()) co_return again.status();
    findings = *std::move(again);
    // Its receiver may be another since.
    letter = Find(core.world, id);
  }
  if (!letter.ok()) co_return letter.status();
  const Work work = WorkFor(core, *letter);
  Message message = MessageFor(core, work, FormOf(*letter, work.subscription));
  AddFindings(std::move(findings), message);
  Message copy = message;
  Async<Outcome> sent;
  core.sender.Send(std::move(copy), sent.Done());
  const Outcome outcome = co_await sent;
  if (outcome.kind != Outcome::Kind::kNotNow) {
    auto record = RecordResent(core, *letter, work, message, outcome);
    co_await record;
  }
  co_return outcome;
}

}  // namespace

std::map<std::string, DeadLetter> DeadLettersOf(const World& world) {
  std::map<std::string, DeadLetter> letters;
  for (const std::string& deadline : world.given_up()) {
    if (auto [state, own] = world.FindDeadline(DeadlineNumber(deadline)); own) {
      AddLetters(*own, letters);
    }
  }
  for (const auto& [id, week] : world.findings()) {
    const Receipt& ended = week.ended();
    if (ended.kind() != Receipt::KIND_DEAD) continue;
    letters[id] = {.id = id,
                   .receiver = ended.receiver(),
                   .digest = true,
                   .findings_day = ended.earliest(),
                   .first_time = week.given_up(),
                   .receipts = {&ended}};
  }
  return letters;
}

std::string WhyOver(const World& world, const DeadLetter& letter) {
  const v1::Receiver* receiver = world.settings().FindReceiver(letter.receiver);
  if (!receiver) return "its receiver is gone";
  if (const std::string_view why = WhyMute(*receiver); !why.empty()) return std::string(why);
  if (!letter.findings_day.empty()) return WhyFindingsOver(world, letter);
  const auto owed = [&](const Receipt* receipt) { return IsOwed(world, *receipt); };
  if (std::any_of(letter.receipts.begin(), letter.receipts.end(), owed)) return "";
  return "nothing that it told is still to be told: acknowledged, met, waived or gone";
}

Task<void> Resend(Core& core, std::string id, std::function<void(absl::StatusOr<Outcome>)> done) {
  if (!core.sending.try_emplace(id, Sending{-1, ""}).second) {
    Outcome busy;
    busy.kind = Outcome::Kind::kNotNow;
    busy.error = "the message is on its way right now";
    done(std::move(busy));
    co_return;
  }
  auto send = SendAgain(core, id);
  const absl::StatusOr<Outcome> outcome = co_await send;
  core.sending.erase(id);
  done(outcome);
}

}  // namespace vigil::alert
