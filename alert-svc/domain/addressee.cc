#include "alert-svc/domain/addressee.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "alert-svc/domain/ids.h"
#include "alert-svc/domain/local_time.h"
#include "alert-svc/domain/occasions.h"

namespace vigil::alert {
namespace {

using civil::Day;

// A limit that passed so lately is told at once even in a first import: somebody may be held
// without ground right now.
constexpr int kFreshlyPassedDays = 7;
// No digest of longer ago is asked about: each day would be looked at again with each plan.
constexpr absl::Duration kLookBack = absl::Hours(24 * 31);

Day DayOf(const std::string& text) { return civil::ParseDay(text).value_or(Day{}); }

}  // namespace

Addressee::Addressee(const CaseView& view, const DeadlineView& own, const Listener& listener,
                     const v1::Policy& policy, const Actions& actions, const PlanContext& context,
                     bool for_stand_in)
    : view_(view),
      own_(own),
      subscription_(*listener.subscription),
      receiver_(listener.receiver->name()),
      policy_(policy),
      actions_(actions),
      context_(context),
      for_stand_in_(for_stand_in),
      history_(*own.receipts, receiver_),
      zone_(Zone(subscription_.time_zone())),
      today_(LocalDay(context.now, zone_)) {}

bool Addressee::DatesDiffer() const {
  return told() &&
         (told()->earliest() != deadline().earliest() || told()->latest() != deadline().latest() ||
          told()->deadline_state() == registry::v1::DEADLINE_STATE_WITHDRAWN);
}

bool Addressee::SpeaksOn(Day day) const {
  return MaySpeak(view_, deadline(), day) && !IsOvertaken(view_, own_, day) &&
         LeadsItsGroup(view_, own_, receiver_, day);
}

Planned Addressee::Make(PlannedForm form, int step, int repeat) const {
  Planned planned;
  planned.form = form;
  const bool old_dates = form == PlannedForm::kWithdrawn && told();
  planned.earliest = old_dates ? told()->earliest() : deadline().earliest();
  planned.latest = old_dates ? told()->latest() : deadline().latest();
  planned.deadline = deadline().name();
  planned.receiver = receiver_;
  planned.subscription = subscription_.name();
  planned.step = step;
  planned.repeat = repeat;
  planned.alert = AlertId(planned.deadline, planned.earliest, planned.latest, step);
  planned.id = ReminderId(planned.alert, receiver_, 0, repeat);
  NotePolicy(context_.settings, policy_, planned);
  return planned;
}

void Addressee::Emit(Planned planned, absl::Time due, bool urgent,
                     std::vector<Planned>& out) const {
  if (history_.IsClosed(planned.id)) return;
  due = AfterSilence(receiver_, due);
  // What went alone once may have arrived: another copy of it bears the same id.
  const auto tried = history_.failed.find(planned.id);
  const bool alone = for_stand_in_ || tried != history_.failed.end();
  if (tried != history_.failed.end()) planned.attempts = tried->second.attempts;
  planned.due = due;
  planned.channel = Channel::kSingle;
  if (!alone && !Choose(urgent, planned)) return;
  if (planned.channel == Channel::kSingle) {
    planned.due = AfterQuiet(receiver_, history_.NotBefore(planned.id, planned.due));
  }
  out.push_back(std::move(planned));
}

// Whether it goes out alone, in a digest or in the summary, and when. What was tried in one of
// these stays in it, whatever the settings say since. False where its receiver wants none of it.
bool Addressee::Choose(bool urgent, Planned& planned) const {
  const absl::Time due = planned.due;
  const bool past = due <= context_.now;
  if (const std::optional<absl::Time> tried = TriedDigest(due, planned)) {
    planned.channel = Channel::kDigest;
    planned.due = *tried;
  } else if (past && IsForSummary(due, planned)) {
    planned.channel = Channel::kSummary;
    planned.due = AfterQuiet(receiver_, due);
  } else if (!urgent && !subscription_.no_digest()) {
    if (subscription_.urgent_only()) return false;
    const absl::Time digest = DigestDue(due, planned);
    const Day day = LocalDay(digest, zone_);
    const Day reference = ReferenceDay(deadline());
    // Else it would come too late.
    if (!past || reference >= day || reference < AloneFrom(due)) {
      planned.channel = Channel::kDigest;
      planned.due = digest;
    }
  }
  return true;
}

absl::Time Addressee::AfterSilence(std::string_view receiver, absl::Time due) const {
  if (context_.ignores_silences) return due;
  return std::max(
      due, context_.settings.SilentUntil(view_.name, deadline().kind(), receiver, context_.now));
}

// In quiet hours only what is about somebody who is held goes out.
absl::Time Addressee::AfterQuiet(std::string_view receiver, absl::Time due) const {
  if (IsHeld(deadline().kind())) return due;
  const v1::Subscription& own = QuietHoursOf(context_.settings, subscription_, receiver);
  const absl::Time from = std::max(due, context_.now);
  const absl::Time until = QuietUntil(own, from);
  return until > from ? until : due;
}

// Of what is past: whether the summary tells it.
bool Addressee::IsForSummary(absl::Time due, const Planned& planned) const {
  if (due <= SummaryUntil() && SummaryOwed() && !StillUrgent()) return true;
  const std::string_view tried = TriedIn(planned);
  return !tried.empty() && tried == SummaryId(subscription_.name());
}

bool Addressee::SummaryOwed() const {
  return !context_.delivered.contains(SummaryId(subscription_.name()));
}

// The summary is for what was past already when the case or the subscription came in.
absl::Time Addressee::SummaryUntil() const {
  return std::max(context_.settings.Since(subscription_.name()), view_.came_in);
}

// As of when it came in, so that what is on its way does not change its form at midnight.
bool Addressee::StillUrgent() const {
  const absl::Time came_in = std::min(std::max(SummaryUntil(), own_.known_since), context_.now);
  return AtOnce() && DayOf(deadline().latest()) + std::chrono::days(kFreshlyPassedDays) >=
                         LocalDay(came_in, zone_);
}

absl::Time Addressee::DigestFrom(absl::Time from, bool weekly, absl::Time due, int step) const {
  const absl::Time moment = DigestMoment(subscription_, weekly, days(), from);
  // What the weekly one would say too late goes into a daily one.
  const bool late = weekly && step >= 0 && LocalDay(moment, zone_) > ReferenceDay(deadline()) &&
                    LocalDay(due, zone_) <= ReferenceDay(deadline());
  return late ? DigestMoment(subscription_, false, days(), from) : moment;
}

// The day from which on a date that passes before the next digest is told alone: today. What was on
// its way alone at midnight stays so until it must have ended.
Day Addressee::AloneFrom(absl::Time due) const {
  const bool in_time = LocalDay(std::max(due, own_.known_since), zone_) <= ReferenceDay(deadline());
  return in_time ? LocalDay(context_.now - context_.grace, zone_) : today_;
}

bool Addressee::IsOut(absl::Time digest) const {
  const Day day = LocalDay(digest, zone_);
  return context_.delivered.contains(DigestId(subscription_.name(), civil::FormatDay(day)));
}

// The digest that was to say it did not go out, and none has since: nobody was there to send one.
// Not where it only came to be said later: by a setting that was written, after a silence, or as
// another date gave it the word.
bool Addressee::WasMissed(absl::Time due, bool weekly, const Planned& planned) const {
  const absl::Time policy = absl::FromUnixMillis(planned.policy_revision);
  const absl::Time since = std::max({due, own_.known_since, SummaryUntil(), policy});
  const absl::Time fresh = context_.now - context_.grace;
  if (since >= fresh || history_.muted.contains(planned.id)) return false;
  absl::Time digest = DigestMoment(subscription_, weekly, days(), since);
  const bool spoke = planned.form != PlannedForm::kReminder || SpeaksOn(LocalDay(digest, zone_));
  if (digest >= fresh || !spoke) return false;
  if (const absl::Time back = context_.now - kLookBack; digest < back) {
    digest = DigestMoment(subscription_, false, days(), back);
  }
  while (digest <= context_.now) {
    if (IsOut(digest)) return false;
    digest = DigestMoment(subscription_, false, days(), digest + absl::Minutes(1));
  }
  return true;
}

// The digest or summary that failed with it and is to be tried again; empty where none is.
std::string_view Addressee::TriedIn(const Planned& planned) const {
  const auto in = history_.digests.find(planned.id);
  const bool tried =
      in != history_.digests.end() && context_.tried && context_.tried->contains(in->second.digest);
  return tried ? in->second.digest : std::string_view();
}

// When the digest goes out again that failed with it: it may have arrived, also where the date went
// and came back since.
std::optional<absl::Time> Addressee::TriedDigest(absl::Time due, const Planned& planned) const {
  const std::string_view tried = TriedIn(planned);
  if (tried.empty() || due > context_.now) return std::nullopt;
  // Its day was there when it failed first, in whichever zone, and DigestDue looks no farther back.
  const absl::Time failed = history_.digests.at(planned.id).first;
  const Day first = LocalDay(failed - kLookBack, zone_);
  constexpr std::chrono::days kOne(1);
  for (Day day = LocalDay(failed, zone_) + kOne; day >= first; day -= kOne) {
    if (DigestId(subscription_.name(), civil::FormatDay(day)) == tried) {
      return LocalMoment(day, HourOf(subscription_), zone_);
    }
  }
  return std::nullopt;
}

// "Open, not filed" is Monday's, whatever the leads are.
bool Addressee::IsWeekly(const Planned& planned) const {
  const bool open = planned.form == PlannedForm::kReminder && planned.repeat > 0;
  return open || policy_.channel() == v1::Policy::CHANNEL_WEEKLY;
}

// The first digest, at or after `due` and not out yet, that is not hopelessly late. After a time
// without any that is today's, however late, where its hours have not ended, and else the next
// day's for what is weekly too. Where the date passes before that one, the last of those that would
// have been in time: it goes out late, and what is on its way does not change its form. One that
// was tried stays the one until it is out or given up: its members are sealed.
absl::Time Addressee::DigestDue(absl::Time due, const Planned& planned) const {
  const bool weekly = IsWeekly(planned);
  const bool missed = WasMissed(due, weekly, planned);
  const Day catch_up = LocalDay(QuietUntil(subscription_, context_.now), zone_);
  const bool any_tried = context_.tried && !context_.tried->empty();
  const absl::Time fresh = context_.now - context_.grace;
  const Day reference = ReferenceDay(deadline());
  const bool past = due <= context_.now;
  const bool may_be_late = past && reference >= AloneFrom(due);
  absl::Time from = past ? std::max(due, own_.known_since) : due;
  if (past) {
    const bool from_now = !any_tried && !may_be_late && !missed;
    from = std::max(from, from_now ? fresh : context_.now - kLookBack);
  }
  for (std::optional<absl::Time> late;;) {
    const absl::Time moment = DigestFrom(from, weekly && !missed, due, planned.step);
    const Day day = LocalDay(moment, zone_);
    const std::string id = DigestId(subscription_.name(), civil::FormatDay(day));
    if (any_tried && context_.tried->contains(id)) return moment;
    if (!context_.delivered.contains(id)) {
      const bool in_time = moment >= fresh || (missed && day == catch_up);
      if (in_time) return may_be_late && day > reference ? late.value_or(moment) : moment;
      if (day <= reference) late = moment;
    }
    from = moment + absl::Minutes(1);
  }
}

}  // namespace vigil::alert
