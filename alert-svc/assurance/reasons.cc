#include "alert-svc/assurance/reasons.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "alert-svc/domain/addressee.h"
#include "alert-svc/domain/audience.h"
#include "alert-svc/domain/history.h"

namespace vigil::alert::reasons {
namespace {

using registry::v1::Receipt;

// Whether a subscription with nothing but these filters is about the deadline, as the plan sees it.
bool Hears(v1::Subscription subscription, const CaseView& view,
           const registry::v1::Deadline& deadline) {
  v1::Receiver receiver;
  receiver.set_name("receivers/asked");
  receiver.mutable_email();
  subscription.set_receiver(receiver.name());
  Settings alone;
  return alone.Put(receiver).ok() && alone.Put(subscription).ok() &&
         !Audience(view, deadline, alone).empty();
}

const char* ChannelText(v1::Policy::Channel channel) {
  switch (channel) {
    case v1::Policy::CHANNEL_AT_ONCE:
      return "at once";
    case v1::Policy::CHANNEL_DAILY:
      return "in the daily digest";
    case v1::Policy::CHANNEL_WEEKLY:
      return "in the weekly digest";
    default:
      return "not at all";
  }
}

std::string StepText(int step, int repeat) {
  if (step == kMovedStep) return "that the date moved";
  if (step == kWithdrawnStep) return "that the date is gone";
  if (repeat >= kSnoozeRepeat) return "again, as it was put off until then";
  if (repeat >= kHandOverRepeat && repeat < kHourlyRepeat) return "that it was handed over";
  if (repeat >= kHourlyRepeat) return fmt::format("{} hours before", repeat - kHourlyRepeat);
  const std::string lead = step == 0 ? "on the day" : fmt::format("{} days before", step);
  return repeat == 0 ? lead : fmt::format("repeat {} after the date", repeat);
}

std::string LevelText(int level) {
  return level == 0 ? "" : ", passed on because nobody acknowledged";
}

std::string ToldText(const Receipt& receipt) {
  const bool in_digest = receipt.kind() == Receipt::KIND_IN_DIGEST;
  return fmt::format("told {}{}{}, with the dates {} to {}", in_digest ? "in a digest " : "",
                     StepText(receipt.step(), receipt.repeat()), LevelText(receipt.level()),
                     receipt.earliest(), receipt.latest());
}

v1::Reason AtTime(v1::Reason reason, const google::protobuf::Timestamp& time) {
  *reason.mutable_time() = time;
  return reason;
}

}  // namespace

v1::Reason Make(Code::Code code, std::string text, std::string_view subject) {
  v1::Reason reason;
  reason.set_code(code);
  reason.set_text(std::move(text));
  reason.set_subject(std::string(subject));
  return reason;
}

std::string FiltersAgainst(const v1::Subscription& subscription, const CaseView& view,
                           const registry::v1::Deadline& deadline) {
  using Filters = void (*)(v1::Subscription&);
  static constexpr std::pair<const char*, Filters> kFilters[] = {
      {"cases", [](v1::Subscription& s) { s.clear_cases(); }},
      {"kinds", [](v1::Subscription& s) { s.clear_kinds(); }},
      {"tags", [](v1::Subscription& s) { s.clear_tags(); }},
      {"countries", [](v1::Subscription& s) { s.clear_countries(); }},
  };
  std::vector<std::string> against;
  for (const auto& [name, clear] : kFilters) {
    v1::Subscription alone = subscription;
    for (const auto& [other, clear_other] : kFilters) {
      if (other != name) clear_other(alone);
    }
    if (!Hears(std::move(alone), view, deadline)) against.emplace_back(name);
  }
  return fmt::format("{}", fmt::join(against, ", "));
}

std::string StepsText(const v1::Policy& policy) {
  std::string text = fmt::format("{} days before; {}", fmt::join(policy.lead_days(), ", "),
                                 ChannelText(policy.channel()));
  if (policy.repeat_days() > 0) {
    text += fmt::format("; then every {} days until acknowledged", policy.repeat_days());
  }
  return text;
}

bool IsAct(const Receipt& receipt) {
  return receipt.kind() == Receipt::KIND_ACKNOWLEDGED || receipt.kind() == Receipt::KIND_SNOOZED ||
         receipt.kind() == Receipt::KIND_HANDED_OVER;
}

v1::Reason OfReceipt(const Receipt& receipt) {
  const std::string alert = "alerts/" + receipt.alert();
  switch (receipt.kind()) {
    case Receipt::KIND_SENT:
    case Receipt::KIND_IN_DIGEST:
      return AtTime(Make(Code::CODE_TOLD, ToldText(receipt), alert), receipt.time());
    case Receipt::KIND_FAILED:
      return AtTime(
          Make(Code::CODE_FAILED,
               fmt::format("attempt {} failed: {}", receipt.attempts(), receipt.error()), alert),
          receipt.time());
    case Receipt::KIND_DEAD:
      return AtTime(
          Make(Code::CODE_DEAD,
               fmt::format("{}: {}", receipt.bounced() ? "came back" : "given up", receipt.error()),
               alert),
          receipt.time());
    case Receipt::KIND_SKIPPED:
      return AtTime(Make(Code::CODE_SKIPPED,
                         fmt::format("not told {}: a newer step stood for it",
                                     StepText(receipt.step(), receipt.repeat())),
                         alert),
                    receipt.time());
    case Receipt::KIND_MUTED:
      return AtTime(Make(Code::CODE_SILENCED,
                         fmt::format("a silence held back what was to be told then, {}",
                                     StepText(receipt.step(), receipt.repeat())),
                         alert),
                    receipt.time());
    case Receipt::KIND_ACKNOWLEDGED:
      return AtTime(Make(Code::CODE_ACKNOWLEDGED,
                         fmt::format("{} acknowledged it: repeats and escalation of this step rest",
                                     receipt.actor()),
                         alert),
                    receipt.time());
    case Receipt::KIND_SNOOZED:
      return AtTime(
          Make(Code::CODE_SNOOZED,
               fmt::format("{} put it off until {}", receipt.actor(),
                           absl::FormatTime(TimeOf(receipt.until()), absl::UTCTimeZone())),
               alert),
          receipt.time());
    case Receipt::KIND_HANDED_OVER:
      return AtTime(
          Make(Code::CODE_HANDED_OVER,
               fmt::format("{} handed it over to {}", receipt.actor(), receipt.receiver()), alert),
          receipt.time());
    default:
      return {};
  }
}

v1::Reason OfPlanned(const Planned& planned, absl::Time now) {
  const char* how = planned.channel == Channel::kDigest    ? "in a digest"
                    : planned.channel == Channel::kSummary ? "in the summary of what is past"
                                                           : "alone";
  const std::string text =
      fmt::format("{} {}{}, {}", planned.due <= now ? "due now:" : "planned:",
                  StepText(planned.step, planned.repeat), LevelText(planned.level), how);
  return AtTime(Make(Code::CODE_PLANNED, text, "alerts/" + planned.alert), ToProto(planned.due));
}

std::vector<v1::Reason> OfSilences(const CaseView& view, registry::v1::DeadlineKind kind,
                                   std::string_view receiver, const PlanContext& context) {
  std::vector<v1::Reason> found;
  for (const auto& [name, silence] : context.settings.silences()) {
    const auto holds = [&](v1::Silence own) {
      Settings alone;
      return alone.Put(own).ok() &&
             alone.SilentUntil(view.name, kind, receiver, context.now) > absl::InfinitePast();
    };
    v1::Silence approved = silence;
    approved.set_approved_by("anybody");
    if (holds(silence)) {
      found.push_back(AtTime(
          Make(Code::CODE_SILENCED,
               fmt::format("{} holds it back until then: {}", silence.owner(), silence.reason()),
               name),
          silence.end_time()));
    } else if (holds(approved)) {
      found.push_back(Make(Code::CODE_SILENCE_NOT_APPROVED,
                           "a silence is about it, and holds for custody only once a second "
                           "person approves",
                           name));
    }
  }
  return found;
}

}  // namespace vigil::alert::reasons
